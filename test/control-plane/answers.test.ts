/** What clients see of the webhook's answers, and which requests it is never asked about. */
import { beforeAll, describe, expect, it } from "vitest";
import { annotationsOf, expectSuccess, ingress, nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster, Manifest } from "./kubernetes.ts";
import { toYaml } from "./overlay.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    policies: {
      internal: {
        namespaceSelector: {},
        service: {
          loadBalancerClass: { default: "service.k8s.aws/nlb" },
          ipAddressType: { default: "dualstack" },
          scheme: { default: "internal", allowed: ["internal"] },
        },
      },
    },
  });
  return () => cluster.stop();
});

const onClass =
  'Warning: spec.loadBalancerClass was set to "service.k8s.aws/nlb": make sure that its controller is installed, the cluster profile does not say\n';
const onSubnets =
  'Warning: metadata.annotations[…/aws-load-balancer-ip-address-type] was set to "dualstack": make sure that the subnets have IPv6, the cluster profile does not say\n';
const onPrefix = `Warning: wrong-annotation-prefix: metadata.annotations[…/scheme]: no controller reads it on a Service. Use ${nlb}-scheme instead. (AWS Load Balancer Controller 3.5, pkg/annotations/constants.go:14-134)\n`;
const refusal = (namespace: string): string =>
  `Error from server (Forbidden): error when creating "STDIN": admission webhook "services.validate.dualstack.dev" denied the request: 2 problems in Service ${namespace}/web (policy internal):
- invalid-boolean: metadata.annotations[…/aws-load-balancer-cross-zone-load-balancing-enabled]: "yes" is not a boolean of the Go language (1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False). Write "true" or "false", or delete the annotation. (AWS Load Balancer Controller 3.5, pkg/annotations/parser.go:86-98)
- value-not-allowed-by-policy: metadata.annotations[…/aws-load-balancer-scheme]: "internet-facing" would be in force, and policy internal allows only "internal". Use a value that the policy allows.
`;
const publicWeb = {
  [`${nlb}-cross-zone-load-balancing-enabled`]: "yes",
  [`${nlb}-ip-address-type`]: "ipv4",
  [`${nlb}-scheme`]: "internet-facing",
};
const chosen = { loadBalancerClass: "service.k8s.aws/nlb" };

describe("each outcome, in a dry run and for good", () => {
  it("injected", async () => {
    const web = service(await cluster.namespace("injected"));
    const dryRun = await cluster.create(web, "--dry-run=server", "-o", "json");
    expect(dryRun).toMatchObject({ code: 0, stderr: onClass + onSubnets });
    expect(await cluster.read(web)).toBeUndefined();
    const created = await cluster.create(web, "-o", "json");
    expect(created).toMatchObject({ code: 0, stderr: onClass + onSubnets });
    const [would, did] = [dryRun, created].map(({ stdout }) => JSON.parse(stdout) as Manifest);
    expect(would?.metadata.annotations).toEqual({
      [`${nlb}-ip-address-type`]: "dualstack",
      [`${nlb}-scheme`]: "internal",
      "dualstack.dev/injected": `policy=internal; keys=${nlb}-ip-address-type,${nlb}-scheme,spec.loadBalancerClass`,
    });
    expect(did?.metadata.annotations).toEqual(would?.metadata.annotations);
    expect(did?.spec).toMatchObject(chosen);
    const calls = await cluster.webhook.decisions("injected");
    expect(calls.map(({ webhook, dryRun: dry }) => [webhook, dry])).toEqual([
      ["mutate", true],
      ["validate", true],
      ["mutate", false],
      ["validate", false],
    ]);
  });

  it("refused, with every problem in one message", async () => {
    const name = await cluster.namespace("refused");
    const web = service(name, { metadata: { annotations: publicWeb }, spec: chosen });
    for (const args of [["--dry-run=server"], []]) {
      expect(await cluster.create(web, ...args)).toEqual({ code: 1, stdout: "", stderr: refusal(name) });
      expect(await cluster.read(web)).toBeUndefined();
    }
  });

  it("warned", async () => {
    const name = await cluster.namespace("warned");
    const annotations = {
      [`${nlb}-ip-address-type`]: "ipv4",
      [`${nlb}-scheme`]: "internal",
      "alb.ingress.kubernetes.io/scheme": "internal",
    };
    const web = service(name, { metadata: { annotations }, spec: chosen });
    const dryRun = await cluster.create(web, "--dry-run=server");
    expect(dryRun).toEqual({ code: 0, stdout: "service/web created (server dry run)\n", stderr: onPrefix });
    expect(await cluster.read(web)).toBeUndefined();
    expect(await cluster.create(web)).toEqual({ code: 0, stdout: "service/web created\n", stderr: onPrefix });
    expect(annotationsOf(await cluster.read(web))).toEqual(annotations);
  });

  it("an update that would be refused, in a dry run", async () => {
    const name = await cluster.namespace("refused-update");
    const web = service(name);
    await expectSuccess(cluster.create(web));
    const before = await cluster.read(web);
    const edit = { metadata: { annotations: { [`${nlb}-scheme`]: "internet-facing" } } };
    const refused = await cluster.patch(name, edit, "--dry-run=server");
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("- value-not-allowed-by-policy: ") });
    expect(await cluster.read(web)).toEqual(before);
  });

  it("kubectl diff shows what would be injected, and nothing once it is", async () => {
    const web = service(await cluster.namespace("diff"));
    const before = await cluster.kubectl("diff", ["diff", "-f", "-"], web);
    expect(before.code).toBe(1);
    const added = before.stdout
      .split("\n")
      .filter((line) => line.startsWith("+") && /loadBalancerClass:|aws-load-balancer-(scheme|ip-)[a-z-]*:/.test(line));
    expect(added).toEqual([
      `+    ${nlb}-ip-address-type: dualstack`,
      `+    ${nlb}-scheme: internal`,
      "+  loadBalancerClass: service.k8s.aws/nlb",
    ]);
    await expectSuccess(cluster.apply(web));
    expect(await cluster.kubectl("diff", ["diff", "-f", "-"], web)).toEqual({ code: 0, stdout: "", stderr: "" });
  });
});

describe("unusual objects", () => {
  it("a name that the API server makes up", async () => {
    const name = await cluster.namespace("generated");
    const { name: _none, ...metadata } = service(name).metadata;
    const web = { ...service(name), metadata: { ...metadata, generateName: "web-" } };
    const created = await expectSuccess(cluster.create(web, "-o", "json"));
    const stored = JSON.parse(created.stdout) as Manifest;
    expect(stored.metadata.name).toMatch(/^web-[a-z0-9]{5}$/);
    expect(stored.spec).toMatchObject(chosen);
    const refused = await cluster.create({
      ...web,
      metadata: { ...web.metadata, annotations: publicWeb },
      spec: { ...web.spec, ...chosen },
    });
    expect(refused.stderr).toMatch(
      /denied the request: 2 problems in Service generated\/web-[a-z0-9]{5} \(policy internal\):\n/,
    );
  });

  it("a thousand annotations", async () => {
    const annotations = Object.fromEntries(
      Array.from({ length: 1000 }, (_, index) => [`example.com/a-${index}`, `~/ ${"x".repeat(50)} ${index}`]),
    );
    const web = service(await cluster.namespace("thousand"), { metadata: { annotations } });
    expect(await cluster.create(web)).toMatchObject({ code: 0, stderr: onClass + onSubnets });
    const stored = await cluster.read(web);
    expect(stored?.metadata.annotations).toMatchObject({ ...annotations, [`${nlb}-scheme`]: "internal" });
    expect(Object.keys(stored?.metadata.annotations ?? {})).toHaveLength(1003);
  });

  it.each([
    {
      what: "a Service without anything",
      body: { apiVersion: "v1", kind: "Service", metadata: { name: "web" } },
      path: "api/v1",
      plural: "services",
      answer: /spec\.ports: Required value/,
    },
    {
      what: "an Ingress without anything",
      body: { apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name: "web" } },
      path: "apis/networking.k8s.io/v1",
      plural: "ingresses",
      answer: /spec: Invalid value/,
    },
  ])("$what meets the API server's own answer", async ({ what, body, path, plural, answer }) => {
    const name = await cluster.namespace(`bare-${what.length}`);
    const sent = await cluster.plane.kubectl(["create", `--raw=/${path}/namespaces/${name}/${plural}`, "-f", "-"], {
      stdin: JSON.stringify(body),
    });
    expect(sent).toMatchObject({ code: 1, stderr: expect.stringMatching(answer) });
    expect(sent.stderr).not.toContain("dualstack");
  });

  it("the least that a Service and an Ingress can have passes, and can be updated to and fro", async () => {
    const name = await cluster.namespace("least");
    const headless = { ...service(name), spec: { clusterIP: "None" } };
    expect(await cluster.create(headless)).toEqual({ code: 0, stdout: "service/web created\n", stderr: "" });
    expect(await cluster.patch(name, { metadata: { annotations: { team: "shop" } } })).toMatchObject({
      code: 0,
      stderr: "",
    });
    expect(await cluster.patch(name, { metadata: { annotations: null } })).toMatchObject({ code: 0, stderr: "" });
    const backend = { service: { name: "elsewhere", port: { number: 443 } } };
    expect(await cluster.create(ingress(name, { spec: { defaultBackend: backend } }))).toMatchObject({
      code: 0,
      stderr: "",
    });
    const edited = await cluster.kubectl(name, [
      "patch",
      "ingress",
      "web",
      "--type=merge",
      '--patch={"spec":{"ingressClassName":"alb"}}',
    ]);
    expect(edited).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("requests that the webhook is not asked about", () => {
  async function callsAfter(name: string, act: () => Promise<unknown>): Promise<readonly string[]> {
    const before = await cluster.webhook.decisions(name);
    await act();
    const after = await cluster.webhook.decisions(name);
    return after.slice(before.length).map(({ webhook, operation, kind }) => `${webhook} ${operation} ${kind}`);
  }

  it.each([
    { kind: "service", object: service },
    { kind: "ingress", object: (name: string) => ingress(name, { spec: { ingressClassName: "alb" } }) },
  ])("labels, finalizers and the status of a $kind; annotations are asked about", async ({ kind, object }) => {
    const name = await cluster.namespace(`unasked-${kind}`);
    const web = object(name);
    await expectSuccess(cluster.create(web));
    const merge = (patch: object): Promise<unknown> =>
      expectSuccess(cluster.kubectl(name, ["patch", kind, "web", "--type=merge", `--patch=${JSON.stringify(patch)}`]));
    expect(
      await callsAfter(name, async () => {
        await merge({ metadata: { labels: { tier: "front" } } });
        await merge({ metadata: { finalizers: ["example.com/a", "example.com/b"] } });
        await merge({ metadata: { finalizers: ["example.com/a"] } });
        await cluster.provision(web);
        await merge({ metadata: { labels: { tier: null }, finalizers: null } });
      }),
    ).toEqual([]);
    expect(await callsAfter(name, () => merge({ metadata: { annotations: { team: "shop" } } }))).toEqual([
      `mutate UPDATE ${web.kind}`,
      `validate UPDATE ${web.kind}`,
    ]);
  });

  it("an object that is being deleted, be it at fault", async () => {
    const name = await cluster.namespace("terminating");
    const web = service(name, { metadata: { finalizers: ["service.k8s.aws/resources"] } });
    await expectSuccess(cluster.create(web));
    const calls = await callsAfter(name, async () => {
      await expectSuccess(cluster.kubectl(name, ["delete", "service", "web", "--wait=false"]));
      const faulty = { metadata: { annotations: publicWeb } };
      expect(await cluster.patch(name, faulty)).toEqual({ code: 0, stdout: "service/web patched\n", stderr: "" });
      expect(await cluster.patch(name, { metadata: { finalizers: null } })).toMatchObject({ code: 0, stderr: "" });
    });
    expect(calls).toEqual([]);
    expect(await cluster.read(web)).toBeUndefined();
  });

  it("kubectl apply of several objects asks about ours only", async () => {
    const name = await cluster.namespace("several");
    const others = ["ConfigMap", "Secret", "ServiceAccount"].map((kind) => ({
      apiVersion: "v1",
      kind,
      metadata: { name: "web", namespace: name },
    }));
    const input = toYaml([...others, service(name)]);
    await expectSuccess(cluster.plane.kubectl(["apply", "-f", "-"], { stdin: input }));
    const calls = await cluster.webhook.decisions(name);
    expect(calls.map(({ webhook, kind }) => `${webhook} ${kind}`)).toEqual(["mutate Service", "validate Service"]);
  });
});

it("after all of this no condition has failed to evaluate, and no call was passed over", async () => {
  const { stdout } = await expectSuccess(cluster.plane.kubectl(["get", "--raw=/metrics"]));
  const metrics = stdout.split("\n");
  expect(metrics.filter((line) => line.startsWith("apiserver_admission_webhook_request_total{"))).not.toEqual([]);
  const faults = /^apiserver_admission_(webhook_fail_open_count|match_condition_evaluation_errors_total)\{/;
  expect(metrics.filter((line) => faults.test(line))).toEqual([]);
});

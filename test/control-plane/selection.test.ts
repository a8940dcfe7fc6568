/** Which objects the webhook is asked about: the two ways to install it, and the labels that decide. */
import { beforeAll, describe, expect, it } from "vitest";
import { expectSuccess, nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster } from "./kubernetes.ts";
import { toYaml } from "./overlay.ts";

const policies = {
  everywhere: { namespaceSelector: {}, service: { loadBalancerClass: { default: "service.k8s.aws/nlb" } } },
  internal: {
    selectable: true,
    service: { loadBalancerClass: { default: "service.k8s.aws/nlb" }, scheme: { default: "internal" } },
  },
};
const shadow = {
  selectable: true,
  mode: "Warn",
  service: { loadBalancerClass: { default: "service.k8s.aws/nlb" }, scheme: { allowed: ["internal"] } },
};
const flags = ["--controllers=aws-load-balancer-controller"];
const enabled = { "dualstack.dev/inject": "enabled" };
const disabled = { "dualstack.dev/inject": "disabled" };
const picked = { "dualstack.dev/policy": "internal" };

const untouched: Outcome = { calls: [] };
const everywhere: Outcome = {
  loadBalancerClass: "service.k8s.aws/nlb",
  annotations: { "dualstack.dev/injected": "policy=everywhere; keys=spec.loadBalancerClass" },
  calls: [
    ["mutate", "everywhere"],
    ["validate", "everywhere"],
  ],
};
const internal: Outcome = {
  loadBalancerClass: "service.k8s.aws/nlb",
  annotations: {
    [`${nlb}-scheme`]: "internal",
    "dualstack.dev/injected": `policy=internal; keys=${nlb}-scheme,spec.loadBalancerClass`,
  },
  calls: [
    ["mutate", "internal"],
    ["validate", "internal"],
  ],
};

describe("installed cluster-wide", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ overlay: "cluster-wide", policies: { ...policies, shadow }, flags });
    return () => cluster.stop();
  });

  it.each([
    { name: "unlabelled", labels: {}, expected: everywhere },
    { name: "enabled", labels: enabled, expected: everywhere },
    { name: "picked", labels: picked, expected: internal },
    { name: "disabled", labels: disabled, expected: untouched },
    { name: "disabled-and-picked", labels: { ...disabled, ...picked }, expected: untouched },
  ])("a namespace $name", async ({ name, labels, expected }) => {
    await cluster.namespace(name, labels);
    expect(await outcome(cluster, name)).toEqual(expected);
  });

  it.each(["kube-system", "kube-node-lease", "dualstack-system"])("%s is left alone", async (name) => {
    expect(await outcome(cluster, name)).toEqual(untouched);
  });

  it("an object opts out of injection, not of the rules", async () => {
    const name = await cluster.namespace("opted-out", picked);
    const optOut = { "dualstack.dev/inject": "false" };
    const web = service(name, { metadata: { annotations: optOut } });
    expect(await cluster.create(web)).toEqual({ code: 0, stdout: "service/web created\n", stderr: "" });
    const stored = await cluster.read(web);
    expect(stored?.metadata.annotations).toEqual(optOut);
    expect(stored?.spec).not.toHaveProperty("loadBalancerClass");
    const external = { ...optOut, [`${nlb}-type`]: "external" };
    const refused = await cluster.create(service(name, { metadata: { name: "other", annotations: external } }));
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("- external-without-target-type: ") });
  });

  it("a policy in mode Warn says what it would do, and does not do it", async () => {
    const web = service(await cluster.namespace("shadowed", { "dualstack.dev/policy": "shadow" }), {
      metadata: { annotations: { [`${nlb}-scheme`]: "internet-facing" } },
    });
    const created = await cluster.create(web);
    expect(created).toMatchObject({ code: 0, stdout: "service/web created\n" });
    const [wouldSet, wouldRefuse, ...rest] = created.stderr.split("\n");
    expect(wouldSet).toBe(
      'Warning: policy shadow would set spec.loadBalancerClass to "service.k8s.aws/nlb"; its mode is Warn',
    );
    expect(wouldRefuse).toMatch(
      /^Warning: would be refused, were the policy's mode Enforce: value-not-allowed-by-policy: .* "internet-facing" /,
    );
    expect(rest).toEqual([""]);
    const stored = await cluster.read(web);
    expect(stored?.metadata.annotations).toEqual(web.metadata.annotations);
    expect(stored?.spec).not.toHaveProperty("loadBalancerClass");
  });

  it("a label is honoured within a second of its change", async () => {
    const name = await cluster.namespace("relabelled");
    const scheme = async (): Promise<string> => {
      const path = `-o=jsonpath={.metadata.annotations.service\\.beta\\.kubernetes\\.io/aws-load-balancer-scheme}`;
      return (await expectSuccess(cluster.create(service(name), "--dry-run=server", path))).stdout;
    };
    expect(await scheme()).toBe("");
    await expectSuccess(cluster.plane.kubectl(["label", "namespace", name, "dualstack.dev/policy=internal"]));
    await expect.poll(scheme, { timeout: 1000, interval: 20 }).toBe("internal");
    await expectSuccess(cluster.plane.kubectl(["label", "namespace", name, "dualstack.dev/policy-"]));
    await expect.poll(scheme, { timeout: 1000, interval: 20 }).toBe("");
  });

  it("a namespace that is created with its label is used at once", async () => {
    for (const name of ["fresh-1", "fresh-2", "fresh-3"]) {
      const namespace = { apiVersion: "v1", kind: "Namespace", metadata: { name, labels: picked } };
      const stdin = toYaml([namespace, service(name)]);
      expect(await cluster.plane.kubectl(["apply", "-f", "-"], { stdin })).toEqual({
        code: 0,
        stdout: `namespace/${name} created\nservice/web created\n`,
        stderr: "",
      });
      expect((await cluster.read(service(name)))?.metadata.annotations).toMatchObject({
        [`${nlb}-scheme`]: "internal",
      });
    }
  });

  it("a label that names no policy refuses a creation, and an update is warned", async () => {
    const name = await cluster.namespace("mistaken");
    await expectSuccess(cluster.create(service(name)));
    await expectSuccess(cluster.plane.kubectl(["label", "namespace", name, "dualstack.dev/policy=internl"]));
    const other = service(name, { metadata: { name: "other" } });
    await expect.poll(() => cluster.create(other, "--dry-run=server"), { timeout: 10_000 }).toMatchObject({ code: 1 });
    const refused = await cluster.create(other);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain(`1 problem in Service mistaken/other:
- policy-label-unusable: namespace label dualstack.dev/policy: namespace "mistaken" picks policy "internl", which does not exist, so no policy is in force. `);
    const edited = await cluster.patch(name, { metadata: { annotations: { team: "shop" } } });
    expect(edited).toMatchObject({ code: 0, stdout: "service/web patched\n" });
    expect(edited.stderr).toMatch(/^Warning: policy-label-unusable: [^\n]+"internl", which does not exist[^\n]+\n$/);
  });
});

describe("installed for namespaces that opt in", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ overlay: "opt-in", policies, flags });
    return () => cluster.stop();
  });

  it.each([
    { name: "unlabelled", labels: {}, expected: untouched },
    { name: "enabled", labels: enabled, expected: everywhere },
    { name: "enabled-and-picked", labels: { ...enabled, ...picked }, expected: internal },
    { name: "only-picked", labels: picked, expected: untouched },
    { name: "disabled", labels: disabled, expected: untouched },
  ])("a namespace $name", async ({ name, labels, expected }) => {
    await cluster.namespace(name, labels);
    expect(await outcome(cluster, name)).toEqual(expected);
  });

  it.each(["kube-system", "kube-node-lease", "dualstack-system"])(
    "%s is left alone, whatever its labels",
    async (name) => {
      await cluster.plane.kubectl(["create", "namespace", name]);
      await expectSuccess(cluster.plane.kubectl(["label", "namespace", name, "dualstack.dev/inject=enabled"]));
      expect(await outcome(cluster, name)).toEqual(untouched);
    },
  );
});

interface Outcome {
  readonly loadBalancerClass?: unknown;
  readonly annotations?: unknown;
  /** Who was asked, and which policy was found. */
  readonly calls: readonly (readonly [string, string | undefined])[];
}

/** What becomes of a new Service there. */
async function outcome(cluster: Cluster, namespace: string): Promise<Outcome> {
  const web = service(namespace);
  await expectSuccess(cluster.create(web));
  const stored = await cluster.read(web);
  const calls = await cluster.webhook.decisions(namespace);
  return {
    loadBalancerClass: stored?.spec["loadBalancerClass"],
    annotations: stored?.metadata.annotations,
    calls: calls.map(({ webhook, policy }) => [webhook, policy]),
  };
}

/**
 * A load balancer that was made outside, and pods that a TargetGroupBinding registers with it; the letters are those of the
 * scenarios. And the edits of a plain Service that would break what stands in front of it.
 */
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { alb, annotationsOf, expectSuccess, ingress, service, startCluster } from "./kubernetes.ts";
import type { Cluster, Manifest, Stored } from "./kubernetes.ts";
import { poll } from "./processes.ts";
import type { Result } from "./processes.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    policies: {
      labelled: {
        namespaceSelector: { matchLabels: { team: "shop" } },
        service: { loadBalancerClass: { default: "service.k8s.aws/nlb" }, ipAddressType: { default: "dualstack" } },
        ingress: { ipAddressType: { default: "dualstack" }, targetType: { default: "ip" } },
      },
    },
    flags: ["--controllers=aws-load-balancer-controller", "--ip-family=dualstack", "--subnets-have-ipv6=true"],
  });
  // Their kinds come after us.
  const crds = join(import.meta.dirname, "crds", "targetgroupbindings.yaml");
  await expectSuccess(cluster.plane.kubectl(["apply", "-f", crds]));
  await expectSuccess(cluster.plane.kubectl(["wait", "--for=condition=Established", "-f", crds]));
  return () => cluster.stop();
});

const kinds = {
  elbv2: { apiVersion: "elbv2.k8s.aws/v1beta1", resource: "targetgroupbindings.elbv2.k8s.aws" },
  eks: { apiVersion: "eks.amazonaws.com/v1", resource: "targetgroupbindings.eks.amazonaws.com" },
} as const;

const targetGroupARN = "arn:aws-cn:elasticloadbalancing:cn-north-1:123456789012:targetgroup/web/0123456789abcdef";

/** A binding called web of ip targets on port 443 of the Service web. */
function binding(
  namespace: string,
  spec: Manifest["spec"] = {},
  metadata: Partial<Manifest["metadata"]> = {},
  api: keyof typeof kinds = "elbv2",
): Manifest {
  return {
    apiVersion: kinds[api].apiVersion,
    kind: "TargetGroupBinding",
    metadata: { namespace, name: "web", ...metadata },
    spec: { serviceRef: { name: "web", port: 443 }, targetGroupARN, targetType: "ip", ...spec },
  };
}

/** A Service called web of type ClusterIP, IPv4 only, unless `spec` says otherwise. */
function plain(namespace: string, spec: Manifest["spec"] = {}): Manifest {
  const families = { ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv4"] };
  return service(namespace, { spec: { type: "ClusterIP", ...families, ...spec } });
}

const ipv4 = { ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv4"], clusterIPs: null };
const dualstack = { ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv4", "IPv6"], clusterIPs: null };
const clusterIP = { type: "ClusterIP", ports: [{ name: "https", port: 443 }] };
const nodePort = { type: "NodePort", ports: [{ name: "https", port: 443 }] };

/** What has been written reaches the webhook by a watch, a moment later. */
async function seen(writing: Promise<Result>, resource = "services"): Promise<Result> {
  const started = Date.now() / 1000;
  const result = await expectSuccess(writing);
  const pattern = `^dualstack_cache_last_event_timestamp_seconds\\{resource="${resource}"\\} (\\S+)$`;
  const isSeen = async (): Promise<boolean> => {
    const metrics = await (await fetch(`${cluster.webhook.healthUrl}/metrics`)).text();
    return Number(new RegExp(pattern, "m").exec(metrics)?.[1]) >= started;
  };
  expect(await poll(isSeen, { every: 10, within: 10_000 })).toBe(true);
  return result;
}

async function bound(namespace: string, spec: Manifest["spec"], of: Manifest["spec"] = {}): Promise<string> {
  const name = await cluster.namespace(namespace);
  await seen(cluster.create(plain(name, of)));
  await seen(cluster.create(binding(name, spec)), kinds.elbv2.resource);
  return name;
}

async function behindAlb(namespace: string, annotations: Manifest["metadata"]["annotations"], of: Manifest["spec"]) {
  const name = await cluster.namespace(namespace);
  await seen(cluster.create(plain(name, of)));
  const front = ingress(name, { metadata: { annotations: annotations ?? {} }, spec: { ingressClassName: "alb" } });
  await seen(cluster.create(front), "ingresses.networking.k8s.io");
  return { name, front };
}

/** As a part of a namespace's name. */
function slug(text: string): string {
  return text.toLowerCase().replace(/\W+/g, "-");
}

async function stored(object: Pick<Manifest, "kind" | "metadata">): Promise<Stored> {
  const found = await cluster.read(object);
  if (found === undefined) throw new Error("nothing is stored");
  return found;
}

/** What /validate answered, less kubectl's words about what it sent. */
function refusal({ code, stdout, stderr }: Result, entry: string): string {
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  return stderr.split(`admission webhook "${entry}.validate.dualstack.dev" denied the request: `)[1] ?? stderr;
}

async function calls(namespace: string): Promise<readonly (readonly string[])[]> {
  return (await cluster.webhook.decisions(namespace)).map(({ webhook, kind, outcome }) => [webhook, kind, outcome]);
}

describe("C3: the kind comes while we run", () => {
  it("C3: a binding is protected within seconds", async () => {
    const name = await cluster.namespace("c3-late");
    await seen(cluster.create(plain(name)));
    await expectSuccess(cluster.create(binding(name)));
    const edit = () => cluster.patch(name, { spec: { ports: [{ name: "https", port: 8443 }] } }, "--dry-run=server");
    await expect
      .poll(async () => (await edit()).stderr, { timeout: 40_000, interval: 200 })
      .toContain("backend-port-in-use");
  });
});

describe("C1: a binding that fits is admitted as it is", () => {
  it.each([
    { what: "of an IPv4 target group", api: "elbv2", spec: { ipAddressType: "ipv4" } },
    { what: "of a target group of no stated family", api: "elbv2", spec: {} },
    { what: "of EKS Auto Mode", api: "eks", spec: {} },
    { what: "to a port by its name", api: "elbv2", spec: { serviceRef: { name: "web", port: "https" } } },
  ] as const)("C1: $what", async ({ what, api, spec }) => {
    const name = await cluster.namespace(`c1-${slug(what)}`, { team: "shop" });
    await seen(cluster.create(plain(name)));
    const web = binding(name, spec, {}, api);
    expect(await cluster.create(web)).toMatchObject({ code: 0, stderr: "" });
    const { metadata, spec: kept } = await stored({ kind: kinds[api].resource, metadata: web.metadata });
    expect(kept).toEqual(web.spec);
    expect(metadata.annotations).toBeUndefined();
    expect(await calls(name)).toEqual([["validate", "TargetGroupBinding", "allowed"]]);
  });

  it("C1: one whose name the API server makes", async () => {
    const name = await cluster.namespace("c1-generated");
    await seen(cluster.create(plain(name)));
    const { metadata, ...rest } = binding(name);
    const { name: _none, ...nameless } = metadata;
    const created = await cluster.create({ ...rest, metadata: { ...nameless, generateName: "web-" } });
    expect(created).toMatchObject({ code: 0, stderr: "" });
    expect(await calls(name)).toEqual([["validate", "TargetGroupBinding", "allowed"]]);
  });

  it("C1: what the controller writes of it, and what it makes itself, does not come to us", async () => {
    const name = await bound("c1-controller", {});
    const web = { kind: kinds.elbv2.resource, metadata: { namespace: name, name: "web" } };
    const patch = (body: object, ...args: readonly string[]) =>
      cluster.kubectl(name, ["patch", web.kind, "web", "--type=merge", `--patch=${JSON.stringify(body)}`, ...args]);
    await expectSuccess(patch({ metadata: { annotations: { "elbv2.k8s.aws/checkpoint": "1" } } }));
    await expectSuccess(patch({ status: { observedGeneration: 1 } }, "--subresource=status"));
    const labels = { "ingress.k8s.aws/stack-namespace": name, "ingress.k8s.aws/stack-name": "web" };
    await expectSuccess(cluster.create(binding(name, { ipAddressType: "ipv6" }, { name: "own", labels })));
    expect(await calls(name)).toEqual([["validate", "TargetGroupBinding", "allowed"]]);
  });
});

describe("C2: a binding that leads nowhere", () => {
  it.each([
    {
      what: "IPv6 targets of an IPv4 Service",
      spec: { ipAddressType: "ipv6" },
      expected:
        '- binding-family-mismatch: spec.ipAddressType: "ipv6" does not fit, since Service "web" has only IPv4: ',
    },
    {
      what: "a port that is not there",
      spec: { serviceRef: { name: "web", port: 80 } },
      expected: '- binding-port-missing: spec.serviceRef.port: Service "web" has no port 80: ',
    },
    {
      what: "instance targets of a Service without node ports",
      spec: { targetType: "instance" },
      expected:
        '- binding-needs-node-port: spec.targetType: "instance" needs a node port, which port 443 of Service "web" does not have',
    },
    {
      what: "a node selector for ip targets",
      spec: { nodeSelector: { matchLabels: { pool: "edge" } } },
      expected: "- binding-node-selector-with-ip-targets: spec.nodeSelector: chooses nodes, ",
    },
  ])("C2: $what is refused", async ({ what, spec, expected }) => {
    const name = await cluster.namespace(`c2-${slug(what)}`);
    await seen(cluster.create(plain(name)));
    const refused = refusal(await cluster.create(binding(name, spec)), "targetgroupbindings");
    expect(refused).toContain(`1 problem in TargetGroupBinding ${name}/web:\n${expected}`);
    const elsewhere = await cluster.create(binding(name, spec, {}, "eks"));
    expect(elsewhere.stderr).toContain(expected.slice("- ".length));
  });

  it("C2: one of a Service that does not exist yet is warned of; one that is turned to such a Service is refused", async () => {
    const name = await cluster.namespace("c2-missing");
    const web = binding(name);
    const warning = 'binding-service-missing: spec.serviceRef.name: Service "web" does not exist: ';
    const created = await cluster.create(web);
    expect(created).toMatchObject({ code: 0, stderr: expect.stringContaining(`Warning: ${warning}`) });
    await seen(cluster.create(plain(name)));
    const turned = await cluster.replace({
      ...(await stored({ kind: kinds.elbv2.resource, metadata: web.metadata })),
      spec: { ...web.spec, serviceRef: { name: "api", port: 443 } },
    });
    expect(refusal(turned, "targetgroupbindings")).toContain(
      '- binding-service-missing: spec.serviceRef.name: Service "api" ',
    );
  });
});

describe("C3: an edit of the Service that would break its binding is refused, and names it", () => {
  it.each([
    {
      what: "its port goes",
      of: {},
      spec: {},
      edit: { ports: [{ name: "https", port: 8443 }] },
      expected:
        '- backend-port-in-use: spec.ports: no port has the number 443, to which TargetGroupBinding "web" refers: ',
    },
    {
      what: "IPv4 goes",
      of: { ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv6", "IPv4"] },
      spec: { ipAddressType: "ipv4" },
      edit: { ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv6"], clusterIPs: null },
      expected: '- backend-loses-bound-family: spec.ipFamilies: has no IPv4, the family of TargetGroupBinding "web": ',
    },
    {
      what: "IPv6 goes",
      of: { ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv4", "IPv6"] },
      spec: { ipAddressType: "ipv6" },
      edit: ipv4,
      expected: '- backend-loses-bound-family: spec.ipFamilies: has no IPv6, the family of TargetGroupBinding "web": ',
    },
    {
      what: "its node ports go",
      of: nodePort,
      spec: { targetType: "instance" },
      edit: clusterIP,
      expected:
        '- backend-needs-node-port: spec.type: "ClusterIP" leaves port 443 without a node port, which the instance targets of TargetGroupBinding "web" need',
    },
  ])("C3: $what", async ({ what, of, spec, edit, expected }) => {
    const name = await bound(`c3-${slug(what)}`, spec, of);
    const web = plain(name);
    const live = await stored(web);
    const refused = refusal(await cluster.patch(name, { spec: edit }), "backends");
    expect(refused).toContain(`1 problem in Service ${name}/web:\n${expected}`);
    expect(await stored(web)).toEqual(live);

    const confirm = /confirm: ([\w-]+) in the same update/.exec(refused)?.[1] ?? "";
    const metadata = { annotations: { "dualstack.dev/confirm": confirm } };
    expect(await cluster.patch(name, { metadata, spec: edit })).toMatchObject({
      code: 0,
      stderr: expect.stringContaining(`Warning: confirmed: ${confirm}: `),
    });
    expect((await calls(name)).filter(([webhook]) => webhook === "mutate")).toEqual([]);
  });

  it("C3: what the binding does not depend on may change: a second port, the other family, selector and labels", async () => {
    const name = await bound("c3-harmless", { ipAddressType: "ipv4" });
    const ports = [
      { name: "https", port: 443 },
      { name: "metrics", port: 9090 },
    ];
    const silent = { code: 0, stdout: "service/web patched\n", stderr: "" };
    expect(await cluster.patch(name, { spec: { ports } })).toEqual(silent);
    expect(await cluster.patch(name, { spec: dualstack })).toEqual(silent);
    const before = await calls(name);
    expect(
      await cluster.patch(name, { metadata: { labels: { a: "b" } }, spec: { selector: { app: "web2" } } }),
    ).toEqual(silent);
    expect(await calls(name)).toEqual(before);
  });
});

describe("C4: nothing that exists changes", () => {
  it("C4: the IPv4 Service itself, through its whole life", async () => {
    const name = await cluster.namespace("c4-service", { team: "shop" });
    const web = plain(name);
    expect(await cluster.apply(web)).toEqual({ code: 0, stdout: "service/web created\n", stderr: "" });
    const first = await stored(web);
    expect(annotationsOf(first)).toEqual({});
    await seen(cluster.create(binding(name)), kinds.elbv2.resource);
    expect(await cluster.apply(web)).toEqual({ code: 0, stdout: "service/web unchanged\n", stderr: "" });
    expect(await stored(web)).toEqual(first);
    expect(await calls(name)).toEqual([["validate", "TargetGroupBinding", "allowed"]]);
  });

  it("C4: an Ingress in a namespace to which no policy applies", async () => {
    const name = await cluster.namespace("c4-ingress");
    await seen(cluster.create(plain(name)));
    const web = ingress(name, {
      metadata: { annotations: { [`${alb}/target-type`]: "ip" } },
      spec: { ingressClassName: "alb" },
    });
    expect(await cluster.create(web)).toMatchObject({ code: 0, stderr: "" });
    const first = await stored(web);
    expect(first.metadata.annotations).toEqual(web.metadata.annotations);
    expect(await cluster.kubectl(name, ["annotate", "ingress", "web", "team=shop"])).toMatchObject({
      code: 0,
      stderr: "",
    });
    const after = await stored(web);
    expect(after.metadata.annotations).toEqual({ ...web.metadata.annotations, team: "shop" });
    expect(after.spec).toEqual(first.spec);
  });
});

describe("D3: an edit of a plain Service that would break the ALB in front of it is refused, and names the Ingress", () => {
  const ip = { [`${alb}/target-type`]: "ip" };
  it.each([
    {
      what: "IPv6 comes, and the ALB is IPv4 only",
      of: {},
      annotations: ip,
      edit: { spec: dualstack },
      expected:
        '- backend-ipv6-needs-dualstack: spec.ipFamilies: has IPv6, and the ALB of Ingress "web" is IPv4 only: ',
    },
    {
      what: "node ports go, and the targets are instances",
      of: nodePort,
      annotations: { [`${alb}/target-type`]: "instance" },
      edit: { spec: clusterIP },
      expected:
        '- backend-needs-node-port: spec.type: "ClusterIP" leaves port 443 without a node port, which the instance targets of Ingress "web" need',
    },
    {
      what: "its own target type is none that the controller takes",
      of: {},
      annotations: ip,
      edit: { metadata: { annotations: { [`${alb}/target-type`]: "pods" } } },
      expected:
        '- backend-target-type-refused: metadata.annotations[…/target-type]: "pods" is not allowed, only "instance", "ip": ',
    },
    {
      what: "the port to which the Ingress sends goes",
      of: {},
      annotations: ip,
      edit: { spec: { ports: [{ name: "https", port: 8443 }] } },
      expected: '- backend-port-in-use: spec.ports: no port has the number 443, to which Ingress "web" sends: ',
    },
  ])("D3: $what", async ({ what, of, annotations, edit, expected }) => {
    const { name } = await behindAlb(`d3-${slug(what)}`, annotations, of);
    const live = await stored(plain(name));
    const refused = refusal(await cluster.patch(name, edit), "backends");
    expect(refused).toContain(`1 problem in Service ${name}/web:\n${expected}`);
    expect(await stored(plain(name))).toEqual(live);
    expect((await calls(name)).filter(([, kind]) => kind === "Service")).toEqual([["validate", "Service", "denied"]]);
  });

  it("D3: IPv6 comes once the ALB exists, be it dual-stack", async () => {
    const { name, front } = await behindAlb("d3-existing", { ...ip, [`${alb}/ip-address-type`]: "dualstack" }, {});
    const edit = { spec: dualstack };
    expect(await cluster.patch(name, edit, "--dry-run=server")).toMatchObject({ code: 0, stderr: "" });
    await seen(
      cluster.provision(front).then(() => ({ code: 0, stdout: "", stderr: "" })),
      "ingresses.networking.k8s.io",
    );
    expect(refusal(await cluster.patch(name, edit), "backends")).toContain(
      "- backend-family-change-blocks-controller: spec.ipFamilies: adding IPv6 blocks the controller: ",
    );
  });
});

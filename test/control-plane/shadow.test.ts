/** A policy in mode Warn, and the same policy in mode Enforce: what the one tells is what the other does. */
import { beforeAll, describe, expect, it } from "vitest";
import { annotationsOf, expectSuccess, nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster, Manifest } from "./kubernetes.ts";
import { toYaml } from "./overlay.ts";
import { poll } from "./processes.ts";

const spec = {
  mode: "Warn",
  namespaceSelector: {},
  service: {
    loadBalancerClass: { default: "service.k8s.aws/nlb" },
    ipAddressType: { default: "dualstack" },
    scheme: { default: "internal", allowed: ["internal"] },
    targetType: { default: "ip" },
  },
};

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    audit: true,
    policies: "cluster",
    flags: ["--controllers=aws-load-balancer-controller", "--ip-family=dualstack", "--subnets-have-ipv6=true"],
  });
  const apiVersion = "dualstack.dev/v1alpha1";
  const policy = { apiVersion, kind: "LoadBalancerPolicy", metadata: { name: "everywhere" }, spec };
  await expectSuccess(cluster.plane.kubectl(["apply", "-f", "-"], { stdin: toYaml([policy]) }));
  await cluster.namespace("probe");
  await untilSaid("its mode is Warn");
  return () => cluster.stop();
});

/** What a new Service is told, or "" for nothing. */
async function untilSaid(text: string): Promise<void> {
  const said = async (): Promise<string> => (await cluster.create(service("probe"), "--dry-run=server")).stderr;
  const isSaid = async (): Promise<boolean> => {
    const heard = await said();
    return text === "" ? heard === "" : heard.includes(text);
  };
  if (!(await poll(isSaid, { every: 50, within: 20_000 }))) throw new Error(`A new Service is told ${await said()}`);
}

const values = {
  [`${nlb}-scheme`]: "internal",
  [`${nlb}-nlb-target-type`]: "ip",
  [`${nlb}-ip-address-type`]: "dualstack",
};
const facing = { metadata: { name: "public", annotations: { [`${nlb}-scheme`]: "internet-facing" } } };
const open = (namespace: string): Manifest => service(namespace);
const refused = (namespace: string): Manifest => service(namespace, facing);
const targets = ["spec.loadBalancerClass", ...Object.keys(values)].join(",");

const mutating = "services.mutate.dualstack.dev";
const validating = "services.validate.dualstack.dev";

/** Our annotations of the API server's audit log about the creation of one Service. */
async function audited(object: Manifest): Promise<Readonly<Record<string, string>>> {
  const { namespace, name } = object.metadata;
  let found: Readonly<Record<string, string>> | undefined;
  await poll(
    async () => {
      const events = await cluster.plane.auditEvents();
      const event = events.find(
        ({ verb, objectRef }) => verb === "create" && objectRef.namespace === namespace && objectRef.name === name,
      );
      found = event?.annotations;
      return event !== undefined;
    },
    { every: 50, within: 10_000 },
  );
  return Object.fromEntries(Object.entries(found ?? {}).filter(([key]) => key.includes("dualstack.dev/")));
}

/** Samples of a metric of ours that are about the policy or have an action of its own. */
async function counted(action: string): Promise<readonly string[]> {
  const text = await (await fetch(`${cluster.webhook.healthUrl}/metrics`)).text();
  return text.split("\n").filter((line) => line.startsWith("dualstack_") && line.includes(`action="${action}"`));
}

describe("mode Warn", () => {
  it("tells what it would set, and sets nothing", async () => {
    const web = open(await cluster.namespace("warn-open"));
    const { code, stderr } = await cluster.create(web);
    expect(code).toBe(0);
    expect(stderr.trimEnd().split("\n")).toEqual([
      'Warning: policy everywhere would set spec.loadBalancerClass to "service.k8s.aws/nlb"; its mode is Warn',
      'Warning: policy everywhere would set metadata.annotations[…/aws-load-balancer-scheme] to "internal"; its mode is Warn',
      'Warning: policy everywhere would set metadata.annotations[…/aws-load-balancer-nlb-target-type] to "ip"; its mode is Warn',
      'Warning: policy everywhere would set metadata.annotations[…/aws-load-balancer-ip-address-type] to "dualstack"; its mode is Warn',
    ]);
    const stored = await cluster.read(web);
    expect(annotationsOf(stored)).toEqual({});
    expect(stored?.spec).not.toHaveProperty("loadBalancerClass");
    expect(await audited(web)).toEqual({
      [`${mutating}/policy`]: "everywhere",
      [`${mutating}/would-inject`]: targets,
    });
    const [mutate, validate] = await cluster.webhook.decisions("warn-open");
    expect(mutate).toMatchObject({ outcome: "allowed", injected: [], wouldInject: targets.split(",") });
    expect(validate).toMatchObject({ outcome: "allowed", rules: [] });
  });

  it("tells what it would refuse, and refuses nothing", async () => {
    const web = refused(await cluster.namespace("warn-refused"));
    const { code, stderr } = await cluster.create(web);
    expect(code).toBe(0);
    expect(stderr).toMatch(
      /Warning: would be refused, were the policy's mode Enforce: value-not-allowed-by-policy: .*"internet-facing"/,
    );
    expect(annotationsOf(await cluster.read(web))).toEqual(facing.metadata.annotations);
    expect(await audited(web)).toEqual({
      [`${mutating}/policy`]: "everywhere",
      [`${mutating}/would-inject`]: targets.replace(`${nlb}-scheme,`, ""),
      [`${validating}/policy`]: "everywhere",
      [`${validating}/would-deny`]: "value-not-allowed-by-policy",
      [`${validating}/found`]: "value-not-allowed-by-policy",
    });
    const [, validate] = await cluster.webhook.decisions("warn-refused");
    expect(validate).toMatchObject({ outcome: "allowed", wouldDeny: ["value-not-allowed-by-policy"] });
  });

  it("counts both as what would be, and nothing as done", async () => {
    expect(await counted("shadow-deny")).toEqual([
      'dualstack_policy_violations_total{policy="everywhere",rule="value-not-allowed-by-policy",action="shadow-deny"} 1',
    ]);
    expect(
      (await counted("shadow-inject")).map((line) => /setting="([\w.]+)"/.exec(line)?.[1] ?? "").toSorted(),
    ).toEqual(["service.ipAddressType", "service.loadBalancerClass", "service.scheme", "service.targetType"]);
    expect([...(await counted("deny")), ...(await counted("inject"))]).toEqual([]);
  });
});

describe("mode Enforce of the same policy", () => {
  beforeAll(async () => {
    const patch = ["--type=merge", '--patch={"spec": {"mode": "Enforce"}}'];
    await expectSuccess(cluster.plane.kubectl(["patch", "loadbalancerpolicy", "everywhere", ...patch]));
    await untilSaid("");
  });

  it("sets what mode Warn told that it would", async () => {
    const web = open(await cluster.namespace("enforce-open"));
    expect(await cluster.create(web)).toEqual({ code: 0, stdout: "service/web created\n", stderr: "" });
    const stored = await cluster.read(web);
    expect(annotationsOf(stored)).toMatchObject(values);
    expect(stored?.spec).toMatchObject({ loadBalancerClass: "service.k8s.aws/nlb" });
    expect(await audited(web)).toEqual({
      [`${mutating}/policy`]: "everywhere",
      [`${mutating}/injected`]: targets,
    });
  });

  it("refuses what mode Warn told that it would", async () => {
    const web = refused(await cluster.namespace("enforce-refused"));
    const { code, stderr } = await cluster.create(web);
    expect(code).toBe(1);
    expect(stderr).toContain("- value-not-allowed-by-policy: ");
    expect(await cluster.read(web)).toBeUndefined();
    expect(await audited(web)).toEqual({
      [`${mutating}/policy`]: "everywhere",
      [`${mutating}/injected`]: targets.replace(`${nlb}-scheme,`, ""),
      [`${validating}/policy`]: "everywhere",
      [`${validating}/denied`]: "value-not-allowed-by-policy",
      [`${validating}/found`]: "value-not-allowed-by-policy",
    });
  });
});

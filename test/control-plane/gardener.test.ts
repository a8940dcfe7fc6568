/** Scenario A5: Gardener's own mutator of Services, which comes after ours by its name. The shoot becomes dual-stack on the way. */
import { beforeAll, describe, expect, it } from "vitest";
import { ignoreLoadBalancer, oldLoadBalancer, overwritten, startGardener } from "./gardener.ts";
import type { Gardener } from "./gardener.ts";
import { annotationsOf, expectSuccess, nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster, Stored } from "./kubernetes.ts";
import { poll } from "./processes.ts";
import { startWebhook } from "./webhook.ts";

const byClass = { loadBalancerClass: { default: "service.k8s.aws/nlb" } };
const instance = { ...byClass, targetType: { default: "instance" } };
const dualstack = { ipAddressType: { default: "dualstack" } };
const publicly = { scheme: { default: "internet-facing" } };
const policies = {
  /** Gardener's own values, and as eager on updates as a policy can be. */
  public: { selectable: true, existing: "Migrate", service: { ...instance, ...dualstack, ...publicly } },
  internal: {
    selectable: true,
    service: { ...instance, ...dualstack, scheme: { default: "internal", allowed: ["internal"] } },
  },
  ipv4: {
    selectable: true,
    service: { ...instance, ...publicly, ipAddressType: { default: "ipv4", allowed: ["ipv4"] } },
  },
  "ipv4-by-default": { selectable: true, service: { ...instance, ...publicly, ipAddressType: { default: "ipv4" } } },
  proxied: { selectable: true, service: { claim: "Leave", proxyProtocol: { default: "On" } } },
  "left-to-in-tree": { selectable: true, service: { claim: "Leave", scheme: { allowed: ["internal"] } } },
};
const flags = [
  "--controllers=aws-load-balancer-controller,cloud-controller-manager",
  "--ip-family=dualstack",
  "--subnets-have-ipv6=true",
];
const hostname = "web-1234.elb.eu-central-1.amazonaws.com";

let cluster: Cluster;
let gardener: Gardener;
beforeAll(async () => {
  cluster = await startCluster({ policies, flags });
  gardener = await startGardener(cluster.plane);
  return async () => {
    await gardener.stop();
    await cluster.stop();
  };
});

function namespace(name: string, policy?: keyof typeof policies): Promise<string> {
  return cluster.namespace(name, policy === undefined ? {} : { "dualstack.dev/policy": policy });
}

/** What a Service's load balancer will be; the annotations of the two webhooks themselves are left out. */
function settings(stored: Stored | undefined): Readonly<Record<string, string>> {
  const read = Object.entries(annotationsOf(stored)).filter(([key]) => key.startsWith(nlb));
  return Object.fromEntries(read.map(([key, value]) => [key.replace(`${nlb}-`, ""), value]));
}

const created = { code: 0, stdout: "service/web created\n", stderr: "" };
const patched = { code: 0, stdout: "service/web patched\n", stderr: "" };
const replaced = { code: 0, stdout: "service/web replaced\n", stderr: "" };
const internally = { "ip-address-type": "dualstack", scheme: "internal", "nlb-target-type": "instance" };
const ipv4 = { "ip-address-type": "ipv4", scheme: "internet-facing", "nlb-target-type": "instance" };
const asGardener = {
  "ip-address-type": "dualstack",
  scheme: "internet-facing",
  "nlb-target-type": "instance",
  type: "external",
};
/** Internal to the in-tree controller, which takes any word but "false" for a yes; Gardener knows "true" alone. */
const saysInternal = { [`${nlb}-internal`]: "0.0.0.0/0" };

describe("on an IPv4 shoot", () => {
  it("A5: it does nothing, and the policy's values stand", async () => {
    const web = service(await namespace("shoot4-ipv4", "ipv4"));
    expect(await cluster.create(web)).toEqual(created);
    expect(settings(await cluster.read(web))).toEqual(ipv4);
    expect(gardener.seen("shoot4-ipv4")).toEqual([annotationsOf(await cluster.read(web))]);
  });

  it("A5: a Service that a policy leaves to the in-tree controller gets proxy protocol in that controller's form", async () => {
    const web = service(await namespace("shoot4-proxied", "proxied"));
    expect(await cluster.create(web)).toEqual(created);
    expect(settings(await cluster.read(web))).toEqual({ "proxy-protocol": "*" });
  });

  it("A5: what the in-tree controller takes for internal is within the bounds", async () => {
    const web = service(await namespace("shoot4-internal", "left-to-in-tree"), {
      metadata: { annotations: saysInternal },
    });
    expect(await cluster.create(web)).toEqual(created);
    expect(annotationsOf(await cluster.read(web))).toEqual(saysInternal);
  });
});

describe("on a shoot that has become dual-stack", () => {
  const migrate = `Warning: the in-tree load balancer ${hostname} stays as it is: claiming it would orphan it. To migrate, create a second Service, move DNS to it, then delete this one, which cleans up the old load balancer\n`;
  const orphaned =
    "type-annotation-change-orphans-load-balancer: metadata.annotations[…/aws-load-balancer-type]: the in-tree controller lets go of its Classic Load Balancer without deleting it: it stays for ever without an owner, and a second one is built with another DNS name. Keep the annotation; to move, create a second Service, move DNS to it, then delete this one. (AWS cloud controller manager 1.36, pkg/providers/v1/aws.go:2359-2363)";
  const refusedAsOrphaned = (name: string) =>
    `Error from server (Forbidden): admission webhook "services.validate.dualstack.dev" denied the request: 1 problem in Service ${name}/web (policy public):
- ${orphaned} To accept this, add the annotation dualstack.dev/confirm: type-annotation-change-orphans-load-balancer in the same update.
`;

  /** Older than our installation and than the shoot's IPv6; the namespace has a policy that would inject all there is. */
  async function inTree(name: string, annotations: Readonly<Record<string, string>> = {}): Promise<void> {
    await cluster.namespace(name, { "dualstack.dev/inject": "disabled" });
    await expectSuccess(cluster.create(service(name, { metadata: { annotations } })));
    await expectSuccess(
      cluster.plane.kubectl(["label", "namespace", name, "dualstack.dev/inject-", "dualstack.dev/policy=public"]),
    );
    const probe = service(name, { metadata: { name: "probe" } });
    const isSelected = async (): Promise<boolean> =>
      (await cluster.create(probe, "--dry-run=server", "-o", "jsonpath={.spec.loadBalancerClass}")).stdout !== "";
    if (!(await poll(isSelected, { every: 50, within: 10_000 }))) throw new Error(`${name} has no policy`);
  }

  beforeAll(async () => {
    await inTree("trap-live");
    await inTree("trap-pending");
    await inTree("trap-wanted");
    await inTree("trap-dualstack", { [`${nlb}-ip-address-type`]: "dualstack" });
    for (const name of ["trap-live", "trap-wanted", "trap-dualstack"]) await cluster.provision(service(name), hostname);
    await gardener.becomeDualStack();
  });

  it("A5: it makes a Service of no policy public and dual-stack", async () => {
    const web = service(await namespace("none"), { metadata: { annotations: { team: "shop" } } });
    expect(await cluster.create(web)).toEqual(created);
    expect(annotationsOf(await cluster.read(web))).toEqual({ team: "shop", ...overwritten });
  });

  it("A5: it finds the scheme of an internal policy on the object, and steps back", async () => {
    const web = service(await namespace("internal", "internal"));
    expect(await cluster.create(web)).toEqual(created);
    const stored = await cluster.read(web);
    expect(settings(stored)).toEqual(internally);
    expect(stored?.spec["loadBalancerClass"]).toBe("service.k8s.aws/nlb");
    expect(gardener.seen("internal")).toEqual([annotationsOf(stored)]);
  });

  it("A5: the same for one that becomes a LoadBalancer, and when its author's manifest replaces it", async () => {
    const name = await namespace("internal-later", "internal");
    await expectSuccess(cluster.create(service(name, { spec: { type: "ClusterIP" } })));
    expect(await cluster.patch(name, { spec: { type: "LoadBalancer" } })).toEqual(patched);
    expect(settings(await cluster.read(service(name)))).toEqual(internally);
    expect(await cluster.replace(service(name))).toEqual(replaced);
    expect(settings(await cluster.read(service(name)))).toEqual(internally);
    await cluster.provision(service(name));
    expect(await cluster.replace(service(name))).toEqual(replaced);
    expect(settings(await cluster.read(service(name)))).toEqual(internally);
  });

  it("A5: with a policy of its own values it agrees, and what we injected stays named", async () => {
    const web = service(await namespace("public", "public"));
    expect(await cluster.create(web)).toEqual(created);
    const stored = await cluster.read(web);
    expect(stored?.spec["loadBalancerClass"]).toBe("service.k8s.aws/nlb");
    expect(annotationsOf(stored)).toEqual({
      ...overwritten,
      "dualstack.dev/injected": `policy=public; keys=${nlb}-ip-address-type,${nlb}-nlb-target-type,${nlb}-scheme,spec.loadBalancerClass`,
    });
  });

  it("A5: what it hands to the AWS controller gets the values that hold for that controller, in a second call", async () => {
    const web = service(await namespace("proxied", "proxied"));
    expect(await cluster.create(web)).toEqual(created);
    expect(settings(await cluster.read(web))).toEqual({ ...asGardener, "proxy-protocol": "*" });
    expect(gardener.seen("proxied")).toEqual([expect.objectContaining({ [`${nlb}-proxy-protocol`]: "*" })]);
  });

  it("A5: an address type that it overwrites is refused where it leaves the bounds, unless the author keeps it off", async () => {
    const name = await namespace("ipv4", "ipv4");
    const web = service(name);
    const refused = await cluster.create(web);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain(`1 problem in Service ipv4/web (policy ipv4):
- value-not-allowed-by-policy: metadata.annotations[…/aws-load-balancer-ip-address-type]: "dualstack" would be in force, and policy ipv4 allows only "ipv4". `);
    expect(await cluster.read(web)).toBeUndefined();
    expect(gardener.seen(name)).toEqual([expect.objectContaining({ [`${nlb}-ip-address-type`]: "ipv4" })]);

    const kept = service(name, { metadata: { annotations: { [ignoreLoadBalancer]: "true" } } });
    expect(await cluster.create(kept)).toEqual(created);
    expect(settings(await cluster.read(kept))).toEqual(ipv4);
  });

  it("A5: where the policy has a default and no bound its word stands, and does not count as ours", async () => {
    const web = service(await namespace("ipv4-by-default", "ipv4-by-default"));
    expect(await cluster.create(web)).toEqual(created);
    const stored = await cluster.read(web);
    expect(settings(stored)).toEqual(asGardener);
    expect(annotationsOf(stored)["dualstack.dev/injected"]).not.toContain("ip-address-type");
  });

  it("A5: a Service that it makes public against its author's word is refused where the policy has it internal", async () => {
    const name = await namespace("made-public", "left-to-in-tree");
    const web = service(name, { metadata: { annotations: saysInternal } });
    const refused = await cluster.create(web);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain(
      '- value-not-allowed-by-policy: metadata.annotations[…/aws-load-balancer-scheme]: "internet-facing" would be in force, and policy left-to-in-tree allows only "internal". ',
    );
    expect(await cluster.read(web)).toBeUndefined();

    // A word that it does know.
    const known = service(name, { metadata: { annotations: { [`${nlb}-internal`]: "true" } } });
    expect(await cluster.create(known)).toEqual(created);
    expect(annotationsOf(await cluster.read(known))).toEqual({ [`${nlb}-internal`]: "true" });
  });

  it.each([
    { name: "trap-live", warning: migrate },
    {
      name: "trap-pending",
      warning:
        "Warning: the in-tree controller may be building a load balancer already, so this Service is not claimed. To have it claimed, delete and create it again\n",
    },
  ])("A5: the update trap: edits of an in-tree Service inject no dualstack ($name)", async ({ name, warning }) => {
    const edited = await cluster.patch(name, { metadata: { annotations: { team: "shop" } } });
    expect(edited).toEqual({ ...patched, stderr: warning });
    const again = await cluster.patch(name, { metadata: { annotations: { team: "checkout" } } });
    expect(again).toEqual({ ...patched, stderr: warning });
    const stored = await cluster.read(service(name));
    expect(annotationsOf(stored)).toEqual({ team: "checkout", [ignoreLoadBalancer]: "true" });
    expect(stored?.spec).not.toHaveProperty("loadBalancerClass");
    expect(gardener.seen(name)).toEqual([{}, { team: "shop" }, { team: "checkout", [ignoreLoadBalancer]: "true" }]);
  });

  it("A5: the update trap: one that says dualstack already is migrated by any update, and so even a label is refused", async () => {
    const name = "trap-dualstack";
    const before = await cluster.read(service(name));
    const labelled = await cluster.kubectl(name, ["label", "service", "web", "tier=front"]);
    expect(labelled).toMatchObject({ code: 1, stdout: "" });
    expect(labelled.stderr).toBe(refusedAsOrphaned(name));
    expect(await cluster.read(service(name))).toEqual(before);

    // What to do about it: say that Gardener is to keep off.
    const kept = await cluster.kubectl(name, ["annotate", "service", "web", `${ignoreLoadBalancer}=true`]);
    expect(kept).toMatchObject({ code: 0, stdout: "service/web annotated\n" });
    expect(await cluster.kubectl(name, ["label", "service", "web", "tier=front"])).toMatchObject({ code: 0 });
    expect(settings(await cluster.read(service(name)))).toEqual({ "ip-address-type": "dualstack" });
  });

  it("A5: Gardener's way to migrate, which is to remove its annotation, needs to be confirmed", async () => {
    const name = "trap-wanted";
    await expectSuccess(cluster.patch(name, { metadata: { annotations: { team: "shop" } } }));
    const remove = { [ignoreLoadBalancer]: null };
    const refused = await cluster.patch(name, { metadata: { annotations: remove } });
    expect(refused).toEqual({
      code: 1,
      stdout: "",
      stderr: migrate + refusedAsOrphaned(name),
    });
    expect(annotationsOf(await cluster.read(service(name)))).toEqual({ team: "shop", [ignoreLoadBalancer]: "true" });

    const confirm = { "dualstack.dev/confirm": "type-annotation-change-orphans-load-balancer" };
    const confirmed = await cluster.patch(name, { metadata: { annotations: { ...remove, ...confirm } } });
    expect(confirmed).toEqual({ ...patched, stderr: `${migrate}Warning: confirmed: ${orphaned}\n` });
    expect(annotationsOf(await cluster.read(service(name)))).toEqual({
      team: "shop",
      ...confirm,
      ...overwritten,
      [oldLoadBalancer]: hostname,
    });
  });
});

describe("on a dual-stack shoot, where the cluster profile says that the platform is Gardener", () => {
  beforeAll(async () => {
    const webhook = await startWebhook(cluster.plane, { policies, flags: [...flags, "--platform=gardener"] });
    await webhook.configure();
    return () => webhook.remove();
  });

  const kept = { ...ipv4Annotations(), [ignoreLoadBalancer]: "true" };

  it.each(["ipv4", "ipv4-by-default"] as const)("A5: a new Service of policy %s is kept from it", async (policy) => {
    const web = service(await namespace(`told-${policy}`, policy));
    expect(await cluster.create(web)).toEqual(created);
    const stored = await cluster.read(web);
    expect(stored?.spec["loadBalancerClass"]).toBe("service.k8s.aws/nlb");
    expect(annotationsOf(stored)).toEqual({
      ...kept,
      "dualstack.dev/injected": `policy=${policy}; keys=${ignoreLoadBalancer},${nlb}-ip-address-type,${nlb}-nlb-target-type,${nlb}-scheme,spec.loadBalancerClass`,
    });
    expect(gardener.seen(`told-${policy}`)).toEqual([annotationsOf(stored)]);
  });

  it("A5: it stays so when the author's manifest is applied again or replaces it, with a load balancer or without", async () => {
    const name = await namespace("told-again", "ipv4");
    const web = service(name);
    expect(await cluster.apply(web)).toEqual(created);
    expect(await cluster.apply(web)).toEqual({ ...created, stdout: "service/web unchanged\n" });
    expect(await cluster.replace(web)).toEqual(replaced);
    expect(annotationsOf(await cluster.read(web))).toMatchObject(kept);
    await cluster.provision(web);
    expect(await cluster.replace(web)).toEqual(replaced);
    const { "dualstack.dev/injected": injected, ...annotations } = annotationsOf(await cluster.read(web));
    expect(annotations).toEqual(kept);
    expect(injected).toContain(ignoreLoadBalancer);
  });

  it("A5: a Service whose policy has Gardener's own values is not kept from it", async () => {
    const web = service(await namespace("told-public", "public"));
    expect(await cluster.create(web)).toEqual(created);
    const stored = await cluster.read(web);
    expect(settings(stored)).toEqual(asGardener);
    expect(annotationsOf(stored)).not.toHaveProperty([ignoreLoadBalancer]);
  });

  it("A5: an internal policy stands as before", async () => {
    const web = service(await namespace("told-internal", "internal"));
    expect(await cluster.create(web)).toEqual(created);
    expect(settings(await cluster.read(web))).toEqual(internally);
  });

  it("A5: an author who has said something of the annotation is taken at that word", async () => {
    const annotations = { [ignoreLoadBalancer]: "false" };
    const refused = await cluster.create(
      service(await namespace("told-written", "ipv4"), { metadata: { annotations } }),
    );
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain("- value-not-allowed-by-policy: ");
    expect(gardener.seen("told-written")).toEqual([expect.objectContaining(annotations)]);
  });

  it("A5: an in-tree Service is left to Gardener's own care", async () => {
    const name = "trap-live";
    const before = annotationsOf(await cluster.read(service(name)));
    await expectSuccess(cluster.patch(name, { metadata: { annotations: { team: "search" } } }));
    expect(annotationsOf(await cluster.read(service(name)))).toEqual({ ...before, team: "search" });
  });

  it("A5: IP targets, which Gardener's network cannot have, are refused; instance targets are not", async () => {
    const name = await namespace("told-ip", "internal");
    const targets = (value: string) =>
      service(name, { metadata: { annotations: { [`${nlb}-nlb-target-type`]: value } } });
    const refused = await cluster.create(targets("ip"));
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toMatch(
      /\n- [a-z0-9-]+: metadata\.annotations\[…\/aws-load-balancer-nlb-target-type\]: [^\n]*Gardener/,
    );
    expect(await cluster.create(targets("instance"))).toEqual(created);
  });

  function ipv4Annotations(): Readonly<Record<string, string>> {
    return Object.fromEntries(Object.entries(ipv4).map(([key, value]) => [`${nlb}-${key}`, value]));
  }
});

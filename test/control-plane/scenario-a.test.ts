/** An IPv4 cluster on Gardener that wants dual-stack load balancers; the letters are those of the scenarios. */
import { beforeAll, describe, expect, it } from "vitest";
import { annotationsOf, expectSuccess, nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster } from "./kubernetes.ts";

const gardener = {
  ipAddressType: { default: "dualstack" },
  scheme: { default: "internet-facing" },
  targetType: { default: "instance" },
};
const claimed = { ...gardener, loadBalancerClass: { default: "service.k8s.aws/nlb" } };

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    serviceCidr: "10.96.0.0/16",
    policies: {
      "by-class": { selectable: true, service: claimed },
      "by-type": { selectable: true, service: { ...gardener, claim: "TypeAnnotation" } },
      "with-proxy-protocol": { selectable: true, service: { ...claimed, proxyProtocol: { default: "On" } } },
    },
    flags: [
      "--controllers=aws-load-balancer-controller,cloud-controller-manager",
      "--ip-family=ipv4",
      "--subnets-have-ipv6=true",
    ],
  });
  return () => cluster.stop();
});

function namespace(name: string, policy: string): Promise<string> {
  return cluster.namespace(name, { "dualstack.dev/policy": policy });
}

describe("A1: a new Service without annotations gets the policy's values", () => {
  it("A1: claimed by class", async () => {
    const web = service(await namespace("a1-class", "by-class"));
    expect(await cluster.create(web)).toEqual({ code: 0, stdout: "service/web created\n", stderr: "" });
    const stored = await cluster.read(web);
    expect(stored?.spec["loadBalancerClass"]).toBe("service.k8s.aws/nlb");
    expect(stored?.metadata.annotations).toEqual({
      [`${nlb}-ip-address-type`]: "dualstack",
      [`${nlb}-scheme`]: "internet-facing",
      [`${nlb}-nlb-target-type`]: "instance",
      "dualstack.dev/injected": `policy=by-class; keys=${nlb}-ip-address-type,${nlb}-nlb-target-type,${nlb}-scheme,spec.loadBalancerClass`,
    });
  });

  it("A1: claimed by the type annotation", async () => {
    const web = service(await namespace("a1-type", "by-type"));
    expect(await cluster.create(web)).toEqual({ code: 0, stdout: "service/web created\n", stderr: "" });
    const stored = await cluster.read(web);
    expect(stored?.spec).not.toHaveProperty("loadBalancerClass");
    expect(stored?.metadata.annotations).toEqual({
      [`${nlb}-type`]: "external",
      [`${nlb}-ip-address-type`]: "dualstack",
      [`${nlb}-scheme`]: "internet-facing",
      [`${nlb}-nlb-target-type`]: "instance",
      "dualstack.dev/injected": `policy=by-type; keys=${nlb}-ip-address-type,${nlb}-nlb-target-type,${nlb}-scheme,${nlb}-type`,
    });
  });

  it("A1: a Service that becomes one of type LoadBalancer gets them then", async () => {
    const name = await namespace("a1-becomes", "by-class");
    await expectSuccess(cluster.create(service(name, { spec: { type: "ClusterIP" } })));
    expect((await cluster.read(service(name)))?.metadata).not.toHaveProperty("annotations");
    expect(await cluster.patch(name, { spec: { type: "LoadBalancer" } })).toMatchObject({ code: 0, stderr: "" });
    const stored = await cluster.read(service(name));
    expect(stored?.spec["loadBalancerClass"]).toBe("service.k8s.aws/nlb");
    expect(annotationsOf(stored)).toMatchObject({
      [`${nlb}-ip-address-type`]: "dualstack",
      [`${nlb}-scheme`]: "internet-facing",
      [`${nlb}-nlb-target-type`]: "instance",
    });
  });

  it("A1: what the author wrote stays, and only the rest is added", async () => {
    const annotations = { [`${nlb}-scheme`]: "internal", [`${nlb}-ip-address-type`]: "" };
    const web = service(await namespace("a1-written", "by-class"), { metadata: { annotations } });
    const refused = await cluster.create(web);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      `- invalid-enumeration: metadata.annotations[…/aws-load-balancer-ip-address-type]: ""`,
    );

    const internal = service("a1-written", { metadata: { annotations: { [`${nlb}-scheme`]: "internal" } } });
    await expectSuccess(cluster.create(internal));
    expect((await cluster.read(internal))?.metadata.annotations).toEqual({
      [`${nlb}-ip-address-type`]: "dualstack",
      [`${nlb}-scheme`]: "internal",
      [`${nlb}-nlb-target-type`]: "instance",
      "dualstack.dev/injected": `policy=by-class; keys=${nlb}-ip-address-type,${nlb}-nlb-target-type,spec.loadBalancerClass`,
    });
  });
});

describe("A2: proxy protocol for one namespace only", () => {
  it("A2: is injected where the policy has it, and nowhere else", async () => {
    const here = service(await namespace("a2-on", "with-proxy-protocol"));
    const elsewhere = service(await namespace("a2-off", "by-class"));
    expect(await cluster.create(here)).toMatchObject({ code: 0, stderr: "" });
    expect(await cluster.create(elsewhere)).toMatchObject({ code: 0, stderr: "" });
    expect(annotationsOf(await cluster.read(here))).toMatchObject({ [`${nlb}-proxy-protocol`]: "*" });
    expect(annotationsOf(await cluster.read(elsewhere))).not.toHaveProperty([`${nlb}-proxy-protocol`]);
  });

  it("A2: is left out for a UDP port, and a warning says so", async () => {
    const ports = [{ name: "dns", port: 53, protocol: "UDP" }];
    const dns = service(await namespace("a2-udp", "with-proxy-protocol"), { spec: { ports } });
    const created = await cluster.create(dns);
    expect(created).toMatchObject({ code: 0, stdout: "service/web created\n" });
    expect(created.stderr.split("\n")).toEqual([
      'Warning: metadata.annotations[…/aws-load-balancer-ip-address-type] "dualstack" was left out: dualstack-udp-needs-ipv6-targets: the UDP port 53 of a dual-stack NLB needs IPv6 targets, and the Service is IPv4 only',
      'Warning: metadata.annotations[…/aws-load-balancer-proxy-protocol] "*" was left out: proxy-protocol-with-udp: UDP port 53 would carry proxy protocol, which few UDP backends read',
      "",
    ]);
    expect(annotationsOf(await cluster.read(dns))).not.toHaveProperty([`${nlb}-proxy-protocol`]);
  });

  it("A2: is left out for instance targets with externalTrafficPolicy Local, not with Cluster", async () => {
    const name = await namespace("a2-local", "with-proxy-protocol");
    const local = service(name, { metadata: { name: "local" }, spec: { externalTrafficPolicy: "Local" } });
    const spread = service(name, { metadata: { name: "spread" }, spec: { externalTrafficPolicy: "Cluster" } });
    const created = await cluster.create(local);
    expect(created.code).toBe(0);
    expect(created.stderr).toBe(
      `Warning: metadata.annotations[…/aws-load-balancer-proxy-protocol] "*" was left out: proxy-protocol-local-health-check: kube-proxy answers the health check ("http" by default) and does not speak proxy protocol: no node would be healthy\n`,
    );
    expect(await cluster.create(spread)).toMatchObject({ code: 0, stderr: "" });
    expect(annotationsOf(await cluster.read(local))).not.toHaveProperty([`${nlb}-proxy-protocol`]);
    expect(annotationsOf(await cluster.read(spread))).toMatchObject({ [`${nlb}-proxy-protocol`]: "*" });
  });
});

describe("A3: a Service that has an in-tree load balancer stays as it is", () => {
  const migrate =
    "Warning: the in-tree load balancer web-1234.elb.eu-central-1.amazonaws.com stays as it is: claiming it would orphan it. To migrate, create a second Service, move DNS to it, then delete this one, which cleans up the old load balancer\n";

  /** Created before the namespace had a policy. */
  async function inTree(name: string): Promise<string> {
    await cluster.namespace(name);
    await expectSuccess(cluster.apply(service(name)));
    await expectSuccess(cluster.plane.kubectl(["label", "namespace", name, "dualstack.dev/policy=by-class"]));
    // The webhook has seen the label when a new Service there would be claimed.
    const probe = service(name, { metadata: { name: "probe" } });
    await expect
      .poll(() => cluster.create(probe, "--dry-run=server", "-o", "jsonpath={.spec.loadBalancerClass}"), {
        timeout: 10_000,
      })
      .toMatchObject({ stdout: "service.k8s.aws/nlb" });
    return name;
  }

  it("A3: edited, applied again or labelled, nothing is injected, and an edit's warning says how to migrate", async () => {
    const name = await inTree("a3-status");
    const web = service(name);
    await cluster.provision(web);
    const before = await cluster.read(web);

    const edited = await cluster.patch(name, { metadata: { annotations: { team: "shop" } } });
    expect(edited).toEqual({ code: 0, stdout: "service/web patched\n", stderr: migrate });
    const ports = [{ name: "https", port: 8443 }];
    const applied = await cluster.apply(service(name, { spec: { ports } }));
    expect(applied).toEqual({ code: 0, stdout: "service/web configured\n", stderr: migrate });
    const labelled = await cluster.kubectl(name, ["label", "service", "web", "tier=front"]);
    expect(labelled).toEqual({ code: 0, stdout: "service/web labeled\n", stderr: "" });

    const after = await cluster.read(web);
    expect(annotationsOf(after)).toEqual({ team: "shop" });
    expect(after?.spec).toEqual({ ...before?.spec, ports: [{ ...firstPort(before), port: 8443, targetPort: 8443 }] });
    const updates = (await cluster.webhook.decisions(name)).filter(
      (call) => call.name === "web" && call.operation === "UPDATE",
    );
    expect(updates.map(({ webhook }) => webhook)).toEqual(["mutate", "validate", "mutate", "validate"]);
  });

  it("A3: the in-tree controller's finalizer counts as a load balancer that exists", async () => {
    const name = await inTree("a3-finalizer");
    await expectSuccess(
      cluster.patch(name, { metadata: { finalizers: ["service.kubernetes.io/load-balancer-cleanup"] } }),
    );
    const edited = await cluster.patch(name, { metadata: { annotations: { team: "shop" } } });
    expect(edited.stderr).toBe(
      "Warning: the in-tree load balancer stays as it is: claiming it would orphan it. To migrate, create a second Service, move DNS to it, then delete this one, which cleans up the old load balancer\n",
    );
    const stored = await cluster.read(service(name));
    expect(annotationsOf(stored)).toEqual({ team: "shop" });
    expect(stored?.spec).not.toHaveProperty("loadBalancerClass");
  });

  it("A3: where the in-tree controller may be building already, it is not claimed either", async () => {
    const name = await inTree("a3-pending");
    const edited = await cluster.patch(name, { metadata: { annotations: { team: "shop" } } });
    expect(edited.stderr).toBe(
      "Warning: the in-tree controller may be building a load balancer already, so this Service is not claimed. To have it claimed, delete and create it again\n",
    );
    expect(annotationsOf(await cluster.read(service(name)))).toEqual({ team: "shop" });
  });

  function firstPort(stored: Awaited<ReturnType<Cluster["read"]>>): object {
    const ports = stored?.spec["ports"] as readonly object[];
    return ports[0] ?? {};
  }
});

describe("A4: dangerous changes of a load balancer that exists", () => {
  const own = { spec: { loadBalancerClass: "service.k8s.aws/nlb" } };

  it("A4: a changed scheme is refused with its consequence, and passes when it is confirmed in the same update", async () => {
    const name = await cluster.namespace("a4-scheme");
    const web = service(name, { ...own, metadata: { annotations: { [`${nlb}-scheme`]: "internet-facing" } } });
    await expectSuccess(cluster.create(web));
    await cluster.provision(web);

    const change = { [`${nlb}-scheme`]: "internal" };
    const refused = await cluster.patch(name, { metadata: { annotations: change } });
    expect(refused.code).toBe(1);
    expect(refused.stderr)
      .toBe(`Error from server (Forbidden): admission webhook "services.validate.dualstack.dev" denied the request: 1 problem in Service a4-scheme/web:
- scheme-change-replaces-load-balancer: metadata.annotations[…/aws-load-balancer-scheme]: from internet-facing to internal: the controller deletes the load balancer first, then makes a new one with another DNS name. Keep the scheme; to change it, create a second object with the other scheme, move DNS to it, then delete this one. (AWS Load Balancer Controller 3.5, pkg/deploy/elbv2/load_balancer_synthesizer.go:61-95) To accept this, add the annotation dualstack.dev/confirm: scheme-change-replaces-load-balancer in the same update.
`);
    expect(annotationsOf(await cluster.read(web))).toEqual({ [`${nlb}-scheme`]: "internet-facing" });

    const confirm = { "dualstack.dev/confirm": "scheme-change-replaces-load-balancer" };
    const confirmed = await cluster.patch(name, { metadata: { annotations: { ...change, ...confirm } } });
    expect(confirmed).toMatchObject({ code: 0, stdout: "service/web patched\n" });
    expect(confirmed.stderr).toMatch(
      /^Warning: confirmed: scheme-change-replaces-load-balancer: [^\n]+ the controller deletes the load balancer first, then makes a new one with another DNS name\. [^\n]+\n$/,
    );
    expect(annotationsOf(await cluster.read(web))).toEqual({ ...change, ...confirm });

    // The confirmation is still on the object, and approves nothing more.
    const back = await cluster.patch(name, { metadata: { annotations: { [`${nlb}-scheme`]: "internet-facing" } } });
    expect(back.code).toBe(1);
    expect(back.stderr).toContain("scheme-change-replaces-load-balancer");
    expect(annotationsOf(await cluster.read(web))).toEqual({ ...change, ...confirm });
  });

  it("A4: removing the scheme passes, since it is sticky", async () => {
    const name = await cluster.namespace("a4-scheme-removed");
    const web = service(name, { ...own, metadata: { annotations: { [`${nlb}-scheme`]: "internet-facing" } } });
    await expectSuccess(cluster.create(web));
    await cluster.provision(web);
    const removed = await cluster.patch(name, { metadata: { annotations: { [`${nlb}-scheme`]: null } } });
    expect(removed).toEqual({ code: 0, stdout: "service/web patched\n", stderr: "" });
    expect(annotationsOf(await cluster.read(web))).toEqual({});
  });

  it("A4: the type annotation may not be added, changed or removed", async () => {
    const name = await cluster.namespace("a4-type");
    const inTree = service(name);
    await expectSuccess(cluster.create(inTree));
    await cluster.provision(inTree);
    const added = await cluster.patch(name, {
      metadata: { annotations: { [`${nlb}-type`]: "external", [`${nlb}-nlb-target-type`]: "ip" } },
    });
    expect(added.code).toBe(1);
    expect(added.stderr).toContain(
      "\n- type-annotation-change-orphans-load-balancer: metadata.annotations[…/aws-load-balancer-type]: the in-tree controller lets go of its Classic Load Balancer without deleting it: it stays for ever without an owner, and a second one is built with another DNS name. ",
    );

    const external = { [`${nlb}-type`]: "external", [`${nlb}-nlb-target-type`]: "ip" };
    const named = service(name, { metadata: { name: "named", annotations: external } });
    await expectSuccess(cluster.create(named));
    await cluster.provision(named);
    const changed = await cluster.kubectl(name, ["annotate", "service", "named", "--overwrite", `${nlb}-type=nlb`]);
    expect(changed.code).toBe(1);
    expect(changed.stderr).toContain(
      "\n- type-annotation-change-orphans-load-balancer: metadata.annotations[…/aws-load-balancer-type]: its controller deletes the NLB, and the in-tree one builds a Network Load Balancer that is IPv4 only and PUBLIC. ",
    );
    const removed = await cluster.kubectl(name, ["annotate", "service", "named", `${nlb}-type-`]);
    expect(removed.code).toBe(1);
    expect(removed.stderr).toContain(
      "\n- type-annotation-change-orphans-load-balancer: metadata.annotations[…/aws-load-balancer-type]: its controller deletes the NLB, and the in-tree one builds a Classic Load Balancer that is IPv4 only and PUBLIC. ",
    );
    expect(annotationsOf(await cluster.read(named))).toEqual(external);

    // Before there is a load balancer, the same is nobody's loss.
    await expectSuccess(cluster.create(service(name, { metadata: { name: "new", annotations: external } })));
    expect(
      await cluster.kubectl(name, ["annotate", "service", "new", `${nlb}-type-`, `${nlb}-nlb-target-type-`]),
    ).toMatchObject({
      code: 0,
    });
  });

  it("A4: leaving the type LoadBalancer passes, with a warning", async () => {
    const name = await cluster.namespace("a4-leave");
    const external = { [`${nlb}-type`]: "external", [`${nlb}-nlb-target-type`]: "ip" };
    const web = service(name, { metadata: { annotations: external } });
    await expectSuccess(cluster.create(web));
    await cluster.provision(web);
    const left = await cluster.patch(name, { spec: { type: "ClusterIP" } });
    expect(left).toMatchObject({ code: 0, stdout: "service/web patched\n" });
    expect(left.stderr).toBe(
      `Warning: leaving-load-balancer-type: spec.type: "ClusterIP" does not remove the NLB: the AWS Load Balancer Controller goes on serving the Service for its annotation. Remove the annotation ${nlb}-type as well, so that the load balancer is deleted. (AWS Load Balancer Controller 3.5, pkg/service/service_utils.go:47-77)\n`,
    );
    expect((await cluster.read(web))?.spec["type"]).toBe("ClusterIP");
  });

  it("A4: coming back to LoadBalancer claims it again, though the finalizer of its former NLB is still there", async () => {
    const name = await namespace("a4-back", "by-class");
    const web = service(name);
    await expectSuccess(cluster.create(web));
    await cluster.provision(web);
    await expectSuccess(cluster.patch(name, { metadata: { finalizers: ["service.k8s.aws/resources"] } }));
    await expectSuccess(cluster.patch(name, { spec: { type: "ClusterIP" } }));
    expect((await cluster.read(web))?.spec).not.toHaveProperty("loadBalancerClass");
    expect(await cluster.patch(name, { spec: { type: "LoadBalancer" } })).toMatchObject({ code: 0, stderr: "" });
    expect((await cluster.read(web))?.spec["loadBalancerClass"]).toBe("service.k8s.aws/nlb");
    await expectSuccess(cluster.patch(name, { metadata: { finalizers: null } }));
  });

  it("A4: a changed class is refused by the API server itself, before us", async () => {
    const name = await cluster.namespace("a4-class");
    const web = service(name, own);
    await expectSuccess(cluster.create(web));
    const changed = await cluster.patch(name, { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" } });
    expect(changed.code).toBe(1);
    expect(changed.stderr).toContain("spec.loadBalancerClass: Invalid value");
    const calls = await cluster.webhook.decisions(name);
    expect(calls.filter(({ operation, webhook }) => operation === "UPDATE" && webhook === "validate")).toEqual([]);
  });
});

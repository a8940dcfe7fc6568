/** A Service from its first apply to its deletion. kubectl plays the AWS controller's part, too. The steps of a life run in order. */
import { beforeAll, describe, expect, it } from "vitest";
import { annotationsOf, expectSuccess, nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster, Manifest, Stored } from "./kubernetes.ts";
import type { Result } from "./processes.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    policies: {
      public: {
        namespaceSelector: {},
        service: {
          loadBalancerClass: { default: "service.k8s.aws/nlb" },
          ipAddressType: { default: "dualstack" },
          scheme: { default: "internet-facing" },
          targetType: { default: "ip" },
        },
      },
    },
    flags: ["--controllers=aws-load-balancer-controller", "--ip-family=dualstack", "--subnets-have-ipv6=true"],
  });
  return () => cluster.stop();
});

const finalizer = "service.k8s.aws/resources";
const byClass = { loadBalancerClass: "service.k8s.aws/nlb" };
const hostname = "web-1234.elb.eu-central-1.amazonaws.com";
const withAddress = { loadBalancer: { ingress: [{ hostname }] } };

async function stored(namespace: string): Promise<Stored & { readonly status?: unknown }> {
  const found = await cluster.read(service(namespace));
  if (found === undefined) throw new Error("nothing is stored");
  return found;
}

/** The AWS controller adds its finalizer first, and the address when the load balancer has one. */
async function provision(namespace: string): Promise<void> {
  await expectSuccess(cluster.patch(namespace, { metadata: { finalizers: [finalizer] } }));
  await cluster.provision(service(namespace), hostname);
}

/** What /validate answered, less kubectl's words about the patch that it sent. */
function refusal({ code, stdout, stderr }: Result): string {
  expect({ code, stdout }).toEqual({ code: 1, stdout: "" });
  const answer = stderr.split('admission webhook "services.validate.dualstack.dev" denied the request: ');
  return answer[1] ?? stderr;
}

describe("a Service's life, as its team applies it", () => {
  const life = "life";
  const https = { name: "https", port: 443 };
  const http = { name: "http", port: 80 };
  const dns = { name: "dns", port: 53, protocol: "UDP" };
  const scheme = (value: string) => ({ [`${nlb}-scheme`]: value });
  const confirmed = { "dualstack.dev/confirm": "scheme-change-replaces-load-balancer" };

  const injected = {
    [`${nlb}-ip-address-type`]: "dualstack",
    [`${nlb}-scheme`]: "internet-facing",
    [`${nlb}-nlb-target-type`]: "ip",
    "dualstack.dev/injected": `policy=public; keys=${nlb}-ip-address-type,${nlb}-nlb-target-type,${nlb}-scheme,spec.loadBalancerClass`,
  };
  /** Since the team writes the scheme itself, it is theirs. */
  const withoutScheme = {
    [`${nlb}-ip-address-type`]: "dualstack",
    [`${nlb}-nlb-target-type`]: "ip",
    "dualstack.dev/injected": `policy=public; keys=${nlb}-ip-address-type,${nlb}-nlb-target-type,spec.loadBalancerClass`,
  };

  const apply = (annotations: Readonly<Record<string, string>>, spec: Manifest["spec"] = { ports: [https] }) =>
    cluster.apply(service(life, { metadata: { annotations }, spec }));
  const configured = { code: 0, stdout: "service/web configured\n", stderr: "" };
  const patched = { code: 0, stdout: "service/web patched\n", stderr: "" };
  const calls = async (): Promise<number> => (await cluster.webhook.decisions(life)).length;

  it("is created with the policy's values", async () => {
    await cluster.namespace(life);
    expect(await apply({})).toEqual({ code: 0, stdout: "service/web created\n", stderr: "" });
    const web = await stored(life);
    expect(annotationsOf(web)).toEqual(injected);
    expect(web.spec).toMatchObject(byClass);
  });

  it("gets the controller's finalizer and its address, which never reaches us", async () => {
    const before = await calls();
    await provision(life);
    const web = await stored(life);
    expect(web.metadata.finalizers).toEqual([finalizer]);
    expect(web.status).toEqual(withAddress);
    expect(annotationsOf(web)).toEqual(injected);
    expect(await calls()).toBe(before);
  });

  it("is applied again unchanged, and labelled, which never reaches us", async () => {
    const [before, callsBefore] = [await stored(life), await calls()];
    expect(await apply({})).toEqual({ code: 0, stdout: "service/web unchanged\n", stderr: "" });
    expect(await stored(life)).toEqual(before);
    const labelled = await cluster.kubectl(life, ["label", "service", "web", "tier=front"]);
    expect(labelled).toEqual({ code: 0, stdout: "service/web labeled\n", stderr: "" });
    expect((await stored(life)).metadata.labels).toEqual({ tier: "front" });
    expect(await calls()).toBe(callsBefore);
  });

  it("gains a port and loses one, but takes none that its NLB cannot have", async () => {
    expect(await apply({}, { ports: [https, http] })).toEqual(configured);
    expect((await stored(life)).spec).toMatchObject({ ...byClass, ports: [https, http] });
    expect(refusal(await apply({}, { ports: [https, dns] }))).toContain(`1 problem in Service life/web (policy public):
- dualstack-udp-needs-ipv6-targets: spec.ipFamilies: the UDP port 53 of a dual-stack NLB needs IPv6 targets, and the Service is IPv4 only. `);
    expect(await apply({}, { ports: [https] })).toEqual(configured);
    const web = await stored(life);
    expect(web.spec).toMatchObject({ ...byClass, ports: [{ ...https, protocol: "TCP" }] });
    expect(annotationsOf(web)).toEqual(injected);
  });

  it("takes annotations that do no harm, and loses them again", async () => {
    const harmless = { team: "shop", [`${nlb}-healthcheck-interval`]: "20" };
    expect(await apply(harmless)).toEqual(configured);
    expect(annotationsOf(await stored(life))).toEqual({ ...injected, ...harmless });
    expect(await apply({ team: "checkout" })).toEqual(configured);
    expect(annotationsOf(await stored(life))).toEqual({ ...injected, team: "checkout" });
    expect(await apply({})).toEqual(configured);
    expect(annotationsOf(await stored(life))).toEqual(injected);
  });

  it("keeps its scheme, unless the same update confirms the change", async () => {
    const before = await stored(life);
    const fromTo = (from: string, to: string) =>
      `scheme-change-replaces-load-balancer: metadata.annotations[…/aws-load-balancer-scheme]: from ${from} to ${to}: the controller deletes the load balancer first, then makes a new one with another DNS name. Keep the scheme; to change it, create a second object with the other scheme, move DNS to it, then delete this one. (AWS Load Balancer Controller 3.5, pkg/deploy/elbv2/load_balancer_synthesizer.go:61-95)`;
    const refused = (from: string, to: string) => `1 problem in Service life/web (policy public):
- ${fromTo(from, to)} To accept this, add the annotation dualstack.dev/confirm: scheme-change-replaces-load-balancer in the same update.
`;
    expect(refusal(await apply(scheme("internal")))).toBe(refused("internet-facing", "internal"));
    expect(await stored(life)).toEqual(before);

    expect(await apply({ ...scheme("internal"), ...confirmed })).toEqual({
      ...configured,
      stderr: `Warning: confirmed: ${fromTo("internet-facing", "internal")}\n`,
    });
    const after = { ...withoutScheme, ...scheme("internal"), ...confirmed };
    expect(annotationsOf(await stored(life))).toEqual(after);

    // The confirmation stays in the manifest, where it stands for nothing any more: harmless edits get no word of it.
    expect(refusal(await apply({ ...scheme("internet-facing"), ...confirmed }))).toBe(
      refused("internal", "internet-facing"),
    );
    expect(await apply({ ...scheme("internal"), ...confirmed, team: "shop" })).toEqual(configured);
    expect(annotationsOf(await stored(life))).toEqual({ ...after, team: "shop" });
  });

  it("leaves the type LoadBalancer with a warning, and the controller clears up", async () => {
    const spec = { type: "ClusterIP", ports: [https] };
    expect(await apply({ ...scheme("internal"), ...confirmed }, spec)).toEqual({
      ...configured,
      stderr:
        'Warning: leaving-load-balancer-type: spec.type: "ClusterIP" takes the load balancer class away, and the controller deletes the NLB. Keep LoadBalancer if the NLB is still in use. (AWS Load Balancer Controller 3.5, pkg/service/service_utils.go:47-77)\n',
    });
    const left = await stored(life);
    expect(left.spec).not.toHaveProperty("loadBalancerClass");
    expect(left.status).toEqual({ loadBalancer: {} });

    const before = await calls();
    expect(await cluster.patch(life, { metadata: { finalizers: null } })).toEqual(patched);
    expect((await stored(life)).metadata).not.toHaveProperty("finalizers");
    // A Service of another type is its owner's business, scheme and all.
    expect(await apply({ ...scheme("internet-facing"), ...confirmed }, spec)).toEqual(configured);
    expect(await calls()).toBe(before);
  });

  it("comes back with what its team has written, and is claimed again", async () => {
    expect(await apply({ ...scheme("internal"), ...confirmed })).toEqual(configured);
    const back = await stored(life);
    expect(back.spec).toMatchObject({ ...byClass, type: "LoadBalancer" });
    expect(annotationsOf(back)).toEqual({ ...withoutScheme, ...scheme("internal"), ...confirmed });
    await provision(life);
    expect(refusal(await apply({ ...scheme("internet-facing"), ...confirmed }))).toContain(
      "- scheme-change-replaces-load-balancer: ",
    );
  });

  it("is deleted once the controller has let go, and nothing of that reaches us", async () => {
    const before = await calls();
    const deleted = await cluster.kubectl(life, ["delete", "service", "web", "--wait=false"]);
    expect(deleted).toEqual({ code: 0, stdout: 'service "web" deleted from life namespace\n', stderr: "" });
    expect((await stored(life)).metadata).toHaveProperty("deletionTimestamp");
    expect(await cluster.patch(life, { metadata: { annotations: scheme("internet-facing") } })).toEqual(patched);
    expect(await cluster.patch(life, { metadata: { finalizers: null } })).toEqual(patched);
    expect(await cluster.read(service(life))).toBeUndefined();
    expect(await calls()).toBe(before);
  });

  it("is born again under its name with the policy's scheme", async () => {
    expect(await apply({})).toEqual({ code: 0, stdout: "service/web created\n", stderr: "" });
    expect(annotationsOf(await stored(life))).toEqual(injected);
  });
});

describe("D4: a Service whose load balancer exists neither gains nor loses IPv6, unless the same update confirms it", () => {
  const confirmed = { "dualstack.dev/confirm": "ip-family-change-blocks-controller" };

  it.each([
    { change: "adding", from: "SingleStack", to: "PreferDualStack", families: ["IPv4", "IPv6"] },
    { change: "dropping", from: "PreferDualStack", to: "SingleStack", families: ["IPv4"] },
  ])("D4: $change IPv6, from $from to $to", async ({ change, from, to, families }) => {
    const name = await cluster.namespace(`d4-${change}`);
    await expectSuccess(cluster.create(service(name, { spec: { ipFamilyPolicy: from } })));
    await provision(name);
    const before = await stored(name);
    const problem = `ip-family-change-blocks-controller: spec.ipFamilies: ${change} IPv6 blocks the controller: the family of the target group that exists cannot change, and no later change of the Service gets through. Keep the families; to change them, create a second Service, move DNS to it, then delete this one. (AWS Load Balancer Controller 3.5, webhooks/elbv2/targetgroupbinding_validator.go:174-201)`;
    const refused = `1 problem in Service ${name}/web (policy public):
- ${problem} To accept this, add the annotation dualstack.dev/confirm: ip-family-change-blocks-controller in the same update.
`;

    expect(refusal(await cluster.patch(name, { spec: { ipFamilyPolicy: to } }))).toBe(refused);
    // Confirmed in an update of its own, it stands for nothing in the next one.
    await expectSuccess(cluster.patch(name, { metadata: { annotations: confirmed } }));
    expect(refusal(await cluster.patch(name, { spec: { ipFamilyPolicy: to } }))).toBe(refused);
    await expectSuccess(cluster.patch(name, { metadata: { annotations: { "dualstack.dev/confirm": null } } }));
    expect((await stored(name)).spec).toEqual(before.spec);

    const passed = await cluster.patch(name, { metadata: { annotations: confirmed }, spec: { ipFamilyPolicy: to } });
    expect(passed).toEqual({ code: 0, stdout: "service/web patched\n", stderr: `Warning: confirmed: ${problem}\n` });
    expect((await stored(name)).spec["ipFamilies"]).toEqual(families);
  });

  it("D4: before there is a load balancer it may do both", async () => {
    const name = await cluster.namespace("d4-early");
    await expectSuccess(cluster.create(service(name)));
    for (const [ipFamilyPolicy, families] of [
      ["PreferDualStack", ["IPv4", "IPv6"]],
      ["SingleStack", ["IPv4"]],
    ] as const) {
      expect(await cluster.patch(name, { spec: { ipFamilyPolicy } })).toEqual({
        code: 0,
        stdout: "service/web patched\n",
        stderr: "",
      });
      expect((await stored(name)).spec["ipFamilies"]).toEqual(families);
    }
  });
});

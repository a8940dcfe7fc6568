/** Adding IPv6 without breaking anything; the letters are those of the scenarios. Helm has a file of its own. */
import { beforeAll, describe, expect, it } from "vitest";
import { annotationsOf, expectSuccess, ingress, nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster, Manifest, Stored } from "./kubernetes.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    policies: {
      everywhere: {
        namespaceSelector: {},
        service: {
          loadBalancerClass: { default: "service.k8s.aws/nlb" },
          ipAddressType: { default: "dualstack" },
          scheme: { default: "internal" },
          targetType: { default: "ip" },
        },
        ingress: { ipAddressType: { default: "dualstack" }, scheme: { default: "internal" } },
      },
    },
    flags: [
      "--controllers=aws-load-balancer-controller",
      "--ip-family=dualstack",
      "--subnets-have-ipv6=true",
      "--alb-class-without-params=alb",
    ],
  });
  return () => cluster.stop();
});

const injected = {
  [`${nlb}-ip-address-type`]: "dualstack",
  [`${nlb}-scheme`]: "internal",
  [`${nlb}-nlb-target-type`]: "ip",
  "dualstack.dev/injected": `policy=everywhere; keys=${nlb}-ip-address-type,${nlb}-nlb-target-type,${nlb}-scheme,spec.loadBalancerClass`,
};

async function stored(object: Manifest): Promise<Stored> {
  const found = await cluster.read(object);
  if (found === undefined) throw new Error("nothing is stored");
  return found;
}

describe("D2: tools that send what they sent before find nothing changed", () => {
  it("D2: kubectl apply", async () => {
    const web = service(await cluster.namespace("d2-apply"));
    expect(await cluster.apply(web)).toEqual({ code: 0, stdout: "service/web created\n", stderr: "" });
    const first = await stored(web);
    expect(annotationsOf(first)).toEqual(injected);
    expect(await cluster.apply(web)).toEqual({ code: 0, stdout: "service/web unchanged\n", stderr: "" });
    expect(await stored(web)).toEqual(first);

    await cluster.provision(web);
    const provisioned = await stored(web);
    expect(await cluster.apply(web)).toEqual({ code: 0, stdout: "service/web unchanged\n", stderr: "" });
    expect(await stored(web)).toEqual(provisioned);
  });

  it("D2: server-side apply, by the same manager and by a second one", async () => {
    const web = service(await cluster.namespace("d2-server-side"));
    const apply = (manager: string) => cluster.apply(web, "--server-side", `--field-manager=${manager}`);
    const applied = { code: 0, stdout: "service/web serverside-applied\n", stderr: "" };
    expect(await apply("one")).toEqual(applied);
    const first = await stored(web);
    expect(annotationsOf(first)).toEqual(injected);
    expect(await apply("one")).toEqual(applied);
    expect(await stored(web)).toEqual(first);

    expect(await apply("two")).toEqual(applied);
    const { resourceVersion: second } = (await stored(web)).metadata;
    expect(await apply("two")).toEqual(applied);
    expect(await apply("one")).toEqual(applied);
    const last = await stored(web);
    expect(last.metadata.resourceVersion).toBe(second);
    expect(last.spec).toEqual(first.spec);
    expect(annotationsOf(last)).toEqual(injected);
  });

  it("D2: kubectl replace with the author's manifest, which has none of what was injected", async () => {
    const web = service(await cluster.namespace("d2-replace"));
    await expectSuccess(cluster.create(web));
    await cluster.provision(web);
    const before = await stored(web);
    expect(await cluster.replace(web)).toEqual({ code: 0, stdout: "service/web replaced\n", stderr: "" });
    const after = await stored(web);
    expect(after.metadata.annotations).toEqual(injected);
    expect(after.spec).toEqual(before.spec);
    expect(after.metadata.resourceVersion).toBe(before.metadata.resourceVersion);
  });

  it("D2: kubectl replace before there is a load balancer keeps the class, which the API server insists on", async () => {
    const web = service(await cluster.namespace("d2-replace-early"));
    await expectSuccess(cluster.create(web));
    const before = await stored(web);
    expect(await cluster.replace(web)).toEqual({ code: 0, stdout: "service/web replaced\n", stderr: "" });
    const after = await stored(web);
    expect(after.metadata.annotations).toEqual(injected);
    expect(after.spec).toEqual(before.spec);
  });

  it("D2: a GitOps tool's PUT of the live object without the keys that Git does not have", async () => {
    const web = service(await cluster.namespace("d2-put"));
    await expectSuccess(cluster.create(web));
    await cluster.provision(web);
    const live = await stored(web);
    const { annotations: _dropped, ...metadata } = live.metadata;
    const { loadBalancerClass: _class, ...spec } = live.spec;
    const sent = {
      ...live,
      metadata: { ...metadata, annotations: { "argocd.argoproj.io/tracking-id": "shop:web" } },
      spec,
    };
    expect(await cluster.replace(sent)).toEqual({ code: 0, stdout: "service/web replaced\n", stderr: "" });
    const after = await stored(web);
    expect(after.metadata.annotations).toEqual({ ...injected, "argocd.argoproj.io/tracking-id": "shop:web" });
    expect(after.spec).toEqual(live.spec);
  });

  it("D2: a patch that removes one injected key of a live load balancer; one of the author's own goes", async () => {
    const name = await cluster.namespace("d2-patch");
    const web = service(name, { metadata: { annotations: { team: "shop" } } });
    await expectSuccess(cluster.create(web));
    await cluster.provision(web);
    const removed = await cluster.patch(name, { metadata: { annotations: { [`${nlb}-scheme`]: null, team: null } } });
    expect(removed).toEqual({ code: 0, stdout: "service/web patched\n", stderr: "" });
    expect((await stored(web)).metadata.annotations).toEqual(injected);
  });

  it("D2: an Ingress, applied twice", async () => {
    const web = ingress(await cluster.namespace("d2-ingress"), { spec: { ingressClassName: "alb" } });
    expect(await cluster.apply(web)).toEqual({
      code: 0,
      stdout: "ingress.networking.k8s.io/web created\n",
      stderr: "",
    });
    const first = await stored(web);
    expect(annotationsOf(first)).toMatchObject({ "alb.ingress.kubernetes.io/ip-address-type": "dualstack" });
    expect(await cluster.apply(web)).toMatchObject({ code: 0, stdout: "ingress.networking.k8s.io/web unchanged\n" });
    expect(await stored(web)).toEqual(first);
  });
});

describe("D3: what is not ours stays as it is, and never reaches us", () => {
  const annotations = { [`${nlb}-scheme`]: "nonsense", "alb.ingress.kubernetes.io/scheme": "nonsense" };
  const nginxAnnotations = { ...annotations, "kubernetes.io/ingress.class": "nginx" };

  it.each([
    {
      what: "a ClusterIP Service",
      object: (name: string) => service(name, { metadata: { annotations }, spec: { type: "ClusterIP" } }),
    },
    {
      what: "a NodePort Service",
      object: (name: string) => service(name, { metadata: { annotations }, spec: { type: "NodePort" } }),
    },
    {
      what: "an ExternalName Service",
      object: (name: string) =>
        service(name, { metadata: { annotations }, spec: { type: "ExternalName", externalName: "example.com" } }),
    },
    {
      what: "an Ingress of class nginx",
      object: (name: string) => ingress(name, { metadata: { annotations }, spec: { ingressClassName: "nginx" } }),
    },
    {
      what: "an Ingress with the class annotation nginx",
      object: (name: string) => ingress(name, { metadata: { annotations: nginxAnnotations } }),
    },
  ])("D3: $what", async ({ what, object }) => {
    const name = await cluster.namespace(`d3-${what.length}`);
    const web = object(name);
    expect(await cluster.create(web)).toMatchObject({ code: 0, stderr: expect.not.stringContaining("dualstack.dev") });
    expect((await stored(web)).metadata.annotations).toEqual(web.metadata.annotations);
    await expectSuccess(cluster.kubectl(name, ["annotate", web.kind, "web", "team=shop"]));
    expect((await stored(web)).metadata.annotations).toEqual({ ...web.metadata.annotations, team: "shop" });
    expect(await cluster.webhook.decisions(name)).toEqual([]);
  });

  it("D3: an Ingress of a class that nobody listed reaches us, and is admitted unchanged", async () => {
    const name = await cluster.namespace("d3-unlisted");
    await expectSuccess(
      cluster.kubectl(name, ["create", "--filename=-"], {
        apiVersion: "networking.k8s.io/v1",
        kind: "IngressClass",
        metadata: { name: "our-own-proxy" },
        spec: { controller: "example.com/proxy" },
      }),
    );
    const web = ingress(name, { metadata: { annotations }, spec: { ingressClassName: "our-own-proxy" } });
    expect(await cluster.create(web)).toEqual({
      code: 0,
      stdout: "ingress.networking.k8s.io/web created\n",
      stderr: "",
    });
    expect((await stored(web)).metadata.annotations).toEqual(annotations);
    expect((await cluster.webhook.decisions(name)).map(({ webhook, outcome }) => [webhook, outcome])).toEqual([
      ["mutate", "allowed"],
      ["validate", "allowed"],
    ]);
  });
});

describe("D4: a Service whose load balancer exists neither gains nor loses IPv6", () => {
  it.each([
    { change: "adding", from: ["IPv4"], to: ["IPv4", "IPv6"] },
    { change: "dropping", from: ["IPv4", "IPv6"], to: ["IPv4"] },
  ])("D4: $change IPv6 is refused; without a load balancer it passes", async ({ change, from, to }) => {
    const name = await cluster.namespace(`d4-${change}`);
    const families = (ipFamilies: readonly string[]) => ({
      ipFamilyPolicy: ipFamilies.length === 2 ? "RequireDualStack" : "SingleStack",
      ipFamilies,
    });
    const web = service(name, { spec: families(from) });
    await expectSuccess(cluster.create(web));
    await cluster.provision(web);
    const live = await stored(web);
    const edit = { spec: { ...families(to), clusterIPs: null } };
    const refused = await cluster.patch(name, edit);
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain(
      `- ip-family-change-blocks-controller: spec.ipFamilies: ${change} IPv6 blocks the controller: the family of the target group that exists cannot change, and no later change of the Service gets through. `,
    );
    expect(await stored(web)).toEqual(live);

    const early = service(name, { metadata: { name: "early" }, spec: families(from) });
    await expectSuccess(cluster.create(early));
    const passed = await cluster.kubectl(name, [
      "patch",
      "service",
      "early",
      `--patch=${JSON.stringify(edit)}`,
      "--type=merge",
    ]);
    expect(passed).toMatchObject({ code: 0 });
    expect((await stored(early)).spec["ipFamilies"]).toEqual(to);
  });
});

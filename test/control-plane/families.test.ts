/** Scenario D1: the IP families of a Service are the cluster's business, and ours is only to judge them. */
import { beforeAll, describe, expect, it } from "vitest";
import { nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster } from "./kubernetes.ts";

const policies = {
  everywhere: {
    namespaceSelector: {},
    service: { loadBalancerClass: { default: "service.k8s.aws/nlb" }, ipAddressType: { default: "dualstack" } },
  },
};

// What the API server allocates for each policy; undefined where it refuses. An NLB written to be ipv4 only fits the
// Services that came out without IPv6.
// What the API server allocates for each ipFamilyPolicy that it takes, and whether an NLB that is written to be ipv4 fits:
// it does where the Service came out without IPv6.
describe.each([
  {
    cluster: "an IPv4",
    serviceCidr: "10.96.0.0/16",
    refused: ["RequireDualStack"],
    allocated: [
      { ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv4"], ipv4Nlb: "allowed" },
      { ipFamilyPolicy: "PreferDualStack", ipFamilies: ["IPv4"], ipv4Nlb: "allowed" },
    ],
  },
  {
    cluster: "an IPv6",
    serviceCidr: "fd00:10:96::/108",
    refused: ["RequireDualStack"],
    allocated: [
      { ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv6"], ipv4Nlb: "ipv6-needs-dualstack" },
      { ipFamilyPolicy: "PreferDualStack", ipFamilies: ["IPv6"], ipv4Nlb: "ipv6-needs-dualstack" },
    ],
  },
  {
    cluster: "a dual-stack",
    serviceCidr: "10.96.0.0/16,fd00:10:96::/108",
    refused: [],
    allocated: [
      { ipFamilyPolicy: "SingleStack", ipFamilies: ["IPv4"], ipv4Nlb: "allowed" },
      { ipFamilyPolicy: "PreferDualStack", ipFamilies: ["IPv4", "IPv6"], ipv4Nlb: "ipv6-needs-dualstack" },
      { ipFamilyPolicy: "RequireDualStack", ipFamilies: ["IPv4", "IPv6"], ipv4Nlb: "ipv6-needs-dualstack" },
    ],
  },
])("$cluster API server", ({ serviceCidr, refused, allocated }) => {
  let cluster: Cluster;
  beforeAll(async () => {
    // Nothing is told of the cluster's families: what is judged is what the API server allocated.
    cluster = await startCluster({ serviceCidr, policies, flags: ["--controllers=aws-load-balancer-controller"] });
    return () => cluster.stop();
  });

  it.each(allocated)(
    "D1: $ipFamilyPolicy becomes $ipFamilies, as without us",
    async ({ ipFamilyPolicy, ipFamilies }) => {
      const web = service(await cluster.namespace(`d1-${ipFamilyPolicy.toLowerCase()}`), { spec: { ipFamilyPolicy } });
      expect(await cluster.create(web)).toMatchObject({ code: 0, stdout: "service/web created\n" });
      const stored = await cluster.read(web);
      expect(stored?.spec).toMatchObject({ ipFamilyPolicy, ipFamilies, loadBalancerClass: "service.k8s.aws/nlb" });
      expect(stored?.metadata.annotations).toMatchObject({ [`${nlb}-ip-address-type`]: "dualstack" });
    },
  );

  it.each(allocated)(
    "D1: an ipv4 NLB for a Service with $ipFamilyPolicy: $ipv4Nlb",
    async ({ ipFamilyPolicy, ipv4Nlb }) => {
      const name = await cluster.namespace(`d1-ipv4-${ipFamilyPolicy.toLowerCase()}`);
      const annotations = { [`${nlb}-ip-address-type`]: "ipv4" };
      const spec = { ipFamilyPolicy, loadBalancerClass: "service.k8s.aws/nlb" };
      const { code, stderr } = await cluster.create(service(name, { metadata: { annotations }, spec }));
      const rule = /^- (\S+): /m.exec(stderr)?.[1];
      expect(code === 0 ? "allowed" : rule).toBe(ipv4Nlb);
    },
  );

  it("D1: a Service that says nothing of families has one, the API server's first", async () => {
    const web = service(await cluster.namespace("d1-none"));
    expect(await cluster.create(web)).toMatchObject({ code: 0 });
    const { ipFamilies } = allocated[0] ?? {};
    expect((await cluster.read(web))?.spec).toMatchObject({ ipFamilyPolicy: "SingleStack", ipFamilies });
  });

  it.each(refused)("D1: %s is refused by the API server, not by us", async (ipFamilyPolicy) => {
    const web = service(await cluster.namespace("d1-refused"), { spec: { ipFamilyPolicy } });
    const created = await cluster.create(web);
    expect(created).toMatchObject({ code: 1, stderr: expect.stringContaining("spec.ipFamilyPolicy: Invalid value") });
    expect(created.stderr).not.toContain("denied the request");
  });
});

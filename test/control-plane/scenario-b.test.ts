/** An IPv6 cluster on EKS; the letters are those of the scenarios. */
import { beforeAll, describe, expect, it } from "vitest";
import { alb, annotationsOf, expectSuccess, ingress, nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster, Manifest } from "./kubernetes.ts";
import { poll } from "./processes.ts";
import { startWebhook } from "./webhook.ts";

const policies = {
  eks: {
    namespaceSelector: {},
    service: {
      loadBalancerClass: { default: "service.k8s.aws/nlb" },
      ipAddressType: { default: "dualstack" },
      targetType: { default: "ip" },
    },
    ingress: { ipAddressType: { default: "dualstack" }, targetType: { default: "ip" } },
  },
  leave: { selectable: true, service: { claim: "Leave" } },
  refuse: { selectable: true, service: { claim: "Refuse" } },
};
const flags = ["--controllers=aws-load-balancer-controller", "--subnets-have-ipv6=true"];
const byClass = { loadBalancerClass: "service.k8s.aws/nlb" };
const dualstack = { [`${nlb}-ip-address-type`]: "dualstack" };
const forLeave = { "dualstack.dev/policy": "leave" };
const forRefuse = { "dualstack.dev/policy": "refuse" };
const udp = { ports: [{ name: "dns", port: 53, protocol: "UDP" }] };

describe("an API server whose Service addresses are IPv6", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({
      serviceCidr: "fd00:10:96::/108",
      policies,
      flags: [...flags, "--ip-family=ipv6"],
    });
    return () => cluster.stop();
  });

  it("B1: a Service gets dualstack, IP targets and the class, and keeps its IP family", async () => {
    const web = service(await cluster.namespace("b1"));
    expect(await cluster.create(web)).toEqual({ code: 0, stdout: "service/web created\n", stderr: "" });
    const stored = await cluster.read(web);
    expect(stored?.metadata.annotations).toEqual({
      [`${nlb}-ip-address-type`]: "dualstack",
      [`${nlb}-nlb-target-type`]: "ip",
      "dualstack.dev/injected": `policy=eks; keys=${nlb}-ip-address-type,${nlb}-nlb-target-type,spec.loadBalancerClass`,
    });
    expect(stored?.spec).toMatchObject({ ...byClass, ipFamilies: ["IPv6"], ipFamilyPolicy: "SingleStack" });
  });

  it.each([
    { by: "the class annotation", metadata: { annotations: { "kubernetes.io/ingress.class": "alb" } }, spec: {} },
    { by: "spec.ingressClassName", metadata: {}, spec: { ingressClassName: "alb" } },
  ])("B2: an Ingress of the ALB class by $by gets dualstack and IP targets", async ({ by, metadata, spec }) => {
    const web = ingress(await cluster.namespace(`b2-${by.length}`), { metadata, spec });
    expect(await cluster.create(web)).toEqual({
      code: 0,
      stdout: "ingress.networking.k8s.io/web created\n",
      stderr: expect.not.stringContaining("dualstack.dev"),
    });
    const stored = await cluster.read(web);
    expect(stored?.metadata.annotations).toEqual({
      ...metadata.annotations,
      [`${alb}/ip-address-type`]: "dualstack",
      [`${alb}/target-type`]: "ip",
      "dualstack.dev/injected": `policy=eks; keys=${alb}/ip-address-type,${alb}/target-type`,
    });
    expect(stored?.spec).toEqual(web.spec);
  });

  it("B2: an Ingress that names no class gets them by the default class, also one that was there before it", async () => {
    const name = await cluster.namespace("b2-default");
    const early = ingress(name, { metadata: { name: "early" } });
    expect(await cluster.create(early)).toMatchObject({ code: 0, stderr: "" });
    expect((await cluster.read(early))?.metadata).not.toHaveProperty("annotations");

    const isDefault = "ingressclass.kubernetes.io/is-default-class";
    await expectSuccess(cluster.plane.kubectl(["annotate", "ingressclass", "alb", `${isDefault}=true`]));
    try {
      const injected = {
        [`${alb}/ip-address-type`]: "dualstack",
        [`${alb}/target-type`]: "ip",
        "dualstack.dev/injected": `policy=eks; keys=${alb}/ip-address-type,${alb}/target-type`,
      };
      const edited = async (): Promise<boolean> => {
        await expectSuccess(cluster.kubectl(name, ["annotate", "ingress", "early", `at=${Date.now()}`, "--overwrite"]));
        return annotationsOf(await cluster.read(early))[`${alb}/target-type`] !== undefined;
      };
      expect(await poll(edited, { every: 100, within: 10_000 })).toBe(true);
      const stored = await cluster.read(early);
      expect(annotationsOf(stored)).toMatchObject(injected);
      expect(stored?.spec).toEqual(early.spec);

      const late = ingress(name, { metadata: { name: "late" } });
      expect(await cluster.create(late)).toMatchObject({ code: 0, stderr: "" });
      const found = await cluster.read(late);
      expect(annotationsOf(found)).toEqual(injected);
      expect(found?.spec).toEqual({ ...late.spec, ingressClassName: "alb" });
    } finally {
      await cluster.plane.kubectl(["annotate", "ingressclass", "alb", `${isDefault}-`]);
    }
  });

  it("B3: ipv4 is refused, and the message gives the reason", async () => {
    const name = await cluster.namespace("b3");
    const written = service(name, { metadata: { annotations: { [`${nlb}-ip-address-type`]: "ipv4" } } });
    expect(await cluster.create(written)).toMatchObject({
      code: 1,
      stdout: "",
      stderr: `Error from server (Forbidden): error when creating "STDIN": admission webhook "services.validate.dualstack.dev" denied the request: 1 problem in Service b3/web (policy eks):
- ipv6-needs-dualstack: metadata.annotations[…/aws-load-balancer-ip-address-type]: "ipv4" does not fit spec.ipFamilies, which has IPv6. Set the annotation ip-address-type to "dualstack", or make the Service IPv4 only. (AWS Load Balancer Controller 3.5, pkg/service/model_build_target_group.go:828-843)
`,
    });
    expect(await cluster.read(written)).toBeUndefined();
    expect(await cluster.create(service(name, { metadata: { annotations: dualstack } }))).toMatchObject({
      code: 0,
      stderr: "",
    });
  });

  describe("B3: instance targets", () => {
    const reason = "ipv6-targets-need-primary-ipv6: ";
    const atField = "metadata.annotations[…/aws-load-balancer-nlb-target-type]: ";
    const instance = { [`${nlb}-nlb-target-type`]: "instance" };
    const alone = (name: string) => service(name, { metadata: { annotations: instance } });
    const complete = (name: string) =>
      service(name, { metadata: { name: "complete", annotations: { ...instance, ...dualstack } } });

    /** A second webhook on the same API server, of an operator who says more about the nodes. */
    async function whileTold(flag: string, act: () => Promise<void>): Promise<void> {
      const webhook = await startWebhook(cluster.plane, { policies, flags: [...flags, "--ip-family=ipv6", flag] });
      try {
        await webhook.configure();
        await act();
      } finally {
        await webhook.remove();
        await cluster.webhook.configure();
      }
    }

    it("B3: are refused with the reason where the nodes have no primary IPv6 address", async () => {
      const name = await cluster.namespace("b3-without");
      await whileTold("--nodes-have-primary-ipv6=false", async () => {
        const refused = await cluster.create(complete(name));
        expect(refused).toMatchObject({ code: 1, stdout: "" });
        expect(refused.stderr).toContain(
          `1 problem in Service b3-without/complete (policy eks):\n- ${reason}${atField}`,
        );
        expect(await cluster.read(complete(name))).toBeUndefined();
        const withPolicy = await cluster.create(alone(name));
        expect(withPolicy).toMatchObject({ code: 1, stdout: "", stderr: expect.stringContaining(reason) });
        const ip = service(name, { metadata: { annotations: { [`${nlb}-nlb-target-type`]: "ip" } } });
        expect(await cluster.create(ip)).toMatchObject({ code: 0, stderr: "" });
      });
    });

    it("B3: are admitted where the nodes have one", async () => {
      const name = await cluster.namespace("b3-with");
      await whileTold("--nodes-have-primary-ipv6=true", async () => {
        for (const web of [alone(name), complete(name)]) {
          expect(await cluster.create(web)).toMatchObject({ code: 0, stderr: "" });
          expect((await cluster.read(web))?.metadata.annotations).toMatchObject({ ...instance, ...dualstack });
        }
      });
    });

    it("B3: are warned of where nobody has said", async () => {
      const name = await cluster.namespace("b3-unknown");
      for (const web of [alone(name), complete(name)]) {
        const created = await cluster.create(web);
        expect(created.code).toBe(0);
        expect(created.stderr.split("\n")).toEqual([expect.stringContaining(`Warning: ${reason}${atField}`), ""]);
        expect((await cluster.read(web))?.metadata.annotations).toMatchObject({ ...instance, ...dualstack });
      }
    });
  });

  describe("B6: a Service that would be left to the in-tree controller", () => {
    const onlyInTree =
      "- in-tree-needs-ipv4: spec.ipFamilies: IPv6 alone, and no controller but the in-tree one is chosen, which cannot build an IPv6 load balancer. Set spec.loadBalancerClass to the AWS Load Balancer Controller's class, with ip-address-type dualstack and target type ip. (https://github.com/kubernetes/cloud-provider-aws/blob/63ec440/pkg/providers/v1/aws_loadbalancer.go#L165)\n";
    const nobody =
      "- no-load-balancer-controller-chosen: spec.loadBalancerClass: no controller is chosen, so the in-tree controller would build a load balancer that is IPv4 only and PUBLIC, which policy refuse refuses. Set spec.loadBalancerClass to the class of the controller that is to build the load balancer.\n";

    it.each([
      {
        claim: "Leave",
        labels: forLeave,
        problems: `1 problem in Service b6-leave/web (policy leave):\n${onlyInTree}`,
      },
      {
        claim: "Refuse",
        labels: forRefuse,
        problems: `2 problems in Service b6-refuse/web (policy refuse):\n${onlyInTree}${nobody}`,
      },
    ])("B6: is refused where the policy's claim is $claim", async ({ claim, labels, problems }) => {
      const name = await cluster.namespace(`b6-${claim.toLowerCase()}`, labels);
      expect(await cluster.create(service(name))).toEqual({
        code: 1,
        stdout: "",
        stderr: `Error from server (Forbidden): error when creating "STDIN": admission webhook "services.validate.dualstack.dev" denied the request: ${problems}`,
      });
      expect(await cluster.read(service(name))).toBeUndefined();

      const annotations = { ...dualstack, [`${nlb}-nlb-target-type`]: "ip" };
      const chosen = service(name, { metadata: { annotations }, spec: byClass });
      expect(await cluster.create(chosen)).toEqual({ code: 0, stdout: "service/web created\n", stderr: "" });
      expect((await cluster.read(chosen))?.metadata.annotations).toEqual(annotations);
    });

    it("B6: is claimed where it is Class, unless its author chose that controller", async () => {
      const name = await cluster.namespace("b6-class");
      expect(await cluster.create(service(name))).toMatchObject({ code: 0, stderr: "" });
      expect((await cluster.read(service(name)))?.spec).toMatchObject({ ...byClass, ipFamilies: ["IPv6"] });

      const inTree = service(name, { metadata: { name: "in-tree", annotations: { [`${nlb}-type`]: "nlb" } } });
      const refused = await cluster.create(inTree);
      expect(refused).toMatchObject({ code: 1, stdout: "" });
      expect(refused.stderr).toContain(`1 problem in Service b6-class/in-tree (policy eks):\n${onlyInTree}`);
    });
  });

  it("B4: a UDP port is refused until the source-NAT prefix is on", async () => {
    const name = await cluster.namespace("b4");
    const refused = await cluster.create(service(name, { spec: udp }));
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain(
      "1 problem in Service b4/web (policy eks):\n- dualstack-udp-needs-source-nat-prefix: ",
    );
    const written = service(name, { metadata: { annotations: dualstack }, spec: udp });
    expect((await cluster.create(written)).stderr).toContain(
      '- dualstack-udp-needs-source-nat-prefix: metadata.annotations[…/aws-load-balancer-enable-prefix-for-ipv6-source-nat]: the UDP port 53 of a dual-stack NLB needs "on", and the source-NAT prefix is not set. ',
    );
    expect(await cluster.read(service(name))).toBeUndefined();

    const annotations = { [`${nlb}-enable-prefix-for-ipv6-source-nat`]: "on" };
    expect(await cluster.create(service(name, { metadata: { annotations }, spec: udp }))).toEqual({
      code: 0,
      stdout: "service/web created\n",
      stderr: "",
    });
  });

  it("B5: annotations with the other kind's prefix are warned of, with the right key", async () => {
    const name = await cluster.namespace("b5");
    const onService = await cluster.create(
      service(name, { metadata: { annotations: { [`${alb}/scheme`]: "internal" } } }),
    );
    expect(onService.code).toBe(0);
    expect(onService.stderr).toBe(
      `Warning: wrong-annotation-prefix: metadata.annotations[…/scheme]: no controller reads it on a Service. Use ${nlb}-scheme instead. (AWS Load Balancer Controller 3.5, pkg/annotations/constants.go:14-134)\n`,
    );
    const onIngress = await cluster.create(
      ingress(await cluster.namespace("b5-ingress"), {
        metadata: { annotations: { [`${nlb}-ip-address-type`]: "dualstack" } },
        spec: { ingressClassName: "alb" },
      }),
    );
    expect(onIngress.code).toBe(0);
    expect(onIngress.stderr).toBe(
      `Warning: wrong-annotation-prefix: metadata.annotations[…/aws-load-balancer-ip-address-type]: no controller reads it on an Ingress. Use ${alb}/ip-address-type instead. (AWS Load Balancer Controller 3.5, pkg/annotations/constants.go:14-134)\n`,
    );
  });
});

describe("an API server whose Service addresses are of both families", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ policies, flags });
    return () => cluster.stop();
  });
  const prefix = { [`${nlb}-enable-prefix-for-ipv6-source-nat`]: "on" };

  it("B4: a UDP port on a dual-stack NLB is refused unless the Service has IPv6 and the source-NAT prefix is on", async () => {
    const name = await cluster.namespace("b4");
    const ipv6 = { ipFamilies: ["IPv6"] };
    const refused = async (annotations: Record<string, string>, families: object): Promise<string> => {
      const web = service(name, { metadata: { annotations }, spec: { ...byClass, ...udp, ...families } });
      const { code, stderr } = await cluster.create(web, "--dry-run=server");
      return code === 0 ? "allowed" : [...stderr.matchAll(/^- (\S+):/gm)].map(([, rule]) => rule).join(" ");
    };
    expect(await refused({ ...dualstack }, {})).toBe("dualstack-udp-needs-ipv6-targets");
    expect(await refused({ ...dualstack, ...prefix }, {})).toBe("dualstack-udp-needs-ipv6-targets");
    expect(await refused({ ...dualstack }, ipv6)).toBe("dualstack-udp-needs-source-nat-prefix");
    expect(await refused({ ...dualstack, ...prefix }, ipv6)).toBe("allowed");
  });

  it("B6: a Service is left to the in-tree controller, refused or claimed, as the policy says", async () => {
    const ipv6 = { ipFamilies: ["IPv6"] };
    let namespaces = 0;
    const outcome = async (labels: Readonly<Record<string, string>>, spec: Manifest["spec"] = {}): Promise<unknown> => {
      const web = service(await cluster.namespace(`b6-${++namespaces}`, labels), { spec });
      const { code, stderr } = await cluster.create(web);
      if (code !== 0) return [...stderr.matchAll(/^- (\S+):/gm)].map(([, rule]) => rule).join(" ");
      const stored = await cluster.read(web);
      return {
        by: stored?.spec["loadBalancerClass"] ?? "in-tree",
        type: annotationsOf(stored)[`${nlb}-ip-address-type`],
      };
    };
    expect(await outcome(forLeave)).toEqual({ by: "in-tree" });
    expect(await outcome(forLeave, ipv6)).toBe("in-tree-needs-ipv4");
    expect(await outcome(forRefuse)).toBe("no-load-balancer-controller-chosen");
    expect(await outcome(forRefuse, byClass)).toEqual({ by: "service.k8s.aws/nlb" });
    expect(await outcome({})).toEqual({ by: "service.k8s.aws/nlb", type: "dualstack" });
    expect(await outcome({}, ipv6)).toEqual({ by: "service.k8s.aws/nlb", type: "dualstack" });
  });

  it("B4: the policy's dualstack is left out where it would make a UDP port impossible", async () => {
    const dns = service(await cluster.namespace("b4-left-out"), { spec: udp });
    const created = await cluster.create(dns);
    expect(created.code).toBe(0);
    expect(created.stderr).toMatch(
      /^Warning: metadata\.annotations\[…\/aws-load-balancer-ip-address-type\] "dualstack" was left out: dualstack-udp-needs-ipv6-targets: [^\n]+\n$/,
    );
    const stored = await cluster.read(dns);
    expect(stored?.spec).toMatchObject(byClass);
    expect(Object.keys(stored?.metadata.annotations ?? {}).toSorted()).toEqual([
      "dualstack.dev/injected",
      `${nlb}-nlb-target-type`,
    ]);
    await expectSuccess(cluster.patch("b4-left-out", { metadata: { annotations: { team: "dns" } } }));
  });
});

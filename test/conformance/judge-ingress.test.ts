import { describe, expect, it } from "vitest";
import { alb } from "../../src/annotations/catalog.ts";
import { annotationField } from "../../src/decision/rule.ts";
import type { Basis, Rule } from "../../src/decision/rule.ts";
import type { Comparison } from "./comparison.ts";
import {
  forgedIngress,
  forgedIngressRule,
  forgedMember,
  forgedService,
  inGroup,
  notLoaded,
  ofGroup,
  rejectedIngress,
} from "./forged-ingress.ts";
import type { IngressParts } from "./forged-ingress.ts";
import { judgeIngress } from "./judge-ingress.ts";

const scheme = annotationField(alb.scheme);
const unknownScheme = rejectedIngress("unknown scheme: x");
const badScheme = { annotations: { [alb.scheme]: "x" }, verdict: unknownScheme };

describe("recall", () => {
  it("agrees where a refusal names the field at fault", () => {
    expect(compared("recall", badScheme, [forgedIngressRule({ field: scheme })])).toMatchObject(agrees);
  });

  it("disagrees where we accept, only warn, or refuse another field", () => {
    const expectedFields = [scheme];
    const rules = [[], [forgedIngressRule({ field: scheme, severity: "warn" })]];
    for (const list of rules) {
      expect(compared("recall", badScheme, list)).toMatchObject({
        reason: "we accept it",
        expectedFields,
      });
    }
    const other = [forgedIngressRule({ field: annotationField(alb.subnets) })];
    expect(compared("recall", badScheme, other)).toMatchObject({
      reason: "we refuse it, but for another field",
    });
  });

  it("a text that no pattern knows is a disagreement even where we refuse", () => {
    const verdict = rejectedIngress("unheard of");
    expect(compared("recall", { verdict }, [forgedIngressRule({ field: scheme })])).toMatchObject({
      reason: "unknown error text: unheard of",
    });
  });

  it("excuses what only AWS can tell", () => {
    const annotations = { [alb.subnets]: "nope" };
    const verdict = rejectedIngress("failed to list subnets by names or IDs: couldn't find all subnets");
    expect(compared("recall", { annotations, verdict })).toMatchObject({
      result: "undecidable",
      property: "names-subnets",
    });
  });
});

describe("the faults of others in the group", () => {
  const fault = "explicit Ingress group order must be within [-1000:1000], Ingress: team-b/api, order: 1001";
  const others = [forgedMember({ annotations: { [alb.groupOrder]: "1001" } })];
  const verdict = rejectedIngress(fault, { stage: "load", groupID: "g1", groupMembers: undefined });
  const parts = { annotations: inGroup, others, verdict };

  it.each(["warn", "deny"] as const)("are reported: %s", (severity) => {
    for (const key of [alb.groupOrder, alb.groupName]) {
      const rules = [forgedIngressRule({ field: annotationField(key), severity })];
      expect(compared("fault-of-others", parts, rules)).toMatchObject(agrees);
    }
  });

  it("are not passed over in silence, nor by a warning of something else", () => {
    expect(compared("fault-of-others", parts)).toMatchObject({ reason: "the controller fails, and nobody is told" });
    const rules = [forgedIngressRule({ field: scheme, severity: "warn" })];
    expect(compared("fault-of-others", parts, rules)).toMatchObject({ result: "disagree" });
  });

  it("are no excuse where this Ingress has one of its own in another run", () => {
    const errorVariants = [fault, "ingress: shop/web: unknown targetType: x"];
    const both = { ...verdict, error: "<unstable>", errorVariants };
    expect(measured({ ...parts, verdict: both })).toContain("recall");
  });
});

describe("precision", () => {
  it.each<[Basis, Comparison["result"]]>([
    ["aws", "agree"],
    ["controller", "disagree"],
    ["policy", "disagree"],
  ])("a refusal on the basis %s of what the controller accepts: %s", (basis, result) => {
    const rules = [forgedIngressRule({ id: "no-such-rule", field: scheme, basis })];
    const judgement = judgeIngress(forgedIngress({}), rules);
    expect(of("precision", judgement.comparisons)).toMatchObject({ result });
    expect(judgement.refusedForAws).toEqual(basis === "aws" ? ["no-such-rule"] : []);
  });

  it("what the controller's own webhook stops may be refused, for its fault, or accepted", () => {
    const webhook = { error: "new usage of `alb.ingress.kubernetes.io/group.name` annotation is forbidden" };
    const parts = { annotations: inGroup, verdict: { ...ofGroup(), webhook } };
    const rules = [forgedIngressRule({ field: annotationField(alb.groupName) })];
    const judgement = judgeIngress(forgedIngress(parts), rules);
    expect([of("precision", judgement.comparisons)?.result, judgement.refusedLater]).toEqual(["agree", true]);
    expect(compared("precision", parts, [forgedIngressRule({ field: scheme })])).toMatchObject({ result: "disagree" });
    expect(compared("precision", { annotations: inGroup, verdict: ofGroup() }, rules)).toMatchObject({
      result: "disagree",
    });
    expect(compared("precision", parts)).toMatchObject(agrees);
  });
});

describe("who serves it", () => {
  const notOwned = { ...notLoaded(""), error: null, stage: null };
  const foreign = { spec: { ingressClassName: "nginx" }, verdict: notOwned };

  it("agrees on both sides", () => {
    expect(compared("ownership", {})).toMatchObject(agrees);
    expect(measured(foreign)).toEqual(["ownership", "not-owned"]);
    expect(compared("ownership", foreign)).toMatchObject(agrees);
  });

  it("disagrees on both sides", () => {
    expect(compared("ownership", { verdict: notOwned })).toMatchObject({ result: "disagree" });
    expect(compared("ownership", { spec: foreign.spec })).toMatchObject({ result: "disagree" });
  });

  it("what is another's must not be refused", () => {
    const rules = [forgedIngressRule({ field: scheme })];
    expect(compared("not-owned", { verdict: notOwned }, rules)).toMatchObject({ reason: "forged must not refuse it" });
    expect(compared("not-owned", { verdict: notOwned })).toMatchObject(agrees);
  });

  it("of EKS Auto Mode's Ingresses the verdict says nothing", () => {
    const classes = [{ metadata: { name: "alb" }, spec: { controller: "eks.amazonaws.com/alb" } }];
    const parts = { classes, verdict: notOwned };
    expect(measured(parts)).toEqual(["ownership", "not-owned"]);
    for (const measure of ["ownership", "not-owned"] as const) {
      expect(compared(measure, parts, [forgedIngressRule({ field: scheme })])).toMatchObject(agrees);
    }
  });

  it("of a group name that is not valid, a warning or a refusal is agreement, silence is not", () => {
    const parts = {
      annotations: { [alb.groupName]: "Bad" },
      verdict: notLoaded("invalid ingress group: groupName must consist of lower case alphanumeric characters"),
    };
    const field = annotationField(alb.groupName);
    expect(measured(parts)).toEqual(["error-not-owned"]);
    for (const severity of ["warn", "deny"] as const) {
      expect(compared("error-not-owned", parts, [forgedIngressRule({ field, severity })])).toMatchObject(agrees);
    }
    expect(compared("error-not-owned", parts)).toMatchObject({ expectedFields: [field] });
    expect(compared("error-not-owned", parts, [forgedIngressRule({ field: scheme })])).toMatchObject({
      result: "disagree",
    });
  });

  it("what is being deleted is never refused", () => {
    const metadata = { deletionTimestamp: "2026-08-20T10:00:00Z", finalizers: ["ingress.k8s.aws/resources"] };
    const parts = { metadata, verdict: notOwned };
    expect(measured(parts)).toEqual(["terminating"]);
    expect(compared("terminating", parts, [forgedIngressRule({ field: scheme })])).toMatchObject(agrees);
  });
});

describe("the group", () => {
  const others = [
    forgedMember({ annotations: { [alb.groupOrder]: "-1" } }),
    forgedMember({
      name: "old",
      metadata: { deletionTimestamp: "2026-08-20T10:00:00Z", finalizers: ["group.ingress.k8s.aws/g1"] },
    }),
  ];
  const parts = { annotations: inGroup, others };
  const verdict = { groupID: "g1", groupMembers: ["team-b/api", "shop/web"], inactiveMembers: ["team-b/old"] };

  it("agrees on name, members in their order, and those that only hold its finalizer", () => {
    const { comparisons } = judgeIngress(forgedIngress({ ...parts, verdict }), []);
    for (const measure of ["group-id", "group-members", "inactive-members"] as const) {
      expect(of(measure, comparisons)).toMatchObject(agrees);
    }
  });

  it.each<[Comparison["of"], Readonly<Record<string, unknown>>, string]>([
    ["group-id", { groupID: "g2" }, "it is g2, and we read g1"],
    [
      "group-members",
      { groupMembers: ["shop/web", "team-b/api"] },
      "they are shop/web, team-b/api, and we read team-b/api, shop/web",
    ],
    ["group-members", { groupMembers: ["shop/web"] }, "they are shop/web, and we read team-b/api, shop/web"],
    ["inactive-members", { inactiveMembers: [] }, "they are none, and we read team-b/old"],
  ])("%s: %j", (measure, different, reason) => {
    expect(compared(measure, { ...parts, verdict: { ...verdict, ...different } })).toMatchObject({ reason });
  });

  it("is compared of what is rejected, too", () => {
    expect(measured({ ...parts, verdict: { ...unknownScheme, ...verdict } })).toEqual([
      "recall",
      "ownership",
      "group-id",
      "group-members",
      "inactive-members",
    ]);
  });

  it("that cannot be loaded: we say so, too", () => {
    const error = "failed to load Ingress group order for ingress: shop/web: failed to parse int32 annotation, x: y: z";
    const failing = rejectedIngress(error, { stage: "load", groupID: "g1", groupMembers: undefined });
    const ordered = (order: string): IngressParts => ({
      annotations: { ...inGroup, [alb.groupOrder]: order },
      verdict: failing,
    });
    expect(compared("group-members", ordered("y"))).toMatchObject(agrees);
    expect(compared("group-members", ordered("1"))).toMatchObject({
      reason: "the controller cannot load the group, and we can",
    });
  });
});

describe("outcome", () => {
  const balancer = { name: "k8s-shop-web-0123456789", scheme: "internal", ipAddressType: "ipv4" };
  const target = { id: "shop/web-web:80", service: "shop/web", port: 80, targetType: "instance" };

  it("agrees where all is what we read", () => {
    expect(compared("outcome", {})).toMatchObject(agrees);
  });

  it.each<[string, Readonly<Record<string, unknown>>]>([
    ["scheme is internet-facing, and we read internal", { loadBalancer: { ...balancer, scheme: "internet-facing" } }],
    ["address type is dualstack, and we read ipv4", { loadBalancer: { ...balancer, ipAddressType: "dualstack" } }],
    ["name is web, and we read nothing", { loadBalancer: { ...balancer, name: "web" } }],
    ["scheme of the NLB in front is internal, and we read none", { frontendNlb: balancer }],
    ["list of listeners is HTTPS:80, and we read HTTP:80", { listeners: [{ port: 80, protocol: "HTTPS" }] }],
    ["target type of shop/web:80 is ip, and we read instance", { targetGroups: [{ ...target, targetType: "ip" }] }],
    [
      "target type of shop/web:80 is instance, and we read nothing",
      { targetGroups: [{ ...target, id: "shop/other-web:80" }] },
    ],
  ])("%s", (reason, verdict) => {
    expect(compared("outcome", { verdict })).toMatchObject({ result: "disagree", reason });
  });

  it("a name that is stated is compared", () => {
    const annotations = { [alb.loadBalancerName]: "web" };
    expect(compared("outcome", { annotations })).toMatchObject({ reason: "name is undefined, and we read web" });
    expect(compared("outcome", { annotations, verdict: { loadBalancer: { ...balancer, name: "web" } } })).toMatchObject(
      agrees,
    );
  });

  it("a target type is read for the Ingress and the Service that it is of", () => {
    const annotations = { ...inGroup, [alb.targetType]: "ip" };
    const others = [forgedMember({ name: "web-own", metadata: { namespace: "shop" } })];
    const services = [forgedService({}), forgedService({ name: "own", annotations: { [alb.targetType]: "instance" } })];
    const targetGroups = [
      { ...target, targetType: "ip" },
      { ...target, id: "shop/web-own:80", service: "shop/own" },
    ];
    const verdict = { ...ofGroup("shop/web-own"), targetGroups };
    expect(compared("outcome", { annotations, others, services, verdict })).toMatchObject(agrees);
  });

  it("the NLB in front: its listeners and target groups are not those of the ALB", () => {
    const annotations = { [alb.enableFrontendNlb]: "true" };
    const verdict = {
      frontendNlb: balancer,
      listeners: [
        { port: 80, protocol: "HTTP" },
        { port: 80, protocol: "TCP", loadBalancer: "frontendNlb" },
      ],
      targetGroups: [target, { id: "FrontendNlb-tg-TCP-80", port: null, targetType: "alb" }],
    };
    expect(compared("outcome", { annotations, verdict })).toMatchObject(agrees);
  });

  it("a model that differs from run to run is not compared", () => {
    expect(measured({ verdict: { unstableOutcome: true } })).not.toContain("outcome");
  });
});

it("rules see the labels of the namespace and the rest of the cluster, in which the Ingress itself is not yet", () => {
  const others = [forgedMember({})];
  const seen = forgedIngressRule({
    field: scheme,
    reports: ({ facts: { namespaceLabels, cluster } }) =>
      namespaceLabels["team"] === "shop" &&
      cluster?.ingress("team-b", "api") !== undefined &&
      cluster.ingress("shop", "web") === undefined &&
      cluster.service("shop", "web") !== undefined &&
      cluster.ingressClass("alb") !== undefined &&
      cluster.ingressClassParams("elbv2.k8s.aws", "params") !== undefined &&
      cluster.namespaceLabels("team-b")?.["team"] === "team-b" &&
      cluster.namespaceLabels("nowhere") === undefined &&
      (["Ingress", "IngressClass", "IngressClassParams", "Service", "TargetGroupBinding"] as const).every((kind) =>
        cluster.isComplete(kind),
      ),
  });
  expect(compared("recall", { ...badScheme, others }, [seen])).toMatchObject(agrees);
});

const agrees = { result: "agree" };

function compared(measure: Comparison["of"], parts: IngressParts, rules: readonly Rule[] = []): Comparison | undefined {
  return of(measure, judgeIngress(forgedIngress(parts), rules).comparisons);
}

function of(measure: Comparison["of"], comparisons: readonly Comparison[]): Comparison | undefined {
  return comparisons.find((each) => each.of === measure);
}

function measured(parts: IngressParts): readonly string[] {
  return judgeIngress(forgedIngress(parts), []).comparisons.map((each) => each.of);
}

import { describe, expect, test } from "vitest";
import { classify } from "../../../src/decision/cluster/classify.ts";
import type { Classification } from "../../../src/decision/cluster/classify.ts";
import { defaultProfile } from "../../../src/decision/facts.ts";
import type { ClusterProfile } from "../../../src/decision/facts.ts";
import { aClass, aCluster, anIngress, someParams } from "./objects.ts";
import type { ClusterParts, IngressParts } from "./objects.ts";

const lbc = "aws-load-balancer-controller";
const autoMode = "eks-auto-mode";
const autoModeParams = { apiGroup: "eks.amazonaws.com", kind: "IngressClassParams", name: "p" };
const notServed = { outcome: "not-served" };

/** shop/web. No cluster: nothing is known of one. */
function classified(
  ingress: IngressParts,
  cluster?: ClusterParts,
  profile: Partial<ClusterProfile> = {},
): Classification {
  return classify(anIngress("shop/web", ingress), cluster === undefined ? undefined : aCluster(cluster), {
    ...defaultProfile,
    ...profile,
  });
}

function annotated(value: string, className?: string): IngressParts {
  return {
    annotations: { "kubernetes.io/ingress.class": value },
    ...(className === undefined ? {} : { className }),
  };
}

describe("the class annotation", () => {
  test.each([
    ["alb", "alb", true],
    ["alb", "", false],
    ["alb", "ALB", false],
    ["alb", "nginx", false],
    ["edge", "edge", true],
    ["edge", "alb", false],
    ["edge", "", false],
    ["", "alb", true],
    ["", "", true],
    ["", "nginx", false],
  ])("with --ingress-class %j, %j is served: %j", (ingressClass, value, isServed) => {
    expect(classified(annotated(value), {}, { ingressClass })).toEqual(
      isServed
        ? {
            outcome: "served",
            by: "annotation",
            controller: lbc,
            className: value,
            params: undefined,
            paramsKnown: true,
          }
        : notServed,
    );
  });

  test("wins over the field and bypasses its params", () => {
    const cluster = { classes: [aClass("public", { params: "p" })], params: [someParams("p", { scheme: "internal" })] };
    expect(classified(annotated("alb", "public"), cluster)).toMatchObject({ by: "annotation", params: undefined });
    expect(classified(annotated("nginx", "public"), cluster)).toEqual(notServed);
    expect(classified(annotated("", "public"), cluster)).toEqual(notServed);
    expect(classified({ className: "public" }, cluster)).toMatchObject({ by: "field", params: { name: "p" } });
  });

  test("hides a missing class, and a default one", () => {
    expect(classified(annotated("nginx", "gone"), {})).toEqual(notServed);
    expect(classified(annotated("nginx"), { classes: [aClass("alb", { isDefault: true })] })).toEqual(notServed);
  });

  test("needs nothing to be known of the cluster", () => {
    expect(classified(annotated("alb"))).toMatchObject({ outcome: "served", by: "annotation", paramsKnown: true });
    expect(classified(annotated("nginx", "alb"))).toEqual(notServed);
  });

  test("is not read by EKS Auto Mode", () => {
    const classes = [aClass("auto", { controller: "eks.amazonaws.com/alb" })];
    expect(classified(annotated("nginx", "auto"), { classes })).toMatchObject({ by: "field", controller: autoMode });
    expect(classified(annotated("alb", "auto"), { classes })).toMatchObject({ by: "annotation", controller: lbc });
    expect(classified(annotated("nginx", "nginx"), { classes: [aClass("nginx", { controller: "x" })] })).toEqual(
      notServed,
    );
  });
});

describe("spec.ingressClassName", () => {
  test.each([
    ["ingress.k8s.aws/alb", lbc],
    ["eks.amazonaws.com/alb", autoMode],
  ])("counts by the controller of the class, not by its name: %s", (controller, name) => {
    const cluster = { classes: [aClass("any", { controller })] };
    expect(classified({ className: "any" }, cluster, { ingressClass: "edge", albClasses: [] })).toEqual({
      outcome: "served",
      by: "field",
      controller: name,
      className: "any",
      params: undefined,
      paramsKnown: true,
    });
  });

  test("a class of another controller is not served, even if it is called alb and has unknown parameters", () => {
    const params = { kind: "ConfigMap", name: "c" };
    const cluster = { classes: [aClass("alb", { controller: "ingress.k8s.aws/alb-2", params })] };
    expect(classified({ className: "alb" }, cluster)).toEqual(notServed);
  });

  test("a class that does not exist is invalid", () => {
    expect(classified({ className: "gone" }, {})).toEqual({
      outcome: "invalid",
      problem: 'the IngressClass "gone" does not exist',
    });
  });
});

describe("IngressClassParams", () => {
  const classes = [aClass("alb", { params: "p" })];

  test("are those of the class", () => {
    const params = someParams("p", { scheme: "internal" });
    expect(classified({ className: "alb" }, { classes, params: [params] })).toMatchObject({
      outcome: "served",
      params: { name: "p", scheme: "internal" },
      paramsKnown: true,
    });
  });

  test("that do not exist, or exist for the other controller only, make the class invalid", () => {
    const problem = 'the IngressClassParams "p" that the IngressClass "alb" names do not exist';
    expect(classified({ className: "alb" }, { classes })).toEqual({ outcome: "invalid", problem });
    const params = [someParams("p", {}, "eks.amazonaws.com/v1")];
    expect(classified({ className: "alb" }, { classes, params })).toEqual({ outcome: "invalid", problem });
  });

  test.each([
    ["another group", { ...autoModeParams }],
    ["no group", { kind: "IngressClassParams", name: "p" }],
    ["another kind", { apiGroup: "elbv2.k8s.aws", kind: "Other", name: "p" }],
  ])("of %s are unknown", (_name, params) => {
    const cluster = { classes: [aClass("alb", { params })], params: [someParams("p")] };
    expect(classified({ className: "alb" }, cluster)).toEqual({
      outcome: "invalid",
      problem: 'spec.parameters of the IngressClass "alb" must name IngressClassParams of elbv2.k8s.aws',
    });
  });

  test("of EKS Auto Mode are its own", () => {
    const controller = "eks.amazonaws.com/alb";
    const params = [someParams("p", { scheme: "internal" }, "eks.amazonaws.com/v1"), someParams("p")];
    const own = { classes: [aClass("auto", { controller, params: autoModeParams })], params };
    expect(classified({ className: "auto" }, own)).toMatchObject({
      controller: autoMode,
      params: { api: "eks.amazonaws.com", scheme: "internal" },
    });
    const foreign = { classes: [aClass("auto", { controller, params: "p" })], params };
    expect(classified({ className: "auto" }, foreign)).toEqual({
      outcome: "invalid",
      problem: 'spec.parameters of the IngressClass "auto" must name IngressClassParams of eks.amazonaws.com',
    });
  });
});

describe("a namespaceSelector", () => {
  const classes = [aClass("alb", { params: "p" })];
  const selected = (namespaceSelector: unknown, labels?: Readonly<Record<string, string>>): Classification =>
    classified(
      { className: "alb" },
      {
        classes,
        params: [someParams("p", { namespaceSelector })],
        namespaces: labels === undefined ? {} : { shop: labels },
      },
    );
  const team = { matchLabels: { team: "shop" } };

  test("that matches, and one that is empty", () => {
    expect(selected(team, { team: "shop" })).toMatchObject({ outcome: "served", params: { name: "p" } });
    expect(selected({}, {})).toMatchObject({ outcome: "served" });
  });

  test("that does not match", () => {
    expect(selected(team, { team: "other" })).toEqual({
      outcome: "invalid",
      problem: `the namespaceSelector of the IngressClassParams "p" does not match the namespace's labels`,
    });
    expect(selected(team, {})).toMatchObject({ outcome: "invalid" });
  });

  test("that is none", () => {
    const namespaceSelector = { matchExpressions: [{ key: "team", operator: "Equals", values: ["shop"] }] };
    expect(selected(namespaceSelector, { team: "shop" })).toEqual({
      outcome: "invalid",
      problem: 'the namespaceSelector of the IngressClassParams "p" is not valid, so that no namespace may use them',
    });
  });

  test("may match where the labels are not known", () => {
    expect(selected(team)).toMatchObject({ outcome: "served", params: { name: "p" }, paramsKnown: true });
  });
});

describe("neither annotation nor field", () => {
  test.each([
    ["ingress.k8s.aws/alb", lbc],
    ["eks.amazonaws.com/alb", autoMode],
  ])("the default class counts: %s", (controller, name) => {
    const classes = [aClass("other"), aClass("standard", { controller, isDefault: true })];
    expect(classified({}, { classes })).toMatchObject({
      outcome: "served",
      by: "default",
      controller: name,
      className: "standard",
    });
  });

  test("a default class of another controller wins over the flag", () => {
    const classes = [aClass("nginx", { controller: "k8s.io/ingress-nginx", isDefault: true })];
    expect(classified({}, { classes }, { ingressClass: "" })).toEqual(notServed);
  });

  test("a default class with a fault is invalid", () => {
    const classes = [aClass("alb", { isDefault: true, params: "gone" })];
    expect(classified({}, { classes }, { ingressClass: "" })).toMatchObject({ outcome: "invalid" });
  });

  test("several default classes are invalid, whoever's they are", () => {
    const classes = [aClass("b", { isDefault: true }), aClass("a", { controller: "x", isDefault: true })];
    expect(classified({}, { classes })).toEqual({
      outcome: "invalid",
      problem: "several IngressClasses are annotated as the default class: a, b",
    });
    expect(classified({ className: "b" }, { classes })).toMatchObject({ outcome: "served" });
  });

  test.each([
    ["alb", notServed],
    ["", { outcome: "served", by: "flag", controller: lbc, className: "", params: undefined, paramsKnown: true }],
  ])("without a default class, --ingress-class %j decides", (ingressClass, outcome) => {
    expect(classified({}, { classes: [aClass("alb")] }, { ingressClass })).toEqual(outcome);
  });
});

describe("what is not known", () => {
  const told = {
    albClasses: [
      { name: "alb", hasParams: undefined },
      { name: "plain", hasParams: false },
    ],
  };
  const served = { outcome: "served", by: "field", controller: lbc, params: undefined };

  test.each([
    ["of any cluster", undefined],
    ["of all classes", { isIncomplete: true }],
  ])("%s: what the operator told of the class counts", (_name, cluster) => {
    expect(classified({ className: "alb" }, cluster, told)).toEqual({
      ...served,
      className: "alb",
      paramsKnown: false,
    });
    expect(classified({ className: "plain" }, cluster, told)).toEqual({
      ...served,
      className: "plain",
      paramsKnown: true,
    });
    expect(classified({ className: "nginx" }, cluster, told)).toEqual(notServed);
    expect(classified({}, cluster, told)).toEqual(notServed);
    expect(classified({}, cluster, { ...told, ingressClass: "" })).toMatchObject({ by: "flag", paramsKnown: false });
  });

  test("a class that is known counts for itself", () => {
    const cluster = { classes: [aClass("alb", { controller: "x" }), aClass("edge")], isIncomplete: true };
    expect(classified({ className: "alb" }, cluster, told)).toEqual(notServed);
    expect(classified({ className: "edge" }, cluster, told)).toMatchObject({ outcome: "served", paramsKnown: true });
  });

  test("params that were not found may exist", () => {
    const cluster = { classes: [aClass("alb", { params: "p" })], isIncomplete: true };
    expect(classified({ className: "alb" }, cluster, told)).toEqual({
      ...served,
      className: "alb",
      paramsKnown: false,
    });
  });

  test("one default class may not be the only one, two are too many for certain", () => {
    const one = [aClass("alb", { isDefault: true })];
    expect(classified({}, { classes: one, isIncomplete: true })).toEqual(notServed);
    const two = [...one, aClass("b", { isDefault: true })];
    expect(classified({}, { classes: two, isIncomplete: true })).toMatchObject({ outcome: "invalid" });
  });

  test.each([
    [undefined, lbc],
    [[autoMode], autoMode],
    [[autoMode, lbc], lbc],
    [["cloud-controller-manager"], lbc],
  ] as const)("with the controllers %j a class is of %s", (controllers, controller) => {
    expect(classified({ className: "alb" }, undefined, { ...told, controllers })).toMatchObject({ controller });
  });
});

import { describe, expect, it } from "vitest";
import { alb } from "../../src/annotations/catalog.ts";
import { injectionWarnings } from "../../src/decision/messages.ts";
import { decided, injected, leftOut, publicDualStack } from "../support/decisions.ts";
import { ingress } from "../support/subjects.ts";
import type { ObjectParts } from "../support/subjects.ts";

const provisioned = {
  finalizers: ["ingress.k8s.aws/resources"],
  status: { loadBalancer: { ingress: [{ hostname: "k8s-shop-web.elb.amazonaws.com" }] } },
};
const allValues = {
  [alb.scheme]: "internet-facing",
  [alb.ipAddressType]: "dualstack",
  [alb.targetType]: "ip",
};

function create(parts: ObjectParts, policy: object = publicDualStack, profile = {}) {
  return decided(ingress(parts, { phase: "mutating" }), { policy: { ...policy }, profile });
}

function update(old: ObjectParts, parts: ObjectParts, policy: object = publicDualStack, profile = {}) {
  return decided(ingress(parts, { phase: "mutating", old }), { policy: { ...policy }, profile });
}

describe("an Ingress of an ALB class", () => {
  it("gets every value of the policy", () => {
    expect(injected(create({}))).toEqual(allValues);
  });

  it("gets them by the class annotation too, which wins over the field and bypasses IngressClassParams", () => {
    const parts = { annotations: { "kubernetes.io/ingress.class": "alb" }, spec: { ingressClassName: undefined } };
    expect(injected(create(parts, publicDualStack, { albClasses: [{ name: "alb", hasParams: undefined }] }))).toEqual(
      allValues,
    );
  });

  it("keeps what the author wrote, be it empty", () => {
    expect(injected(create({ annotations: { [alb.scheme]: "", [alb.targetType]: "instance" } }))).toEqual({
      [alb.ipAddressType]: "dualstack",
    });
  });

  it.each([
    ["another class", { spec: { ingressClassName: "nginx" } }],
    ["another class annotation beside the ALB's field", { annotations: { "kubernetes.io/ingress.class": "nginx" } }],
    ["no class", { spec: { ingressClassName: undefined } }],
  ])("of %s is not ours", (_name, parts) => {
    expect(create(parts)).toMatchObject({ untouched: "not-ours", injections: [] });
  });

  it("served under a configured class name is ours", () => {
    const decision = create({ spec: { ingressClassName: "internal-alb" } }, publicDualStack, {
      albClasses: [{ name: "internal-alb", hasParams: false }],
    });
    expect(injected(decision)).toEqual(allValues);
  });
});

describe("a load balancer that others may decide", () => {
  it("of an IngressGroup gets no load-balancer-level value, with warnings", () => {
    const decision = create({ annotations: { [alb.groupName]: "public" } });
    expect(injected(decision)).toEqual({ [alb.targetType]: "ip" });
    expect(leftOut(decision)).toEqual({ [alb.scheme]: "shared", [alb.ipAddressType]: "shared" });
    expect(injectionWarnings(decision)).toEqual([
      'metadata.annotations[…/scheme] "internet-facing" was left out: other Ingresses of the IngressGroup "public" share the load balancer',
      'metadata.annotations[…/ip-address-type] "dualstack" was left out: other Ingresses of the IngressGroup "public" share the load balancer',
    ]);
  });

  it("of a class that may carry params gets none either", () => {
    const decision = create({}, publicDualStack, { albClasses: [{ name: "alb", hasParams: undefined }] });
    expect(injected(decision)).toEqual({ [alb.targetType]: "ip" });
    expect(injectionWarnings(decision).join("\n")).toContain('IngressClass "alb" may have IngressClassParams');
  });

  it("does not warn about values that the author wrote", () => {
    const annotations = { [alb.groupName]: "public", [alb.scheme]: "internal", [alb.ipAddressType]: "ipv4" };
    expect(injectionWarnings(create({ annotations }))).toEqual([]);
  });
});

describe("an update", () => {
  it("of an Ingress without a load balancer gets every value", () => {
    expect(injected(update({}, {}))).toEqual(allValues);
  });

  it("from another controller's class gets every value, though that controller has given it an address", () => {
    const { status } = provisioned;
    expect(injected(update({ spec: { ingressClassName: "nginx" }, status }, { status }))).toEqual(allValues);
  });

  it("of one with a load balancer gets nothing under Preserve", () => {
    expect(injected(update(provisioned, provisioned))).toEqual({});
  });

  it("of one with a load balancer gets the address type under Migrate", () => {
    const migrate = { ...publicDualStack, existing: "Migrate" };
    expect(injected(update(provisioned, provisioned, migrate))).toEqual({ [alb.ipAddressType]: "dualstack" });
  });

  it("under Migrate does not take the public IPv4 addresses away from a live load balancer", () => {
    const ingress6 = {
      ...publicDualStack,
      existing: "Migrate",
      ingress: { ipAddressType: { default: "dualstack-without-public-ipv4" } },
    };
    const decision = update(
      { ...provisioned, annotations: { [alb.scheme]: "internet-facing" } },
      { ...provisioned, annotations: { [alb.scheme]: "internet-facing", team: "a" } },
      ingress6,
    );
    expect(injected(decision)).toEqual({});
    expect(leftOut(decision)).toEqual({ [alb.ipAddressType]: "profile" });
  });

  it("that drops what we injected on a live load balancer gets it back", () => {
    const note = `policy=test; keys=${alb.scheme}`;
    const old = { ...provisioned, annotations: { [alb.scheme]: "internet-facing", "dualstack.dev/injected": note } };
    const decision = update(old, provisioned);
    expect(injected(decision)).toEqual({ [alb.scheme]: "internet-facing" });
    expect(decision.provenance).toEqual({ action: "write", value: note });
  });

  it("that joins a group gets nothing back: another member may state the value", () => {
    const note = `policy=test; keys=${alb.scheme}`;
    const old = { ...provisioned, annotations: { [alb.scheme]: "internet-facing", "dualstack.dev/injected": note } };
    expect(injected(update(old, { ...provisioned, annotations: { [alb.groupName]: "public" } }))).toEqual({});
  });
});

import { describe, expect, it } from "vitest";
import { alb, nlb } from "../../src/annotations/catalog.ts";
import { decide, denials } from "../../src/decision/decide.ts";
import type { Decision } from "../../src/decision/decide.ts";
import type { Cluster } from "../../src/decision/cluster/cluster.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import { denialMessage } from "../../src/decision/messages.ts";
import type { ServiceSubject } from "../../src/decision/subject.ts";
import { policySet } from "../../src/policy/resolve.ts";
import { policy } from "../policy/policies.ts";
import { publicDualStack } from "../support/decisions.ts";
import { knownCluster } from "../support/known-cluster.ts";
import { rawBinding, rawIngress, service } from "../support/subjects.ts";

/** Edits of a Service that stands behind an Ingress or a TargetGroupBinding: what becomes of them beside what single rules say. */

const ipv4 = { spec: { type: "ClusterIP", ipFamilies: ["IPv4"] } };
const dualstack = { spec: { type: "ClusterIP", ipFamilies: ["IPv4", "IPv6"] } };
const ipv6 = { spec: { type: "ClusterIP", ipFamilies: ["IPv6"] } };
const ipTargets = { [alb.targetType]: "ip" };
const behindIngress = knownCluster([rawIngress({ annotations: ipTargets })]);
const behindBinding = knownCluster([rawBinding({})]);

function decided(subject: ServiceSubject, cluster?: Cluster, spec: Readonly<Record<string, unknown>> = {}): Decision {
  return decide(subject, policySet([policy("test", { namespaceSelector: {}, ...spec })]), {
    namespaceLabels: {},
    profile: defaultProfile,
    install: { scope: "ClusterWide", excludedNamespaces: [] },
    cluster,
  });
}

function refusals(subject: ServiceSubject, cluster?: Cluster): readonly string[] {
  return denials(decided(subject, cluster)).map(({ rule }) => rule);
}

describe("a plain Service", () => {
  it("is refused an edit that breaks the Ingress in front of it, which the message names", () => {
    const subject = service(dualstack, { old: ipv4 });
    const decision = decided(subject, behindIngress, publicDualStack);
    expect(decision).toMatchObject({ untouched: undefined, controller: undefined, injections: [] });
    expect(denialMessage(subject, decision)).toMatch(
      /^1 problem in Service shop\/web \(policy test\):\n- backend-ipv6-needs-dualstack: spec\.ipFamilies: has IPv6, and the ALB of Ingress "web" is /,
    );
  });

  it("is refused an edit that breaks a TargetGroupBinding, which the message names", () => {
    const subject = service(ipv6, { old: dualstack });
    expect(denialMessage(subject, decided(subject, behindBinding))).toContain('TargetGroupBinding "web"');
  });

  it("is asked about nothing but that: its other annotations are nobody's", () => {
    const annotations = { [nlb.scheme]: "nonsense", [alb.scheme]: "nonsense", "dualstack.dev/inject": "nonsense" };
    expect(decided(service({ ...ipv4, annotations }, { old: ipv4 }), behindIngress, publicDualStack)).toMatchObject({
      untouched: undefined,
      findings: [],
    });
  });

  it.each<[string, ServiceSubject, Cluster | undefined]>([
    ["that is new", service(dualstack), behindIngress],
    ["in the mutating phase", service(dualstack, { old: ipv4, phase: "mutating" }), behindIngress],
    ["with nothing in front of it", service(dualstack, { old: ipv4 }), knownCluster([])],
    ["of a cluster of which nothing is known", service(dualstack, { old: ipv4 }), undefined],
    [
      "behind an Ingress of another controller",
      service(dualstack, { old: ipv4 }),
      knownCluster([rawIngress({ spec: { ingressClassName: "nginx" } })]),
    ],
    [
      "behind a binding that a controller made",
      service(ipv6, { old: dualstack }),
      knownCluster([rawBinding({ labels: { "service.k8s.aws/stack": "shop/web" } })]),
    ],
    [
      "of another name than the one that is used",
      { ...service(dualstack, { old: ipv4 }), name: "api" },
      knownCluster([rawIngress({}), rawBinding({})]),
    ],
    [
      "of another namespace than the one that is used",
      { ...service(dualstack, { old: ipv4 }), namespace: "other" },
      knownCluster([rawIngress({}), rawBinding({})]),
    ],
  ])("%s is not looked at", (_which, subject, cluster) => {
    expect(decided(subject, cluster)).toMatchObject({ untouched: "not-ours", findings: [] });
  });

  it("may keep the fault that it has", () => {
    const subject = service({ spec: { ...dualstack.spec, ports: [{ port: 80 }, { port: 81 }] } }, { old: dualstack });
    expect(decided(subject, behindIngress).findings).toMatchObject([
      { rule: "backend-ipv6-needs-dualstack", severity: "deny", excused: "existing" },
    ]);
  });

  it("may go through with a confirmation that the update adds", () => {
    const annotations = { "dualstack.dev/confirm": "backend-ipv6-needs-dualstack" };
    const confirmed = service({ ...dualstack, annotations }, { old: ipv4 });
    expect(decided(confirmed, behindIngress).findings).toMatchObject([{ excused: "confirmed" }]);
    expect(refusals(service({ ...dualstack, annotations }, { old: { ...ipv4, annotations } }), behindIngress)).toEqual([
      "backend-ipv6-needs-dualstack",
    ]);
  });

  it("is judged as policies have it", () => {
    const subject = service(dualstack, { old: ipv4 });
    const off = { rules: { "backend-ipv6-needs-dualstack": "Off" } };
    expect(decided(subject, behindIngress, off).findings).toEqual([]);
    expect(decided(subject, behindIngress, { mode: "Off" })).toMatchObject({ untouched: "policy-off" });
    expect(decided(subject, behindIngress, { mode: "Warn" }).findings).toMatchObject([{ excused: "shadow" }]);
  });

  it("that is being deleted is not looked at", () => {
    const subject = service(dualstack, { old: ipv4 });
    const dying = { ...subject, old: subject.old && { ...subject.old, terminating: true } };
    expect(decided(dying, behindIngress)).toMatchObject({ untouched: "terminating" });
  });
});

describe("a Service with a load balancer of its own", () => {
  const own = (ipFamilies: readonly string[]) => ({
    annotations: { [nlb.ipAddressType]: "dualstack", [nlb.targetType]: "ip" },
    spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies },
  });

  it("is judged by both: as a load balancer and as a backend", () => {
    const faulty = own(["IPv4", "IPv6"]);
    const annotations = { ...faulty.annotations, [nlb.scheme]: "public" };
    const subject = service({ ...faulty, annotations }, { old: own(["IPv4"]) });
    expect(decided(subject, behindIngress).controller).toBe("aws-load-balancer-controller");
    expect(refusals(subject, behindIngress)).toEqual(["invalid-enumeration", "backend-ipv6-needs-dualstack"]);
    expect(refusals(subject, knownCluster([]))).toEqual(["invalid-enumeration"]);
  });

  it("that gives it up is judged as a backend still", () => {
    const subject = service({ spec: { type: "ClusterIP", ipFamilies: ["IPv6"] } }, { old: own(["IPv4", "IPv6"]) });
    expect(refusals(subject, behindBinding)).toEqual(["backend-loses-bound-family"]);
  });

  it("that is new to a plain Service may keep a fault that stood on it before", () => {
    const annotations = { "dualstack.dev/inject": "nonsense" };
    const subject = service({ ...own(["IPv4"]), annotations }, { old: { ...ipv4, annotations } });
    expect(decided(subject).findings).toContainEqual(
      expect.objectContaining({ rule: "unreadable-opt-out", excused: "existing" }),
    );
  });

  it("that is new to a plain Service may keep the fault that it had as a backend", () => {
    const subject = service(own(["IPv4", "IPv6"]), { old: dualstack });
    expect(decided(subject, behindIngress).findings).toContainEqual(
      expect.objectContaining({ rule: "backend-ipv6-needs-dualstack", excused: "existing" }),
    );
  });
});

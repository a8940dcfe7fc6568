import { describe, expect, test } from "vitest";
import { useOf } from "../../src/decision/ingress-use.ts";
import type { Use } from "../../src/decision/ingress-use.ts";
import { evaluate } from "../../src/decision/evaluate.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { ClusterProfile } from "../../src/decision/facts.ts";
import { defineRule } from "../../src/decision/rule.ts";
import { policySet, resolvePolicy } from "../../src/policy/resolve.ts";
import { forwardTo, pathsTo, service } from "../rules/backend-services.ts";
import { classWithParams, keyed, member } from "../rules/group-members.ts";
import { knownCluster } from "../support/known-cluster.ts";
import { ingress } from "../support/subjects.ts";

/** Keys of annotations without their prefix. */
interface Case {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: object;
  /** Manifests of all other objects. Left out: nothing is known of them. */
  readonly cluster?: readonly object[];
  /** There may be Ingresses that nobody knows. */
  readonly hasOthers?: boolean;
  readonly profile?: Partial<ClusterProfile>;
}

/** What becomes of an annotation of shop/web, which sends to the Service web on port 80. "": read() has none. */
function use(suffix: string, { annotations = {}, spec, cluster, hasOthers = false, profile }: Case): Use | "" {
  const key = `alb.ingress.kubernetes.io/${suffix}`;
  let found: Use | "" = "";
  const probe = defineRule({
    id: "probe",
    kinds: ["Ingress"],
    severity: "deny",
    basis: "controller",
    summary: "",
    remediation: "",
    source: "",
    ingress(context) {
      const each = context.read().find((annotation) => annotation.key === key);
      found = each === undefined ? "" : useOf(context, each);
      return [];
    },
  });
  const subject = ingress({
    annotations: { ...keyed(annotations), [key]: annotations[suffix] ?? "x" },
    spec: { ...spec },
  });
  const facts = {
    namespaceLabels: {},
    profile: { ...defaultProfile, ...profile },
    install: { scope: "ClusterWide", excludedNamespaces: [] },
    cluster: cluster && knownCluster(cluster, hasOthers ? ["Ingress"] : []),
  } as const;
  evaluate(subject, { rules: [probe], policy: resolvePolicy(policySet([]), {}), facts, missing: [] });
  return found;
}

const web = service("shop/web");
const https = { "listen-ports": '[{"HTTPS":443}]', "certificate-arn": "arn:a" };
const redirecting = member("team-b/api", { ...https, "ssl-redirect": "443" });

describe("what the load balancer is made from is read", () => {
  test.each<[suffix: string, expected: Use | "", given: Case]>([
    ["load-balancer-attributes", "read", {}],
    ["scheme", "read", {}],
    ["scheme", "perhaps", { profile: { albClasses: [{ name: "alb", hasParams: true }] } }],
    ["group.order", "read", { profile: { albClasses: [{ name: "alb", hasParams: true }] } }],
    ["scheme", "", { spec: { ingressClassName: "c" }, cluster: classWithParams("c", { scheme: "internal" }) }],
    ["scheme", "read", { spec: { ingressClassName: "c" }, cluster: classWithParams("c", { sslPolicy: "p" }) }],
  ])("%s: %s", (suffix, expected, given) => {
    expect(use(suffix, given)).toBe(expected);
  });
});

describe("what a target group is made from is read where the Service leaves it to the Ingress", () => {
  const says = (suffix: string): object => service("shop/web", { annotations: { [suffix]: "x" } });
  test.each<[why: string, suffix: string, expected: Use, given: Case]>([
    ["the Service is silent", "healthcheck-path", "read", { cluster: [web] }],
    ["it says it itself", "healthcheck-path", "unread", { cluster: [says("healthcheck-path")] }],
    ["nobody knows it", "healthcheck-path", "perhaps", {}],
    ["it is yet to come", "healthcheck-path", "perhaps", { cluster: [] }],
    [
      "one of two is silent",
      "healthcheck-path",
      "read",
      {
        annotations: { "actions.web": forwardTo("web", "api") },
        spec: pathsTo(["web", "use-annotation"]),
        cluster: [says("healthcheck-path"), service("shop/api")],
      },
    ],
    [
      "the action redirects",
      "healthcheck-path",
      "unread",
      {
        annotations: { "actions.web": '{"type":"redirect","redirectConfig":{"statusCode":"HTTP_301"}}' },
        spec: pathsTo(["web", "use-annotation"]),
        cluster: [web],
      },
    ],
    ["there is no listener", "healthcheck-path", "unread", { annotations: { "listen-ports": "[{}]" }, cluster: [web] }],
    [
      "its HTTP is redirected by another member",
      "healthcheck-path",
      "unread",
      { annotations: { "group.name": "g" }, cluster: [web, redirecting] },
    ],
    [
      "its HTTP may be redirected by a member that nobody knows",
      "healthcheck-path",
      "perhaps",
      { annotations: { "group.name": "g" }, cluster: [web], hasOthers: true },
    ],
    [
      "its HTTPS cannot be",
      "healthcheck-path",
      "read",
      {
        annotations: { "group.name": "g", ...https, "listen-ports": '[{"HTTP":80},{"HTTPS":443}]' },
        cluster: [web],
        hasOthers: true,
      },
    ],
    [
      "nobody can read where it listens",
      "healthcheck-path",
      "read",
      { annotations: { "group.name": "g", "listen-ports": "[" }, cluster: [web], hasOthers: true },
    ],
    [
      "its HTTPS is not",
      "healthcheck-path",
      "read",
      { annotations: { "group.name": "g", ...https }, cluster: [web, redirecting] },
    ],
    ["targets are instances", "target-node-labels", "read", { cluster: [web] }],
    ["targets are addresses", "target-node-labels", "unread", { annotations: { "target-type": "ip" }, cluster: [web] }],
    ["nobody knows the targets", "target-node-labels", "perhaps", { annotations: { "target-type": "ip" } }],
    ["both have a say", "multi-cluster-target-group", "read", { cluster: [says("multi-cluster-target-group")] }],
    ["tags are the load balancer's as well", "tags", "read", { cluster: [says("tags")] }],
    ["the backend has the port", "target-control-port.web.80", "read", { cluster: [web] }],
    ["it has another", "target-control-port.web.http", "unread", { cluster: [web] }],
  ])("%s: %s %s", (_why, suffix, expected, given) => {
    expect(use(suffix, given)).toBe(expected);
  });
});

describe("authentication is read of each backend", () => {
  const open = service("shop/web", { annotations: { "auth-type": "none" } });
  test.each<[why: string, expected: Use, given: Case]>([
    ["the only Service is silent", "read", { cluster: [web] }],
    ["the only Service says it", "unread", { cluster: [open] }],
    ["the only Service is missing, and a fixed response in its place", "read", { cluster: [] }],
    ["nobody knows the only Service", "perhaps", {}],
    [
      "of several Services none has a say",
      "read",
      {
        annotations: { "actions.web": forwardTo("web", "api") },
        spec: pathsTo(["web", "use-annotation"]),
        cluster: [open, service("shop/api", { annotations: { "auth-type": "none" } })],
      },
    ],
    [
      "a target group that is no Service's has none either",
      "read",
      {
        annotations: { "actions.web": '{"type":"forward","targetGroupARN":"arn:a"}' },
        spec: pathsTo(["web", "use-annotation"]),
        cluster: [open],
      },
    ],
    ["there is no backend but a resource", "unread", { spec: { defaultBackend: { resource: {} } }, cluster: [] }],
  ])("%s: %s", (_why, expected, given) => {
    expect(use("auth-type", given)).toBe(expected);
  });

  test.each<[why: string, expected: Use, given: Case]>([
    ["on HTTPS", "read", { annotations: https, cluster: [web] }],
    ["on HTTP, as far as anybody knows", "perhaps", { cluster: [web] }],
    [
      "on a Service that may have a say",
      "perhaps",
      { annotations: https, cluster: [service("shop/web", { annotations: { "jwt-validation": "{}" } })] },
    ],
  ])("tokens, %s: %s", (_why, expected, given) => {
    expect(use("jwt-validation", given)).toBe(expected);
  });
});

describe("what bears the name of a backend", () => {
  const redirected: Case = { annotations: { "group.name": "g" }, spec: pathsTo(["web", 80]), cluster: [redirecting] };
  test.each<[why: string, suffix: string, expected: Use, given: Case]>([
    ["conditions of the default backend", "conditions.web", "read", { cluster: [] }],
    [
      "conditions, where the group has a name that is none",
      "conditions.web",
      "read",
      { annotations: { "group.name": "G" }, cluster: [] },
    ],
    ["conditions of nobody", "conditions.api", "unread", { cluster: [] }],
    ["conditions of a path, which the webhook reads", "conditions.web", "read", redirected],
    [
      "conditions of the second path, which the webhook reads as well",
      "conditions.web",
      "read",
      { ...redirected, spec: pathsTo(["api", 80], ["web", 80]) },
    ],
    [
      "conditions of the default backend, beside a path that is redirected",
      "conditions.web",
      "unread",
      {
        ...redirected,
        spec: { ...pathsTo(["api", 80]), defaultBackend: { service: { name: "web", port: { number: 80 } } } },
      },
    ],
    ["transforms of a path that is redirected", "transforms.web", "unread", redirected],
    ["transforms of a path", "transforms.web", "read", { spec: pathsTo(["web", 80]), cluster: [] }],
    [
      "an action that a backend takes",
      "actions.web",
      "read",
      { spec: pathsTo(["web", "use-annotation"]), cluster: [] },
    ],
    ["an action beside a Service of its name", "actions.web", "unread", { spec: pathsTo(["web", 80]), cluster: [] }],
    [
      "a member of a group that nobody knows",
      "actions.web",
      "perhaps",
      {
        annotations: { "group.name": "g" },
        spec: pathsTo(["web", "use-annotation"]),
      },
    ],
  ])("%s: %s %s", (_why, suffix, expected, given) => {
    expect(use(suffix, given)).toBe(expected);
  });
});

describe("paths that may be patterns", () => {
  const path = (pathType: string, text: string): object => ({
    rules: [
      { http: { paths: [{ pathType, path: text, backend: { service: { name: "web", port: { number: 80 } } } }] } },
    ],
  });
  test.each<[pathType: string, text: string, expected: Use]>([
    ["ImplementationSpecific", "/a", "read"],
    ["ImplementationSpecific", "", "unread"],
    ["Prefix", "/a", "unread"],
  ])("%s %j: %s", (pathType, text, expected) => {
    expect(use("use-regex-path-match", { spec: path(pathType, text), cluster: [] })).toBe(expected);
  });
});

describe("attributes of a listener", () => {
  test.each<[suffix: string, expected: Use, given: Case]>([
    ["listener-attributes.HTTP-80", "read", {}],
    ["listener-attributes.HTTP-80", "perhaps", { profile: { albClasses: [{ name: "alb", hasParams: true }] } }],
    ["listener-attributes.HTTPS-443", "unread", {}],
    ["listener-attributes.HTTPS-443", "read", { annotations: https }],
    ["listener-attributes.HTTP-443", "unread", { annotations: https }],
    ["listener-attributes.HTTP-80", "perhaps", { annotations: { "listen-ports": '[{"HTTP":80,"HTTPS":80}]' } }],
    ["listener-attributes.HTTPS-80", "perhaps", { annotations: { "listen-ports": '[{"HTTP":80,"HTTPS":80}]' } }],
    ["listener-attributes.HTTP-81", "unread", { annotations: { "listen-ports": '[{"HTTP":80,"HTTPS":80}]' } }],
    ["listener-attributes.HTTP-80", "perhaps", { annotations: { "listen-ports": "[" } }],
  ])("%s: %s with %j", (suffix, expected, given) => {
    expect(use(suffix, given)).toBe(expected);
  });
});

describe("a redirect", () => {
  const group = { "group.name": "g" };
  const first = classWithParams("c", { sslRedirectPort: "https" });
  test("is read", () => {
    expect(use("ssl-redirect", { annotations: group, cluster: [redirecting] })).toBe("read");
  });
  test("is not, after a member whose class says what is no port", () => {
    const before = member("shop/a", {}, { ingressClassName: "c" });
    expect(use("ssl-redirect", { annotations: group, cluster: [...first, before] })).toBe("unread");
  });
  test("is, after a member whose class says a port", () => {
    const port = classWithParams("c", { sslRedirectPort: "443" });
    const before = member("shop/a", {}, { ingressClassName: "c" });
    expect(use("ssl-redirect", { annotations: group, cluster: [...port, before] })).toBe("read");
  });
  test("is, before such a member", () => {
    const after = member("team-b/a", {}, { ingressClassName: "c" });
    expect(use("ssl-redirect", { annotations: group, cluster: [...first, after] })).toBe("read");
  });
});

describe("who manages the rules of the targets", () => {
  const group = { "group.name": "g" };
  test.each<[why: string, expected: Use, given: Case]>([
    ["groups are named", "read", { annotations: { "security-groups": "sg-1" } }],
    ["the list is empty", "unread", { annotations: { "security-groups": "" } }],
    ["the controller makes one", "unread", {}],
    [
      "another member names some",
      "read",
      { annotations: group, cluster: [member("team-b/api", { "security-groups": "sg-1" })] },
    ],
    ["members that nobody knows may", "perhaps", { annotations: group }],
  ])("%s: %s", (_why, expected, given) => {
    expect(use("manage-backend-security-group-rules", given)).toBe(expected);
  });
});

describe("a capacity", () => {
  const group = { "group.name": "g" };
  const params = classWithParams("c", { minimumLoadBalancerCapacity: { capacityUnits: 100 } });
  const off = { featureGates: { ...defaultProfile.featureGates, LBCapacityReservation: false } };
  test.each<[why: string, expected: Use, given: Case]>([
    ["is read", "read", {}],
    ["is read, where the group has a name that is none", "read", { annotations: { "group.name": "G" }, cluster: [] }],
    ["is not, without the feature gate", "unread", { profile: off }],
    ["is that of its class", "unread", { spec: { ingressClassName: "c" }, cluster: params }],
    ["may be that of its class", "perhaps", { profile: { albClasses: [{ name: "alb", hasParams: true }] } }],
    [
      "is that of the first member's class",
      "unread",
      { annotations: group, cluster: [...params, member("shop/a", {}, { ingressClassName: "c" })] },
    ],
    [
      "is not that of a later one's",
      "read",
      { annotations: group, cluster: [...params, member("team-b/a", {}, { ingressClassName: "c" })] },
    ],
    ["may be that of a first member that nobody knows", "perhaps", { annotations: group }],
  ])("%s: %s", (_why, expected, given) => {
    expect(use("minimum-load-balancer-capacity", given)).toBe(expected);
  });
});

describe("the NLB in front", () => {
  const on = { "enable-frontend-nlb": "true" };
  const group = { "group.name": "g" };
  test.each<[why: string, suffix: string, expected: Use, given: Case]>([
    ["there is none", "frontend-nlb-scheme", "unread", {}],
    ["there is one", "frontend-nlb-scheme", "read", { annotations: on }],
    ["its word is none", "frontend-nlb-scheme", "unread", { annotations: { "enable-frontend-nlb": "yes" } }],
    [
      "another member asks for it",
      "frontend-nlb-scheme",
      "read",
      { annotations: group, cluster: [member("team-b/a", on)] },
    ],
    ["a member that nobody knows may", "frontend-nlb-scheme", "perhaps", { annotations: group }],
    [
      "another member wants none",
      "frontend-nlb-scheme",
      "unread",
      { annotations: group, cluster: [member("team-b/a", { "enable-frontend-nlb": "false" })], hasOthers: true },
    ],
    [
      "its group has a name that is none",
      "frontend-nlb-scheme",
      "read",
      { annotations: { "group.name": "G", ...on }, cluster: [] },
    ],
    ["it listens", "frontend-nlb-healthcheck-path", "read", { annotations: on }],
    [
      "it has nothing to listen on",
      "frontend-nlb-healthcheck-path",
      "unread",
      { annotations: { ...on, "listen-ports": "[{}]" } },
    ],
    [
      "nobody can read where the ALB listens",
      "frontend-nlb-healthcheck-path",
      "read",
      { annotations: { ...on, "listen-ports": "[" } },
    ],
    [
      "it listens on no port of this Ingress",
      "frontend-nlb-healthcheck-path",
      "unread",
      { annotations: { ...on, "frontend-nlb-listener-port-mapping": "443=8080" } },
    ],
    [
      "it listens on a port that is mapped",
      "frontend-nlb-healthcheck-path",
      "read",
      { annotations: { ...on, "frontend-nlb-listener-port-mapping": "443=8080,80=80" } },
    ],
  ])("%s: %s %s", (_why, suffix, expected, given) => {
    expect(use(suffix, given)).toBe(expected);
  });
});

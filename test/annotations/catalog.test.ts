import { describe, expect, test } from "vitest";
import { alb, catalog, catalogEntry, ingressClassAnnotation, nlb } from "../../src/annotations/catalog.ts";
import type { AnnotatedObject, Reading } from "../../src/annotations/catalog.ts";
import { evaluate } from "../../src/decision/evaluate.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import { defineRule } from "../../src/decision/rule.ts";
import type { ServiceSubject } from "../../src/decision/subject.ts";
import { policySet, resolvePolicy } from "../../src/policy/resolve.ts";
import { service } from "../support/subjects.ts";

const kinds: readonly AnnotatedObject[] = ["Service", "Ingress", "BackendService"];

test.each(kinds)("no key has two entries on a %s", (kind) => {
  const keys = catalog.filter(({ readOn }) => readOn.includes(kind)).map(({ key }) => key);
  expect(keys).toEqual([...new Set(keys)]);
});

test.each(catalog)("$key names a file with its lines, a file made for it, or a page", ({ source }) => {
  expect(source).toMatch(/^pkg\/[a-z0-9_/]+\.go(:\d+(-\d+)?)?$|^https:\/\/[a-z0-9./-]+#[a-z-]+$/);
});

test("every constant has an entry, and every entry is a constant", () => {
  const constants = [...Object.values(nlb), ...Object.values(alb), ingressClassAnnotation];
  const stems = catalog.map(({ key, form }) => (form === "prefix" ? key.slice(0, -1) : key));
  expect([...new Set(stems)].sort()).toEqual([...constants].sort());
});

test.each(catalog.filter(({ form }) => form === "prefix"))(
  "the family $key ends where its members begin",
  ({ key }) => {
    expect(key.at(-1)).toBe(".");
  },
);

test.each(catalog.filter(({ readWhen }) => readWhen !== undefined))("$key can go unread", ({ readWhen }) => {
  const unread = [{}, { [nlb.scheme]: "" }].some((annotations) => readWhen?.(readingOf(annotations), "") === false);
  expect(unread).toBe(true);
});

/** An object of which nothing but its annotations is known, and a controller whose gates are off. */
function readingOf(annotations: Readonly<Record<string, string>>): Reading {
  const unknown = { targetType: undefined, securityGroups: undefined };
  return { annotations, ...unknown, listeners: () => [], isGateOn: () => false };
}

describe("what was seen on real objects is known", () => {
  const own = "service.beta.kubernetes.io/";
  test.each([
    "actions.TCP-80",
    "actions.UDP-80",
    "aws-load-balancer-access-log-enabled",
    "aws-load-balancer-additional-resource-tags",
    "aws-load-balancer-alpn-policy",
    "aws-load-balancer-attributes",
    "aws-load-balancer-backend-protocol",
    "aws-load-balancer-cross-zone-load-balancing-enabled",
    "aws-load-balancer-disable-nlb-sg",
    "aws-load-balancer-eip-allocations",
    "aws-load-balancer-enable-icmp-for-path-mtu-discovery",
    "aws-load-balancer-enable-prefix-for-ipv6-source-nat",
    "aws-load-balancer-enable-tcp-udp-listener",
    "aws-load-balancer-healthcheck-healthy-threshold",
    "aws-load-balancer-healthcheck-interval",
    "aws-load-balancer-healthcheck-port",
    "aws-load-balancer-healthcheck-protocol",
    "aws-load-balancer-healthcheck-timeout",
    "aws-load-balancer-healthcheck-unhealthy-threshold",
    "aws-load-balancer-inbound-sg-rules-on-private-link-traffic",
    "aws-load-balancer-internal",
    "aws-load-balancer-ip-address-type",
    "aws-load-balancer-ipv6-addresses",
    "aws-load-balancer-listener-attributes.TCP-80",
    "aws-load-balancer-listener-attributes.TCP-81",
    "aws-load-balancer-manage-backend-security-group-rules",
    "aws-load-balancer-minimum-load-balancer-capacity",
    "aws-load-balancer-multi-cluster-target-group",
    "aws-load-balancer-name",
    "aws-load-balancer-nlb-target-type",
    "aws-load-balancer-private-ipv4-addresses",
    "aws-load-balancer-proxy-protocol",
    "aws-load-balancer-proxy-protocol-per-target-group",
    "aws-load-balancer-quic-enabled-ports",
    "aws-load-balancer-scheme",
    "aws-load-balancer-security-group-prefix-lists",
    "aws-load-balancer-security-groups",
    "aws-load-balancer-source-nat-ipv6-prefixes",
    "aws-load-balancer-ssl-cert",
    "aws-load-balancer-ssl-ports",
    "aws-load-balancer-subnets",
    "aws-load-balancer-target-group-attributes",
    "aws-load-balancer-target-group-attributes.443",
    "aws-load-balancer-target-group-attributes.80",
    "aws-load-balancer-target-group-attributes.tcp-80",
    "aws-load-balancer-target-node-labels",
    "aws-load-balancer-type",
    "load-balancer-source-ranges",
  ])("%s on a Service", (name) => {
    expect(catalogEntry(`${own}${name}`, "Service")).toBeDefined();
  });

  test.each([
    "actions.web",
    "auth-idp-cognito",
    "auth-idp-oidc",
    "auth-session-timeout",
    "auth-type",
    "backend-protocol",
    "backend-protocol-version",
    "certificate-arn",
    "conditions.other",
    "conditions.web",
    "customer-owned-ipv4-pool",
    "enable-frontend-nlb",
    "frontend-nlb-attributes",
    "frontend-nlb-eip-allocations",
    "frontend-nlb-healthcheck-protocol",
    "frontend-nlb-listener-port-mapping",
    "frontend-nlb-scheme",
    "frontend-nlb-subnets",
    "group.name",
    "group.order",
    "healthcheck-interval-seconds",
    "healthcheck-path",
    "healthcheck-port",
    "healthcheck-protocol",
    "inbound-cidrs",
    "ip-address-type",
    "ipam-ipv4-pool-id",
    "jwt-validation",
    "listen-ports",
    "listener-attributes.HTTP-80",
    "load-balancer-attributes",
    "load-balancer-name",
    "manage-backend-security-group-rules",
    "minimum-load-balancer-capacity",
    "multi-cluster-target-group",
    "mutual-authentication",
    "scheme",
    "security-group-prefix-lists",
    "security-groups",
    "shield-advanced-protection",
    "ssl-policy",
    "ssl-redirect",
    "subnets",
    "tags",
    "target-control-port.web.80",
    "target-group-attributes",
    "target-node-labels",
    "target-type",
    "wafv2-acl-arn",
  ])("%s on an Ingress", (name) => {
    expect(catalogEntry(`alb.ingress.kubernetes.io/${name}`, "Ingress")).toBeDefined();
  });

  test("the class of an Ingress", () => {
    expect(catalogEntry("kubernetes.io/ingress.class", "Ingress")).toBeDefined();
  });
});

describe("what the controller passes over is unknown", () => {
  test.each<[string, AnnotatedObject]>([
    ["service.beta.kubernetes.io/AWS-load-balancer-type", "Service"],
    ["service.beta.kubernetes.io/aws-load-balancer-Scheme", "Service"],
    ["service.alpha.kubernetes.io/aws-load-balancer-type", "Service"],
    ["service.kubernetes.io/aws-load-balancer-type", "Service"],
    ["alb.ingress.kubernetes.io/scheme", "Service"],
    ["alb.ingress.kubernetes.io/Scheme", "Ingress"],
    ["ingress.kubernetes.io/scheme", "Ingress"],
    ["service.beta.kubernetes.io/aws-load-balancer-nlb-target-type", "Ingress"],
    ["alb.ingress.kubernetes.io/scheme", "BackendService"],
    ["alb.ingress.kubernetes.io/ip-address-type", "BackendService"],
    ["alb.ingress.kubernetes.io/listen-ports", "BackendService"],
    ["alb.ingress.kubernetes.io/inbound-cidrs", "BackendService"],
    ["alb.ingress.kubernetes.io/load-balancer-attributes", "BackendService"],
    ["alb.ingress.kubernetes.io/conditions.web", "BackendService"],
    ["service.beta.kubernetes.io/aws-load-balancer-nlb-target-type", "BackendService"],
    ["service.beta.kubernetes.io/actions", "Service"],
    ["service.beta.kubernetes.io/actions.", "Service"],
    ["service.beta.kubernetes.io/aws-load-balancer-scheme.80", "Service"],
    ["__proto__", "Service"],
    ["", "Service"],
  ])("%s on a %s", (key, kind) => {
    expect(catalogEntry(key, kind)).toBeUndefined();
  });
});

describe("a family", () => {
  test("never lies within another, so that a key belongs to one at most", () => {
    const families = new Set(catalog.filter(({ form }) => form === "prefix").map(({ key }) => key));
    for (const key of families) {
      expect([...families].filter((other) => key.startsWith(other))).toEqual([key]);
    }
  });

  test("differs from the annotation that it is named after", () => {
    expect(catalogEntry(nlb.targetGroupAttributes, "Service")?.form).toBe("exact");
    expect(catalogEntry(`${nlb.targetGroupAttributes}.80`, "Service")?.form).toBe("prefix");
  });

  test("has members with dots in their names", () => {
    expect(catalogEntry(`${alb.targetControlPort}.web.80`, "BackendService")?.key).toBe(`${alb.targetControlPort}.`);
  });
});

describe("values", () => {
  test.each([
    [nlb.scheme, ["internal", "internet-facing"]],
    [nlb.ipAddressType, ["ipv4", "dualstack"]],
    [nlb.enablePrefixForIpv6SourceNat, ["on", "off"]],
    [nlb.inboundSgRulesOnPrivateLinkTraffic, ["on", "off"]],
    [nlb.proxyProtocol, ["*"]],
  ])("%s is one of %j", (key, values) => {
    expect(catalogEntry(key, "Service")?.value).toEqual({ type: "enum", values });
  });

  test.each([
    [alb.scheme, ["internal", "internet-facing"]],
    [alb.ipAddressType, ["ipv4", "dualstack", "dualstack-without-public-ipv4"]],
    [alb.targetType, ["instance", "ip"]],
  ])("%s is one of %j", (key, values) => {
    expect(catalogEntry(key, "Ingress")?.value).toEqual({ type: "enum", values });
  });

  test("an NLB's target type can be anything, for anything but ip is instance", () => {
    expect(catalogEntry(nlb.targetType, "Service")?.value).toEqual({ type: "string" });
  });

  test("only the health check protocol of an NLB may be written in any case", () => {
    const folded = catalog.filter(({ value }) => value.type === "enum" && value.ignoreCase === true);
    expect(folded.map(({ key }) => key)).toEqual([nlb.healthcheckProtocol]);
  });

  test("an ALB's address type on an NLB is left to a rule of its own", () => {
    expect(catalogEntry(nlb.ipAddressType, "Service")?.reservedValues).toEqual(["dualstack-without-public-ipv4"]);
  });

  test("a bad boolean for the TCP and UDP listener is passed over, and one for internal is not", () => {
    expect(catalogEntry(nlb.enableTcpUdpListener, "Service")?.lenient).toBe(true);
    expect(catalogEntry(nlb.internal, "Service")?.lenient).toBeUndefined();
  });
});

describe("read only when", () => {
  const { groups, off } = { groups: nlb.securityGroups, off: nlb.disableNlbSg };
  const http2 = `${nlb.listenerAttributes}.TLS-443`;
  const tls = { [nlb.sslCert]: "arn:aws:acm:eu-west-1:1:certificate/a" };
  test.each<[string, Readonly<Record<string, string>>, boolean]>([
    [nlb.internal, {}, true],
    [nlb.internal, { [nlb.scheme]: "" }, false],
    [nlb.manageBackendSecurityGroupRules, {}, false],
    [nlb.manageBackendSecurityGroupRules, { [groups]: " , " }, false],
    [nlb.manageBackendSecurityGroupRules, { [groups]: "sg-1" }, true],
    [nlb.manageBackendSecurityGroupRules, { [off]: "false" }, false],
    [nlb.manageBackendSecurityGroupRules, { [off]: "yes" }, false],
    [nlb.manageBackendSecurityGroupRules, { [off]: "T" }, true],
    [nlb.targetNodeLabels, {}, true],
    [nlb.targetNodeLabels, { [nlb.targetType]: "ip" }, false],
    [nlb.targetNodeLabels, { [nlb.targetType]: "IP" }, true],
    [nlb.targetNodeLabels, { [nlb.targetType]: "instance", [nlb.type]: "nlb-ip" }, false],
    [nlb.alpnPolicy, {}, false],
    [nlb.alpnPolicy, tls, true],
    [`${nlb.targetGroupAttributes}.443`, {}, true],
    [`${nlb.targetGroupAttributes}.0443`, {}, false],
    [`${nlb.listenerAttributes}.TCP-443`, {}, true],
    [`${nlb.listenerAttributes}.TCP-443`, tls, false],
    [http2, {}, false],
    [http2, tls, true],
    [`${nlb.actions}.TCP-443`, {}, true],
    [`${nlb.actions}.TCP-80`, {}, false],
  ])("%s on a Service with %j: %s", (key, annotations, isRead) => {
    const subject = service({
      annotations: { ...annotations, [key]: annotations[key] ?? "x" },
      spec: { loadBalancerClass: defaultProfile.loadBalancerClass, ports: [{ port: 443, protocol: "TCP" }] },
    });
    expect(keysRead(subject).includes(key)).toBe(isRead);
  });

  test.each([nlb.proxyProtocol, nlb.internal, nlb.accessLogEnabled])("Auto Mode does not read %s", (key) => {
    const subject = service({ annotations: { [key]: "x" }, spec: { loadBalancerClass: "eks.amazonaws.com/nlb" } });
    expect(keysRead(subject)).toEqual([]);
  });
});

/** What a rule is shown of a Service. */
function keysRead(subject: ServiceSubject): readonly string[] {
  const probe = defineRule({
    id: "probe",
    kinds: ["Service"],
    severity: "deny",
    basis: "controller",
    summary: "",
    remediation: "",
    source: "",
    service: ({ read }) => read().map(({ key }) => ({ field: key, message: "" })),
  });
  const facts = {
    namespaceLabels: {},
    profile: defaultProfile,
    install: { scope: "ClusterWide", excludedNamespaces: [] },
  } as const;
  const policy = resolvePolicy(policySet([]), {});
  return evaluate(subject, { rules: [probe], policy, facts, missing: [] }).map(({ problem }) => problem.field);
}

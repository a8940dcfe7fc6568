import { describe, expect, it } from "vitest";
import { evaluate } from "../../src/decision/evaluate.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { Facts } from "../../src/decision/facts.ts";
import { policySet, resolvePolicy } from "../../src/policy/resolve.ts";
import { valueNotAllowedByPolicy } from "../../src/rules/value-not-allowed-by-policy.ts";
import { policy as policyNamed } from "../policy/policies.ts";
import { knownCluster } from "../support/known-cluster.ts";
import { testRule } from "../support/rule-tester.ts";
import { ingress } from "../support/subjects.ts";
import { autoModeClass, classWithParams, inGroup, keyed, member } from "./group-members.ts";

const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
const withoutParams = { albClasses: [{ name: "alb", hasParams: false }] };
const scheme = "service.beta.kubernetes.io/aws-load-balancer-scheme";
const internal = "service.beta.kubernetes.io/aws-load-balancer-internal";
const attributes = "service.beta.kubernetes.io/aws-load-balancer-target-group-attributes";
const onlyInternal = { service: { scheme: { allowed: ["internal"] } } };
const onlyPublic = { service: { scheme: { allowed: ["internet-facing"] } } };
const noProxyProtocol = { service: { proxyProtocol: { allowed: ["Off"] } } };
const proxyProtocol = { service: { proxyProtocol: { allowed: ["On"] } } };

const onlyInternalAlb = { ingress: { scheme: { allowed: ["internal"] } } };
const onlyFacingAlb = { ingress: { scheme: { allowed: ["internet-facing"] } } };
const onlyIp = { ingress: { targetType: { allowed: ["ip"] } } };
const onlyPublicGroups = { ingress: { groupName: { allowed: ["public-*"] } } };
const albScheme = "metadata.annotations[alb.ingress.kubernetes.io/scheme]";
const albTargetType = "metadata.annotations[alb.ingress.kubernetes.io/target-type]";
const albGroup = "metadata.annotations[alb.ingress.kubernetes.io/group.name]";

/** A Service behind the Ingress. */
function backend(name: string, annotations: Readonly<Record<string, string>> = {}): object {
  return {
    kind: "Service",
    metadata: { namespace: "shop", name, annotations: keyed(annotations) },
    spec: { type: "NodePort", ports: [{ port: 80, nodePort: 30080 }] },
  };
}

testRule(valueNotAllowedByPolicy, {
  allow: [
    {
      name: "any scheme where the policy has no bound",
      policy: {},
      service: { annotations: { [scheme]: "internal" } },
    },
    { name: "any scheme without a policy", service: {} },
    { name: "an allowed scheme", policy: onlyInternal, service: { annotations: { [scheme]: "internal" }, spec } },
    { name: "no scheme, where the controller's default is allowed", policy: onlyInternal, service: { spec } },
    {
      name: "an in-tree load balancer that is internal",
      policy: onlyInternal,
      service: { annotations: { [internal]: "true" } },
    },
    {
      name: "a scheme that is none, which another rule refuses",
      policy: onlyInternal,
      service: { annotations: { [scheme]: "public" }, spec },
    },
    {
      name: "a removed scheme, since the load balancer keeps the one that was allowed",
      policy: onlyPublic,
      old: {
        annotations: { [scheme]: "internet-facing" },
        spec,
        status: { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } },
      },
      service: { spec },
    },
    {
      name: "another controller's load balancer, of which nothing but its class is known",
      policy: { service: { scheme: { allowed: ["internal"] }, loadBalancerClass: { allowed: ["example.com/lb"] } } },
      service: { annotations: { [scheme]: "internet-facing" }, spec: { loadBalancerClass: "example.com/lb" } },
    },
    {
      name: "an allowed class",
      policy: { service: { loadBalancerClass: { allowed: ["service.k8s.aws/nlb"] } } },
      service: { spec },
    },
    {
      name: "the type annotation, which stands for the AWS controller's class",
      policy: { service: { loadBalancerClass: { allowed: ["service.k8s.aws/nlb"] } } },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" } },
    },
    {
      name: "proxy protocol on no port where none may have it",
      policy: noProxyProtocol,
      service: { annotations: { [attributes]: "proxy_protocol_v2.enabled=false" }, spec },
    },
    {
      name: "proxy protocol by an annotation that does not parse, which another rule refuses",
      policy: noProxyProtocol,
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "on" }, spec },
    },
    {
      name: "a Service that is not a load balancer",
      policy: { service: { loadBalancerClass: { allowed: ["service.k8s.aws/nlb"] } } },
      service: { spec: { type: "ClusterIP" } },
    },
    {
      name: "an allowed scheme of an Ingress that nobody else decides",
      profile: withoutParams,
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/scheme": "internal" } },
    },
    {
      name: "an allowed scheme in a group, whose members must agree with it",
      profile: withoutParams,
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/group.name": "shared",
          "alb.ingress.kubernetes.io/scheme": "internal",
        },
      },
    },
    {
      name: "a target type that is none, which another rule refuses",
      profile: withoutParams,
      policy: { ingress: { targetType: { allowed: ["ip"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/target-type": "IP" } },
    },
    {
      name: "a scheme that is none where IngressClassParams may decide, which another rule refuses",
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/scheme": "public" } },
    },
    {
      name: "an Ingress of another controller",
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: {
        annotations: { "alb.ingress.kubernetes.io/scheme": "internet-facing" },
        spec: { ingressClassName: "nginx" },
      },
    },
    {
      name: "an Ingress without a group",
      policy: { ingress: { groupName: { allowed: ["public-*"] } } },
      ingress: {},
    },
    {
      name: "a group that a pattern matches",
      policy: { ingress: { groupName: { allowed: ["team", "public-*-eu"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.name": "public-shop-eu" } },
    },
    {
      name: "a group that stands in the list as it is",
      policy: { ingress: { groupName: { allowed: ["public-*", "team"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.name": "team" } },
    },
    {
      name: "a scheme that IngressClassParams overrule with an allowed one",
      cluster: classWithParams("theirs", { scheme: "internal" }),
      policy: onlyInternalAlb,
      ingress: { annotations: keyed({ scheme: "internet-facing" }), spec: { ingressClassName: "theirs" } },
    },
    {
      name: "no scheme in a group whose members state an allowed one",
      cluster: [member("team-b/api", { scheme: "internet-facing" })],
      policy: onlyFacingAlb,
      ingress: inGroup(),
    },
    {
      name: "a scheme on which the group does not agree, which another rule refuses",
      cluster: [member("team-b/api", { scheme: "internet-facing" })],
      policy: onlyInternalAlb,
      ingress: inGroup({ scheme: "internal" }),
    },
    {
      name: "an NLB in front with an allowed scheme",
      cluster: [],
      policy: onlyFacingAlb,
      ingress: {
        annotations: keyed({
          scheme: "internet-facing",
          "enable-frontend-nlb": "true",
          "frontend-nlb-scheme": "internet-facing",
        }),
      },
    },
    {
      name: "the scheme of an NLB in front that is not there",
      cluster: [],
      policy: onlyInternalAlb,
      ingress: { annotations: keyed({ "enable-frontend-nlb": "false", "frontend-nlb-scheme": "internet-facing" }) },
    },
    {
      name: "a target type that each Service overrules with an allowed one",
      cluster: [backend("web", { "target-type": "ip" })],
      policy: onlyIp,
      ingress: { annotations: keyed({ "target-type": "instance" }) },
    },
    {
      name: "a target type of a Service that is none, which another rule refuses",
      cluster: [backend("web", { "target-type": "IP" })],
      policy: onlyIp,
      ingress: {},
    },
    {
      name: "EKS Auto Mode without a target type, which is ip there",
      cluster: [...autoModeClass("auto"), backend("web")],
      policy: onlyIp,
      ingress: { spec: { ingressClassName: "auto" } },
    },
    {
      name: "a group that the class overrules with an allowed one",
      cluster: classWithParams("grouped", { group: { name: "public-web" } }),
      policy: onlyPublicGroups,
      ingress: { ...inGroup(), spec: { ingressClassName: "grouped" } },
    },
    {
      name: "a group by an annotation that EKS Auto Mode does not read",
      cluster: [{ kind: "IngressClass", metadata: { name: "auto" }, spec: { controller: "eks.amazonaws.com/alb" } }],
      policy: onlyPublicGroups,
      ingress: { ...inGroup(), spec: { ingressClassName: "auto" } },
    },
  ],
  deny: [
    {
      name: "the scheme of the IngressClassParams, although an allowed one is written",
      cluster: classWithParams("theirs", { scheme: "internet-facing" }),
      policy: onlyInternalAlb,
      ingress: { annotations: keyed({ scheme: "internal" }), spec: { ingressClassName: "theirs" } },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "the scheme of the group, which others state",
      cluster: [member("team-b/api", { scheme: "internet-facing" })],
      policy: onlyInternalAlb,
      ingress: inGroup(),
      fields: [albGroup],
    },
    {
      name: "the scheme of a group by the class",
      cluster: [
        ...classWithParams("grouped", { group: { name: "g" } }),
        member("team-b/api", { scheme: "internet-facing" }),
      ],
      policy: onlyInternalAlb,
      ingress: { spec: { ingressClassName: "grouped" } },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "a written scheme, whether the group agrees with it or not",
      cluster: [member("team-b/api", { scheme: "internal" })],
      policy: onlyInternalAlb,
      ingress: inGroup({ scheme: "internet-facing" }),
      fields: [albScheme],
    },
    {
      name: "a written scheme that the others state, too",
      cluster: [member("team-b/api", { scheme: "internet-facing" })],
      policy: onlyInternalAlb,
      ingress: inGroup({ scheme: "internet-facing" }),
      fields: [albScheme],
    },
    {
      name: "a group whose name the controller refuses",
      cluster: [],
      policy: onlyPublicGroups,
      ingress: inGroup({ "group.name": "Shared" }),
      fields: [albGroup],
    },
    {
      name: "an NLB in front, which has the controller's default scheme",
      cluster: [],
      policy: onlyFacingAlb,
      ingress: { annotations: keyed({ scheme: "internet-facing", "enable-frontend-nlb": "true" }) },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/enable-frontend-nlb]"],
    },
    {
      name: "an NLB in front with a scheme of its own",
      cluster: [],
      policy: onlyInternalAlb,
      ingress: { annotations: keyed({ "enable-frontend-nlb": "true", "frontend-nlb-scheme": "internet-facing" }) },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/frontend-nlb-scheme]"],
    },
    {
      name: "an NLB in front with a scheme of its own, in a group that nobody knows",
      profile: withoutParams,
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: inGroup({
        scheme: "internal",
        "enable-frontend-nlb": "true",
        "frontend-nlb-scheme": "internet-facing",
      }),
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/frontend-nlb-scheme]"],
    },
    {
      name: "an NLB in front that others ask for",
      cluster: [member("team-b/api", { "enable-frontend-nlb": "true", "frontend-nlb-scheme": "internet-facing" })],
      policy: onlyInternalAlb,
      ingress: inGroup(),
      fields: [albGroup],
    },
    {
      name: "the target type of one Service of two, and that of the Ingress for the other",
      cluster: [backend("web"), backend("api", { "target-type": "instance" })],
      policy: onlyIp,
      ingress: {
        spec: {
          rules: [
            {
              http: {
                paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "api", port: { number: 80 } } } }],
              },
            },
          ],
        },
      },
      fields: [albTargetType, albTargetType],
    },
    {
      name: "the target type of each Service, although an allowed one is written",
      cluster: [backend("web", { "target-type": "instance" })],
      policy: onlyIp,
      ingress: { annotations: keyed({ "target-type": "ip" }) },
      fields: [albTargetType],
    },
    {
      name: "the target type of the IngressClassParams, although the Service states an allowed one",
      cluster: [...classWithParams("theirs", { targetType: "instance" }), backend("web", { "target-type": "ip" })],
      policy: onlyIp,
      ingress: { spec: { ingressClassName: "theirs" } },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "the group of the class",
      cluster: classWithParams("grouped", { group: { name: "g" } }),
      policy: onlyPublicGroups,
      ingress: { spec: { ingressClassName: "grouped" } },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "a scheme that is not allowed",
      policy: onlyInternal,
      service: { annotations: { [scheme]: "internet-facing" }, spec },
      fields: [`metadata.annotations[${scheme}]`],
    },
    {
      name: "no scheme, where the controller's default is not allowed",
      policy: onlyPublic,
      service: { spec },
      fields: [`metadata.annotations[${scheme}]`],
    },
    {
      name: "a scheme in force as before, named by the annotation that said so before: no new fault",
      policy: onlyInternal,
      old: { annotations: { [internal]: "false" }, spec },
      service: { annotations: { [scheme]: "internet-facing" }, spec },
      fields: [`metadata.annotations[${internal}]`],
    },
    {
      name: "a scheme that was allowed before, named by the annotation that says so now",
      policy: onlyInternal,
      old: { annotations: { [internal]: "true" }, spec },
      service: { annotations: { [scheme]: "internet-facing" }, spec },
      fields: [`metadata.annotations[${scheme}]`],
    },
    {
      name: "the old annotation that makes it public",
      policy: onlyInternal,
      service: { annotations: { [internal]: "f" }, spec },
      fields: [`metadata.annotations[${internal}]`],
    },
    {
      name: "the scheme of EKS Auto Mode, which does not read the old annotation",
      policy: onlyPublic,
      service: { annotations: { [internal]: "false" }, spec: { loadBalancerClass: "eks.amazonaws.com/nlb" } },
      fields: [`metadata.annotations[${scheme}]`],
    },
    {
      name: "an in-tree load balancer, which is public unless the old annotation says otherwise",
      policy: onlyInternal,
      service: { annotations: { [scheme]: "internal" } },
      fields: [`metadata.annotations[${internal}]`],
    },
    {
      name: "an in-tree load balancer where only dual-stack and pod targets are allowed",
      policy: { service: { ipAddressType: { allowed: ["dualstack"] }, targetType: { allowed: ["ip"] } } },
      service: {},
      fields: [
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]",
        "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-nlb-target-type]",
      ],
    },
    {
      name: "an address type left out where ipv4 is not allowed",
      policy: { service: { ipAddressType: { allowed: ["dualstack"] } } },
      service: { spec },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]"],
    },
    {
      name: "ip targets by the type annotation",
      policy: { service: { targetType: { allowed: ["instance"] } } },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" }, spec },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "no class where one must be set",
      policy: { service: { loadBalancerClass: { allowed: ["service.k8s.aws/nlb"] } } },
      service: {},
      fields: ["spec.loadBalancerClass"],
    },
    {
      name: "the type annotation, where the AWS controller's class is not allowed",
      policy: { service: { loadBalancerClass: { allowed: ["eks.amazonaws.com/nlb"] } } },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb-ip" } },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-type]"],
    },
    {
      name: "the type annotation of the in-tree controller, which stands for no class",
      policy: { service: { loadBalancerClass: { allowed: ["service.k8s.aws/nlb"] } } },
      service: { annotations: { "service.beta.kubernetes.io/aws-load-balancer-type": "nlb" } },
      fields: ["spec.loadBalancerClass"],
    },
    {
      name: "another controller's class, and nothing else of it",
      policy: {
        service: { scheme: { allowed: ["internal"] }, loadBalancerClass: { allowed: ["service.k8s.aws/nlb"] } },
      },
      service: { spec: { loadBalancerClass: "example.com/lb" } },
      fields: ["spec.loadBalancerClass"],
    },
    {
      name: "proxy protocol on one of two ports where none may have it",
      policy: noProxyProtocol,
      service: {
        annotations: { [`${attributes}.443`]: "proxy_protocol_v2.enabled=true" },
        spec: {
          ...spec,
          ports: [
            { name: "http", port: 80 },
            { name: "https", port: 443 },
          ],
        },
      },
      fields: [`metadata.annotations[${attributes}.443]`],
    },
    {
      name: "proxy protocol by a list of ports where none may have it",
      policy: noProxyProtocol,
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group": "80" },
        spec,
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol-per-target-group]"],
    },
    {
      name: "no proxy protocol where it must be on",
      policy: proxyProtocol,
      service: { spec },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol]"],
    },
    {
      name: "no proxy protocol under EKS Auto Mode, which reads the attribute only",
      policy: proxyProtocol,
      service: {
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-proxy-protocol": "*" },
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
      },
      fields: [`metadata.annotations[${attributes}]`],
    },
    {
      name: "no proxy protocol on a Classic load balancer, which reads the annotation only",
      policy: proxyProtocol,
      service: { annotations: { [attributes]: "proxy_protocol_v2.enabled=true" } },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-proxy-protocol]"],
    },
    {
      name: "the scheme, address type and target type of an Ingress that nobody else decides, left out",
      profile: withoutParams,
      policy: {
        ingress: {
          scheme: { allowed: ["internet-facing"] },
          ipAddressType: { allowed: ["dualstack"] },
          targetType: { allowed: ["ip"] },
        },
      },
      ingress: {},
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/scheme]",
        "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]",
        "metadata.annotations[alb.ingress.kubernetes.io/target-type]",
      ],
    },
    {
      name: "a written scheme that is not allowed, although IngressClassParams may overrule it",
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/scheme": "internet-facing" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
    {
      name: "a group that no pattern matches",
      policy: { ingress: { groupName: { allowed: ["public-*-eu"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.name": "public-eu" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/group.name]"],
    },
    {
      name: "a group whose name only ends like the pattern",
      policy: { ingress: { groupName: { allowed: ["public-*"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.name": "my-public-web" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/group.name]"],
    },
    {
      name: "a group that lacks the middle of the pattern",
      policy: { ingress: { groupName: { allowed: ["a*b*c"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.name": "axc" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/group.name]"],
    },
  ],
  warn: [
    {
      name: "an NLB in front whose scheme other members may state",
      profile: withoutParams,
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: inGroup({ scheme: "internal", "enable-frontend-nlb": "true" }),
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/enable-frontend-nlb]"],
    },
    {
      name: "an Ingress without a scheme, where IngressClassParams may decide",
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: {},
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
    {
      name: "an allowed address type that IngressClassParams may overrule",
      policy: { ingress: { ipAddressType: { allowed: ["dualstack"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]"],
    },
    {
      name: "an Ingress without a scheme in a group, where another member may decide",
      profile: withoutParams,
      policy: { ingress: { scheme: { allowed: ["internal"] } } },
      ingress: { annotations: { "alb.ingress.kubernetes.io/group.name": "shared" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
  ],
});

describe("a value of the group that the policy does not allow", () => {
  function messages(others: readonly object[], showOtherNamespaces: boolean): readonly string[] {
    const spec = { namespaceSelector: {}, ...onlyInternalAlb };
    const policy = resolvePolicy(policySet([policyNamed("in-force", spec)]), {});
    const facts: Facts = {
      namespaceLabels: {},
      profile: defaultProfile,
      install: { scope: "ClusterWide", excludedNamespaces: [], showOtherNamespaces },
      cluster: knownCluster(others),
    };
    const known = { rules: [valueNotAllowedByPolicy], policy, facts, missing: [] };
    return evaluate(ingress(inGroup()), known).map(({ problem }) => problem.message);
  }

  const theirs = [member("team-b/api", { scheme: "internet-facing" })];
  const hidden =
    'another value would be in force on the load balancer of the IngressGroup "g", and policy in-force allows only "internal"';

  it("is not shown where another namespace states it", () => {
    expect(messages(theirs, false)).toEqual([hidden]);
  });

  it("is shown where the operator says so, or the namespace itself states it", () => {
    const shown = hidden.replace("another value", '"internet-facing"');
    expect(messages(theirs, true)).toEqual([shown]);
    expect(messages([member("shop/api", { scheme: "internet-facing" })], false)).toEqual([shown]);
  });
});

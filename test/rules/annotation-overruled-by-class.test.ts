import { annotationOverruledByClass } from "../../src/rules/annotation-overruled-by-class.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, classWithParams, keyed, member } from "./group-members.ts";

/** shop/web of a class with IngressClassParams. */
const gold = (annotations: Readonly<Record<string, string>>): object => ({
  annotations: keyed(annotations),
  spec: { ingressClassName: "gold" },
});
const field = (suffix: string): string => `metadata.annotations[alb.ingress.kubernetes.io/${suffix}]`;
const attributes = { loadBalancerAttributes: [{ key: "idle_timeout.timeout_seconds", value: "60" }] };
const longer = { "load-balancer-attributes": "idle_timeout.timeout_seconds=90" };
const silver = (spec: object): readonly object[] => classWithParams("silver", spec);
const before = member("shop/a", {}, { ingressClassName: "silver" });
const after = member("shop/z", {}, { ingressClassName: "silver" });

testRule(annotationOverruledByClass, {
  allow: [
    { name: "what the class leaves open", ingress: gold({ scheme: "internal" }), cluster: classWithParams("gold", {}) },
    {
      name: "what the class says as well",
      ingress: gold({ scheme: "internal" }),
      cluster: classWithParams("gold", { scheme: "internal" }),
    },
    {
      name: "the same list in another order, with one item twice",
      ingress: gold({ "inbound-cidrs": "10.1.0.0/16, 10.0.0.0/16,10.1.0.0/16" }),
      cluster: classWithParams("gold", { inboundCIDRs: ["10.0.0.0/16", "10.1.0.0/16"] }),
    },
    {
      name: "the same certificates, with the same default",
      ingress: gold({ "certificate-arn": "arn:a,arn:c,arn:b" }),
      cluster: classWithParams("gold", { certificateArn: ["arn:a", "arn:b", "arn:c"] }),
    },
    {
      name: "the same port, written otherwise",
      ingress: gold({ "ssl-redirect": "+443" }),
      cluster: classWithParams("gold", { sslRedirectPort: "443" }),
    },
    {
      name: "the same capacity",
      ingress: gold({ "minimum-load-balancer-capacity": "CapacityUnits=100" }),
      cluster: classWithParams("gold", { minimumLoadBalancerCapacity: { capacityUnits: 100 } }),
    },
    {
      name: "other tags and attributes",
      ingress: gold({ tags: "team=a", "load-balancer-attributes": "deletion_protection.enabled=true" }),
      cluster: classWithParams("gold", { tags: [{ key: "cost", value: "1" }], ...attributes }),
    },
    {
      name: "what is that of the first member's class, of which it is not",
      ingress: gold({
        "group.name": "g",
        ...longer,
        "minimum-load-balancer-capacity": "CapacityUnits=200",
        "ipam-ipv4-pool-id": "ipam-pool-2",
      }),
      cluster: [
        ...classWithParams("gold", {
          ...attributes,
          minimumLoadBalancerCapacity: { capacityUnits: 100 },
          ipamConfiguration: { ipv4IPAMPoolId: "ipam-pool-1" },
        }),
        ...silver({}),
        before,
      ],
    },
    {
      name: "what the class says alone",
      ingress: gold({ "ssl-redirect": "443" }),
      cluster: classWithParams("gold", {
        scheme: "internal",
        inboundCIDRs: ["10.0.0.0/8"],
        sslRedirectPort: "443",
        subnets: { ids: ["subnet-1", "subnet-2"] },
        tags: [{ key: "cost", value: "1" }],
        minimumLoadBalancerCapacity: { capacityUnits: 100 },
        ...attributes,
      }),
    },
    {
      name: "the same subnets",
      ingress: gold({ subnets: "subnet-2,subnet-1" }),
      cluster: classWithParams("gold", { subnets: { ids: ["subnet-1", "subnet-2"] } }),
    },
    {
      name: "parameters of which nobody knows",
      ingress: gold({ scheme: "internal" }),
      cluster: classWithParams("gold", {}).slice(0, 1),
      unsure: ["IngressClassParams"],
    },
    {
      name: "the web ACL, on which both count",
      ingress: gold({ "wafv2-acl-arn": "arn:a" }),
      cluster: classWithParams("gold", { wafv2AclArn: "arn:b" }),
    },
  ],
  warn: [
    {
      name: "another value of each",
      ingress: gold({
        "group.name": "h",
        "load-balancer-name": "other",
        scheme: "internet-facing",
        "ip-address-type": "ipv4",
        "target-type": "instance",
        "inbound-cidrs": "0.0.0.0/0",
        "security-group-prefix-lists": "pl-2",
        "certificate-arn": "arn:b",
        "ssl-policy": "other",
        "ssl-redirect": "8443",
        subnets: "subnet-3,subnet-4",
        tags: "cost=2",
        "load-balancer-attributes": "idle_timeout.timeout_seconds=90",
        "minimum-load-balancer-capacity": "CapacityUnits=200",
        "ipam-ipv4-pool-id": "ipam-pool-2",
      }),
      cluster: classWithParams("gold", {
        group: { name: "g" },
        loadBalancerName: "shop",
        scheme: "internal",
        ipAddressType: "dualstack",
        targetType: "ip",
        inboundCIDRs: ["10.0.0.0/8"],
        prefixListsIDs: ["pl-1"],
        certificateArn: ["arn:a"],
        sslPolicy: "policy",
        sslRedirectPort: "443",
        subnets: { ids: ["subnet-1", "subnet-2"] },
        tags: [{ key: "cost", value: "1" }],
        ...attributes,
        minimumLoadBalancerCapacity: { capacityUnits: 100 },
        ipamConfiguration: { ipv4IPAMPoolId: "ipam-pool-1" },
      }),
      fields: [
        field("group.name"),
        field("load-balancer-name"),
        field("scheme"),
        field("ip-address-type"),
        field("target-type"),
        field("inbound-cidrs"),
        field("security-group-prefix-lists"),
        field("certificate-arn"),
        field("ssl-policy"),
        field("ssl-redirect"),
        field("subnets"),
        field("tags"),
        field("load-balancer-attributes"),
        field("minimum-load-balancer-capacity"),
        field("ipam-ipv4-pool-id"),
      ],
    },
    {
      name: "the same certificates, with another default",
      ingress: gold({ "certificate-arn": "arn:b,arn:a" }),
      cluster: classWithParams("gold", { certificateArn: ["arn:a", "arn:b"] }),
      fields: [field("certificate-arn")],
    },
    {
      name: "subnets where the class has them chosen by tags",
      ingress: gold({ subnets: "subnet-1" }),
      cluster: classWithParams("gold", { subnets: { tags: { tier: ["a"] } } }),
      fields: [field("subnets")],
    },
    {
      name: "a value that is none",
      ingress: gold({ scheme: "Internal" }),
      cluster: classWithParams("gold", { scheme: "internal" }),
      fields: [field("scheme")],
    },
    {
      name: "attributes of the first member's class",
      ingress: gold({ "group.name": "g", ...longer }),
      cluster: [...classWithParams("gold", attributes), ...silver({}), after],
      fields: [field("load-balancer-attributes")],
    },
    {
      name: "a class of Auto Mode",
      ingress: gold({ scheme: "internal" }),
      cluster: autoModeClass("gold", { scheme: "internet-facing" }),
      fields: [field("scheme")],
    },
  ],
});

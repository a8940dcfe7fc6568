import { ipv6NeedsDualstack } from "../../src/rules/ipv6-needs-dualstack.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, forwardTo, ipv6, pathsTo, service } from "./backend-services.ts";
import { classWithParams, inGroup, keyed, member } from "./group-members.ts";

const web6 = service("shop/web", { spec: ipv6 });
const api6 = service("team-b/api", { spec: ipv6 });
const toWeb = pathsTo(["web", 80]);
const api = member("team-b/api", {}, pathsTo(["api", 80]));
const albField = "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]";

testRule(ipv6NeedsDualstack, {
  allow: [
    {
      name: "IPv6 with dualstack",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv6"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "IPv4 with ipv4",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv4"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" },
      },
    },
    {
      name: "families that are not allocated yet",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilyPolicy: "RequireDualStack" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" },
      },
      phase: "mutating",
    },
    {
      name: "an address type that is none, which another rule judges",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv6"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv6" },
      },
    },
    {
      name: "the in-tree controller",
      service: { spec: { ipFamilies: ["IPv6"] } },
    },
    {
      name: "a controller that we do not know",
      service: { spec: { loadBalancerClass: "example.com/lb", ipFamilies: ["IPv6"] } },
    },
    {
      name: "an ALB that is dual-stack",
      ingress: { annotations: keyed({ "ip-address-type": "dualstack" }), spec: toWeb },
      cluster: [web6],
    },
    {
      name: "an ALB without public IPv4",
      ingress: { annotations: keyed({ "ip-address-type": "dualstack-without-public-ipv4" }), spec: toWeb },
      cluster: [web6],
    },
    {
      name: "an ALB that is dual-stack by its group",
      ingress: { ...inGroup(), spec: toWeb },
      cluster: [web6, member("team-b/api", { "ip-address-type": "dualstack" })],
    },
    {
      name: "an ALB that is dual-stack by its class, whatever it says",
      ingress: { annotations: keyed({ "ip-address-type": "ipv4" }), spec: { ...toWeb, ingressClassName: "six" } },
      cluster: [web6, ...classWithParams("six", { ipAddressType: "dualstack" })],
    },
    { name: "an IPv4 Service behind an ALB", ingress: { spec: toWeb }, cluster: [service("shop/web")] },
    {
      name: "an IPv6 Service to which the Ingress does not send",
      ingress: { spec: toWeb },
      cluster: [service("shop/web"), service("shop/api", { spec: ipv6 })],
    },
    {
      name: "an IPv6 Service of another namespace",
      ingress: { spec: toWeb },
      cluster: [service("team-b/web", { spec: ipv6 })],
    },
    { name: "Services that are not known", ingress: { spec: toWeb } },
    {
      name: "a group of which not all are known",
      ingress: { ...inGroup(), spec: toWeb },
      cluster: [web6],
      unsure: ["Ingress"],
    },
    {
      name: "IngressClassParams that are not known",
      ingress: { spec: { ...toWeb, ingressClassName: "c" } },
      cluster: [web6, ...classWithParams("c", {}).slice(0, 1)],
      unsure: ["IngressClassParams"],
    },
    {
      name: "an update that takes the address type back from a group that states it, too",
      old: inGroup({ "ip-address-type": "dualstack" }),
      ingress: inGroup(),
      cluster: [api6, member("team-b/api", { "ip-address-type": "dualstack" }, pathsTo(["api", 80]))],
    },
    {
      name: "an update that takes the address type back from a group of IPv4 Services",
      old: inGroup({ "ip-address-type": "dualstack" }),
      ingress: inGroup(),
      cluster: [service("team-b/api"), api],
    },
    {
      name: "an update of an Ingress whose group was IPv4 only before",
      old: inGroup({ "ip-address-type": "ipv4" }),
      ingress: inGroup(),
      cluster: [api6, api],
    },
    {
      name: "the same of a group of which not all are known",
      old: inGroup({ "ip-address-type": "dualstack" }),
      ingress: inGroup(),
      cluster: [api6, api],
      unsure: ["Ingress"],
    },
    {
      name: "an update that takes the address type back from a group whose IPv6 Services are not read",
      old: inGroup({ "ip-address-type": "dualstack" }),
      ingress: inGroup(),
      cluster: [api6, member("team-b/api", { "listen-ports": "[{}]" }, pathsTo(["api", 80]))],
    },
    {
      name: "an update that leaves a group where another one states the address type",
      old: inGroup({ "ip-address-type": "dualstack" }),
      ingress: { annotations: keyed({ "ip-address-type": "dualstack" }) },
      cluster: [api6, api, member("team-c/api", { "ip-address-type": "dualstack" })],
    },
  ],
  deny: [
    {
      name: "IPv6 with ipv4",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv6"] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "ipv4" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]"],
    },
    {
      name: "IPv6 as the second family, without an address type",
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv4", "IPv6"] } },
      fields: ["spec.ipFamilies"],
    },
    {
      name: "Auto Mode",
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ipFamilies: ["IPv6"] } },
      fields: ["spec.ipFamilies"],
    },
    {
      name: "an IPv6 Service behind an ALB without an address type",
      ingress: { spec: toWeb },
      cluster: [web6],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
    {
      name: "an IPv6 Service behind an ALB that says IPv4",
      ingress: { annotations: keyed({ "ip-address-type": "ipv4" }), spec: toWeb },
      cluster: [web6],
      fields: [albField],
    },
    {
      name: "IPv6 beside IPv4, which is first",
      ingress: { spec: toWeb },
      cluster: [service("shop/web", { spec: { ipFamilies: ["IPv4", "IPv6"] } })],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
    {
      name: "each of two IPv6 Services, once",
      ingress: { spec: pathsTo(["web", 80], ["web", "http"], ["api", 80]) },
      cluster: [web6, service("shop/api", { spec: ipv6 })],
      fields: ["spec.rules[0].http.paths[0].backend", "spec.rules[0].http.paths[2].backend"],
    },
    {
      name: "an IPv6 Service of an action",
      ingress: { annotations: keyed({ "actions.a": forwardTo("api", "web") }), spec: pathsTo(["a", "use-annotation"]) },
      cluster: [web6, service("shop/api")],
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/actions.a]"],
    },
    {
      name: "an IPv6 Service in an IPv4 group",
      ingress: { ...inGroup(), spec: toWeb },
      cluster: [web6, member("team-b/api", { "ip-address-type": "ipv4" })],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
    {
      name: "an ALB that is IPv4 only by its class, whatever it says",
      ingress: { annotations: keyed({ "ip-address-type": "dualstack" }), spec: { ...toWeb, ingressClassName: "four" } },
      cluster: [web6, ...classWithParams("four", { ipAddressType: "ipv4" })],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
    {
      name: "IPv4 written in a group of which not all are known, since the others have to agree",
      ingress: { ...inGroup({ "ip-address-type": "ipv4", "listen-ports": '[{"HTTPS":443}]' }), spec: toWeb },
      cluster: [web6],
      unsure: ["Ingress"],
      fields: [albField],
    },
    {
      name: "an update that makes the ALB of others IPv4 only",
      old: inGroup({ "ip-address-type": "dualstack" }),
      ingress: inGroup(),
      cluster: [api6, api],
      fields: [albField],
    },
    {
      name: "the same by another class",
      old: { ...inGroup(), spec: { ingressClassName: "six" } },
      ingress: inGroup(),
      cluster: [api6, api, ...classWithParams("six", { ipAddressType: "dualstack" })],
      fields: ["spec.ingressClassName"],
    },
    {
      name: "an update that makes its own ALB IPv4 only",
      old: { ...inGroup({ "ip-address-type": "dualstack" }), spec: toWeb },
      ingress: { ...inGroup(), spec: toWeb },
      cluster: [web6],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
  ],
  warn: [
    {
      name: "an IPv6 Service behind an ALB of EKS Auto Mode",
      ingress: { spec: { ...toWeb, ingressClassName: "auto" } },
      cluster: [web6, autoModeClass],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
    {
      name: "an update that leaves a group whose address type nobody else states",
      old: inGroup({ "ip-address-type": "dualstack" }),
      ingress: { annotations: keyed({ "ip-address-type": "dualstack" }) },
      cluster: [api6, api],
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/group.name]"],
    },
  ],
});

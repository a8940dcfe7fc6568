import { dualstackWithoutPublicIpv4IsForPublicAlbs } from "../../src/rules/dualstack-without-public-ipv4-is-for-public-albs.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams, inGroup, keyed, member } from "./group-members.ts";

const ingressField = "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]";
const serviceField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-ip-address-type]";

const without = { "ip-address-type": "dualstack-without-public-ipv4" };
const schemeField = "metadata.annotations[alb.ingress.kubernetes.io/scheme]";

testRule(dualstackWithoutPublicIpv4IsForPublicAlbs, {
  allow: [
    {
      name: "an internet-facing ALB",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/scheme": "internet-facing",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
    },
    {
      name: "an ALB that is internet-facing by the controller's default",
      ingress: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4" } },
      profile: { albClasses: [{ name: "alb", hasParams: false }], defaultScheme: "internet-facing" },
    },
    {
      name: "an ALB that says internet-facing, whatever its group and params say",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/scheme": "internet-facing",
          "alb.ingress.kubernetes.io/group.name": "shared",
        },
      },
    },
    {
      name: "an internal ALB that is plainly dual-stack",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack",
          "alb.ingress.kubernetes.io/scheme": "internal",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
    },
    {
      name: "a scheme that is none, which another rule judges",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/scheme": "public",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
    },
    {
      name: "an Ingress of another class",
      ingress: {
        spec: { ingressClassName: "nginx" },
        annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4" },
      },
    },
    {
      name: "a dual-stack NLB",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack" },
      },
    },
    {
      name: "the in-tree controller, which reads no address type",
      service: {
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack-without-public-ipv4",
        },
      },
    },
    {
      name: "an ALB that is internet-facing by its group",
      ingress: inGroup(without),
      cluster: [member("team-b/api", { scheme: "internet-facing" })],
    },
    {
      name: "an ALB that is internet-facing by its class, whatever it says",
      ingress: { annotations: keyed({ ...without, scheme: "internal" }), spec: { ingressClassName: "pub" } },
      cluster: classWithParams("pub", { scheme: "internet-facing" }),
    },
    {
      name: "an ALB that is plainly dual-stack by its class, whatever it says",
      ingress: { annotations: keyed(without), spec: { ingressClassName: "dual" } },
      cluster: classWithParams("dual", { ipAddressType: "dualstack" }),
    },
    {
      name: "an Ingress that says nothing of either in its group",
      ingress: inGroup(),
      cluster: [member("team-b/api", { ...without, scheme: "internal" })],
    },
    {
      name: "an update that takes back what others state, too",
      old: inGroup({ scheme: "internet-facing" }),
      ingress: inGroup(),
      cluster: [member("team-b/api", { ...without, scheme: "internet-facing" })],
    },
    {
      name: "an update that comes from another group, for which it stated a scheme",
      old: { annotations: keyed({ "group.name": "h", scheme: "internet-facing" }) },
      ingress: inGroup(),
      cluster: [member("team-b/api", without)],
    },
  ],
  deny: [
    {
      name: "an ALB that says internal",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/scheme": "internal",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      fields: [ingressField],
    },
    {
      name: "an ALB that is internal by the controller's default",
      ingress: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4" } },
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      fields: [ingressField],
    },
    {
      name: "an ALB that says internal in a group, whose members cannot say otherwise",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/scheme": "internal",
          "alb.ingress.kubernetes.io/group.name": "shared",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      fields: [ingressField],
    },
    {
      name: "an NLB, even a public one",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack-without-public-ipv4",
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
        },
      },
      fields: [serviceField],
    },
    {
      name: "an NLB of Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack-without-public-ipv4",
        },
      },
      fields: [serviceField],
    },
    {
      name: "an address type for a group that is internal",
      ingress: inGroup(without),
      cluster: [member("team-b/api", { scheme: "internal" })],
      fields: [ingressField],
    },
    {
      name: "an address type for a group that is internal by default",
      ingress: inGroup(without),
      cluster: [member("team-b/api")],
      fields: [ingressField],
    },
    {
      name: "a scheme for a group that has the address type",
      ingress: inGroup({ scheme: "internal" }),
      cluster: [member("team-b/api", without)],
      profile: { defaultScheme: "internet-facing" },
      fields: [schemeField],
    },
    {
      name: "a class with the address type, where the default is internal",
      ingress: { spec: { ingressClassName: "c" } },
      cluster: classWithParams("c", { ipAddressType: "dualstack-without-public-ipv4" }),
      fields: ["spec.ingressClassName"],
    },
    {
      name: "an internal class, whatever the Ingress says",
      ingress: { annotations: keyed({ ...without, scheme: "internet-facing" }), spec: { ingressClassName: "c" } },
      cluster: classWithParams("c", { scheme: "internal" }),
      fields: [ingressField],
    },
    {
      name: "an update that takes the scheme back",
      old: inGroup({ scheme: "internet-facing" }),
      ingress: inGroup(),
      cluster: [member("team-b/api", without)],
      fields: [schemeField],
    },
  ],
  warn: [
    {
      name: "an ALB whose class may carry params",
      ingress: { annotations: { "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4" } },
      fields: [ingressField],
    },
    {
      name: "an ALB that says internal, which params may overrule",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/scheme": "internal",
        },
      },
      fields: [ingressField],
    },
    {
      name: "an ALB whose group may say either",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/ip-address-type": "dualstack-without-public-ipv4",
          "alb.ingress.kubernetes.io/group.name": "shared",
        },
      },
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      fields: [ingressField],
    },
  ],
});

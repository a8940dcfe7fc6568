import { frontendNlbNeedsPublicIpv4 } from "../../src/rules/frontend-nlb-needs-public-ipv4.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams, inGroup, keyed, member } from "./group-members.ts";

const field = "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]";
const frontField = "metadata.annotations[alb.ingress.kubernetes.io/enable-frontend-nlb]";
const without = { "ip-address-type": "dualstack-without-public-ipv4" };
const fronted = { "enable-frontend-nlb": "true" };

testRule(frontendNlbNeedsPublicIpv4, {
  allow: [
    {
      name: "a dual-stack ALB",
      ingress: { annotations: keyed({ ...fronted, "ip-address-type": "dualstack" }) },
      cluster: [],
    },
    {
      name: "no NLB in front",
      ingress: { annotations: keyed({ ...without, "enable-frontend-nlb": "false" }) },
      cluster: [],
    },
    {
      name: "what is no boolean, which another rule judges",
      ingress: { annotations: keyed({ ...without, "enable-frontend-nlb": "yes" }) },
      cluster: [],
    },
    {
      name: "an Ingress that says nothing of either in its group",
      ingress: inGroup(),
      cluster: [member("team-b/api", { ...without, ...fronted })],
    },
    {
      name: "a group of which nobody knows whether it has one",
      ingress: inGroup(without),
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
    },
    {
      name: "another address type, by the class",
      ingress: { annotations: keyed({ ...without, ...fronted }), spec: { ingressClassName: "c" } },
      cluster: classWithParams("c", { ipAddressType: "dualstack" }),
    },
  ],
  deny: [
    {
      name: "both on one Ingress",
      ingress: { annotations: keyed({ ...without, ...fronted }) },
      cluster: [],
      fields: [field],
    },
    {
      name: "the address type for a group with an NLB in front",
      ingress: inGroup(without),
      cluster: [member("team-b/api", fronted)],
      fields: [field],
    },
    {
      name: "an NLB in front of a group with the address type",
      ingress: inGroup(fronted),
      cluster: [member("team-b/api", without)],
      fields: [frontField],
    },
    {
      name: "both on one Ingress of a group of which nothing is known",
      ingress: inGroup({ ...without, ...fronted }),
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      fields: [field],
    },
    {
      name: "the address type of the class",
      ingress: { annotations: keyed(fronted), spec: { ingressClassName: "c" } },
      cluster: classWithParams("c", { ipAddressType: "dualstack-without-public-ipv4" }),
      fields: ["spec.ingressClassName"],
    },
  ],
});

import { frontendNlbSchemeNotStated } from "../../src/rules/frontend-nlb-scheme-not-stated.ts";
import { testRule } from "../support/rule-tester.ts";
import { inGroup, keyed, member } from "./group-members.ts";

const field = "metadata.annotations[alb.ingress.kubernetes.io/enable-frontend-nlb]";
const fronted = { "enable-frontend-nlb": "true" };
const isPublic = { scheme: "internet-facing" };

testRule(frontendNlbSchemeNotStated, {
  allow: [
    {
      name: "an internal NLB that is meant",
      ingress: { annotations: keyed({ ...fronted, ...isPublic, "frontend-nlb-scheme": "internal" }) },
      cluster: [],
    },
    { name: "an internal ALB", ingress: { annotations: keyed(fronted) }, cluster: [] },
    { name: "no NLB in front", ingress: { annotations: keyed(isPublic) }, cluster: [] },
    {
      name: "NLBs that are internet-facing by default",
      ingress: { annotations: keyed({ ...fronted, ...isPublic }) },
      cluster: [],
      profile: { defaultScheme: "internet-facing" },
    },
    {
      name: "a scheme that another Ingress of the group states",
      ingress: inGroup({ ...fronted, ...isPublic }),
      cluster: [member("team-b/api", { ...fronted, "frontend-nlb-scheme": "internet-facing" })],
    },
    { name: "what others state", ingress: inGroup(), cluster: [member("team-b/api", { ...fronted, ...isPublic })] },
  ],
  warn: [
    {
      name: "an internet-facing ALB behind an NLB of the default scheme",
      ingress: { annotations: keyed({ ...fronted, ...isPublic }) },
      cluster: [],
      fields: [field],
    },
    {
      name: "an NLB in front of a group that is internet-facing",
      ingress: inGroup(fronted),
      cluster: [member("team-b/api", isPublic)],
      fields: [field],
    },
    {
      name: "a scheme for a group with an NLB in front",
      ingress: inGroup(isPublic),
      cluster: [member("team-b/api", fronted)],
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/scheme]"],
    },
  ],
});

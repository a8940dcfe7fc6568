import { groupFrontendNlbConflict } from "../../src/rules/group-frontend-nlb-conflict.ts";
import { testRule } from "../support/rule-tester.ts";
import { inGroup, member } from "./group-members.ts";

const at = (key: string): string => `metadata.annotations[alb.ingress.kubernetes.io/${key}]`;
const front = { "enable-frontend-nlb": "true" };

testRule(groupFrontendNlbConflict, {
  allow: [
    { name: "silence about an NLB that another asks for", ingress: inGroup(), cluster: [member("team-b/api", front)] },
    {
      name: "another scheme while there is no NLB in front",
      ingress: inGroup({ "frontend-nlb-scheme": "internal" }),
      cluster: [member("team-b/api", { "frontend-nlb-scheme": "internet-facing" })],
    },
    {
      name: "attributes of a member that comes after those without any",
      ingress: inGroup({ ...front, "frontend-nlb-attributes": "a=1" }),
      cluster: [member("a/api", {})],
    },
    {
      name: "a mapping for another port of the NLB",
      ingress: inGroup({ ...front, "frontend-nlb-listener-port-mapping": "8443=80" }),
      cluster: [member("team-b/api", { "frontend-nlb-listener-port-mapping": "443=80" })],
    },
  ],
  deny: [
    {
      name: "no NLB, where another asks for one",
      ingress: inGroup({ "enable-frontend-nlb": "false" }),
      cluster: [member("team-b/api", front)],
      fields: [at("enable-frontend-nlb")],
    },
    {
      name: "another scheme of the NLB",
      ingress: inGroup({ ...front, "frontend-nlb-scheme": "internal" }),
      cluster: [member("team-b/api", { "frontend-nlb-scheme": "internet-facing" })],
      fields: [at("frontend-nlb-scheme")],
    },
    {
      name: "an NLB that makes count what others say of it",
      ingress: inGroup(front),
      cluster: [
        member("team-b/api", { "frontend-nlb-scheme": "internal" }),
        member("team-c/api", { "frontend-nlb-scheme": "internet-facing" }),
      ],
      fields: [at("enable-frontend-nlb")],
    },
    {
      name: "attributes that a member after it does not repeat",
      ingress: inGroup({ ...front, "frontend-nlb-attributes": "a=1" }),
      cluster: [member("team-b/api", {})],
      fields: [at("frontend-nlb-attributes")],
    },
    {
      name: "silence after a member that states attributes",
      ingress: inGroup(),
      cluster: [member("a/api", { ...front, "frontend-nlb-attributes": "a=1" })],
      fields: [at("frontend-nlb-attributes")],
    },
    {
      name: "the same success codes, once for all ports, since the controller takes them for different ones",
      ingress: inGroup({
        ...front,
        "listen-ports": '[{"HTTP":80},{"HTTP":81}]',
        "frontend-nlb-healthcheck-success-codes": "200",
      }),
      cluster: [
        member("team-b/api", {
          "listen-ports": '[{"HTTP":80},{"HTTP":81}]',
          "frontend-nlb-healthcheck-success-codes": "200",
        }),
      ],
      fields: [at("frontend-nlb-healthcheck-success-codes")],
    },
    {
      name: "a port of the NLB with another port behind it",
      ingress: inGroup({ ...front, "frontend-nlb-listener-port-mapping": "443=80" }),
      cluster: [
        member("team-b/api", { "listen-ports": '[{"HTTP":81}]', "frontend-nlb-listener-port-mapping": "443=81" }),
      ],
      fields: [at("frontend-nlb-listener-port-mapping")],
    },
  ],
});

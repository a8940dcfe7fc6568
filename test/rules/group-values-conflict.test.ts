import { groupValuesConflict } from "../../src/rules/group-values-conflict.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams, inGroup, keyed, member } from "./group-members.ts";

const at = (key: string): string => `metadata.annotations[alb.ingress.kubernetes.io/${key}]`;
const idle = { "load-balancer-attributes": "idle_timeout.timeout_seconds=60" };
const idleOfClass = { loadBalancerAttributes: [{ key: "idle_timeout.timeout_seconds", value: "30" }] };

testRule(groupValuesConflict, {
  allow: [
    {
      name: "subnets in another order",
      ingress: inGroup({ subnets: "subnet-a,subnet-b" }),
      cluster: [member("team-b/api", { subnets: "subnet-b,subnet-a" })],
    },
    {
      name: "other keys",
      ingress: inGroup({ tags: "Team=shop", "load-balancer-attributes": "a=1" }),
      cluster: [member("team-b/api", { tags: "Cost=1", "load-balancer-attributes": "b=2" })],
    },
    {
      name: "an attribute that IngressClassParams of the first member settle",
      ingress: inGroup(idle),
      cluster: [
        member("a/api", { "load-balancer-attributes": "idle_timeout.timeout_seconds=90" }, { ingressClassName: "pub" }),
        ...classWithParams("pub", idleOfClass),
      ],
    },
    {
      name: "a scheme, for which another rule speaks",
      ingress: inGroup({ scheme: "internal" }),
      cluster: [member("team-b/api", { scheme: "internet-facing" })],
    },
    {
      name: "a single Ingress whose class protects it by the same web ACL",
      ingress: { annotations: keyed({ "wafv2-acl-arn": "arn:a" }), spec: { ingressClassName: "pub" } },
      cluster: classWithParams("pub", { wafv2AclArn: "arn:a" }),
    },
    {
      name: "two others at odds before an update that leaves it so",
      old: inGroup({ "security-groups": "sg-1" }),
      ingress: inGroup({ "security-groups": "sg-1", "group.order": "5" }),
      cluster: [member("team-b/api", { tags: "Team=b" }), member("team-c/api", { tags: "Team=c" })],
    },
  ],
  deny: [
    {
      name: "subnets of which one is another",
      ingress: inGroup({ subnets: "subnet-a,subnet-b" }),
      cluster: [member("team-b/api", { subnets: "subnet-b,subnet-c" })],
      fields: [at("subnets")],
    },
    {
      name: "one key of several, and one finding for each setting",
      ingress: inGroup({ tags: "Team=shop,Cost=1", "load-balancer-attributes": "a=1" }),
      cluster: [member("team-b/api", { tags: "Cost=2", "load-balancer-attributes": "a=2" })],
      fields: [at("load-balancer-attributes"), at("tags")],
    },
    {
      name: "an attribute that IngressClassParams of a later member do not settle",
      ingress: inGroup(idle),
      cluster: [
        member(
          "team-b/api",
          { "load-balancer-attributes": "idle_timeout.timeout_seconds=90" },
          { ingressClassName: "pub" },
        ),
        ...classWithParams("pub", idleOfClass),
      ],
      fields: [at("load-balancer-attributes")],
    },
    {
      name: "a single Ingress whose class protects it by another web ACL",
      ingress: { annotations: keyed({ "wafv2-acl-arn": "arn:a" }), spec: { ingressClassName: "pub" } },
      cluster: classWithParams("pub", { wafv2AclArn: "arn:b" }),
      fields: [at("wafv2-acl-arn")],
    },
    {
      name: "security groups, with which what others say of the rules behind them counts",
      ingress: inGroup({ "security-groups": "sg-1" }),
      cluster: [
        member("team-b/api", { "manage-backend-security-group-rules": "true" }),
        member("team-c/api", { "manage-backend-security-group-rules": "false" }),
      ],
      fields: [at("security-groups")],
    },
    {
      name: "a place before the member whose IngressClassParams settled what the others say",
      old: inGroup(),
      ingress: inGroup({ "group.order": "-1" }),
      cluster: [
        member("a/api", idle, { ingressClassName: "pub" }),
        member("b/api", { "load-balancer-attributes": "idle_timeout.timeout_seconds=90" }),
        ...classWithParams("pub", idleOfClass),
      ],
      fields: [at("group.order")],
    },
    {
      name: "the same while they contradict each other on another key already",
      old: inGroup(),
      ingress: inGroup({ "group.order": "-1" }),
      cluster: [
        member(
          "a/api",
          { "load-balancer-attributes": "idle_timeout.timeout_seconds=60,b=1" },
          { ingressClassName: "pub" },
        ),
        member("b/api", { "load-balancer-attributes": "idle_timeout.timeout_seconds=90,b=2" }),
        ...classWithParams("pub", idleOfClass),
      ],
      fields: [at("group.order")],
    },
    {
      name: "the same on creation, where the name of the group puts it there",
      ingress: inGroup(),
      cluster: [
        member("team-b/api", idle, { ingressClassName: "pub" }),
        member("team-c/api", { "load-balancer-attributes": "idle_timeout.timeout_seconds=90" }),
        ...classWithParams("pub", idleOfClass),
      ],
      fields: [at("group.name")],
    },
  ],
});

import { authenticationNeedsPublicIpv4 } from "../../src/rules/authentication-needs-public-ipv4.ts";
import { testRule } from "../support/rule-tester.ts";
import { forwardTo, pathsTo, service } from "./backend-services.ts";
import { inGroup, keyed, member } from "./group-members.ts";

const typeField = "metadata.annotations[alb.ingress.kubernetes.io/ip-address-type]";
const authField = "metadata.annotations[alb.ingress.kubernetes.io/auth-type]";
const without = { "ip-address-type": "dualstack-without-public-ipv4" };
const https = { "listen-ports": '[{"HTTPS":443}]' };
const spec = pathsTo(["web", 80]);
const web = [service("shop/web")];
const oidcService = service("shop/web", { annotations: { "auth-type": "oidc" } });

testRule(authenticationNeedsPublicIpv4, {
  allow: [
    {
      name: "a dual-stack ALB",
      ingress: { annotations: keyed({ ...https, "ip-address-type": "dualstack", "auth-type": "oidc" }), spec },
      cluster: web,
    },
    {
      name: "no authentication",
      ingress: { annotations: keyed({ ...without, ...https, "auth-type": "none" }), spec },
      cluster: web,
    },
    {
      name: "HTTP, on which nobody is authenticated",
      ingress: { annotations: keyed({ ...without, "auth-type": "oidc" }), spec },
      cluster: web,
    },
    {
      name: "a Service that says none, and wins",
      ingress: { annotations: keyed({ ...without, ...https, "auth-type": "oidc" }), spec },
      cluster: [service("shop/web", { annotations: { "auth-type": "none" } })],
    },
    {
      name: "a Service that is one of two targets, of which nobody reads it",
      ingress: {
        annotations: keyed({ ...without, ...https, "actions.a": forwardTo("web", "api") }),
        spec: pathsTo(["a", "use-annotation"]),
      },
      cluster: [oidcService, service("shop/api")],
    },
    {
      name: "an Ingress without authentication in its group",
      ingress: inGroup(https),
      cluster: [member("team-b/api", { ...without, ...https, "auth-type": "oidc" }, pathsTo(["api", 80]))],
    },
    {
      name: "the address type that a group with authentication of others has already",
      ingress: inGroup({ ...https, ...without }),
      cluster: [member("team-b/api", { ...without, ...https, "auth-type": "oidc" }, pathsTo(["api", 80]))],
    },
  ],
  warn: [
    {
      name: "users who are sent to an OIDC provider",
      ingress: { annotations: keyed({ ...without, ...https, "auth-type": "oidc" }), spec },
      cluster: web,
      fields: [authField],
    },
    {
      name: "users who are sent to Cognito by what answers without a Service",
      ingress: {
        annotations: keyed({
          ...without,
          "certificate-arn": "arn:aws:acm:eu-central-1:111122223333:certificate/a",
          "auth-type": "cognito",
          "actions.a": '{"type":"fixed-response","fixedResponseConfig":{"statusCode":"200"}}',
        }),
        spec: pathsTo(["a", "use-annotation"]),
      },
      cluster: [],
      fields: [authField],
    },
    {
      name: "users of a Service that says so itself",
      ingress: { annotations: keyed({ ...without, ...https, "auth-type": "none" }), spec },
      cluster: [oidcService],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
    {
      name: "authentication in a group with the address type",
      ingress: { ...inGroup({ ...https, "auth-type": "oidc" }), spec },
      cluster: [...web, member("team-b/api", without)],
      fields: [authField],
    },
    {
      name: "the address type for a group with authentication",
      ingress: { ...inGroup(without), spec },
      cluster: [
        ...web,
        service("team-b/api", { annotations: { "auth-type": "oidc" } }),
        member("team-b/api", https, pathsTo(["api", 80])),
      ],
      fields: [typeField],
    },
  ],
});

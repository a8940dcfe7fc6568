import { authenticationExcludesTokenValidation } from "../../src/rules/authentication-excludes-token-validation.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, forwardTo, pathsTo, service } from "./backend-services.ts";
import { classWithParams, keyed } from "./group-members.ts";

const https = { "listen-ports": '[{"HTTPS":443}]', "certificate-arn": "arn:a" };
const tokens = { "jwt-validation": '{"jwksEndpoint":"https://a.example.com","issuer":"https://a.example.com"}' };
const oidc = { "auth-type": "oidc" };
const web = (annotations: Readonly<Record<string, string>> = {}): object => service("shop/web", { annotations });
const field = "metadata.annotations[alb.ingress.kubernetes.io/jwt-validation]";

testRule(authenticationExcludesTokenValidation, {
  allow: [
    { name: "tokens alone", ingress: { annotations: keyed({ ...https, ...tokens }) }, cluster: [web()] },
    { name: "authentication alone", ingress: { annotations: keyed({ ...https, ...oidc }) }, cluster: [web()] },
    {
      name: "the type none",
      ingress: { annotations: keyed({ ...https, ...tokens, "auth-type": "none" }) },
      cluster: [web()],
    },
    {
      name: "a Service that wants no authentication",
      ingress: { annotations: keyed({ ...https, ...tokens, ...oidc }) },
      cluster: [web({ "auth-type": "none" })],
    },
    { name: "no listener of HTTPS", ingress: { annotations: keyed({ ...tokens, ...oidc }) }, cluster: [web()] },
    {
      name: "a type of one Service of several",
      ingress: {
        annotations: keyed({ ...https, ...tokens, "actions.web": forwardTo("web", "api") }),
        spec: pathsTo(["web", "use-annotation"]),
      },
      cluster: [web(oidc), service("shop/api")],
    },
    {
      name: "another controller's Ingress",
      ingress: { annotations: keyed({ ...https, ...tokens, ...oidc }), spec: { ingressClassName: "nginx" } },
    },
  ],
  deny: [
    {
      name: "both on the Ingress",
      ingress: { annotations: keyed({ ...https, ...tokens, ...oidc }) },
      cluster: [web()],
      fields: [field],
    },
    {
      name: "a type of the Service",
      ingress: { annotations: keyed({ ...https, ...tokens }) },
      cluster: [web({ "auth-type": "cognito" })],
      fields: [field],
    },
    {
      name: "both for a Service that is known, beside one that is not",
      ingress: { annotations: keyed({ ...https, ...tokens, ...oidc }), spec: pathsTo(["api", 80], ["web", 80]) },
      cluster: [web()],
      unsure: ["Service"],
      fields: [field],
    },
    {
      name: "both for a Service that is missing",
      ingress: { annotations: keyed({ ...https, ...tokens, ...oidc }) },
      cluster: [],
      fields: [field],
    },
  ],
  warn: [
    {
      name: "both for a Service of which nobody knows",
      ingress: { annotations: keyed({ ...https, ...tokens, ...oidc }) },
      fields: [field],
    },
    {
      name: "a class that may make the listener one of HTTPS",
      ingress: { annotations: keyed({ ...tokens, ...oidc }), spec: { ingressClassName: "gold" } },
      cluster: [...classWithParams("gold", {}).slice(0, 1), web()],
      unsure: ["IngressClassParams"],
      fields: [field],
    },
    {
      name: "Auto Mode, as far as anybody knows",
      ingress: { annotations: keyed({ ...https, ...tokens, ...oidc }), spec: { ingressClassName: "auto" } },
      cluster: [autoModeClass, web()],
      fields: [field],
    },
  ],
});

import { authenticationNeedsProvider } from "../../src/rules/authentication-needs-provider.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, forwardTo, pathsTo, service } from "./backend-services.ts";
import { classWithParams, keyed } from "./group-members.ts";

const https = { "listen-ports": '[{"HTTP":80},{"HTTPS":443}]', "certificate-arn": "arn:a" };
const oidc = { "auth-type": "oidc" };
const provider = { "auth-idp-oidc": "{}" };
const web = (annotations: Readonly<Record<string, string>> = {}): object => service("shop/web", { annotations });
const field = "metadata.annotations[alb.ingress.kubernetes.io/auth-type]";

testRule(authenticationNeedsProvider, {
  allow: [
    { name: "no authentication", ingress: { annotations: keyed(https) }, cluster: [web()] },
    { name: "the type none", ingress: { annotations: keyed({ ...https, "auth-type": "none" }) }, cluster: [web()] },
    { name: "a type that another rule reports", ingress: { annotations: keyed({ ...https, "auth-type": "saml" }) } },
    { name: "a provider", ingress: { annotations: keyed({ ...https, ...oidc, ...provider }) }, cluster: [web()] },
    {
      name: "the Service's provider",
      ingress: { annotations: keyed({ ...https, ...oidc }) },
      cluster: [web(provider)],
    },
    {
      name: "the Ingress's provider for the Service's type",
      ingress: { annotations: keyed({ ...https, ...provider }) },
      cluster: [web(oidc)],
    },
    {
      name: "a Service that wants none",
      ingress: { annotations: keyed({ ...https, ...oidc }) },
      cluster: [web({ "auth-type": "none" })],
    },
    { name: "no listener of HTTPS", ingress: { annotations: keyed(oidc) }, cluster: [web()] },
    {
      name: "authentication of one Service of several",
      ingress: {
        annotations: keyed({ ...https, "actions.web": forwardTo("web", "api") }),
        spec: pathsTo(["web", "use-annotation"]),
      },
      cluster: [web(oidc), service("shop/api")],
    },
    {
      name: "another controller's Ingress",
      ingress: { annotations: keyed({ ...https, ...oidc }), spec: { ingressClassName: "nginx" } },
    },
    {
      name: "no backend",
      ingress: {
        annotations: keyed({ ...https, ...oidc }),
        spec: { defaultBackend: undefined, rules: [{ host: "a.example.com" }] },
      },
      cluster: [],
    },
  ],
  deny: [
    { name: "no provider", ingress: { annotations: keyed({ ...https, ...oidc }) }, cluster: [web()], fields: [field] },
    {
      name: "another provider",
      ingress: { annotations: keyed({ ...https, "auth-type": "cognito", ...provider }) },
      cluster: [web()],
      fields: [field],
    },
    {
      name: "a Service that is missing, with an answer of 503 in its place",
      ingress: { annotations: keyed({ ...https, ...oidc }) },
      cluster: [],
      fields: [field],
    },
    {
      name: "the Service's own type",
      ingress: { annotations: keyed(https), spec: pathsTo(["web", 80]) },
      cluster: [web(oidc)],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
    {
      name: "several Services, none of which has a say",
      ingress: {
        annotations: keyed({ ...https, ...oidc, "actions.web": forwardTo("web", "api") }),
        spec: pathsTo(["web", "use-annotation"]),
      },
      cluster: [web(provider), service("shop/api")],
      fields: [field],
    },
    {
      name: "one of two Services, once",
      ingress: { annotations: keyed({ ...https, ...oidc }), spec: pathsTo(["web", 80], ["api", 80], ["ops", 80]) },
      cluster: [web(provider), service("shop/api"), service("shop/ops")],
      fields: [field],
    },
    {
      name: "the second Service's own type",
      ingress: { annotations: keyed(https), spec: pathsTo(["api", 80], ["web", 80]) },
      cluster: [service("shop/api"), web(oidc)],
      fields: ["spec.rules[0].http.paths[1].backend"],
    },
    {
      name: "a Service that is known after one that is not",
      ingress: { annotations: keyed({ ...https, ...oidc }), spec: pathsTo(["api", 80], ["web", 80]) },
      cluster: [web()],
      unsure: ["Service"],
      fields: [field],
    },
    {
      name: "a Service that is known before one that is not",
      ingress: { annotations: keyed({ ...https, ...oidc }), spec: pathsTo(["web", 80], ["api", 80]) },
      cluster: [web()],
      unsure: ["Service"],
      fields: [field],
    },
    {
      name: "a certificate of the class, which makes the listener one of HTTPS",
      ingress: { annotations: keyed(oidc), spec: { ingressClassName: "gold" } },
      cluster: [...classWithParams("gold", { certificateArn: ["arn:a"] }), web()],
      fields: [field],
    },
  ],
  warn: [
    {
      name: "a Service of which nobody knows",
      ingress: { annotations: keyed({ ...https, ...oidc }) },
      fields: [field],
    },
    {
      name: "a class that may make the listener one of HTTPS",
      ingress: { annotations: keyed(oidc) },
      profile: { albClasses: [{ name: "alb", hasParams: true }] },
      fields: [field],
    },
    {
      name: "Auto Mode, as far as anybody knows",
      ingress: { annotations: keyed({ ...https, ...oidc }), spec: { ingressClassName: "auto" } },
      cluster: [autoModeClass, web()],
      fields: [field],
    },
  ],
});

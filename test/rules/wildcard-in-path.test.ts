import { wildcardInPath } from "../../src/rules/wildcard-in-path.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass } from "./backend-services.ts";
import { inGroup, member } from "./group-members.ts";

function path(pathType: string, text: string): { readonly rules: readonly object[] } {
  const backend = { service: { name: "web", port: { number: 80 } } };
  return { rules: [{ http: { paths: [{ pathType, path: text, backend }] } }] };
}
const fields = ["spec.rules[0].http.paths[0].path"] as const;
const redirecting = member("team-b/api", {
  "listen-ports": '[{"HTTPS":443}]',
  "certificate-arn": "arn:a",
  "ssl-redirect": "443",
});

testRule(wildcardInPath, {
  allow: [
    {
      name: "a wildcard in a path that is ImplementationSpecific",
      ingress: { spec: path("ImplementationSpecific", "/*") },
    },
    { name: "a prefix", ingress: { spec: path("Prefix", "/a") } },
    { name: "a path without a text", ingress: { spec: { rules: [{ http: { paths: [{ pathType: "Prefix" }] } }] } } },
    { name: "another controller's Ingress", ingress: { spec: { ...path("Prefix", "/*"), ingressClassName: "nginx" } } },
    {
      name: "an Ingress of which nothing is built, since its only listener redirects",
      ingress: { ...inGroup(), spec: path("Prefix", "/*") },
      cluster: [redirecting],
    },
  ],
  deny: [
    { name: "a prefix with a star", ingress: { spec: path("Prefix", "/*") }, fields },
    { name: "an exact path with a question mark", ingress: { spec: path("Exact", "/a?b") }, fields },
  ],
  warn: [
    {
      name: "a member of a group that may be redirected",
      ingress: { ...inGroup(), spec: path("Prefix", "/*") },
      fields,
    },
    {
      name: "Auto Mode, as far as anybody knows",
      ingress: { spec: { ...path("Prefix", "/*"), ingressClassName: "auto" } },
      cluster: [autoModeClass],
      fields,
    },
  ],
});

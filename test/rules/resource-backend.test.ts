import { resourceBackend } from "../../src/rules/resource-backend.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, pathsTo } from "./backend-services.ts";
import { inGroup, keyed, member } from "./group-members.ts";

const resource = { resource: { apiGroup: "k8s.example.com", kind: "StorageBucket", name: "icons" } };
const byDefault = { defaultBackend: resource };
const redirecting = member("team-b/api", {
  "listen-ports": '[{"HTTPS":443}]',
  "certificate-arn": "arn:a",
  "ssl-redirect": "443",
});

testRule(resourceBackend, {
  allow: [
    { name: "Services", ingress: { spec: pathsTo(["web", 80]) } },
    { name: "another controller's Ingress", ingress: { spec: { ...byDefault, ingressClassName: "nginx" } } },
    {
      name: "an Ingress of which nothing is built, since its only listener redirects",
      ingress: { ...inGroup(), spec: byDefault },
      cluster: [redirecting],
    },
    {
      name: "an Ingress without listeners",
      ingress: { annotations: keyed({ "listen-ports": "[{}]" }), spec: byDefault },
      cluster: [],
    },
  ],
  deny: [
    { name: "the default backend", ingress: { spec: byDefault }, fields: ["spec.defaultBackend"] },
    {
      name: "the second path of the second rule",
      ingress: {
        spec: {
          rules: [
            {
              http: {
                paths: [{ pathType: "Prefix", path: "/", backend: { service: { name: "web", port: { number: 80 } } } }],
              },
            },
            {
              http: {
                paths: [
                  { pathType: "Prefix", path: "/", backend: { service: { name: "web", port: { number: 80 } } } },
                  { pathType: "Prefix", path: "/icons", backend: resource },
                ],
              },
            },
          ],
        },
      },
      fields: ["spec.rules[1].http.paths[1].backend"],
    },
  ],
  warn: [
    {
      name: "a member of a group that may be redirected",
      ingress: { ...inGroup(), spec: byDefault },
      fields: ["spec.defaultBackend"],
    },
    {
      name: "Auto Mode, as far as anybody knows",
      ingress: { spec: { ...byDefault, ingressClassName: "auto" } },
      cluster: [autoModeClass],
      fields: ["spec.defaultBackend"],
    },
  ],
});

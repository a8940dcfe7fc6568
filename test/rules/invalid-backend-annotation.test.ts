import { invalidBackendAnnotation } from "../../src/rules/invalid-backend-annotation.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, forwardTo, pathsTo, service } from "./backend-services.ts";
import { classWithParams, inGroup, keyed, member } from "./group-members.ts";

const field = "spec.defaultBackend";
const pathField = "spec.rules[0].http.paths[0].backend";
const redirecting = member("team-b/api", {
  "listen-ports": '[{"HTTPS":443}]',
  "certificate-arn": "arn:a",
  "ssl-redirect": "443",
});
const web = (annotations: Readonly<Record<string, string>>): object => service("shop/web", { annotations });

testRule(invalidBackendAnnotation, {
  allow: [
    { name: "nothing is known of the Services", ingress: {} },
    { name: "a Service without annotations", ingress: {}, cluster: [service("shop/web")] },
    { name: "a health check on a port by name", ingress: {}, cluster: [web({ "healthcheck-port": "http" })] },
    { name: "two target types", ingress: {}, cluster: [web({ "target-type": "ip" })] },
    {
      name: "a Service that nothing is sent to",
      ingress: {},
      cluster: [service("shop/api", { annotations: { "target-type": "IP" } }), web({ "target-type": "ip" })],
    },
    {
      name: "annotations of another prefix",
      ingress: {},
      cluster: [
        {
          kind: "Service",
          metadata: { namespace: "shop", name: "web", annotations: { "example.com/target-type": "IP" } },
          spec: {},
        },
      ],
    },
    {
      name: "what is the load balancer's, and not read of a Service",
      ingress: {},
      cluster: [web({ scheme: "public", "listen-ports": "{" })],
    },
    {
      name: "a target type that IngressClassParams overrule",
      ingress: { spec: { ingressClassName: "gold" } },
      cluster: [...classWithParams("gold", { targetType: "ip" }), web({ "target-type": "IP" })],
    },
    {
      name: "authentication of one Service of several",
      ingress: {
        annotations: keyed({ "actions.web": forwardTo("web", "api") }),
        spec: pathsTo(["web", "use-annotation"]),
      },
      cluster: [web({ "auth-session-timeout": "soon" }), service("shop/api")],
    },
    {
      name: "labels of nodes for ip targets",
      ingress: { annotations: keyed({ "target-type": "ip" }) },
      cluster: [web({ "target-node-labels": "a" })],
    },
    {
      name: "a control port of another port",
      ingress: {},
      cluster: [web({ "target-control-port.web.http": "agent" })],
    },
    {
      name: "an Ingress of which nothing is built, since its only listener redirects",
      ingress: inGroup(),
      cluster: [web({ "target-type": "IP" }), redirecting],
    },
    {
      name: "another controller's Ingress",
      ingress: { spec: { ingressClassName: "nginx" } },
      cluster: [web({ "target-type": "IP" })],
    },
  ],
  deny: [
    { name: "a target type in capitals", ingress: {}, cluster: [web({ "target-type": "IP" })], fields: [field] },
    {
      name: "seconds with a unit",
      ingress: {},
      cluster: [web({ "healthcheck-interval-seconds": "5s" })],
      fields: [field],
    },
    {
      name: "attributes without a value, whatever the Ingress says",
      ingress: { annotations: keyed({ "target-group-attributes": "a=b" }), spec: pathsTo(["web", 80]) },
      cluster: [web({ "target-group-attributes": "stickiness.enabled" })],
      fields: [pathField],
    },
    {
      name: "authentication of the only Service",
      ingress: {},
      cluster: [web({ "auth-session-timeout": "soon" })],
      fields: [field],
    },
    {
      name: "labels of nodes for instances",
      ingress: {},
      cluster: [web({ "target-node-labels": "a" })],
      fields: [field],
    },
    {
      name: "a control port of this port",
      ingress: { annotations: keyed({ "target-type": "ip" }) },
      cluster: [web({ "target-control-port.web.80": "agent" })],
      fields: [field],
    },
    {
      name: "each Service once, by its first path",
      ingress: {
        annotations: keyed({ "actions.both": forwardTo("web", "api") }),
        spec: pathsTo(["web", 80], ["both", "use-annotation"]),
      },
      cluster: [web({ "target-type": "IP" }), service("shop/api", { annotations: { "target-type": "pod" } })],
      fields: [pathField, "spec.rules[0].http.paths[1].backend"],
    },
    {
      name: "two annotations of a Service",
      ingress: {},
      cluster: [web({ "target-type": "IP", "healthcheck-protocol": "TCP" })],
      fields: [field, field],
    },
    {
      name: "a second word on several clusters, where the Ingress says no",
      ingress: { annotations: keyed({ "multi-cluster-target-group": "false" }) },
      cluster: [web({ "multi-cluster-target-group": "yes" })],
      fields: [field],
    },
  ],
  warn: [
    {
      name: "a second word on several clusters, where the Ingress says yes",
      ingress: { annotations: keyed({ "multi-cluster-target-group": "true" }) },
      cluster: [web({ "multi-cluster-target-group": "yes" })],
      fields: [field],
    },
    {
      name: "Auto Mode, as far as anybody knows",
      ingress: { spec: { ingressClassName: "auto" } },
      cluster: [autoModeClass, web({ "healthcheck-interval-seconds": "5s" })],
      fields: [field],
    },
    {
      name: "a member of a group that may be redirected",
      ingress: inGroup(),
      cluster: [web({ "target-type": "IP" }), member("team-b/api")],
      unsure: ["Ingress"],
      fields: [field],
    },
    {
      name: "IngressClassParams that may overrule it",
      ingress: {},
      cluster: [
        {
          kind: "IngressClass",
          metadata: { name: "alb" },
          spec: {
            controller: "ingress.k8s.aws/alb",
            parameters: { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name: "alb" },
          },
        },
        web({ "target-type": "IP" }),
      ],
      unsure: ["IngressClassParams"],
      fields: [field],
    },
  ],
});

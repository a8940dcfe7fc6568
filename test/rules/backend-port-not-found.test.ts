import { backendPortNotFound } from "../../src/rules/backend-port-not-found.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, forwardTo, pathsTo, service } from "./backend-services.ts";
import { keyed } from "./group-members.ts";

const cluster = [service("shop/web")];
const redirecting = keyed({
  "listen-ports": '[{"HTTP":80},{"HTTPS":443}]',
  "certificate-arn": "arn:aws:acm:eu-central-1:111122223333:certificate/a",
  "ssl-redirect": "443",
});

testRule(backendPortNotFound, {
  allow: [
    { name: "a port by number", ingress: { spec: pathsTo(["web", 80]) }, cluster },
    { name: "a port by name", ingress: { spec: pathsTo(["web", "http"]) }, cluster },
    {
      name: "an action whose port is a number in quotes",
      ingress: {
        annotations: keyed({
          "actions.web":
            '{"type":"forward","forwardConfig":{"targetGroups":[{"serviceName":"web","servicePort":"80"}]}}',
        }),
        spec: pathsTo(["web", "use-annotation"]),
      },
      cluster,
    },
    { name: "a Service that is missing", ingress: { spec: pathsTo(["api", 81]) }, cluster },
    { name: "Services that are not known", ingress: { spec: pathsTo(["web", 81]) } },
    {
      name: "a Service of the same name in another namespace",
      ingress: { spec: pathsTo(["web", 81]) },
      cluster: [service("team-b/web")],
    },
    {
      name: "another controller",
      ingress: { spec: { ...pathsTo(["web", 81]), ingressClassName: "nginx" } },
      cluster: [
        ...cluster,
        { kind: "IngressClass", metadata: { name: "nginx" }, spec: { controller: "k8s.io/ingress-nginx" } },
      ],
    },
    {
      name: "no listener that sends anything there",
      ingress: { annotations: keyed({ "listen-ports": "[{}]" }), spec: pathsTo(["web", 81]) },
      cluster,
    },
    {
      name: "HTTP only, which another Ingress of the group redirects",
      ingress: {
        annotations: keyed({ "group.name": "g", "listen-ports": '[{"HTTP":80}]' }),
        spec: pathsTo(["web", 81]),
      },
      cluster: [
        ...cluster,
        {
          kind: "Ingress",
          metadata: {
            namespace: "team-b",
            name: "api",
            annotations: { ...redirecting, ...keyed({ "group.name": "g" }) },
          },
          spec: { ingressClassName: "alb" },
        },
      ],
    },
  ],
  deny: [
    {
      name: "another number",
      ingress: { spec: pathsTo(["web", 80], ["web", 81]) },
      cluster,
      fields: ["spec.rules[0].http.paths[1].backend"],
    },
    {
      name: "a name in other letters",
      ingress: { spec: pathsTo(["web", "HTTP"]) },
      cluster,
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
    {
      name: "a default backend",
      ingress: { spec: { defaultBackend: { service: { name: "web", port: { number: 81 } } } } },
      cluster,
      fields: ["spec.defaultBackend"],
    },
    {
      name: "one port twice, once",
      ingress: { spec: pathsTo(["web", 81], ["web", 81]) },
      cluster,
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
    {
      name: "an action",
      ingress: {
        annotations: keyed({ "actions.a": forwardTo("web") }),
        spec: pathsTo(["a", "use-annotation"]),
      },
      cluster: [service("shop/web", { spec: { ports: [] } })],
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/actions.a]"],
    },
    {
      name: "a listener with HTTPS beside one that redirects",
      ingress: { annotations: redirecting, spec: pathsTo(["web", 81]) },
      cluster,
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
  ],
  warn: [
    {
      name: "EKS Auto Mode, whose source is closed",
      ingress: { spec: { ...pathsTo(["web", 81]), ingressClassName: "auto" } },
      cluster: [...cluster, autoModeClass],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
    {
      name: "HTTP only, in a group of which not all are known",
      ingress: { annotations: keyed({ "group.name": "g" }), spec: pathsTo(["web", 81]) },
      cluster,
      unsure: ["Ingress"],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
  ],
});

import { nlbAttributeOnAlbTargetGroup } from "../../src/rules/nlb-attribute-on-alb-target-group.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, pathsTo, service } from "./backend-services.ts";
import { keyed } from "./group-members.ts";

const key = "target-group-attributes";
const field = `metadata.annotations[alb.ingress.kubernetes.io/${key}]`;
const proxyProtocol = { [key]: "stickiness.enabled=true,proxy_protocol_v2.enabled=true" };
const spec = pathsTo(["web", 80]);

testRule(nlbAttributeOnAlbTargetGroup, {
  allow: [
    {
      name: "attributes of ALBs",
      ingress: { annotations: keyed({ [key]: "stickiness.enabled=true" }), spec },
      cluster: [service("shop/web")],
    },
    {
      name: "attributes in whose place those of the Service are read",
      ingress: { annotations: keyed(proxyProtocol), spec },
      cluster: [service("shop/web", { annotations: { [key]: "stickiness.enabled=true" } })],
    },
    {
      name: "a map that does not parse, which another rule reports",
      ingress: { annotations: keyed({ [key]: "proxy_protocol_v2.enabled" }), spec },
      cluster: [service("shop/web")],
    },
    {
      name: "no target group at all",
      ingress: { annotations: keyed(proxyProtocol), spec: { defaultBackend: undefined } },
      cluster: [],
    },
    {
      name: "a Service that is missing, so that there is no target group",
      ingress: { annotations: keyed(proxyProtocol), spec },
      cluster: [],
    },
    {
      name: "another controller",
      ingress: { annotations: keyed(proxyProtocol), spec: { ...spec, ingressClassName: "nginx" } },
    },
  ],
  deny: [
    {
      name: "proxy protocol for several Services, once",
      ingress: { annotations: keyed(proxyProtocol), spec: pathsTo(["web", 80], ["api", 80]) },
      cluster: [service("shop/web"), service("shop/api")],
      fields: [field],
    },
    {
      name: "one of two Services that leaves it to the Ingress",
      ingress: { annotations: keyed(proxyProtocol), spec: pathsTo(["web", 80], ["api", 80]) },
      cluster: [service("shop/web", { annotations: { [key]: "stickiness.enabled=true" } }), service("shop/api")],
      fields: [field],
    },
    {
      name: "one that is switched off",
      ingress: { annotations: keyed({ [key]: "preserve_client_ip.enabled=false" }), spec },
      cluster: [service("shop/web")],
      fields: [field],
    },
    {
      name: "proxy protocol by the Service",
      ingress: { spec },
      cluster: [service("shop/web", { annotations: proxyProtocol })],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
    { name: "Services that are not known", ingress: { annotations: keyed(proxyProtocol), spec }, fields: [field] },
    {
      name: "EKS Auto Mode, whose load balancers AWS refuses, too",
      ingress: { annotations: keyed(proxyProtocol), spec: { ...spec, ingressClassName: "auto" } },
      cluster: [service("shop/web"), autoModeClass],
      fields: [field],
    },
  ],
});

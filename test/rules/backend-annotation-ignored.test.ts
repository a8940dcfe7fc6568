import { backendAnnotationIgnored } from "../../src/rules/backend-annotation-ignored.ts";
import { testRule } from "../support/rule-tester.ts";
import { pathsTo, service } from "./backend-services.ts";

const spec = pathsTo(["web", 80]);

testRule(backendAnnotationIgnored, {
  allow: [
    {
      name: "annotations that are read on a Service",
      ingress: { spec },
      cluster: [
        service("shop/web", {
          annotations: { "target-type": "ip", "target-control-port.web.80": "3000", tags: "a=b" },
        }),
      ],
    },
    {
      name: "annotations that nobody knows",
      ingress: { spec },
      cluster: [service("shop/web", { annotations: { "new-in-a-later-version": "" } })],
    },
    {
      name: "another Service",
      ingress: { spec },
      cluster: [service("shop/web"), service("shop/api", { annotations: { scheme: "internet-facing" } })],
    },
    { name: "Services that are not known", ingress: { spec } },
    {
      name: "another controller",
      ingress: { spec: { ...spec, ingressClassName: "nginx" } },
      cluster: [service("shop/web", { annotations: { scheme: "internet-facing" } })],
    },
  ],
  warn: [
    {
      name: "a scheme on a Service, once for all its ports",
      ingress: { spec: pathsTo(["web", 80], ["web", "http"]) },
      cluster: [service("shop/web", { annotations: { scheme: "internet-facing", "ip-address-type": "dualstack" } })],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
    {
      name: "conditions on a Service",
      ingress: { spec },
      cluster: [service("shop/web", { annotations: { "conditions.web": "[]" } })],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
  ],
});

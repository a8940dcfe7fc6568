import { targetTypeOverruledByService } from "../../src/rules/target-type-overruled-by-service.ts";
import { testRule } from "../support/rule-tester.ts";
import { pathsTo, service } from "./backend-services.ts";
import { classWithParams, keyed } from "./group-members.ts";

const field = "metadata.annotations[alb.ingress.kubernetes.io/target-type]";
const annotations = keyed({ "target-type": "ip" });
const spec = pathsTo(["web", 80], ["api", 80]);
const instanceWeb = service("shop/web", { annotations: { "target-type": "instance" } });

testRule(targetTypeOverruledByService, {
  allow: [
    {
      name: "a Service that leaves it to the Ingress",
      ingress: { annotations, spec },
      cluster: [instanceWeb, service("shop/api")],
    },
    { name: "a Service that is missing, and may leave it so", ingress: { annotations, spec }, cluster: [instanceWeb] },
    {
      name: "Services that say the same",
      ingress: { annotations, spec: pathsTo(["web", 80]) },
      cluster: [service("shop/web", { annotations: { "target-type": "ip" } })],
    },
    {
      name: "a Service that says what is no target type, which another rule reports",
      ingress: { annotations, spec: pathsTo(["web", 80]) },
      cluster: [service("shop/web", { annotations: { "target-type": "IP" } })],
    },
    { name: "Services that are not known", ingress: { annotations, spec } },
    { name: "an Ingress that says nothing", ingress: { spec: pathsTo(["web", 80]) }, cluster: [instanceWeb] },
    {
      name: "a class that wins over both",
      ingress: { annotations, spec: { ...pathsTo(["web", 80]), ingressClassName: "c" } },
      cluster: [instanceWeb, ...classWithParams("c", { targetType: "ip" })],
    },
    { name: "no Service at all", ingress: { annotations, spec: { defaultBackend: undefined } }, cluster: [] },
  ],
  warn: [
    {
      name: "Services that each say something, one of them something else",
      ingress: { annotations, spec },
      cluster: [instanceWeb, service("shop/api", { annotations: { "target-type": "ip" } })],
      fields: [field],
    },
  ],
});

import { actionServiceMissing } from "../../src/rules/action-service-missing.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, forwardTo, pathsTo, service } from "./backend-services.ts";
import { keyed } from "./group-members.ts";

const cluster = [service("shop/web")];
const spec = pathsTo(["a", "use-annotation"]);
const field = "metadata.annotations[alb.ingress.kubernetes.io/actions.a]";
const broken = keyed({ "actions.a": forwardTo("web", "gone") });

testRule(actionServiceMissing, {
  allow: [
    {
      name: "Services that are there",
      ingress: { annotations: keyed({ "actions.a": forwardTo("web", "api") }), spec },
      cluster: [...cluster, service("shop/api")],
    },
    {
      name: "a missing Service that is the only target of an action",
      ingress: { annotations: keyed({ "actions.a": forwardTo("gone") }), spec },
      cluster,
    },
    { name: "a missing Service that is a backend", ingress: { spec: pathsTo(["gone", 80], ["web", 80]) }, cluster },
    { name: "an action that no backend names", ingress: { annotations: broken, spec: pathsTo(["web", 80]) }, cluster },
    {
      name: "Services of which not all are known",
      ingress: { annotations: broken, spec },
      cluster,
      unsure: ["Service"],
    },
    { name: "nothing known", ingress: { annotations: broken, spec } },
  ],
  deny: [
    { name: "one of two missing", ingress: { annotations: broken, spec }, cluster, fields: [field] },
    {
      name: "one that is missing beside a target group",
      ingress: {
        annotations: keyed({
          "actions.a":
            '{"type":"forward","forwardConfig":{"targetGroups":[{"targetGroupARN":"arn:a","weight":1},{"serviceName":"gone","servicePort":80,"weight":1}]}}',
        }),
        spec,
      },
      cluster,
      fields: [field],
    },
    {
      name: "two ports of one that is missing",
      ingress: { annotations: keyed({ "actions.a": forwardTo("gone", "gone") }), spec },
      cluster,
      fields: [field],
    },
  ],
  warn: [
    {
      name: "EKS Auto Mode, whose source is closed",
      ingress: { annotations: broken, spec: { ...spec, ingressClassName: "auto" } },
      cluster: [...cluster, autoModeClass],
      fields: [field],
    },
  ],
});

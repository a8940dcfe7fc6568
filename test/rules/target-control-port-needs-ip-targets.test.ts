import { targetControlPortNeedsIpTargets } from "../../src/rules/target-control-port-needs-ip-targets.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, pathsTo, service } from "./backend-services.ts";
import { classWithParams, keyed } from "./group-members.ts";

const cluster = [service("shop/web")];
const key = "target-control-port.web.80";
const field = `metadata.annotations[alb.ingress.kubernetes.io/${key}]`;
const spec = pathsTo(["web", 80]);

testRule(targetControlPortNeedsIpTargets, {
  allow: [
    { name: "ip targets", ingress: { annotations: keyed({ [key]: "3000", "target-type": "ip" }), spec }, cluster },
    {
      name: "ip targets of the Service",
      ingress: { annotations: keyed({ [key]: "3000" }), spec },
      cluster: [service("shop/web", { annotations: { "target-type": "ip" } })],
    },
    {
      name: "ip targets by default",
      ingress: { annotations: keyed({ [key]: "3000" }), spec },
      cluster,
      profile: { defaultTargetType: "ip" },
    },
    { name: "another port", ingress: { annotations: keyed({ "target-control-port.web.81": "3000" }), spec }, cluster },
    {
      name: "the port by its name",
      ingress: { annotations: keyed({ "target-control-port.web.http": "3000" }), spec },
      cluster,
    },
    { name: "Services that are not known", ingress: { annotations: keyed({ [key]: "3000" }), spec } },
  ],
  deny: [
    {
      name: "instance targets",
      ingress: { annotations: keyed({ [key]: "3000", "target-type": "instance" }), spec },
      cluster,
      fields: [field],
    },
    {
      name: "instance targets by default",
      ingress: { annotations: keyed({ [key]: "3000" }), spec },
      cluster,
      fields: [field],
    },
    {
      name: "instance targets by the class",
      ingress: { annotations: keyed({ [key]: "3000", "target-type": "ip" }), spec: { ...spec, ingressClassName: "c" } },
      cluster: [...cluster, ...classWithParams("c", { targetType: "instance" })],
      fields: [field],
    },
    {
      name: "that of the Service",
      ingress: { spec },
      cluster: [service("shop/web", { annotations: { [key]: "3000" } })],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
  ],
  warn: [
    {
      name: "EKS Auto Mode, whose source is closed",
      ingress: {
        annotations: keyed({ [key]: "3000", "target-type": "instance" }),
        spec: { ...spec, ingressClassName: "auto" },
      },
      cluster: [...cluster, autoModeClass],
      fields: [field],
    },
  ],
});

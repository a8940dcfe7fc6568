import { alb } from "../annotations/catalog.ts";
import { annotationField, asFarAsKnownOf, backendProblems, defineRule, quote } from "../decision/rule.ts";

export const targetControlPortNeedsIpTargets = defineRule({
  id: "target-control-port-needs-ip-targets",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "A target control port is given to backends with ip targets only.",
  remediation: 'Set the target-type to "ip", or delete the target-control-port.',
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_target_group.go:196-204",
  blocksInjection: true,
  ingress(context) {
    const { annotations } = context.ingress;
    return backendProblems(context, ({ target, service, targetType }) => {
      if (targetType !== "instance") return undefined;
      const key = `${alb.targetControlPort}.${target.service}.${target.port}`;
      const isOfService = service?.annotations[key] !== undefined;
      if (!isOfService && annotations[key] === undefined) return undefined;
      const name = quote(target.service);
      const fault = { identity: `control port of ${name} ${target.port}`, ...asFarAsKnownOf(context) };
      return isOfService
        ? {
            ...fault,
            message: `the Service ${name} has a target-control-port, and its targets are instances, which have none`,
          }
        : {
            ...fault,
            field: annotationField(key),
            message: `the targets of the Service ${name} are instances, which have no target control port`,
          };
    });
  },
});

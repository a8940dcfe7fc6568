import { alb, nlb } from "../annotations/catalog.ts";
import { annotationField, buildsNlb, defineRule } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const nameIsFixed = defineRule({
  id: "name-is-fixed",
  kinds: ["Service", "Ingress"],
  severity: "warn",
  basis: "update-hazard",
  summary: "The name of a load balancer that exists stays as it is.",
  remediation: "Keep the name; for another one, create a second object, move DNS to it, then delete this one.",
  source: {
    Service: "AWS Load Balancer Controller 3.5, docs/guide/service/annotations.md:78-79",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/deploy/elbv2/load_balancer_manager.go:92-121",
  },
  updatesOnly: true,
  onlyWith: [nlb.name, alb.loadBalancerName],
  service,
  ingress,
});

function service({ service: { annotations }, controller, inForce, old }: ServiceContext): readonly Problem[] {
  if (old?.provisioned !== true || old.controller.name !== controller.name || !buildsNlb(controller)) return [];
  // One that is replaced takes the new name.
  if (old.inForce.scheme !== inForce.scheme) return [];
  if (annotations[nlb.name] === old.service.annotations[nlb.name]) return [];
  const message = "the name of an NLB that exists cannot change: the controller finds it by its tags and keeps it";
  return [{ field: annotationField(nlb.name), message }];
}

/** Once created, a load balancer is found by its tags (load_balancer_manager.go has no update of the name). */
function ingress({ ingress: { annotations }, group, old }: IngressContext): readonly Problem[] {
  const key = alb.loadBalancerName;
  if (old === undefined || annotations[key] === old.ingress.annotations[key]) return [];
  const next = group();
  const stays = next?.changesFrom(old.group()).some(({ before, after }) => {
    return before.scheme === after.scheme && before.name !== after.name;
  });
  const isConflict = next?.conflicts().some(({ setting }) => setting === "load-balancer-name") === true;
  if (stays !== true || isConflict) return [];
  const message = "the name of an ALB that exists cannot change: the controller finds it by its tags and keeps it";
  return [{ field: annotationField(key), message }];
}

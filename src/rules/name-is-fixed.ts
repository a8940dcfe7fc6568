import { nlb } from "../annotations/catalog.ts";
import { annotationField, buildsNlb, defineRule } from "../decision/rule.ts";

export const nameIsFixed = defineRule({
  id: "name-is-fixed",
  kinds: ["Service"],
  severity: "warn",
  basis: "update-hazard",
  summary: "The name of a load balancer that exists stays as it is.",
  remediation: "Keep the name; for another one, create a second Service, move DNS to it, then delete this one.",
  source: "AWS Load Balancer Controller 3.5, docs/guide/service/annotations.md:78-79",
  updatesOnly: true,
  onlyWith: [nlb.name],
  service({ service, controller, inForce, old }) {
    if (old?.provisioned !== true || old.controller.name !== controller.name || !buildsNlb(controller)) return [];
    // One that is replaced takes the new name.
    if (old.inForce.scheme !== inForce.scheme) return [];
    if (service.annotations[nlb.name] === old.service.annotations[nlb.name]) return [];
    const message = "the name of an NLB that exists cannot change: the controller finds it by its tags and keeps it";
    return [{ field: annotationField(nlb.name), message }];
  },
});

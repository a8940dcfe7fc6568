import { alb } from "../annotations/catalog.ts";
import { wantsToStay } from "../annotations/deletion-protection.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, IngressState } from "../decision/rule.ts";

export const groupChangeLeavesLoadBalancer = defineRule({
  id: "group-change-leaves-load-balancer",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "update-hazard",
  summary: "An Ingress that a load balancer serves stays in its IngressGroup, or without one.",
  remediation:
    "Keep the group; to move, create a second Ingress in the other group, move DNS to it, then delete this one.",
  source: "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/",
  updatesOnly: true,
  confirmable: true,
  ingress(context) {
    const { ingress, classification, old } = context;
    if (old === undefined || !old.ingress.hasAddress) return [];
    const [stored, next] = [old.group(), context.group()];
    // One that goes to another controller loses more than its group.
    if (stored === undefined || next === undefined || stored.id.controller !== next.id.controller) return [];
    const isSame = stored.id.kind === next.id.kind && stored.id.name === next.id.name;
    const isRenamed = ingress.annotations[alb.groupName] !== old.ingress.annotations[alb.groupName];
    if (isSame) return [];
    const field = isRenamed ? annotationField(alb.groupName) : "spec.ingressClassName";
    const change = `from ${label(stored)} to ${label(next)}`;
    if (!isClassKnown(classification) || !isClassKnown(old.classification)) {
      if (!isRenamed) return [];
      const message = `${change}: unless IngressClassParams decide the group, the Ingress gets another load balancer with another DNS name`;
      return [{ field, message, severity: "warn" }];
    }
    return [{ field, message: `${change}: ${consequence(stored, ingress)}` }];
  },
});

type Group = NonNullable<ReturnType<IngressState["group"]>>;

function isClassKnown(classification: IngressState["classification"]): boolean {
  return classification.outcome === "served" && classification.paramsKnown;
}

function label({ id }: Group): string {
  return id.kind === "explicit" ? `the IngressGroup ${quote(id.name)}` : "a load balancer of its own";
}

function consequence(stored: Group, { annotations }: IngressContext["ingress"]): string {
  const others = stored.members.length - 1;
  const moved = "this Ingress gets another one with another DNS name";
  if (others > 0) {
    const count = others === 1 ? "another Ingress" : `${others} other Ingresses`;
    return `the load balancer stays for ${count}, and ${moved}`;
  }
  const deleted = stored.isKnown()
    ? "the load balancer is deleted"
    : "the load balancer is deleted if nothing else uses it";
  const despite = wantsToStay(annotations) ? "; deletion protection does not prevent it" : "";
  return `${deleted}, and ${moved}${despite}`;
}

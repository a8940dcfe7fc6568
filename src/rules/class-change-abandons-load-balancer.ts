import { ingressClassAnnotation } from "../annotations/catalog.ts";
import { wantsToStay } from "../annotations/deletion-protection.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const classChangeAbandonsLoadBalancer = defineRule({
  id: "class-change-abandons-load-balancer",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "update-hazard",
  summary: "The class of an object whose load balancer exists must stay.",
  remediation:
    "Keep the class; to move, create a second object with the other class, move DNS to it, then delete this one.",
  source: {
    Service: "https://kubernetes.io/docs/concepts/services-networking/service/#load-balancer-class",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/group_loader.go:196-222",
  },
  updatesOnly: true,
  confirmable: true,
  service({ service, old }) {
    if (old?.provisioned !== true || old.service.type !== "LoadBalancer" || service.type !== "LoadBalancer") return [];
    const [before, after] = [old.service.loadBalancerClass, service.loadBalancerClass];
    if (before === after) return [];
    const change = `from ${named(before)} to ${named(after)}`;
    const message = `${change}: the API server refuses this, since the load balancer would lose its controller`;
    return [{ field: "spec.loadBalancerClass", message }];
  },
  ingress,
});

function ingress(context: IngressContext): readonly Problem[] {
  const { ingress: changed, classification, albClass, old } = context;
  if (old?.provisioned !== true || old.albClass === undefined) return [];
  const key = ingressClassAnnotation;
  const written = changed.annotations[key];
  const field = written === old.ingress.annotations[key] ? "spec.ingressClassName" : annotationField(key);
  const from = `from ${quote(old.albClass.name)} to`;
  switch (classification.outcome) {
    case "not-served": {
      const to = named(written ?? changed.ingressClassName);
      return [{ field, message: `${from} ${to}: ${abandoned(context)}` }];
    }
    case "invalid": {
      const to = named(written ?? changed.ingressClassName);
      const message = `${from} ${to}: ${classification.problem}, so the controller changes nothing of the load balancer any more, nor for others that share it`;
      return [{ field, message }];
    }
    case "served":
  }
  if (old.classification.outcome === "served" && old.classification.controller !== classification.controller) {
    const message = `${from} ${quote(classification.className)}: another controller builds a new one with another DNS name, and ${abandoned(context)}`;
    return [{ field, message }];
  }
  if (albClass === undefined || (old.group()?.isKnown() === true && context.group()?.isKnown() === true)) return [];
  if (albClass.name === old.albClass.name && albClass.hasParams === old.albClass.hasParams) return [];
  const message = `${from} ${quote(albClass.name)}: other IngressClassParams may apply, and a changed scheme or group replaces the load balancer`;
  return [{ field, message, remedy: "Compare the parameters of the two IngressClasses first.", severity: "warn" }];
}

/** What the controller does that served it until now. */
function abandoned({ ingress: { annotations }, old }: IngressContext): string {
  const group = old?.group();
  const others = group?.others();
  if (group === undefined || (others === undefined && !group.isKnown())) {
    return "the load balancer, or in a group this Ingress's rules on it, is deleted";
  }
  if (others === undefined) {
    const despite = wantsToStay(annotations) ? "; deletion protection does not prevent it" : "";
    return `the load balancer is deleted${despite}`;
  }
  const count =
    others.members.length === 1 ? "another Ingress shares" : `${others.members.length} other Ingresses share`;
  const removed = `this Ingress's rules are taken off the load balancer, which ${count}`;
  const [before, after] = [group.values().scheme, others.values().scheme];
  if (before === undefined || after === undefined || before === after) return removed;
  return `${removed} and which is replaced, since without this Ingress it is ${after} and not ${before}`;
}

function named(className: string | undefined): string {
  return className === undefined ? "no class" : quote(className);
}

import { nlb } from "../annotations/catalog.ts";
import { forbidsDeletion } from "../annotations/deletion-protection.ts";
import { gardenerActs, gardenerRewrites, isGardenerRewritten } from "../annotations/gardener.ts";
import { isInTreeNlb } from "../annotations/in-tree.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { ServiceContext, ServiceState } from "../decision/rule.ts";

export const typeAnnotationChangeOrphansLoadBalancer = defineRule({
  id: "type-annotation-change-orphans-load-balancer",
  kinds: ["Service"],
  severity: "deny",
  basis: "update-hazard",
  summary: "The annotations that choose the controller of a load balancer that exists must keep choosing the same one.",
  remediation: "Keep the annotation; to move, create a second Service, move DNS to it, then delete this one.",
  source: "AWS cloud controller manager 1.36, pkg/providers/v1/aws.go:2359-2363",
  updatesOnly: true,
  confirmable: true,
  service(context) {
    const { service, old } = context;
    if (old?.provisioned !== true || old.service.type !== "LoadBalancer" || service.type !== "LoadBalancer") return [];
    if (old.service.loadBalancerClass !== undefined || service.loadBalancerClass !== undefined) return [];
    if (isGardenersDoing(old, context)) return [];
    const message = consequence(old, context);
    if (message === undefined) return [];
    const isType = service.annotations[nlb.type] !== old.service.annotations[nlb.type];
    return [{ field: annotationField(isType ? nlb.type : nlb.targetType), message }];
  },
});

/** Gardener's webhook has handed the Service over: the rule on that tells the author why. */
function isGardenersDoing(old: ServiceState, { service, facts }: ServiceContext): boolean {
  return (
    old.controller.name === "cloud-controller-manager" &&
    gardenerActs(facts.profile) &&
    isGardenerRewritten(service.annotations) &&
    gardenerRewrites(service.annotations, old.service.annotations)
  );
}

/** What becomes of the load balancer, or undefined where the same controller keeps it. */
function consequence(old: ServiceState, { service, controller, inForce }: ServiceContext): string | undefined {
  switch (old.controller.name) {
    case "cloud-controller-manager":
      return leavingInTree(old, controller.name, service);
    case "aws-load-balancer-controller": {
      const left = forbidsDeletion(service.annotations)
        ? "its controller lets go of the NLB, which deletion protection keeps"
        : "its controller deletes the NLB";
      if (controller.name === "nobody") return `${left}, and no other one takes the Service`;
      if (controller.name !== "cloud-controller-manager") return undefined;
      return `${left}, and the in-tree one builds a ${kindOf(service)} that is IPv4 only and ${inForce.scheme === "internet-facing" ? "PUBLIC" : "internal"}`;
    }
    case "nobody": {
      // Left behind by an earlier change; the in-tree controller would take it back, the other one builds its own.
      const [hostname] = old.service.hostnames;
      if (hostname === undefined || controller.name !== "aws-load-balancer-controller") return undefined;
      return `the load balancer ${quote(hostname)} stays for ever without an owner, and a second one is built with another DNS name`;
    }
    case "eks-auto-mode":
    case "other":
      return undefined;
  }
}

function leavingInTree(
  old: ServiceState,
  taker: ServiceState["controller"]["name"],
  service: ServiceState["service"],
): string | undefined {
  const left = `the in-tree controller lets go of its ${kindOf(old.service)} without deleting it`;
  if (taker === "nobody") return `${left}, and no other controller takes the Service`;
  if (taker !== "cloud-controller-manager") {
    return `${left}: it stays for ever without an owner, and a second one is built with another DNS name`;
  }
  const [before, after] = [kindOf(old.service), kindOf(service)];
  if (before === after) return undefined;
  return `the in-tree controller does not turn a ${before} into a ${after}: since version 1.36 it fails, earlier it left the old one behind`;
}

function kindOf({ annotations }: ServiceState["service"]): string {
  return isInTreeNlb(annotations[nlb.type]) ? "Network Load Balancer" : "Classic Load Balancer";
}

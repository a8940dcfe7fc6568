import { nlb } from "../annotations/catalog.ts";
import type { ClusterProfile, ControllerName } from "./facts.ts";
import type { ServiceView, View } from "./subject.ts";

/** Fixed in EKS (user guide, auto-configure-nlb). */
const autoModeServiceClass = "eks.amazonaws.com/nlb";

export interface Controller {
  readonly name: ControllerName;
  /** What chose it; `default` is the cluster's cloud controller, which takes what nobody else claims. */
  readonly chosenBy: "class" | "type-annotation" | "default";
}

/**
 * Who builds the load balancer of a Service of type LoadBalancer.
 * The AWS controller's own order: pkg/service/service_utils.go:47-77; the in-tree one: aws_loadbalancer.go:84-96.
 */
export function serviceController(service: ServiceView, profile: ClusterProfile): Controller {
  if (service.type !== "LoadBalancer") return { name: "nobody", chosenBy: "default" };
  if (service.loadBalancerClass !== undefined) {
    return { name: byClass(service.loadBalancerClass, profile), chosenBy: "class" };
  }
  if (claimedByAnnotation(service) && profile.featureGates.EnableServiceController) {
    return { name: "aws-load-balancer-controller", chosenBy: "type-annotation" };
  }
  switch (service.annotations[nlb.type]) {
    case "external":
    case "nlb-ip":
      return { name: "nobody", chosenBy: "type-annotation" };
    case undefined:
      return { name: "cloud-controller-manager", chosenBy: "default" };
    default:
      return { name: "cloud-controller-manager", chosenBy: "type-annotation" };
  }
}

/** The controller that serves a load balancer class of Services. */
export function byClass(loadBalancerClass: string, profile: ClusterProfile): ControllerName {
  if (loadBalancerClass === profile.loadBalancerClass) {
    return profile.featureGates.EnableServiceController ? "aws-load-balancer-controller" : "nobody";
  }
  return loadBalancerClass === autoModeServiceClass ? "eks-auto-mode" : "other";
}

/**
 * The AWS controller serves Services of other types too while these annotations stand on them, since its gate
 * ServiceTypeLoadBalancerOnly is off by default: their NLB lives on (service_utils.go:47-77).
 */
export function claimedByAnnotation({ loadBalancerClass, annotations }: ServiceView): boolean {
  if (loadBalancerClass !== undefined) return false;
  const target = annotations[nlb.targetType];
  const type = annotations[nlb.type];
  return type === "nlb-ip" || (type === "external" && (target === "ip" || target === "instance"));
}

/** Set by the in-tree controller's service controller before it asks for a load balancer (cloud-provider controller.go:406). */
export const inTreeFinalizer = "service.kubernetes.io/load-balancer-cleanup";
const serviceFinalizers = ["service.k8s.aws/resources", inTreeFinalizer];
const ingressFinalizers = ["ingress.k8s.aws/resources", "group.ingress.k8s.aws/"];
/** Auto Mode's own finalizers share its API group (EKS user guide); its source is closed, so the group is matched, not a list. */
const autoModeFinalizer = /(^|\.)eks\.amazonaws\.com\//;

/** A load balancer exists, or may already be being built: the stored object has an address or a load-balancer finalizer. */
export function isProvisioned(stored: View): boolean {
  const known = stored.kind === "Service" ? serviceFinalizers : ingressFinalizers;
  return (
    stored.hasAddress ||
    stored.finalizers.some(
      (name) => autoModeFinalizer.test(name) || known.some((finalizer) => name.startsWith(finalizer)),
    )
  );
}

import { alb, nlb } from "../annotations/catalog.ts";
import { forbidsDeletion } from "../annotations/deletion-protection.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { IngressState, Problem, ServiceContext } from "../decision/rule.ts";

export const schemeChangeReplacesLoadBalancer = defineRule({
  id: "scheme-change-replaces-load-balancer",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "update-hazard",
  summary: "The scheme of a load balancer that exists must stay: a change replaces it.",
  remediation:
    "Keep the scheme; to change it, create a second object with the other scheme, move DNS to it, then delete this one.",
  source: "AWS Load Balancer Controller 3.5, pkg/deploy/elbv2/load_balancer_synthesizer.go:61-95",
  updatesOnly: true,
  confirmable: true,
  service({ service: { annotations }, controller, inForce, facts, old }) {
    if (old?.provisioned !== true || old.controller.name !== controller.name) return [];
    const [before, after] = [old.inForce.scheme, inForce.scheme];
    if (before === undefined || after === undefined) return [];
    if (controller.name === "cloud-controller-manager") {
      if (before === after) return [];
      const message = `the in-tree controller does not change the scheme of a load balancer that exists: it stays ${before}`;
      return [{ field: annotationField(nlb.internal), message, severity: "warn" }];
    }
    const keys = schemeKeys(controller);
    const known = facts.existing?.scheme !== undefined || firstWritten(keys, old.service.annotations) !== undefined;
    // Without any of them the scheme stays as it is.
    const key = firstWritten(keys, annotations);
    if (key === undefined) return [];
    if (before === after) return known ? [] : [perhapsReplaced(key)];
    const problem = replaced(key, before, after, known);
    if (controller.name !== "aws-load-balancer-controller" || !forbidsDeletion(annotations)) return [problem];
    return [{ ...problem, message: `${problem.message}; deletion protection does not prevent it` }];
  },
  ingress({ ingress: { annotations }, albClass, inForce, old }) {
    if (old?.provisioned !== true || albClass === undefined) return [];
    const [before, after] = [old.inForce.scheme, inForce.scheme];
    if (before !== undefined && after !== undefined)
      return before === after ? [] : [replaced(alb.scheme, before, after, true)];

    const isChanged = annotations[alb.scheme] !== old.ingress.annotations[alb.scheme];
    if (!isChanged || !(othersMayDecide(old) || othersMayDecide({ ingress: { annotations }, albClass }))) return [];
    const message =
      "unless IngressClassParams or another Ingress of the group decides the scheme, the load balancer is deleted and a new one made with another DNS name";
    return [{ field: annotationField(alb.scheme), message, severity: "warn" }];
  },
});

function replaced(key: string, before: string, after: string, known: boolean): Problem {
  const from = known ? `from ${before} to ${after}` : `to ${after}, unless the load balancer is so already`;
  const message = `${from}: the controller deletes the load balancer first, then makes a new one with another DNS name`;
  return { field: annotationField(key), message };
}

/** A scheme that was removed stays in force, so that without an annotation only the default can be guessed. */
function perhapsReplaced(key: string): Problem {
  const message =
    "unless the load balancer has this scheme already, it is deleted and a new one made with another DNS name";
  return { field: annotationField(key), message, severity: "warn" };
}

/** The annotations that say the scheme, the stronger first. Auto Mode reads one of them. */
function schemeKeys({ name }: ServiceContext["controller"]): readonly string[] {
  return name === "eks-auto-mode" ? [nlb.scheme] : [nlb.scheme, nlb.internal];
}

function firstWritten(
  keys: readonly string[],
  annotations: ServiceContext["service"]["annotations"],
): string | undefined {
  return keys.find((key) => key in annotations);
}

interface Member extends Pick<IngressState, "albClass"> {
  readonly ingress: Pick<IngressState["ingress"], "annotations">;
}

function othersMayDecide({ ingress, albClass }: Member): boolean {
  return albClass?.hasParams !== false || alb.groupName in ingress.annotations;
}

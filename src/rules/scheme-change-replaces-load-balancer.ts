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
  service({ service: { annotations }, controller, inForce, old }) {
    if (old?.provisioned !== true || old.controller.name !== controller.name) return [];
    const [before, after] = [old.inForce.scheme, inForce.scheme];
    if (before === undefined || after === undefined) return [];
    const known = writesScheme(old.service.annotations);
    if (before === after) return known || !writesScheme(annotations) ? [] : [perhapsReplaced(annotations)];
    if (controller.name === "cloud-controller-manager") {
      const message = `the in-tree controller does not change the scheme of a load balancer that exists: it stays ${before}`;
      return [{ field: annotationField(nlb.internal), message, severity: "warn" }];
    }
    // Without either annotation the scheme stays as it is, so one of them is written.
    const problem = replaced(schemeKey(annotations), before, after, known);
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

type Annotations = ServiceContext["service"]["annotations"];

/** A scheme that was removed stays in force, so that without an annotation only the default can be guessed. */
function perhapsReplaced(annotations: Annotations): Problem {
  const message =
    "unless the load balancer has this scheme already, it is deleted and a new one made with another DNS name";
  return { field: annotationField(schemeKey(annotations)), message, severity: "warn" };
}

function writesScheme(annotations: Annotations): boolean {
  return nlb.scheme in annotations || nlb.internal in annotations;
}

function schemeKey(annotations: Annotations): string {
  return nlb.scheme in annotations ? nlb.scheme : nlb.internal;
}

interface Member extends Pick<IngressState, "albClass"> {
  readonly ingress: Pick<IngressState["ingress"], "annotations">;
}

function othersMayDecide({ ingress, albClass }: Member): boolean {
  return albClass?.hasParams !== false || alb.groupName in ingress.annotations;
}

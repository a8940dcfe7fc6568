import { alb, nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { IngressState, Problem } from "../decision/rule.ts";

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
    if (before === undefined || after === undefined || before === after) return [];
    if (controller.name === "cloud-controller-manager") {
      const message = `the in-tree controller does not change the scheme of a load balancer that exists: it stays ${before}`;
      return [{ field: annotationField(nlb.internal), message, severity: "warn" }];
    }
    // Without either annotation the scheme stays as it is, so one of them is written.
    return [replaced(nlb.scheme in annotations ? nlb.scheme : nlb.internal, before, after)];
  },
  ingress({ ingress: { annotations }, albClass, inForce, old }) {
    if (old?.provisioned !== true || albClass === undefined) return [];
    const [before, after] = [old.inForce.scheme, inForce.scheme];
    if (before !== undefined && after !== undefined)
      return before === after ? [] : [replaced(alb.scheme, before, after)];

    const isChanged = annotations[alb.scheme] !== old.ingress.annotations[alb.scheme];
    if (!isChanged || !(othersMayDecide(old) || othersMayDecide({ ingress: { annotations }, albClass }))) return [];
    const message =
      "unless IngressClassParams or another Ingress of the group decides the scheme, the load balancer is deleted and a new one made with another DNS name";
    return [{ field: annotationField(alb.scheme), message, severity: "warn" }];
  },
});

function replaced(key: string, before: string, after: string): Problem {
  const message = `from ${before} to ${after}: the controller deletes the load balancer first, then makes a new one with another DNS name`;
  return { field: annotationField(key), message };
}

interface Member extends Pick<IngressState, "albClass"> {
  readonly ingress: Pick<IngressState["ingress"], "annotations">;
}

function othersMayDecide({ ingress, albClass }: Member): boolean {
  return albClass?.hasParams !== false || alb.groupName in ingress.annotations;
}

import { alb } from "../annotations/catalog.ts";
import { parseMap } from "../annotations/parse.ts";
import { annotationField, backendProblems, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const nlbAttributeOnAlbTargetGroup = defineRule({
  id: "nlb-attribute-on-alb-target-group",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "aws",
  summary: "The target groups of an ALB have no attributes that exist for NLBs only.",
  remediation:
    "Take the attribute out of target-group-attributes: an ALB tells its targets the address of the client in the header X-Forwarded-For.",
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_TargetGroupAttribute.html",
  ingress,
});

/** That of a Service wins over that of the Ingress, map for map (model_build_target_group.go:164). */
function ingress(context: IngressContext): readonly Problem[] {
  const ofIngress = nlbAttribute(context.ingress.annotations[alb.targetGroupAttributes]);
  return backendProblems(context, ({ target, service, isMissing }) => {
    const ofService = service?.annotations[alb.targetGroupAttributes];
    if (ofService !== undefined) {
      const attribute = nlbAttribute(ofService);
      if (attribute === undefined) return undefined;
      const name = quote(target.service);
      const message = `the target-group-attributes of the Service ${name} have ${attribute}, which ${refused}`;
      return { message, identity: `${attribute} of ${name}` };
    }
    if (ofIngress === undefined || isMissing) return undefined;
    const field = annotationField(alb.targetGroupAttributes);
    return { field, message: `${ofIngress} ${refused}`, identity: ofIngress };
  });
}

const refused = "exists for NLBs only: AWS refuses it, and the controller gets no further with the load balancer";

function nlbAttribute(raw: string | undefined): string | undefined {
  const attributes = raw === undefined ? undefined : parseMap(raw);
  return attributes && ofNlbs.find((attribute) => attributes.has(attribute));
}

const ofNlbs: readonly string[] = [
  "proxy_protocol_v2.enabled",
  "preserve_client_ip.enabled",
  "deregistration_delay.connection_termination.enabled",
  "target_health_state.unhealthy.connection_termination.enabled",
  "target_health_state.unhealthy.draining_interval_seconds",
];

import { alb, catalogEntry, nlb } from "../annotations/catalog.ts";
import type { AnnotatedObject } from "../annotations/catalog.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

const nlbPrefix = "service.beta.kubernetes.io/aws-load-balancer-";
const albPrefix = "alb.ingress.kubernetes.io/";

export const wrongAnnotationPrefix = defineRule({
  id: "wrong-annotation-prefix",
  kinds: ["Service", "Ingress"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "A Service has no annotations for ALBs, and an Ingress has none for NLBs.",
  remediation: "Delete the annotation, which has no counterpart here.",
  source: "AWS Load Balancer Controller 3.5, pkg/annotations/constants.go:14-134",
  onlyWith: { service: [albPrefix], ingress: [nlbPrefix, nlb.loadBalancerSourceRanges] },
  service,
  ingress,
});

/** The Service may stand behind an Ingress as well: what is read there is in its place. */
function service({ service: { annotations, type }, controller }: ServiceContext): readonly Problem[] {
  if (type !== "LoadBalancer" || controller.name === "other") return [];
  return Object.keys(annotations)
    .filter((key) => key.startsWith(albPrefix) && catalogEntry(key, "BackendService") === undefined)
    .map((key) => {
      const meant = toNlb.get(key) ?? known(`${nlbPrefix}${key.slice(albPrefix.length)}`, "Service");
      return problem(key, meant, "no controller reads it on a Service");
    });
}

function ingress({ ingress: { annotations }, albClass }: IngressContext): readonly Problem[] {
  if (albClass === undefined) return [];
  return Object.keys(annotations)
    .filter((key) => key.startsWith(nlbPrefix) || key === nlb.loadBalancerSourceRanges)
    .map((key) => {
      const meant = toAlb.get(key) ?? known(`${albPrefix}${key.slice(nlbPrefix.length)}`, "Ingress");
      return problem(key, meant, "no controller reads it on an Ingress");
    });
}

function known(key: string, kind: AnnotatedObject): string | undefined {
  return catalogEntry(key, kind) === undefined ? undefined : key;
}

function problem(key: string, meant: string | undefined, message: string): Problem {
  const field = annotationField(key);
  return meant === undefined ? { field, message } : { field, message, remedy: `Use ${meant} instead.` };
}

/** Different names for the same. A target type and health checks are left alone on a Service, so one direction is enough. */
const toAlb: ReadonlyMap<string, string> = new Map([
  [nlb.targetType, alb.targetType],
  [nlb.internal, alb.scheme],
  [nlb.name, alb.loadBalancerName],
  [nlb.attributes, alb.loadBalancerAttributes],
  [nlb.additionalResourceTags, alb.tags],
  [nlb.loadBalancerSourceRanges, alb.inboundCidrs],
  [nlb.sslCert, alb.certificateArn],
  [nlb.sslNegotiationPolicy, alb.sslPolicy],
  [nlb.healthcheckSuccessCodes, alb.successCodes],
  [nlb.healthcheckInterval, alb.healthcheckIntervalSeconds],
  [nlb.healthcheckTimeout, alb.healthcheckTimeoutSeconds],
  [nlb.healthcheckHealthyThreshold, alb.healthyThresholdCount],
  [nlb.healthcheckUnhealthyThreshold, alb.unhealthyThresholdCount],
]);

const toNlb: ReadonlyMap<string, string> = new Map([
  [alb.loadBalancerName, nlb.name],
  [alb.loadBalancerAttributes, nlb.attributes],
  [alb.inboundCidrs, nlb.loadBalancerSourceRanges],
  [alb.certificateArn, nlb.sslCert],
  [alb.sslPolicy, nlb.sslNegotiationPolicy],
]);

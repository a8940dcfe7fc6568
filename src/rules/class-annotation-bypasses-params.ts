import { ingressClassAnnotation } from "../annotations/catalog.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const classAnnotationBypassesParams = defineRule({
  id: "class-annotation-bypasses-params",
  kinds: ["Ingress"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "An Ingress names its class in the field where the class has IngressClassParams.",
  remediation: "Name the IngressClass in spec.ingressClassName, and delete the annotation.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/group_loader.go:196-210",
  onlyWith: [ingressClassAnnotation],
  ingress,
});

function ingress(context: IngressContext): readonly Problem[] {
  const { classification } = context;
  if (classification.outcome !== "served" || classification.by !== "annotation") return [];
  for (const { name, parameters } of classesMeant(context)) {
    if (parameters?.apiGroup !== "elbv2.k8s.aws" || parameters.kind !== "IngressClassParams") continue;
    const params = context.facts.cluster?.ingressClassParams("elbv2.k8s.aws", parameters.name);
    const set = Object.entries(params ?? {}).filter(([field, value]) => !isIdentity(field) && value !== undefined);
    if (set.length === 0) continue;
    const message = `with the class annotation nobody reads the IngressClassParams ${quote(parameters.name)} of the IngressClass ${quote(name)}, which say ${fields(set.map(([field]) => field))}`;
    return [{ field: annotationField(ingressClassAnnotation), message, identity: "bypassed" }];
  }
  return [];
}

type ClassView = NonNullable<ReturnType<NonNullable<IngressContext["facts"]["cluster"]>["ingressClass"]>>;

/** The one that the field would choose, the one of that name, and the one of Ingresses that name none. */
function classesMeant({
  ingress: { annotations, ingressClassName },
  facts: { cluster },
}: IngressContext): readonly ClassView[] {
  if (cluster === undefined) return [];
  const named = [ingressClassName, annotations[ingressClassAnnotation]].flatMap((name) =>
    name === undefined ? [] : (cluster.ingressClass(name) ?? []),
  );
  return [...named, ...[...cluster.ingressClasses()].filter(({ isDefault }) => isDefault)];
}

function isIdentity(field: string): boolean {
  return field === "api" || field === "name";
}

/** Where the field of the object has another name. */
const names: ReadonlyMap<string, string> = new Map([
  ["groupName", "group"],
  ["inboundCidrs", "inboundCIDRs"],
  ["prefixListIds", "prefixListsIDs"],
  ["certificateArns", "certificateArn"],
  ["minimumCapacityUnits", "minimumLoadBalancerCapacity"],
  ["ipv4IpamPoolId", "ipamConfiguration"],
]);

const mostShown = 4;

function fields(set: readonly string[]): string {
  const shown = set.slice(0, mostShown).map((field) => names.get(field) ?? field);
  return shown.join(", ") + (set.length > mostShown ? ` and ${set.length - mostShown} more` : "");
}

import { alb } from "../annotations/catalog.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const sharedLoadBalancerChanged = defineRule({
  id: "shared-load-balancer-changed",
  kinds: ["Ingress"],
  severity: "deny",
  basis: "update-hazard",
  summary: "An Ingress that joins an IngressGroup leaves the load balancer that others use as it is.",
  remediation: "Leave the annotation out, or have an Ingress that is in the group already state it first.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_load_balancer.go:138-201",
  ingress(context) {
    const changes = context.group()?.changesFrom(context.old?.group()) ?? [];
    return changes
      .filter(({ others }) => others > 0)
      .flatMap((change) => [...schemes(change, context), ...addressTypes(change, context)]);
  },
});

type Group = NonNullable<ReturnType<IngressContext["group"]>>;
type Change = ReturnType<Group["changesFrom"]>[number];

/** That of an update may be confirmed: another rule says so. */
function schemes({ before, after, others }: Change, context: IngressContext): readonly Problem[] {
  if (context.old !== undefined) return [];
  const change = changeOf(before.scheme, after.scheme);
  if (change === undefined) return [];
  const message = `${change} for ${count(others)} too: the controller deletes the load balancer first, then makes a new one with another DNS name`;
  return [{ field: fieldOf(alb.scheme, context), message }];
}

function addressTypes({ before, after, others }: Change, context: IngressContext): readonly Problem[] {
  const change = changeOf(before.ipAddressType, after.ipAddressType);
  if (change === undefined) return [];
  const field = fieldOf(alb.ipAddressType, context);
  const losesIpv4 = after.ipAddressType === "dualstack-without-public-ipv4";
  // What an update takes away other rules say.
  if (context.old !== undefined && (losesIpv4 || after.ipAddressType === "ipv4")) return [];
  if (losesIpv4) {
    const message = `${change} for ${count(others)} too: the load balancer loses its public IPv4 addresses`;
    return [{ field, message }];
  }
  const message = `${change} for ${count(others)} too: the load balancer that they share changes in place`;
  return [{ field, message, severity: "warn", remedy: "Make sure that this suits them all." }];
}

function changeOf(before: string | undefined, after: string | undefined): string | undefined {
  return before === undefined || after === undefined || before === after ? undefined : `from ${before} to ${after}`;
}

function count(others: number): string {
  return others === 1 ? "another Ingress" : `${others} other Ingresses`;
}

/** Where the Ingress says so, or chooses the IngressClassParams that do. One that leaves a group says nothing any more. */
function fieldOf(key: string, { ingress: { annotations }, old }: IngressContext): string {
  if (annotations[key] !== undefined || old?.ingress.annotations[key] !== undefined) return annotationField(key);
  return "spec.ingressClassName";
}

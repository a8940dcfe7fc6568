import { alb } from "../annotations/catalog.ts";
import type { LoadBalancerPolicy } from "../policy/schema.ts";
import { isProvisioned } from "./controller.ts";
import type { AlbClass, Facts } from "./facts.ts";
import { addAddressType, addMigration, ProposalList, written } from "./proposal.ts";
import { ingressState } from "./ingress-state.ts";
import { targetField } from "./injection.ts";
import type { Proposal } from "./injection.ts";
import type { IngressSubject, IngressView } from "./subject.ts";

/** What a policy would add to an Ingress of an ALB class. */
export function ingressCandidates(subject: IngressSubject, policy: LoadBalancerPolicy, facts: Facts): Proposal {
  const { object, old } = subject;
  const { profile } = facts;
  const list = new ProposalList();
  const served = ingressState(subject, object, facts).albClass;
  if (served === undefined) return list;

  const { annotations } = object;
  const { scheme, ipAddressType, targetType } = policy.spec.ingress;
  const provisioned =
    old !== undefined && isProvisioned(old) && ingressState(subject, old, facts).albClass !== undefined;
  const shared = sharedBy(object, served);

  if (shared !== undefined && !(provisioned && policy.spec.existing === "Preserve")) {
    const values = [
      { target: alb.scheme, value: provisioned ? undefined : scheme?.default, because: "ingress.scheme" },
      { target: alb.ipAddressType, value: ipAddressType?.default, because: "ingress.ipAddressType" },
    ];
    for (const { target, value, because } of values) {
      if (value === undefined || annotations[target] !== undefined) continue;
      list.leaveOut(target, value, because, "shared", `${targetField(target)} "${value}" was left out: ${shared}`);
    }
  } else if (provisioned && shared === undefined) {
    const value = ipAddressType?.default;
    if (value !== undefined) {
      addMigration(list, alb.ipAddressType, value, "ingress.ipAddressType", annotations, policy, profile);
    }
  } else if (!provisioned) {
    if (scheme?.default !== undefined) {
      list.add(alb.scheme, scheme.default, "ingress.scheme", written(annotations, [alb.scheme]));
    }
    if (ipAddressType?.default !== undefined) {
      addAddressType(list, alb.ipAddressType, ipAddressType.default, "ingress.ipAddressType", annotations, profile);
    }
  }
  if (targetType?.default !== undefined && !provisioned) {
    list.add(alb.targetType, targetType.default, "ingress.targetType", written(annotations, [alb.targetType]));
  }
  return list;
}

/** Who else may decide the load balancer's values: a value of ours on one member changes the load balancer of all (mblb:138-167). */
function sharedBy(ingress: IngressView, served: AlbClass): string | undefined {
  const group = ingress.annotations[alb.groupName];
  if (group !== undefined) return `other Ingresses of the IngressGroup "${group}" share the load balancer`;
  if (served.hasParams === false) return undefined;
  const which = served.hasParams === undefined ? "may have" : "has";
  return `IngressClass "${served.name}" ${which} IngressClassParams, which would decide it`;
}

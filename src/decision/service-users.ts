import { backendUse } from "./ingress-use.ts";
import { albValues } from "./cluster/alb-values.ts";
import { backendTargets } from "./cluster/backends.ts";
import type { Cluster } from "./cluster/cluster.ts";
import { groupIdOf } from "./cluster/group-id.ts";
import { targetTypeOf } from "./cluster/values.ts";
import type { BindingView, IngressObject } from "./cluster/views.ts";
import { isProvisioned } from "./controller.ts";
import type { Facts } from "./facts.ts";
import { ingressState } from "./ingress-state.ts";
import type { IngressUse, ServiceUsers } from "./rule.ts";
import type { ServiceSubject } from "./subject.ts";

/**
 * What an update of a Service may break. undefined: nothing that is known uses it, or there is nothing to break, since it is
 * new. Only in the validating phase, in which ports and families are those that it will have.
 */
export function usersOf(subject: ServiceSubject, facts: Facts): ServiceUsers | undefined {
  const { operation, phase, namespace, name } = subject;
  const { cluster } = facts;
  if (cluster === undefined || phase !== "validating" || operation !== "UPDATE") return undefined;
  // Most Services with a load balancer of their own are used by nobody: then nothing is made.
  if (isEmpty(cluster.ingressesUsing(namespace, name)) && isEmpty(cluster.bindingsOf(namespace, name)))
    return undefined;
  const ingresses = ingressesUsing(subject, cluster, facts);
  const bindings = bindingsOf(namespace, name, cluster);
  return ingresses.length === 0 && bindings.length === 0 ? undefined : { ingresses, bindings };
}

function isEmpty(items: Iterable<unknown>): boolean {
  return items[Symbol.iterator]().next().done === true;
}

function ingressesUsing(subject: ServiceSubject, cluster: Cluster, facts: Facts): readonly IngressUse[] {
  const uses: IngressUse[] = [];
  for (const ingress of cluster.ingressesUsing(subject.namespace, subject.name)) {
    const use = ingressUse(ingress, subject, facts);
    if (use !== undefined) uses.push(use);
  }
  return uses.toSorted(byName);
}

/** undefined: no ALB is built from it. */
function ingressUse(ingress: IngressObject, service: ServiceSubject, facts: Facts): IngressUse | undefined {
  const { name, view } = ingress;
  const state = ingressState(ingress, view, facts);
  const { classification } = state;
  if (view.terminating || classification.outcome !== "served") return undefined;
  if (groupIdOf(ingress, classification).kind === "invalid") return undefined;
  const { controller, params, paramsKnown } = classification;
  // Into the state itself: a copy would ask it for everything at once.
  const context = Object.assign(state, { facts, old: undefined });
  return {
    name,
    controller: { name: controller },
    ports: backendTargets(view).flatMap((target) => (target.service === service.name ? [target.port] : [])),
    isProvisioned: isProvisioned(view),
    targetType: targetTypeOf({ ingress, classification }, service.object, facts.profile),
    hasTargetTypeByParams: paramsKnown ? params?.targetType !== undefined : undefined,
    ipAddressType: () => albValues(context).ipAddressType,
    isRead: () => backendUse(context),
  };
}

function bindingsOf(namespace: string, name: string, cluster: Cluster): readonly BindingView[] {
  const bindings: BindingView[] = [];
  for (const binding of cluster.bindingsOf(namespace, name)) {
    if (!binding.isControllers && !binding.terminating) bindings.push(binding);
  }
  return bindings.toSorted(byName);
}

/** Of objects of one namespace: however they came to be known, they are told of in the same order. */
function byName(one: { readonly name: string }, other: { readonly name: string }): number {
  return one.name < other.name ? -1 : one.name > other.name ? 1 : 0;
}

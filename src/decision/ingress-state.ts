import { backendTargets } from "./cluster/backends.ts";
import { classify } from "./cluster/classify.ts";
import type { Classification } from "./cluster/classify.ts";
import { groupStateOf } from "./cluster/group-state.ts";
import type { GroupState } from "./cluster/group-state.ts";
import { targetTypeOf } from "./cluster/values.ts";
import type { IngressObject } from "./cluster/views.ts";
import type { AlbClass, Facts } from "./facts.ts";
import type { IngressInForce } from "./in-force.ts";
import { readOnIngress } from "./reading.ts";
import type { Backend, IngressState } from "./rule.ts";
import type { IngressView } from "./subject.ts";

/** An Ingress with what the cluster makes of it. What costs more than a look is found out when a rule asks. */
export function ingressState(
  { namespace, name }: { readonly namespace: string; readonly name: string },
  view: IngressView,
  facts: Facts,
): IngressState {
  return new StateOf({ namespace, name, view, reading: undefined }, facts);
}

/** A class, since an object that is written with a getter has a hidden class to itself, and there is one for each trial. */
class StateOf implements IngressState {
  readonly ingress: IngressView;
  readonly classification: Classification;
  readonly albClass: AlbClass | undefined;
  readonly group: IngressState["group"];
  readonly backends: IngressState["backends"];
  readonly read: IngressState["read"];
  readonly #facts: Facts;
  #inForce: IngressInForce | undefined;

  constructor(ingress: IngressObject, facts: Facts) {
    const { cluster, profile } = facts;
    const classification = classify(ingress, cluster, profile);
    const { annotations } = ingress.view;
    this.ingress = ingress.view;
    this.classification = classification;
    this.albClass = albClassOf(classification, facts);
    const group = once(() =>
      classification.outcome === "served" ? groupStateOf(ingress, classification, cluster, profile) : undefined,
    );
    this.group = group;
    this.backends = once(() => backendsOf(ingress, group(), facts));
    this.read = once(() => (classification.outcome === "served" ? readOnIngress(annotations, classification) : []));
    this.#facts = facts;
  }

  get inForce(): IngressInForce {
    return (this.#inForce ??= inForceOf(this.group(), this.#facts));
  }
}

function albClassOf(classification: Classification, { cluster, profile }: Facts): AlbClass | undefined {
  if (classification.outcome !== "served") return undefined;
  const { className, params, paramsKnown } = classification;
  if (paramsKnown) return { name: className, hasParams: params !== undefined };
  const told = profile.albClasses.find(({ name }) => name === className);
  return { name: className, hasParams: cluster?.ingressClass(className) === undefined ? told?.hasParams : true };
}

const unknown: IngressInForce = { scheme: undefined, ipAddressType: undefined };

function inForceOf(group: GroupState | undefined, facts: Facts): IngressInForce {
  if (group === undefined || !isMembershipKnown(group, facts)) return unknown;
  const { scheme, ipAddressType } = group.values();
  return { scheme, ipAddressType };
}

const decisive = ["Ingress", "IngressClass", "IngressClassParams"] as const;

/** Whether all members are known. An Ingress without a group is alone. */
export function isMembershipKnown({ id }: GroupState, { cluster }: Facts): boolean {
  if (id.kind === "implicit") return true;
  return cluster !== undefined && decisive.every((kind) => cluster.isComplete(kind));
}

function backendsOf(
  { namespace, view }: IngressObject,
  group: GroupState | undefined,
  { cluster, profile }: Facts,
): readonly Backend[] {
  if (group === undefined) return [];
  return backendTargets(view).map((target) => {
    const service = cluster?.service(namespace, target.service);
    const isMissing = service === undefined && cluster?.isComplete("Service") === true;
    const isKnown = service !== undefined || isMissing;
    return { target, service, isMissing, targetType: isKnown ? targetTypeOf(group.own, service, profile) : undefined };
  });
}

function once<T extends object | undefined>(compute: () => T): () => T {
  let done = false;
  let value: T | undefined;
  return () => {
    if (!done) value = compute();
    done = true;
    return value as T;
  };
}

import { nlb } from "../annotations/catalog.ts";
import { pairValue, proxyProtocolPair, withPair } from "../annotations/map-pair.ts";
import { injectedAnnotation } from "../annotations/own.ts";
import { agreed } from "./cluster/values.ts";
import { isProvisioned, serviceController } from "./controller.ts";
import type { ClusterProfile, Facts } from "./facts.ts";
import { ingressState } from "./ingress-state.ts";
import { loadBalancerClassTarget, valueAt } from "./injection.ts";
import type { Injection, Target } from "./injection.ts";
import { ourPair, readProvenance } from "./provenance.ts";
import { isOverruled } from "./reading.ts";
import type { IngressState } from "./rule.ts";
import { settledBy } from "./settled.ts";
import { sharedAddressType, sharedScheme, valueOfOthers } from "./shared-setting.ts";
import type { IngressSubject, ServiceSubject, ServiceView, Subject, View } from "./subject.ts";

/**
 * What an update drops and must not lose: spec.loadBalancerClass, since the API server refuses the update without it, and
 * on a load balancer that exists each value that we injected, since losing it would change that load balancer. While there
 * is none yet, what claims the Service: the other values are injected anew.
 */
export function restored(subject: Subject, facts: Facts, classOnly: boolean): readonly Injection[] {
  if (subject.old === undefined) return [];
  if (subject.kind === "Service") return restoredOnService(subject, facts.profile, classOnly);
  return classOnly ? [] : restoredOnIngress(subject, facts);
}

function restoredOnService(subject: ServiceSubject, profile: ClusterProfile, classOnly: boolean): readonly Injection[] {
  const { object, old } = subject;
  if (old === undefined || object.type !== "LoadBalancer" || old.type !== "LoadBalancer") return [];
  const owner = serviceController(old, profile).name;
  const type = object.annotations[nlb.type];
  const moves = type !== undefined && type !== old.annotations[nlb.type];
  const ours = owner !== "other" && owner !== "nobody" && !moves && !classOnly;
  const dropped = ours ? droppedInjections(subject).filter(({ target }) => !isSettled(target, object)) : [];
  const own = isProvisioned(old) ? dropped : dropped.filter(({ target }) => isClaim(target));
  const droppedClass = object.loadBalancerClass === undefined ? old.loadBalancerClass : undefined;
  return droppedClass === undefined ? own : [restoredValue(loadBalancerClassTarget, droppedClass), ...own];
}

/** What chooses the controller: without it the in-tree one would build a load balancer before anybody sees. */
function isClaim(target: Target): boolean {
  return target === nlb.type || target === nlb.targetType;
}

/** The class goes its own way; and what the author has settled in other words is not put back over them. */
function isSettled(target: Target, object: ServiceView): boolean {
  return target === loadBalancerClassTarget || settledBy(target, object) !== undefined;
}

function restoredOnIngress(subject: IngressSubject, facts: Facts): readonly Injection[] {
  const { object, old } = subject;
  if (old === undefined) return [];
  const dropped = droppedInjections(subject);
  if (dropped.length === 0) return [];
  const [state, stored] = [ingressState(subject, object, facts), ingressState(subject, old, facts)];
  if (state.albClass === undefined || stored.albClass === undefined) return [];
  if (!isProvisioned(old) && stored.group()?.isProvisioned() !== true) return [];
  return dropped.filter((injection) => mayComeBack(injection, state, stored));
}

/** What IngressClassParams set nobody reads; and in a group a value comes back where nobody else states it, nor is changed by it. */
function mayComeBack({ target, value }: Injection, state: IngressState, stored: IngressState): boolean {
  const { classification } = state;
  const params = classification.outcome === "served" ? classification.params : undefined;
  if (params !== undefined && isOverruled(target, params)) return false;
  const setting = [sharedScheme, sharedAddressType].find((shared) => shared.target === target);
  if (setting === undefined) return true;
  const group = state.group();
  if (group?.id.kind === "implicit") return true;
  if (group?.isKnown() !== true) return false;
  const others = group.others();
  if (others === undefined) return true;
  const isStated = agreed(others.members, setting.name).outcome !== "silent";
  return !isStated && valueOfOthers(setting, group, others, stored.group()) === value;
}

function droppedInjections({ object, old }: Subject): readonly Injection[] {
  const provenance = old && readProvenance(old.annotations[injectedAnnotation]);
  if (old === undefined || provenance === undefined) return [];
  return provenance.keys.flatMap((target) => {
    if (target === ourPair) return droppedPair(object, old);
    const value = valueAt(old, target);
    return value === undefined || valueAt(object, target) !== undefined ? [] : [restoredValue(target, value)];
  });
}

/** Put behind what the author has there now, which is not touched. */
function droppedPair(object: View, old: View): readonly Injection[] {
  const { key, value } = proxyProtocolPair;
  const [before, now] = [old, object].map(({ annotations }) => annotations[nlb.targetGroupAttributes]);
  if (pairValue(before, key) !== value || pairValue(now, key) !== undefined) return [];
  const merged = withPair(now, proxyProtocolPair);
  return merged === undefined ? [] : [restoredValue(nlb.targetGroupAttributes, merged)];
}

function restoredValue(target: string, value: string): Injection {
  return { target, value, because: "restored" };
}

import { alb } from "../annotations/catalog.ts";
import { injectedAnnotation } from "../annotations/own.ts";
import { albClass, isProvisioned, serviceController } from "./controller.ts";
import type { ClusterProfile } from "./facts.ts";
import { loadBalancerClassTarget, valueAt } from "./injection.ts";
import type { Injection } from "./injection.ts";
import { readProvenance } from "./provenance.ts";
import type { IngressSubject, ServiceSubject, Subject } from "./subject.ts";

/**
 * What an update drops and must not lose: spec.loadBalancerClass, since the API server refuses the update without it, and
 * on a load balancer that exists each value that we injected, since losing it would change that load balancer.
 */
export function restored(subject: Subject, profile: ClusterProfile): readonly Injection[] {
  if (subject.old === undefined) return [];
  return subject.kind === "Service" ? restoredOnService(subject, profile) : restoredOnIngress(subject, profile);
}

function restoredOnService(subject: ServiceSubject, profile: ClusterProfile): readonly Injection[] {
  const { object, old } = subject;
  if (old === undefined || object.type !== "LoadBalancer" || old.type !== "LoadBalancer") return [];
  const owner = serviceController(old, profile).name;
  const ours = owner !== "other" && owner !== "nobody" && isProvisioned(old);
  const own = ours ? droppedInjections(subject).filter(({ target }) => target !== loadBalancerClassTarget) : [];
  const droppedClass = object.loadBalancerClass === undefined ? old.loadBalancerClass : undefined;
  return droppedClass === undefined ? own : [restoredValue(loadBalancerClassTarget, droppedClass), ...own];
}

/** In a group the other members may state the value: they are not known here, so nothing is put back. */
function restoredOnIngress(subject: IngressSubject, profile: ClusterProfile): readonly Injection[] {
  const { object, old } = subject;
  const ours = old !== undefined && isProvisioned(old) && [object, old].every((view) => albClass(view, profile));
  return ours && !(alb.groupName in object.annotations) ? droppedInjections(subject) : [];
}

function droppedInjections({ object, old }: Subject): readonly Injection[] {
  const provenance = old && readProvenance(old.annotations[injectedAnnotation]);
  if (old === undefined || provenance === undefined) return [];
  return provenance.keys.flatMap((target) => {
    const value = valueAt(old, target);
    return value === undefined || valueAt(object, target) !== undefined ? [] : [restoredValue(target, value)];
  });
}

function restoredValue(target: string, value: string): Injection {
  return { target, value, because: "restored" };
}

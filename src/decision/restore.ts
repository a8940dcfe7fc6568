import { injectedAnnotation } from "../annotations/own.ts";
import { isProvisioned } from "./controller.ts";
import { loadBalancerClassTarget, valueAt } from "./injection.ts";
import type { Injection } from "./injection.ts";
import { readProvenance } from "./provenance.ts";
import type { IngressSubject, ServiceSubject, Subject } from "./subject.ts";
import { alb } from "../annotations/catalog.ts";

/**
 * What an update drops and must not lose: spec.loadBalancerClass, since the API server refuses the update without it, and
 * on a load balancer that exists each value that we injected, since losing it would change that load balancer.
 */
export function restored(subject: Subject): readonly Injection[] {
  if (subject.operation !== "UPDATE" || subject.old === undefined) return [];
  return subject.kind === "Service" ? restoredOnService(subject) : restoredOnIngress(subject);
}

function restoredOnService(subject: ServiceSubject): readonly Injection[] {
  const { object, old } = subject;
  if (old === undefined || object.type !== "LoadBalancer" || old.type !== "LoadBalancer") return [];
  const own = isProvisioned(old) ? droppedInjections(subject) : [];
  const droppedClass = object.loadBalancerClass === undefined ? old.loadBalancerClass : undefined;
  if (droppedClass === undefined) return own.filter(({ target }) => target !== loadBalancerClassTarget);
  return [
    restoredValue(loadBalancerClassTarget, droppedClass),
    ...own.filter(({ target }) => target !== loadBalancerClassTarget),
  ];
}

/** In a group the other members may state the value: they are not known here, so nothing is put back. */
function restoredOnIngress(subject: IngressSubject): readonly Injection[] {
  const { object, old } = subject;
  if (old === undefined || alb.groupName in object.annotations || !isProvisioned(old)) return [];
  return droppedInjections(subject);
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

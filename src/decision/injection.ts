import { annotationField } from "./rule.ts";
import type { Subject } from "./subject.ts";

/** Where a value goes: the one spec field that we set, or an annotation's key. */
export type Target = "spec.loadBalancerClass" | (string & {});

export const loadBalancerClassTarget = "spec.loadBalancerClass";

/** One value that we add. */
export interface Injection {
  readonly target: Target;
  /** The whole of it. Of a map that the author has begun: their text, with our pair behind it. */
  readonly value: string;
  /** The policy field that asks for it (service.scheme), or `restored`: the update dropped it and it must stay. */
  readonly because: string;
}

/** One value that the policy has and that we do not add. */
export interface LeftOut {
  readonly target: Target;
  readonly value: string;
  readonly because: string;
  readonly reason: LeftOutReason;
  /** One sentence for the author of the object. */
  readonly message: string;
}

export type LeftOutReason =
  /** The author wrote a value; it stands. */
  | "written"
  /** The author's own map has no word on it, and one more pair could change what the others mean. */
  | "unmerged"
  /** A rule would refuse the result. */
  | "rule"
  /** What it depends on was left out. */
  | "depends"
  /** A load balancer exists, or may be being built. */
  | "existing"
  /** The in-tree controller owns a load balancer that claiming would orphan. */
  | "in-tree"
  /** IngressClassParams or other members of an IngressGroup decide, or may decide where they are not known. */
  | "shared"
  /** IngressClassParams have the same value. */
  | "settled"
  /** The cluster, or what else runs there, does not go with it, as the profile says. */
  | "profile"
  /** The policy's mode is Warn. */
  | "shadow";

/** Values that stand or fall together, and the ones that make no sense without them. */
export interface Candidate {
  readonly injections: readonly [Injection, ...Injection[]];
  /** Everything else depends on it: who builds the load balancer. */
  readonly isClaim: boolean;
  /** A warning that goes with the injection. */
  readonly caution: string | undefined;
}

/** What the policy would add to a subject, before rules have spoken. */
export interface Proposal {
  readonly candidates: readonly Candidate[];
  readonly leftOut: readonly LeftOut[];
}

/** A value that stands where it was written, or a load balancer whose values stay, is what people expect; the rest is news to them. */
export function isNews({ reason }: LeftOut): boolean {
  return reason !== "written" && reason !== "settled" && reason !== "existing" && reason !== "depends";
}

/** The path that messages name. */
export function targetField(target: Target): string {
  return target === loadBalancerClassTarget ? target : annotationField(target);
}

/** The subject as it would be with these values; the raw object stays as it is. */
export function withInjections<S extends Subject>(subject: S, injections: readonly Injection[]): S {
  if (injections.length === 0) return subject;
  const annotations: Record<string, string> = { ...subject.object.annotations };
  let loadBalancerClass: string | undefined;
  for (const { target, value } of injections) {
    if (target === loadBalancerClassTarget) loadBalancerClass = value;
    else annotations[target] = value;
  }
  // One spread each: a second one in the same object is many times slower, and this is done for each trial.
  return loadBalancerClass === undefined
    ? { ...subject, object: { ...subject.object, annotations } }
    : { ...subject, object: { ...subject.object, annotations, loadBalancerClass } };
}

/** The value that the object has at a target. */
export function valueAt(object: Subject["object"], target: Target): string | undefined {
  if (target === loadBalancerClassTarget) return object.kind === "Service" ? object.loadBalancerClass : undefined;
  return object.annotations[target];
}

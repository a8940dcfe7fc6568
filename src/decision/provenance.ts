import { alb, nlb } from "../annotations/catalog.ts";
import { ignoreLoadBalancer } from "../annotations/gardener.ts";
import { endsWithPair, pairValue, proxyProtocolPair } from "../annotations/map-pair.ts";
import { injectedAnnotation } from "../annotations/own.ts";
import { loadBalancerClassTarget, valueAt } from "./injection.ts";
import type { Injection, Target } from "./injection.ts";
import type { Plan } from "./plan.ts";
import type { Subject, View } from "./subject.ts";

/** Of a map annotation one pair is ours; the others, if there are any, are the author's. */
export const ourPair = `${nlb.targetGroupAttributes}[${proxyProtocolPair.key}]`;

/** The content of dualstack.dev/injected: which values on this object are ours. */
export interface Provenance {
  readonly policy: string;
  /** Targets, or `ourPair`. */
  readonly keys: readonly string[];
}

export type ProvenanceChange =
  { readonly action: "keep" } | { readonly action: "write"; readonly value: string } | { readonly action: "remove" };

/** All that we ever inject, by code unit: the order in which the annotation names them. */
const injectable: readonly string[] = [
  loadBalancerClassTarget,
  nlb.type,
  nlb.scheme,
  nlb.ipAddressType,
  nlb.targetType,
  nlb.proxyProtocol,
  ourPair,
  ignoreLoadBalancer,
  alb.scheme,
  alb.ipAddressType,
  alb.targetType,
].toSorted();

/** Reads the annotation; undefined where it is absent or not ours. Keys that we never inject are dropped. */
export function readProvenance(raw: string | undefined): Provenance | undefined {
  const [, policy, list] = raw?.match(/^policy=([^;]*); keys=(.*)$/) ?? [];
  if (policy === undefined || list === undefined) return undefined;
  return { policy, keys: list.split(",").filter((key) => injectable.includes(key)) };
}

/** The annotation's text: stable, since keys are sorted by code unit. */
function provenanceText({ policy, keys }: Provenance): string {
  return `policy=${policy}; keys=${injectable.filter((key) => keys.includes(key)).join(",")}`;
}

/**
 * What becomes of the annotation. Keys that were ours and still have their value stay; new injections join. What the
 * author wrote there counts only as far as `replan`, the plan for the object without those values, would inject the same:
 * so the API server's second call finds nothing to change, and a made-up list is corrected.
 */
export function provenanceChange(
  subject: Subject,
  { injections, after }: Pick<Plan, "injections" | "after">,
  policyName: string | undefined,
  replan: (without: readonly Target[]) => readonly Injection[],
): ProvenanceChange {
  const written = subject.object.annotations[injectedAnnotation];
  const stored = readProvenance(subject.old?.annotations[injectedAnnotation]);
  if (injections.length === 0 && written === undefined && stored === undefined) return { action: "keep" };

  const { object, old } = subject;
  const carried =
    old === undefined || stored === undefined
      ? none
      : stored.keys.filter((key) => {
          const value = ownValue(old, key);
          return value !== undefined && value === ownValue(after.object, key);
        });
  const added = injections.filter(({ because }) => because !== "restored").map(({ target }) => keyOf(target));
  const claimed = (readProvenance(written)?.keys ?? none).filter(
    (key) => !carried.includes(key) && !added.includes(key) && ownValue(object, key) !== undefined,
  );
  const genuine =
    claimed.length === 0
      ? none
      : replan(withoutAll(claimed))
          .filter((injection) => claimed.includes(keyOf(injection.target)) && isThere(injection, object))
          .map(({ target }) => keyOf(target));

  const keys = [...carried, ...added, ...genuine];
  if (keys.length === 0) return written === undefined ? { action: "keep" } : { action: "remove" };
  const fresh = added.length > 0 || genuine.length > 0;
  const policy = (fresh ? policyName : stored?.policy) ?? stored?.policy ?? "";
  const value = provenanceText({ policy, keys });
  return value === written ? { action: "keep" } : { action: "write", value };
}

const none: readonly string[] = [];

function keyOf(target: Target): string {
  return target === nlb.targetGroupAttributes ? ourPair : target;
}

/** Beside a class the type annotation chooses nobody, but without one it does: another webhook may have added it since. */
function withoutAll(claimed: readonly string[]): readonly Target[] {
  const targets = claimed.map((key) => (key === ourPair ? nlb.targetGroupAttributes : key));
  return claimed.includes(loadBalancerClassTarget) ? [...targets, nlb.type] : targets;
}

/** The value of one key of a provenance on an object, or of our pair in its map. */
export function ownValue(view: View, key: string): string | undefined {
  return key === ourPair
    ? pairValue(view.annotations[nlb.targetGroupAttributes], proxyProtocolPair.key)
    : valueAt(view, key);
}

/** Of the map the plan was made without what the author wrote there: our own pair is known by its place. */
function isThere({ target, value }: Injection, object: View): boolean {
  const present = valueAt(object, target);
  if (target !== nlb.targetGroupAttributes) return present === value;
  return present !== undefined && endsWithPair(present, proxyProtocolPair);
}

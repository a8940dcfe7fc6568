import { alb, nlb } from "../annotations/catalog.ts";
import { injectedAnnotation } from "../annotations/own.ts";
import { loadBalancerClassTarget, valueAt } from "./injection.ts";
import type { Injection, Target } from "./injection.ts";
import type { Subject } from "./subject.ts";

/** The content of dualstack.dev/injected: which values on this object are ours. */
export interface Provenance {
  readonly policy: string;
  readonly keys: readonly Target[];
}

export type ProvenanceChange =
  { readonly action: "keep" } | { readonly action: "write"; readonly value: string } | { readonly action: "remove" };

/** All that we ever inject, by code unit: the order in which the annotation names them. */
const injectable: readonly Target[] = [
  loadBalancerClassTarget,
  nlb.type,
  nlb.scheme,
  nlb.ipAddressType,
  nlb.targetType,
  nlb.proxyProtocol,
  nlb.targetGroupAttributes,
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
  injections: readonly Injection[],
  policyName: string | undefined,
  replan: (without: readonly Target[]) => readonly Injection[],
): ProvenanceChange {
  const written = subject.object.annotations[injectedAnnotation];
  const stored = readProvenance(subject.old?.annotations[injectedAnnotation]);
  if (injections.length === 0 && written === undefined && stored === undefined) return { action: "keep" };

  const valueAfter = (target: Target): string | undefined =>
    injections.find((injection) => injection.target === target)?.value ?? valueAt(subject.object, target);
  const old = subject.old;
  const carried =
    old === undefined
      ? []
      : (stored?.keys ?? []).filter((key) => {
          const value = valueAt(old, key);
          return value !== undefined && value === valueAfter(key);
        });
  const added = injections.filter(({ because }) => because !== "restored").map(({ target }) => target);
  const claimed = (readProvenance(written)?.keys ?? []).filter(
    (key) => !carried.includes(key) && !added.includes(key) && valueAt(subject.object, key) !== undefined,
  );
  const genuine =
    claimed.length === 0
      ? []
      : replan(claimed)
          .filter(({ target, value }) => claimed.includes(target) && valueAt(subject.object, target) === value)
          .map(({ target }) => target);

  const keys = [...carried, ...added, ...genuine];
  if (keys.length === 0) return written === undefined ? { action: "keep" } : { action: "remove" };
  const fresh = added.length > 0 || genuine.length > 0;
  const policy = (fresh ? policyName : stored?.policy) ?? stored?.policy ?? "";
  const value = provenanceText({ policy, keys });
  return value === written ? { action: "keep" } : { action: "write", value };
}

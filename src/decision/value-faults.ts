import type { ValueType } from "../annotations/entry.ts";
import { faultsIn } from "../annotations/grammar.ts";
import { annotationField, asFarAsKnown } from "./rule.ts";
import type { IngressContext, Problem, ServiceContext } from "./rule.ts";
import { asFarAsKnownOf } from "./cluster/backend-report.ts";
import { useOf } from "./ingress-use.ts";
import type { Annotation, Use, UseContext } from "./ingress-use.ts";

type OfRule = (value: ValueType) => boolean;

/** The values of some types, on a Service, that its controller does not accept. */
export function serviceFaults({ read, controller }: ServiceContext, isOfRule: OfRule): readonly Problem[] {
  return read().flatMap(({ key, value, entry }): readonly Problem[] => {
    if (!isOfRule(entry.value)) return none;
    const certainty = isDocumented(entry.value) ? {} : asFarAsKnown(controller);
    return faultsIn(value, entry).map((fault) => ({ field: annotationField(key), ...fault, ...certainty }));
  });
}

/** The same on an Ingress. */
export function ingressFaults(context: IngressContext, isOfRule: OfRule): readonly Problem[] {
  return context.read().flatMap((each): readonly Problem[] => {
    if (!isOfRule(each.entry.value)) return none;
    return asProblems(context, each, faultsIn(each.value, each.entry));
  });
}

/** Faults of one annotation of an Ingress: warnings only, where it may go unread. */
export function asProblems(
  context: UseContext,
  annotation: Annotation,
  faults: readonly Omit<Problem, "field">[],
): readonly Problem[] {
  if (faults.length === 0) return none;
  const use = useOf(context, annotation);
  if (use === "unread") return none;
  const field = annotationField(annotation.key);
  const certainty = severityFor(context, use, annotation.entry.value);
  return faults.map((fault) => ({ field, ...fault, ...certainty }));
}

/** A denial where the controller certainly comes to it, and nobody doubts what it does then. */
export function severityFor(context: UseContext, use: Use, value?: ValueType): { readonly severity?: "warn" } {
  if (use !== "read") return { severity: "warn" };
  return value !== undefined && isDocumented(value) ? {} : asFarAsKnownOf(context);
}

/** The values that an annotation may have are in the documentation of EKS, too. */
function isDocumented({ type }: ValueType): boolean {
  return type === "enum";
}

const none: readonly Problem[] = [];

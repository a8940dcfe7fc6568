import type { LoadBalancerPolicy } from "./schema.ts";

export type Labels = Readonly<Record<string, string>>;
export type NamespaceSelector = NonNullable<LoadBalancerPolicy["spec"]["namespaceSelector"]>;
type Expression = NonNullable<NamespaceSelector["matchExpressions"]>[number];

/** As Kubernetes does it: everything must hold, and `{}` holds for all. */
export function matchesSelector(
  { matchLabels = {}, matchExpressions = [] }: NamespaceSelector,
  labels: Labels,
): boolean {
  return (
    Object.entries(matchLabels).every(([key, value]) => labelOf(labels, key) === value) &&
    matchExpressions.every((expression) => holds(expression, labelOf(labels, expression.key)))
  );
}

/** A label's value; never what an object inherits, since `constructor` is a valid label key. */
export function labelOf(labels: Labels, key: string): string | undefined {
  return Object.hasOwn(labels, key) ? labels[key] : undefined;
}

function holds({ operator, values = [] }: Expression, value: string | undefined): boolean {
  switch (operator) {
    case "In":
      return value !== undefined && values.includes(value);
    case "NotIn":
      return value === undefined || !values.includes(value);
    case "Exists":
      return value !== undefined;
    case "DoesNotExist":
      return value === undefined;
  }
}

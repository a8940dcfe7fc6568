import { LoadBalancerPolicy } from "../../src/policy/schema.ts";

type Spec = Readonly<Record<string, unknown>>;

/** What an author writes: a policy document with this spec. */
export function written(spec: unknown, name = "a"): Spec {
  return { apiVersion: "dualstack.dev/v1alpha1", kind: "LoadBalancerPolicy", metadata: { name }, spec };
}

export function policy(name: string, spec: Spec = {}): LoadBalancerPolicy {
  return LoadBalancerPolicy.parse(written(spec, name));
}

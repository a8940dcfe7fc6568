import type { Resolution } from "../policy/resolve.ts";
import type { Facts } from "./facts.ts";
import type { Injection, LeftOut } from "./injection.ts";
import type { Rule } from "./rule.ts";

export interface Plan {
  readonly injections: readonly Injection[];
  readonly leftOut: readonly LeftOut[];
  /** Warnings that go with what is injected. */
  readonly cautions: readonly string[];
}

export const emptyPlan: Plan = { injections: [], leftOut: [], cautions: [] };

export interface PlanInput {
  readonly rules: readonly Rule[];
  readonly policy: Resolution;
  readonly facts: Facts;
}

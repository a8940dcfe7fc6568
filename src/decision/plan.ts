import type { Resolution } from "../policy/resolve.ts";
import type { Report } from "./evaluate.ts";
import type { Facts } from "./facts.ts";
import type { Injection, LeftOut } from "./injection.ts";
import type { Rule } from "./rule.ts";
import type { Subject } from "./subject.ts";

export interface Plan {
  readonly injections: readonly Injection[];
  /** The subject with them. */
  readonly after: Subject;
  readonly leftOut: readonly LeftOut[];
  /** Warnings that go with what is injected. */
  readonly cautions: readonly string[];
  /** What rules report on the object with the injections, however the API server may allocate its families. */
  readonly reports: () => readonly Report[];
}

export interface PlanInput {
  readonly rules: readonly Rule[];
  readonly policy: Resolution;
  readonly facts: Facts;
}

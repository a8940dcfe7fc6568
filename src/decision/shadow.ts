import type { Decision } from "./decide.ts";
import { targetField } from "./injection.ts";
import type { Injection, LeftOut } from "./injection.ts";
import { injectedAnnotation } from "../annotations/own.ts";
import type { PlanInput } from "./plan.ts";
import type { Finding } from "./rule.ts";

/** Mode Warn: the decision of mode Enforce is made, and told instead of carried out. */
export function isShadow({ policy }: Pick<PlanInput, "policy">): boolean {
  return policy.policy?.spec.mode === "Warn";
}

/** What mode Enforce would do to the object, as what is left out and said. */
export function inShadow(enforced: Decision): Decision {
  const policy = enforced.policy.policy?.metadata.name ?? "";
  const { injections, leftOut, cautions, provenance } = enforced;
  const note =
    injections.length > 0 || provenance.action === "keep"
      ? []
      : [
          `policy ${policy} would ${provenance.action === "remove" ? "remove" : "correct"} the annotation ${injectedAnnotation}, which only the webhook writes; its mode is Warn`,
        ];
  return {
    ...enforced,
    injections: [],
    leftOut: [...injections.map((injection) => would(injection, policy)), ...leftOut],
    cautions: [...cautions.map((caution) => caution.replace(" was set to ", " would be set to ")), ...note],
    provenance: { action: "keep" },
  };
}

function would({ target, value, because }: Injection, policy: string): LeftOut {
  const back = because === "restored" ? "back " : "";
  const message = `policy ${policy} would set ${targetField(target)} ${back}to "${value}"; its mode is Warn`;
  return { target, value, because, reason: "shadow", message };
}

/** What mode Enforce would inject. */
export function wouldInject({ leftOut }: Decision): readonly LeftOut[] {
  return leftOut.length === 0 ? [] : leftOut.filter(({ reason }) => reason === "shadow");
}

/** The findings for which mode Enforce would refuse the request. */
export function wouldRefuse({ findings }: Decision): readonly Finding[] {
  return findings.length === 0 ? [] : findings.filter(isInShadow);
}

/** Only what would refuse is in the shadow: a warning is said in every mode. */
export function isInShadow({ severity, excused }: Finding): boolean {
  return severity === "deny" && excused === "shadow";
}

import { unknownRules } from "./schema.ts";
import type { Standing } from "./standing.ts";
import { acceptedCondition } from "./status.ts";
import type { Condition, PolicyStatus } from "./status.ts";

/** More than people read at once; a condition's message has to end somewhere. */
const mostProblems = 10;
const longestMessage = 4_000;

/**
 * The status that a policy should have now. It is equal to the one that it has where nothing has changed since. Conditions
 * of others stay as they are.
 */
export function statusFor(
  standing: Standing,
  { knownRules, now }: { readonly knownRules: readonly string[]; readonly now: string },
): PolicyStatus {
  const { object, inForce } = standing;
  const before = object.status?.conditions ?? [];
  const own = before.find(({ type }) => type === acceptedCondition);
  const judged = acceptance(standing, knownRules);
  const condition: Condition = {
    type: acceptedCondition,
    ...judged,
    observedGeneration: object.generation,
    lastTransitionTime: own?.status === judged.status ? own.lastTransitionTime : now,
  };
  // What this version cannot read, a later one can: it is not for us to lose.
  const kept = inForce === undefined ? object.status?.inForce : { generation: inForce.generation, spec: inForce.spec };
  return {
    observedGeneration: object.generation,
    conditions: own === undefined ? [...before, condition] : before.map((one) => (one === own ? condition : one)),
    ...(kept === undefined ? {} : { inForce: kept }),
  };
}

function acceptance(
  { object, problems, inForce }: Standing,
  knownRules: readonly string[],
): Pick<Condition, "status" | "reason" | "message"> {
  if (problems.length > 0) {
    const said = problems.slice(0, mostProblems).map(({ field, message }) => `${field}: ${message}`);
    const more = problems.length > mostProblems ? [`And ${problems.length - mostProblems} more problems.`] : [];
    const consequence =
      inForce === undefined
        ? "No version of this policy is in force."
        : `Generation ${inForce.generation} stays in force.`;
    return { status: "False", reason: "Invalid", message: [cut([...said, ...more].join(" ")), consequence].join(" ") };
  }
  const unknown = inForce === undefined ? [] : unknownRules(inForce.policy, knownRules);
  if (unknown.length === 0) {
    return { status: "True", reason: "Valid", message: `Generation ${object.generation} is in force.` };
  }
  const message = `Generation ${object.generation} is in force. spec.rules: this version has no rules of these names, which do nothing: ${unknown.join(", ")}.`;
  return { status: "True", reason: "UnknownRules", message: cut(message) };
}

function cut(text: string): string {
  return text.length > longestMessage ? `${text.slice(0, longestMessage)}…` : text;
}

import { unknownRules } from "../policy/schema.ts";
import type { Standing } from "../policy/standing.ts";
import type { WatchLog } from "./watch.ts";

/** A line may be as long as that. The status has them all. */
const mostProblems = 10;

/** One line for each change of a policy, and none where only its status or metadata have changed. */
export function tellOfChange(
  before: Standing | undefined,
  { object, problems, inForce }: Standing,
  { log, knownRules }: { readonly log: WatchLog; readonly knownRules: readonly string[] },
): void {
  const isSame =
    before?.object.uid === object.uid &&
    before.object.generation === object.generation &&
    before.inForce?.generation === inForce?.generation;
  if (isSame) return;
  const about = { policy: object.name, generation: object.generation };
  if (problems.length > 0) {
    const said = problems.slice(0, mostProblems).map(({ field, message }) => `${field}: ${message}`);
    log.warn(
      { ...about, problems: said, inForce: inForce?.generation },
      inForce === undefined
        ? "policy cannot be used: nothing of it is in force"
        : "policy cannot be used: its last good version stays in force",
    );
    return;
  }
  const unknown = inForce === undefined ? [] : unknownRules(inForce.policy, knownRules);
  if (unknown.length > 0) log.warn({ ...about, unknown }, "policy is in force, and names rules that do not exist");
  else log.info(about, "policy is in force");
}

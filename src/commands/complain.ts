import { exitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import { plural } from "./summary.ts";

/** Lists problems on standard error. Gives the exit code that goes with them. */
export function complain({ stderr }: Io, what: string, problems: readonly string[]): number {
  stderr.write(
    `${plural(problems.length, "problem")}, ${what}:\n${problems.map((problem) => `- ${problem}\n`).join("")}`,
  );
  return exitCode.usage;
}

import { nearest } from "../text/nearest.ts";
import type { Command } from "./command.ts";
import { exitCode } from "./exit-codes.ts";
import { helpCommand } from "./help.ts";
import type { Io } from "./io.ts";
import { previewCommand } from "./preview.ts";
import { versionCommand } from "./version.ts";

/** Every verb, in the order of the help text. */
export const commands: readonly Command[] = [previewCommand, versionCommand];

/** Runs `kubectl-dualstack VERB …`, which is also `kubectl dualstack VERB …`. */
export async function run(argv: readonly string[], io: Io): Promise<number> {
  const [verb, ...rest] = argv;
  const all = [...commands, helpCommand(commands)];
  const name = verb === "--help" || verb === "-h" ? "help" : verb === "--version" ? "version" : verb;
  const command = all.find((candidate) => candidate.name === name);
  try {
    if (command !== undefined) return await command.run(rest, io);
    io.stderr.write(`${complaint(name, all)}\n`);
    return exitCode.usage;
  } catch (error) {
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    io.stderr.write(`kubectl dualstack failed, which is a fault of its own. Please report it with this:\n${trace}\n`);
    return exitCode.fault;
  }
}

function complaint(name: string | undefined, all: readonly Command[]): string {
  const names = all.map((command) => command.name);
  const choice = `${names.slice(0, -1).join(", ")} or ${names[names.length - 1]}`;
  if (name === undefined) return `A command is missing: ${choice}. See kubectl dualstack help.`;
  const meant = nearest(name, names);
  const advice = meant === undefined ? `use ${choice}` : `did you mean ${meant}`;
  return `${JSON.stringify(name)} is not a command: ${advice}. See kubectl dualstack help.`;
}

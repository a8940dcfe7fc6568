import { nearest } from "../text/nearest.ts";
import { exitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import type { Command } from "./command.ts";

/** `help` lists the verbs; `help VERB` prints a verb's own text. */
export function helpCommand(commands: readonly Command[]): Command {
  const help: Command = {
    name: "help",
    summary: "Print this text, or that of a command.",
    help: () => overview([...commands, help]),
    run: async (argv, io) => print(argv, io, [...commands, help]),
  };
  return help;
}

function print(argv: readonly string[], io: Io, commands: readonly Command[]): number {
  const [name = "help", ...rest] = argv.filter((word) => word !== "--help" && word !== "-h");
  const command = commands.find((candidate) => candidate.name === name);
  if (command === undefined || rest.length > 0) {
    const meant = nearest(
      name,
      commands.map((candidate) => candidate.name),
    );
    const advice = command === undefined && meant !== undefined ? `: did you mean ${meant}` : "";
    io.stderr.write(
      `There is no help on ${JSON.stringify([name, ...rest].join(" "))}${advice}. See kubectl dualstack help.\n`,
    );
    return exitCode.usage;
  }
  io.stdout.write(command.help());
  return exitCode.clean;
}

function overview(commands: readonly Command[]): string {
  return [
    "Usage: kubectl dualstack COMMAND [FLAG]...",
    "",
    "Shows what dualstack-webhook makes of load balancers, with no webhook running.",
    "",
    ...commands.map(({ name, summary }) => `  ${name.padEnd(10)}${summary}`),
    "",
    "kubectl dualstack help COMMAND describes a command, its flags and exit codes.",
    "",
  ].join("\n");
}

import { createRequire } from "node:module";
import { exitCode } from "./exit-codes.ts";
import type { Io } from "./io.ts";
import type { Command } from "./command.ts";

const { version } = createRequire(import.meta.url)("../../package.json") as { readonly version: string };

export const versionCommand: Command = {
  name: "version",
  summary: "Print the version.",
  help: () => "Usage: kubectl dualstack version\n\nPrints the version.\n",
  run: async (argv: readonly string[], io: Io) => {
    if (argv.length > 0) {
      io.stderr.write(`kubectl dualstack version takes nothing: leave out ${JSON.stringify(argv.join(" "))}.\n`);
      return exitCode.usage;
    }
    io.stdout.write(`${version}\n`);
    return exitCode.clean;
  },
};

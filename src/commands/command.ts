import type { Io } from "./io.ts";

/** One verb. `help` is the text of `help VERB` and of `VERB --help`. */
export interface Command {
  readonly name: string;
  readonly summary: string;
  readonly help: () => string;
  /** Resolves with an exit code; what is to be said has been written by then. */
  readonly run: (argv: readonly string[], io: Io) => Promise<number>;
}

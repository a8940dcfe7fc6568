import type { Environment } from "../settings/table.ts";
import { exitCode } from "./exit-codes.ts";
import { readText } from "./standard-input.ts";

/** Everything a command may touch of the process. */
export interface Io {
  /** The result, and nothing else: it may be piped into a program. */
  readonly stdout: Output;
  /** What people should know: problems, progress, what was taken for granted. */
  readonly stderr: Output;
  /** Reads standard input whole; called only for `-`. */
  readonly stdin: () => Promise<string>;
  readonly env: Environment;
  /** Milliseconds, for progress only. */
  readonly now: () => number;
}

interface Output {
  readonly write: (text: string) => unknown;
  readonly isTerminal: boolean;
}

/** The real process. A reader that leaves early (`| head`) is no fault: the rest is not written. */
export function processIo(target: NodeJS.Process): Io {
  const output = (stream: NodeJS.WriteStream): Output => {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") return;
      if (stream !== target.stderr) target.stderr.write(`The output cannot be written: ${error.message}.\n`);
      target.exit(exitCode.fault);
    });
    return { write: (text) => stream.write(text), isTerminal: stream.isTTY };
  };
  return {
    stdout: output(target.stdout),
    stderr: output(target.stderr),
    stdin: () => readText(target.stdin),
    env: target.env,
    now: () => performance.now(),
  };
}

import type { Io } from "../../src/commands/io.ts";
import { run } from "../../src/commands/run.ts";

export interface Surroundings {
  /** What standard input holds; reading it without this fails. */
  readonly stdin?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly stdoutIsTerminal?: boolean;
  readonly stderrIsTerminal?: boolean;
  /** How much the clock advances at each look. */
  readonly stepMs?: number;
}

export interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the plugin in this process: `kubectl dualstack ARGV`. */
export async function dualstack(argv: readonly string[], surroundings: Surroundings = {}): Promise<Ran> {
  const written = { stdout: "", stderr: "" };
  let time = 0;
  const io: Io = {
    stdout: {
      write: (text) => (written.stdout += text),
      isTerminal: surroundings.stdoutIsTerminal ?? false,
    },
    stderr: {
      write: (text) => (written.stderr += text),
      isTerminal: surroundings.stderrIsTerminal ?? false,
    },
    stdin: async () => {
      if (surroundings.stdin === undefined) throw new Error("standard input was read");
      return surroundings.stdin;
    },
    env: surroundings.env ?? {},
    now: () => (time += surroundings.stepMs ?? 0),
  };
  const code = await run(argv, io);
  return { code, ...written };
}

/** Previews manifests that come by standard input, under the starter policy. */
export function preview(
  manifests: string,
  argv: readonly string[] = [],
  surroundings: Surroundings = {},
): Promise<Ran> {
  return dualstack(["preview", "-f", "-", ...argv], { stdin: manifests, ...surroundings });
}

import { catchStopSignals } from "./stop-signals.ts";

/**
 * Runs the webhook until a signal ends it. Resolves with an exit code; every problem has been printed by then. Signals are
 * caught before anything else is imported, which takes most of the time of a start.
 */
export async function run(argv: readonly string[], env: Readonly<Record<string, string | undefined>>): Promise<number> {
  const stop = catchStopSignals();
  const { start } = await import("./program.ts");
  return start(argv, env, stop);
}

/** The program, with a self-managed certificate whose life is short enough for a test to see its end. No setting reaches that. */
import { start } from "../../src/server/program.ts";
import { catchStopSignals } from "../../src/server/stop-signals.ts";

const lifetimes = { authority: 90_000, leaf: 60_000, settle: 4_000 };

process.exitCode = await start(process.argv.slice(2), process.env, catchStopSignals(), { lifetimes });

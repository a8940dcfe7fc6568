/** The program, with a self-managed certificate whose life is short enough for a test to see its end. No setting reaches that. */
import { start } from "../../src/server/program.ts";
import { catchStopSignals } from "../../src/server/stop-signals.ts";

// A third of the leaf's is left when it is due: who writes looks every ten seconds or so, and so do the others afterwards.
const lifetimes = { authority: 135_000, leaf: 90_000, settle: 4_000 };

process.exitCode = await start(process.argv.slice(2), process.env, catchStopSignals(), { lifetimes });

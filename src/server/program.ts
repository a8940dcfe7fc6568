import { createRequire } from "node:module";
import { pino } from "pino";
import type { LoadedPolicies } from "../kubernetes/policies.ts";
import { ApiFailure } from "../kubernetes/api-failure.ts";
import { policySet } from "../policy/resolve.ts";
import type { PolicySet } from "../policy/resolve.ts";
import { starterPolicies } from "../policy/starter.ts";
import { readSettings } from "../settings.ts";
import type { Settings } from "../settings.ts";
import { UnusableCertificate } from "./certificate-files.ts";
import { switchLevelOnSignal } from "./log-level.ts";
import { openLogOutput } from "./log-output.ts";
import { serve } from "./serve.ts";
import type { ServeOptions } from "./serve.ts";
import type { StopSignals } from "./stop-signals.ts";

/** Exit codes of the program. */
const exitCode = {
  /** Stopped by a signal after draining. */
  ok: 0,
  /** A fault at run time, such as a port that is taken or a certificate that cannot be used. */
  failed: 1,
  /** Settings or policies that cannot be used: nothing was started. */
  usage: 2,
} as const;

const { version } = createRequire(import.meta.url)("../../package.json") as { readonly version: string };

/** Resolves with an exit code once the program has ended. `internals` are for tests: no setting reaches them. */
export async function start(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
  stop: StopSignals,
  internals: Pick<ServeOptions, "lifetimes"> = {},
): Promise<number> {
  surviveClosedOutput();
  const result = readSettings(argv, env);
  switch (result.outcome) {
    case "help":
      process.stdout.write(result.help);
      return exitCode.ok;
    case "version":
      process.stdout.write(`${version}\n`);
      return exitCode.ok;
    case "problems":
      return refuse(result.problems);
    case "settings":
      break;
  }
  const { settings } = result;
  const { policies, problems, emptyFolders } = await policiesOf(settings);
  if (problems.length > 0) return refuse(problems);

  const output = openLogOutput(settings.logFile);
  if (typeof output === "string") return refuse([output]);
  const log = pino({ level: settings.logLevel, base: { version } }, output);
  const level = switchLevelOnSignal(log);
  for (const folder of emptyFolders)
    log.warn({ folder }, "the folder of policies is empty: no policy is in force from it");
  try {
    const writeLine = (line: string): void => {
      output.write(`${line}\n`);
    };
    await serve({ settings, policies, log, writeLine, version, stop, ...internals });
    return exitCode.ok;
  } catch (error) {
    log.error(isKnown(error) ? { problem: describeFault(error) } : { err: error }, "stopped by a fault");
    return refuse([describeFault(error)], exitCode.failed);
  } finally {
    level.stop();
    await output.close();
  }
}

/** Whoever reads the first lines only, as head does, must not end the server, nor see a stack. */
function surviveClosedOutput(): void {
  for (const stream of [process.stdout, process.stderr]) stream.on("error", () => undefined);
}

function refuse(problems: readonly string[], code: number = exitCode.usage): number {
  process.stderr.write(`dualstack-webhook did not start:\n${problems.map((problem) => `- ${problem}\n`).join("")}`);
  return code;
}

type Policies = Omit<LoadedPolicies, "policies"> & { readonly policies: PolicySet | "live" };

async function policiesOf(settings: Settings): Promise<Policies> {
  if (settings.policies.length > 0) {
    // Reading YAML takes 12 MiB, which is not needed without policy files.
    const { loadPolicies } = await import("../kubernetes/policies.ts");
    return loadPolicies(settings.policies);
  }
  if (settings.cluster.by !== "nothing") return { policies: "live", problems: [], emptyFolders: [] };
  const local = settings.tls.dir === undefined;
  return { policies: policySet(local ? starterPolicies : []), problems: [], emptyFolders: [] };
}

/** What an operator can mend has said so in its message; a stack would only look like a crash. */
function isKnown(error: unknown): boolean {
  if (error instanceof ApiFailure || error instanceof UnusableCertificate) return true;
  return error instanceof Error && "code" in error;
}

function describeFault(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  if (!("code" in error) || error.code !== "EADDRINUSE" || !("port" in error)) return error.message;
  return `port ${String(error.port)} is taken by another program: stop that one, or choose another port with --listen or --health-listen.`;
}

/**
 * `npm run test:e2e`: gets the control plane's programs ready, then runs the tests that need them, and those of our own
 * program that would keep `npm test` from being quick (program/). Those of faults, which take their time, are run by
 * `npm run test:faults`.
 */
import { spawn } from "node:child_process";
import { join } from "node:path";
import { findActionlint, findAssets, findHelm, findPromtool } from "./assets.ts";
import { findCertManagerCrds, findPrometheusOperatorCrds } from "./published-crds.ts";

const root = join(import.meta.dirname, "..", "..");

// First, so that a build of minutes says so here, once, and does not eat into the time of a test.
const assets = await findAssets().catch(endWith);
const excluded: string[] = [];
await findHelm().catch(leaveOut("Helm", "helm*"));
await findActionlint().catch(leaveOut("actionlint", "workflows"));
await findPromtool().catch(leaveOut("promtool", "alerts"));
await findCertManagerCrds().catch(leaveOut("cert-manager", "{cert-manager,helm-chart,install-order,operations}"));
await findPrometheusOperatorCrds().catch(leaveOut("the Prometheus Operator", "prometheus-operator"));

const options = process.argv.slice(2);
const faultsOnly = options.includes("--faults");
const given = options.filter((option) => option !== "--faults");
const timeouts = ["--testTimeout=60000", "--hookTimeout=120000"].filter(
  (option) => !given.some((argument) => argument.startsWith(option.replace(/=.*/, ""))),
);
const vitest = spawn(
  process.execPath,
  [
    join(root, "node_modules", "vitest", "vitest.mjs"),
    "run",
    `--dir=${faultsOnly ? "test/control-plane/faults" : "test/control-plane"}`,
    ...(faultsOnly ? [] : ["--exclude=**/faults/**"]),
    "--passWithNoTests=false",
    // Two control planes at once wait for each other's programs less than one waits for its own.
    "--maxWorkers=2",
    ...timeouts,
    ...excluded,
    ...given,
  ],
  { cwd: root, stdio: "inherit", env: { ...process.env, KUBEBUILDER_ASSETS: assets.folder } },
);
process.on("SIGTERM", () => vitest.kill("SIGTERM"));
vitest.once("exit", (code) => process.exit(code ?? 1));

/** Where the programs of the control plane are given, Go need not be there for the rest; only CI insists on it. */
function leaveOut(what: string, test: string): (error: unknown) => void {
  return (error) => {
    if (!process.env["KUBEBUILDER_ASSETS"] || process.env["CI"]) endWith(error);
    excluded.push(`--exclude=**/${test}.test.ts`);
    process.stderr.write(`The tests with ${what} are left out. ${text(error)}\n`);
  };
}

function endWith(error: unknown): never {
  process.stderr.write(`${text(error)}\n`);
  return process.exit(1);
}

function text(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

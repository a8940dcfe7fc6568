/**
 * npm run conformance: our decisions against verdicts of the real controller, for the cases beside this file or any others
 * in their format.
 */
import { readFileSync, readdirSync } from "node:fs";
import { join, relative } from "node:path";
import { processIo } from "../../src/commands/io.ts";
import { readCases } from "./cases.ts";
import type { ConformanceCase } from "./cases.ts";
import { IllFormed } from "./line.ts";
import { reportText } from "./report-text.ts";
import { reportOn } from "./report.ts";

const usage = `npm run conformance [-- [FILE…] [--json]]

Compares what we decide with what the AWS Load Balancer Controller decided. Without a FILE: the cases in
test/conformance. test/conformance/README.md describes their format and the output.

  --json   one JSON object instead of a table

Exit code: 0 no disagreement, 1 at least one, 2 bad usage or a file that cannot be read.
`;

interface Outcome {
  readonly code: 0 | 1 | 2;
  readonly stdout: string;
  readonly stderr: string;
}

export function conformance(argv: readonly string[]): Outcome {
  const options = argv.filter((word) => word.startsWith("-"));
  if (options.includes("--help")) return { code: 0, stdout: usage, stderr: "" };
  const unknown = options.filter((option) => option !== "--json");
  if (unknown.length > 0) return refusal(`${unknown.join(", ")}: there is no such option.\n\n${usage}`);
  const given = argv.filter((word) => !word.startsWith("-"));
  let cases: readonly ConformanceCase[];
  try {
    cases = (given.length === 0 ? committedFiles() : given).flatMap((file) => readCases(file, read(file)));
  } catch (error) {
    if (error instanceof IllFormed) return refusal(`${error.message}\n`);
    throw error;
  }
  const report = reportOn(cases);
  const stdout = options.includes("--json") ? `${JSON.stringify(report, null, 2)}\n` : reportText(report);
  return { code: report.disagreements.length === 0 ? 0 : 1, stdout, stderr: "" };
}

function refusal(stderr: string): Outcome {
  return { code: 2, stdout: "", stderr };
}

function committedFiles(): readonly string[] {
  return readdirSync(import.meta.dirname)
    .filter((name) => name.endsWith(".ndjson"))
    .toSorted()
    .map((name) => relative(process.cwd(), join(import.meta.dirname, name)));
}

function read(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (error) {
    throw new IllFormed(file, undefined, `cannot be read: ${error instanceof Error ? error.message : String(error)}`);
  }
}

if (import.meta.main) {
  const io = processIo(process);
  const { code, stdout, stderr } = conformance(process.argv.slice(2));
  io.stdout.write(stdout);
  io.stderr.write(stderr);
  process.exitCode = code;
}

/** What GitHub is asked to run, checked by the linter that knows its language: it cannot run here. */
import { execFile } from "node:child_process";
import { readdirSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, it, onTestFinished } from "vitest";
import { findActionlint } from "./assets.ts";
import { createNest } from "./processes.ts";

const folder = join(import.meta.dirname, "..", "..", ".github", "workflows");
const workflows = readdirSync(folder).map((file) => join(folder, file));

it("actionlint finds no fault in the workflows", { timeout: 300_000 }, async () => {
  expect(workflows.length).toBeGreaterThan(0);
  expect(await lint(workflows)).toBe("");
});

it("it would find one", { timeout: 300_000 }, async () => {
  const nest = await createNest();
  onTestFinished(() => nest.remove());
  const faulty = join(nest.folder, "faulty.yaml");
  await writeFile(faulty, "on: push\njobs:\n  check:\n    runs-on: ubuntu-24.04\n    step: []\n");
  expect(await lint([faulty])).toContain('unexpected key "step"');
});

/** What it complains about. Without the linters of shell and Python, which one machine has and the next has not. */
async function lint(files: readonly string[]): Promise<string> {
  const program = await findActionlint();
  const args = ["-no-color", "-shellcheck=", "-pyflakes=", ...files];
  return promisify(execFile)(program, args).then(
    ({ stdout }) => stdout,
    (error: { stdout: string }) => error.stdout,
  );
}

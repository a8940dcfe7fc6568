import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { openLogOutput } from "../../src/server/log-output.ts";
import type { LogOutput } from "../../src/server/log-output.ts";

let folder: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "log-output-"));
  file = join(folder, "log");
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function opened(): LogOutput {
  const output = openLogOutput(file);
  if (typeof output === "string") throw new Error(output);
  return output;
}

describe("the log's output", () => {
  it("keeps every line whole and in order, whatever its length and its characters", async () => {
    const lines = [
      ...Array.from({ length: 2000 }, (_, index) => `line ${index} ${"–".repeat(index % 50)}\n`),
      `${"long 😀 ".repeat(5000)}\n`,
      "after the long one\n",
      `${"x".repeat(16_384)}\n`,
      "last\n",
    ];
    const output = opened();
    for (const line of lines) output.write(line);
    await output.close();
    expect(readFileSync(file, "utf8")).toBe(lines.join(""));
  });

  it("writes a lone line without being asked, soon", async () => {
    opened().write("alone\n");
    expect(readFileSync(file, "utf8")).toBe("");
    await sleep(400);
    expect(readFileSync(file, "utf8")).toBe("alone\n");
  });

  it("appends to what is there", async () => {
    for (const line of ["one\n", "two\n"]) {
      const output = opened();
      output.write(line);
      await output.close();
    }
    expect(readFileSync(file, "utf8")).toBe("one\ntwo\n");
  });
});

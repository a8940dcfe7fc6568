import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { commands } from "../../src/commands/run.ts";
import { dualstack } from "./fake-io.ts";

test.each([[["help"]], [["--help"]], [["-h"]], [["help", "help"]]])("%j lists every command", async (argv) => {
  const { code, stdout, stderr } = await dualstack(argv);
  expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  for (const { name, summary } of commands) expect(stdout).toContain(`  ${name.padEnd(10)}${summary}\n`);
});

test.each([[["help", "preview"]], [["preview", "--help"]], [["preview", "-h"]]])(
  "%j describes flags, output and exit codes at 80 columns",
  async (argv) => {
    const { code, stdout } = await dualstack(argv);
    expect(code).toBe(0);
    expect(stdout).toContain("  -f, --filename PATH|-\n");
    expect(stdout).toContain("\nExit codes\n  0  nothing would be refused\n");
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  },
);

test.each([[["version"]], [["--version"]]])("%j prints the package's version", async (argv) => {
  const { version } = JSON.parse(await readFile("package.json", "utf8"));
  expect(await dualstack(argv)).toEqual({ code: 0, stdout: `${version}\n`, stderr: "" });
});

test.each([
  [[], "A command is missing: preview, version or help. See kubectl dualstack help.\n"],
  [["preveiw"], '"preveiw" is not a command: did you mean preview. See kubectl dualstack help.\n'],
  [["-f"], '"-f" is not a command: use preview, version or help. See kubectl dualstack help.\n'],
  [["help", "verison"], 'There is no help on "verison": did you mean version. See kubectl dualstack help.\n'],
  [["version", "-o"], 'kubectl dualstack version takes nothing: leave out "-o".\n'],
])("%j is bad usage", async (argv, stderr) => {
  expect(await dualstack(argv)).toEqual({ code: 2, stdout: "", stderr });
});

test("the exit codes that the help text names are the ones of the program", async () => {
  const { stdout } = await dualstack(["help", "preview"]);
  const { exitCode } = await import("../../src/commands/exit-codes.ts");
  const named = stdout
    .split("Exit codes\n")[1]
    ?.match(/^ {2}\d(?= )/gm)
    ?.map(Number);
  expect(named).toEqual(Object.values(exitCode));
});

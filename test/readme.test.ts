import { execFile } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { usage as benchUsage } from "../bench/options.ts";
import { previewGroups } from "../src/commands/preview-settings.ts";
import { readPolicy } from "../src/policy/schema.ts";
import { helpText } from "../src/settings/help.ts";
import { readSettings } from "../src/settings.ts";

/** The README claims only what runs: each sample of it is executed or compared here. */

const readme = readFileSync("README.md", "utf8");
const scripts = Object.keys((JSON.parse(readFileSync("package.json", "utf8")) as { scripts: object }).scripts);

function blocks(language: string): readonly string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([^]*?)^\`\`\`$`, "gm"))].map(([, text = ""]) => text);
}

function between(name: string): string {
  return new RegExp(`<!-- ${name}:begin -->([^]*)<!-- ${name}:end -->`).exec(readme)?.[1] ?? "";
}

describe("the README", () => {
  it("names the two commands, and every npm script that it names exists", () => {
    const commands = blocks("sh").join("");
    expect(commands).toContain("npm ci && npm start\n");
    expect(commands).toContain("npm ci && npm test\n");
    const named = [...readme.matchAll(/npm run (?:--silent )?([\w:]+)/g)].map(([, script = ""]) => script);
    expect(named.filter((script) => !scripts.includes(script))).toEqual([]);
  });

  it("shows what npm start prints", () => {
    const [, shown = ""] = /```text\n([^]*?)```/.exec(between("start")) ?? [];
    expect(shown).not.toBe("");
    expect(readFileSync("test/start.examples.txt", "utf8")).toContain(shown);
  });

  it("has policies that the schema accepts", () => {
    const policies = blocks("yaml");
    expect(policies).not.toEqual([]);
    for (const text of policies) expect(readPolicy(parse(text))).toHaveProperty("policy");
  });

  it("shows what the preview prints", { timeout: 20_000 }, async () => {
    const [, command = "", output = ""] =
      /```console\n\$ npm run --silent preview -- (.*)\n([^]*?)```/.exec(between("cli")) ?? [];
    const run = promisify(execFile)(process.execPath, ["src/cli.ts", "preview", ...command.split(" ")], {
      env: { PATH: process.env["PATH"] ?? "" },
    });
    const { stdout } = await run.catch((error: { stdout: string }) => error);
    expect(output).not.toBe("");
    expect(stdout).toBe(output);
  });

  it("names only flags that exist", () => {
    const settings = readSettings(["--help"], {});
    const help = (settings.outcome === "help" ? settings.help : "") + helpText([], previewGroups) + benchUsage;
    const elsewhere = ["--image", "--target", "--profile", "--dry-run", "--silent", "--namespace", "--set"];
    const flags = [...readme.matchAll(/(?<![\w-])--[a-z][a-z0-9-]+/g)].map(([flag]) => flag);
    expect(flags.filter((flag) => !elsewhere.includes(flag) && !help.includes(flag))).toEqual([]);
  });

  it("links to files that exist", () => {
    const targets = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target = ""]) => target);
    const overlays = [...readme.matchAll(/apply -k (\S+)/g)].map(([, overlay = ""]) => `${overlay}/kustomization.yaml`);
    expect(targets.length + overlays.length).toBeGreaterThan(5);
    expect([...targets, ...overlays].filter((path) => !existsSync(path))).toEqual([]);
  });
});

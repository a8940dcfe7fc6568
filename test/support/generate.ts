import { readFileSync, writeFileSync } from "node:fs";
import { format } from "prettier";
import { stringify } from "yaml";
import type { Rule } from "../../src/decision/rule.ts";
import { policyCrd } from "../../src/policy/crd.ts";
import { policyJsonSchema } from "../../src/policy/schema.ts";
import { rules } from "../../src/rules/index.ts";
import { chartTemplates } from "./helm-chart.ts";
import { licenseList } from "./licenses.ts";
import { withRunbook } from "./runbook.ts";

/** A file of which the program writes all or a part. */
interface GeneratedFile {
  /** From the root of the repository. */
  readonly path: string;
  /** The whole new text, given the present one; "" where there is no file. */
  readonly render: (present: string) => string | Promise<string>;
}

/** One group after the other: the chart is made of the manifests, of which one is generated. */
const generatedFiles: readonly (() => readonly GeneratedFile[])[] = [
  () => [
    { path: "README.md", render: withRuleTable },
    { path: "deploy/policy.schema.json", render: policySchema },
    { path: "deploy/base/00-crd.yaml", render: policyDefinition },
    { path: "docs/operations.md", render: withRunbook },
    { path: "docs/third-party-licenses.md", render: licenseList },
  ],
  () => chartTemplates().map(({ path, text }) => ({ path, render: () => text })),
];

/** The generated files that differ from what the program would write. */
async function staleFiles(): Promise<readonly string[]> {
  const stale: string[] = [];
  for (const { path, render } of generatedFiles.flatMap((group) => group())) {
    const present = read(path);
    if ((await render(present)) !== present) stale.push(path);
  }
  return stale;
}

function withRuleTable(present: string): string {
  const [begin, end] = ["<!-- rules:begin -->\n", "<!-- rules:end -->"];
  const from = present.indexOf(begin);
  const to = present.indexOf(end);
  if (from === -1 || to < from) {
    throw new Error(
      `README.md: the lines ${begin.trim()} and ${end}, between which the rules stand, are missing: add them`,
    );
  }
  return present.slice(0, from + begin.length) + ruleTable() + present.slice(to);
}

function ruleTable(): string {
  const rows = rules.map((rule) => [
    `\`${rule.id}\``,
    rule.kinds.join(", "),
    severity(rule),
    rule.summary,
    rule.remediation,
    source(rule),
  ]);
  const table = [
    ["Rule", "Applies to", "Severity", "What must hold", "What to do", "Source"],
    ["---", "---", "---", "---", "---", "---"],
    ...rows.map((row) => row.map((text) => text.replaceAll("|", "\\|"))),
  ];
  return table.map((row) => `| ${row.join(" | ")} |\n`).join("");
}

function severity(rule: Rule): string {
  return rule.confirmable === true ? `${rule.severity}, confirmable` : rule.severity;
}

function source({ source: given, versions }: Rule): string {
  const byKind = typeof given === "string" ? [] : Object.entries(given).map(([kind, text]) => `${kind}: ${text}`);
  const text = typeof given === "string" ? given : byKind.join("; ");
  return versions === undefined || text.includes(versions) ? text : `${text} (${versions})`;
}

async function policySchema(): Promise<string> {
  return await format(JSON.stringify(policyJsonSchema()), { parser: "json", printWidth: 120 });
}

async function policyDefinition(): Promise<string> {
  const head = "# Written by `npm run generate` from src/policy/schema.ts: change that instead.\n";
  // Of version 1.1, as kubectl reads it: of others a bare Off is a string. No line is broken, so that each is found as it is.
  const text = stringify(policyCrd(), { version: "1.1", lineWidth: 0 });
  return await format(head + text, { parser: "yaml", printWidth: 120 });
}

function read(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw error;
  }
}

async function check(): Promise<void> {
  const stale = await staleFiles();
  if (stale.length === 0) return;
  process.stderr.write(
    `${stale.map((path) => `${path}\n`).join("")}Not current: run npm run generate and commit the result.\n`,
  );
  process.exitCode = 1;
}

async function generate(): Promise<void> {
  for (const group of generatedFiles) {
    for (const { path, render } of group()) {
      const present = read(path);
      const text = await render(present);
      if (text === present) continue;
      writeFileSync(path, text);
      process.stdout.write(`${path}\n`);
    }
  }
}

if (import.meta.main) await (process.argv.includes("--check") ? check() : generate());

import { existsSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { CanaryResult } from "../src/kubernetes/canary-probe.ts";
import { previewGroups } from "../src/commands/preview-settings.ts";
import { buildMetrics } from "../src/server/metrics.ts";
import type { Metrics } from "../src/server/metrics.ts";
import { readSettings } from "../src/settings.ts";
import { helpText } from "../src/settings/help.ts";
import { between, documentBlocks, operations, tableNames } from "./support/operations.ts";
import { nothingYet } from "./support/scraped.ts";

/** What docs/operations.md claims. Its commands run in test/control-plane/operations.test.ts. */

describe("docs/operations.md", () => {
  it("has every metric, and no other", async () => {
    const names = await namesOf(buildMetrics(nothingYet));
    expect(tableNames(between("metrics")).toSorted()).toEqual(names.toSorted());
    const more = await namesOf(buildMetrics({ ...nothingYet, selfManaged: () => undefined }));
    const elsewhere = operations.replaceAll(/<!-- metrics:begin -->[^]*<!-- metrics:end -->/g, "");
    const named = [...elsewhere.matchAll(/\bdualstack_\w+/g)].map(([name]) => name);
    expect(named.filter((name) => !more.includes(name))).toEqual([]);
    expect(more.filter((name) => !names.includes(name) && !named.includes(name))).toEqual([]);
  });

  it("has the place that each alert leads to", () => {
    const rules = readFileSync("deploy/monitoring/prometheus-rules.yaml", "utf8");
    const targets = [...rules.matchAll(/runbook_url: docs\/operations\.md#(\S+)/g)].map(([, target = ""]) => target);
    const headings = [...between("alerts").matchAll(/^### (\w+)$/gm)].map(([, name = ""]) => name.toLowerCase());
    expect(targets.length).toBeGreaterThan(10);
    expect(headings).toEqual(targets);
  });

  it("has every result of the canary, and no other", () => {
    expect(tableNames(between("canary")).toSorted()).toEqual(Object.keys(canaryResults).toSorted());
  });

  it("names only flags that exist", () => {
    const settings = readSettings(["--help"], {});
    const help = (settings.outcome === "help" ? settings.help : "") + helpText([], previewGroups);
    const prose = operations.replaceAll(/^```[^]*?^```$/gm, "").replaceAll(/`(?:npm|helm|kubectl) [^`]*`|`--set`/g, "");
    const flags = [...prose.matchAll(/(?<![\w-])--[a-z][a-z0-9-]+/g)].map(([flag]) => flag);
    expect(flags.length).toBeGreaterThan(5);
    expect(flags.filter((flag) => !help.includes(`  ${flag} `) && !help.includes(`  ${flag}\n`))).toEqual([]);
  });

  it("links to files that exist, and the README links to it", () => {
    const targets = [...operations.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, target = ""]) => `docs/${target}`);
    expect(targets.filter((path) => !existsSync(path))).toEqual([]);
    expect(readFileSync("README.md", "utf8").includes("](docs/operations.md)")).toBe(true);
  });

  it("has no command that no test runs, but for those that need what a lone API server has not", () => {
    const kinds = documentBlocks().map(({ info }) => info);
    const count = (info: string): number => kinds.filter((each) => each === info).length;
    expect([...new Set(kinds)].toSorted()).toEqual(
      ["sh", "sh empty-cluster", "sh fails", "sh needs=pods", "text", "yaml argocd", "yaml kustomization"].toSorted(),
    );
    expect({ needsPods: count("sh needs=pods"), argocd: count("yaml argocd") }).toEqual({ needsPods: 5, argocd: 1 });
    // An indented block or a command in the text would escape: these are all that there may be.
    expect(operations).not.toMatch(/^ {4}(?:kubectl|helm) /m);
    const inline = [...operations.matchAll(/`((?:kubectl|helm) [^`]+)`/g)].map(([, command = ""]) => command);
    expect(inline).toEqual(
      ["helm upgrade", "helm rollback dualstack-webhook --namespace default"].filter((each) => inline.includes(each)),
    );
  });
});

/** One that is missing here does not compile. */
const canaryResults: Readonly<Record<CanaryResult, true>> = {
  proved: true,
  shadow: true,
  "not-judged": true,
  "not-called": true,
  "not-mutated": true,
  differs: true,
  "call-failed": true,
  "refused-by-another": true,
  forbidden: true,
  "namespace-missing": true,
  unreachable: true,
};

async function namesOf(metrics: Metrics): Promise<readonly string[]> {
  return [...(await metrics.render()).matchAll(/^# TYPE (dualstack_\w+)/gm)].map(([, name = ""]) => name);
}

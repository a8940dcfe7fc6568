import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { chartTemplates } from "../support/helm-chart.ts";
import { deploy } from "./render.ts";

/** What helm makes of it is tested in test/control-plane, where helm is. */

const chart = join(deploy, "helm", "dualstack-webhook");

it("each template is made of a manifest, but for what only helm has", () => {
  const generated = chartTemplates().map(({ path }) => basename(path));
  expect(new Set(readdirSync(join(chart, "templates")))).toEqual(new Set([...generated, "NOTES.txt", "checks.yaml"]));
});

it("chart and program have one version", () => {
  const { version } = JSON.parse(readFileSync("package.json", "utf8")) as { version: string };
  expect(parse(readFileSync(join(chart, "Chart.yaml"), "utf8"))).toMatchObject({ version, appVersion: version });
});

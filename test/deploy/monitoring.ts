import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { deploy } from "./render.ts";

export interface Alert {
  readonly alert: string;
  readonly expr: string;
  readonly for: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

interface Panel {
  readonly id: number;
  readonly title: string;
  readonly gridPos: { readonly x: number; readonly y: number; readonly w: number; readonly h: number };
  readonly targets: readonly { readonly expr: string }[];
}

const folder = join(deploy, "monitoring");

interface Rules {
  readonly spec: { readonly groups: readonly { readonly rules: readonly Alert[] }[] };
}

/** As they stand in a file of Prometheus's own. */
export const alertGroups = (parse(readFileSync(join(folder, "prometheus-rules.yaml"), "utf8")) as Rules).spec.groups;

export const alerts: readonly Alert[] = alertGroups.flatMap(({ rules }) => rules);

export const panels: readonly Panel[] = (
  JSON.parse(readFileSync(join(folder, "dashboard.json"), "utf8")) as { readonly panels: readonly Panel[] }
).panels;

/** Every query that an operator gets from us, by what asks it. Grafana fills in its own variables. */
export const queries: readonly { readonly name: string; readonly query: string; readonly ofApiServer: boolean }[] = [
  ...alerts.map(({ alert, expr }) => ({ name: alert, query: expr })),
  ...panels.flatMap(({ title, targets }) =>
    targets.map(({ expr }) => ({ name: title, query: expr.replaceAll("$__rate_interval", "5m") })),
  ),
].map((each) => ({ ...each, ofApiServer: each.query.includes("apiserver_") }));

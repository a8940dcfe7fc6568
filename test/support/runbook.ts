import { readFileSync } from "node:fs";
import { format } from "prettier";
import { parse } from "yaml";

/** The part of docs/operations.md that each alert's runbook_url leads to: what the alert itself says. */
export async function withRunbook(present: string): Promise<string> {
  const [begin, end] = ["<!-- alerts:begin -->\n", "<!-- alerts:end -->"];
  const from = present.indexOf(begin);
  const to = present.indexOf(end);
  if (from === -1 || to < from) {
    throw new Error(
      `docs/operations.md: the lines ${begin.trim()} and ${end}, between which the alerts stand, are missing`,
    );
  }
  return format(present.slice(0, from + begin.length) + runbook() + present.slice(to), {
    parser: "markdown",
    printWidth: 120,
  });
}

interface Rules {
  readonly spec: { readonly groups: readonly { readonly rules: readonly Alert[] }[] };
}

interface Alert {
  readonly alert: string;
  readonly for: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly description: string };
}

function runbook(): string {
  const { spec }: Rules = parse(readFileSync("deploy/monitoring/prometheus-rules.yaml", "utf8"));
  return spec.groups
    .flatMap(({ rules }) => rules)
    .map(({ alert, labels, annotations, ...rule }) => {
      const summary = annotations.summary.replaceAll(/\{\{ \$labels\.(\w+) \}\}/g, "`$1`");
      return `### ${alert}\n\n${labels.severity}, after ${rule.for}: **${summary}** ${annotations.description.trim()}\n\n`;
    })
    .join("");
}

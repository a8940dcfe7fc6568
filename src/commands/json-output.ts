import type { ManifestProblem } from "../kubernetes/manifests.ts";
import type { Entry, Judged } from "./judge.ts";
import { summaryOf } from "./summary.ts";

/** One JSON document. Its shape is API and stands in the help text. Other kinds, such as Secrets, are counted only. */
export function jsonOutput(entries: readonly Entry[], problems: readonly ManifestProblem[]): string {
  const objects = entries.flatMap((entry) => (entry.kind === "judged" ? [objectOf(entry.judged)] : []));
  const told = problems.map(({ source, line, message }) => ({ source, line: line ?? null, message }));
  return `${JSON.stringify({ objects, summary: summaryOf(entries), problems: told }, null, 2)}\n`;
}

function objectOf({ document, subject, decision, outcome, result }: Judged): object {
  const { untouched, policy, controller, injections, leftOut, cautions, findings } = decision;
  return {
    kind: subject.kind,
    namespace: subject.namespace,
    name: subject.name,
    source: document.source,
    line: document.lineOf([]),
    operation: subject.operation,
    outcome,
    ...(untouched === undefined ? {} : { untouched }),
    policy: policy.policy?.metadata.name ?? null,
    controller: controller ?? null,
    injections,
    leftOut,
    cautions,
    findings,
    result,
  };
}

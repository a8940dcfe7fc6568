import type { Finding } from "../decision/rule.ts";
import type { Answered } from "./admission.ts";
import type { Metrics, Violation } from "./metrics.ts";

/** Where the line of a decision goes, without its end. */
export type WriteLine = (line: string) => void;

/**
 * One line and one count for each decision. Never the object: annotations can hold secrets. The line is put together here, as
 * the logger would, since the logger takes longer for it than the decision took; `write` is undefined where nobody reads it.
 */
export function reportDecision(
  answered: Answered,
  version: string,
  write: WriteLine | undefined,
  metrics: Metrics,
): void {
  const { webhook, review, decision, outcome, seconds } = answered;
  const { uid, operation, kind, namespace, name, user, dryRun } = review;
  const injected = decision?.injections.map(({ because }) => because) ?? [];
  const findings = decision?.findings ?? [];
  write?.(
    JSON.stringify({
      level: infoLevel,
      time: Date.now(),
      version,
      webhook,
      uid,
      operation,
      kind,
      namespace: shown(namespace),
      name: shown(name),
      user: shown(user),
      dryRun,
      outcome,
      untouched: decision?.untouched,
      policy: decision?.policy.policy?.metadata.name,
      controller: decision?.controller,
      injected: decision?.injections.map(({ target }) => target),
      rules: findings.length === 0 ? none : [...new Set(findings.map(({ rule }) => rule))],
      durationMs: Math.round(seconds * 1e6) / 1e3,
      msg: "decision",
    }),
  );
  metrics.answered({
    webhook,
    operation: operation === "CREATE" || operation === "UPDATE" ? operation : "other",
    kind: kind === "Service" || kind === "Ingress" || kind === "TargetGroupBinding" ? kind : "other",
    outcome,
    dryRun,
    seconds,
    violations:
      webhook === "validate"
        ? findings.map((finding) => violation(finding, decision?.policy.policy?.metadata.name))
        : [],
    injected,
  });
}

/** "info", as the logger writes it. */
const infoLevel = 30;
const none: readonly string[] = [];

/** The API server checks names only after mutation: until then one may be as long as a request. */
function shown(name: string): string {
  return name.length > 253 ? `${name.slice(0, 253)}…` : name;
}

function violation({ rule, severity, excused }: Finding, policy: string | undefined): Violation {
  return { policy: policy ?? "", rule, action: severity === "deny" && excused === undefined ? "deny" : "warn" };
}

import type { BaseLogger } from "pino";
import type { Finding } from "../decision/rule.ts";
import type { Answered } from "./admission.ts";
import type { Metrics, Violation } from "./metrics.ts";

/** One line and one count for each decision. Never the object: annotations can hold secrets. */
export function reportDecision(answered: Answered, log: Pick<BaseLogger, "info">, metrics: Metrics): void {
  const { webhook, review, decision, outcome, seconds } = answered;
  const { uid, operation, kind, namespace, name, user, dryRun } = review;
  const injected = decision?.injections.map(({ because }) => because) ?? [];
  const findings = decision?.findings ?? [];
  log.info(
    {
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
      rules: [...new Set(findings.map(({ rule }) => rule))],
      durationMs: Math.round(seconds * 1e6) / 1e3,
    },
    "decision",
  );
  metrics.answered({
    webhook,
    operation: operation === "CREATE" || operation === "UPDATE" ? operation : "other",
    kind: kind === "Service" || kind === "Ingress" ? kind : "other",
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

/** The API server checks names only after mutation: until then one may be as long as a request. */
function shown(name: string): string {
  return name.length > 253 ? `${name.slice(0, 253)}…` : name;
}

function violation({ rule, severity, excused }: Finding, policy: string | undefined): Violation {
  return { policy: policy ?? "", rule, action: severity === "deny" && excused === undefined ? "deny" : "warn" };
}

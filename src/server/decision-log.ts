import type { Decision } from "../decision/decide.ts";
import type { LeftOut } from "../decision/injection.ts";
import type { Finding } from "../decision/rule.ts";
import { isInShadow, wouldInject, wouldRefuse } from "../decision/shadow.ts";
import type { Answered } from "./admission.ts";
import { kindLabels } from "./metrics.ts";
import type { Injected, Metrics, Violation } from "./metrics.ts";

/** Where the line of a decision goes, without its end. */
export type WriteLine = (line: string) => void;

interface ReportOptions {
  readonly version: string;
  /** undefined: nobody reads it. */
  readonly write: WriteLine | undefined;
  readonly metrics: Pick<Metrics, "answered">;
  /** Of the canary, which has a bad Service refused every few minutes: its findings are nobody's and would set off alerts. */
  readonly isCanarys: boolean;
}

/**
 * One line and one count for each decision. Never the object: annotations can hold secrets. The line is put together here, as
 * the logger would, since the logger takes longer for it than the decision took.
 */
export function reportDecision(answered: Answered, { version, write, metrics, isCanarys }: ReportOptions): void {
  const { webhook, review, decision, outcome, seconds, refusedFields = none } = answered;
  const { uid, operation, kind, namespace, name, user, dryRun } = review;
  const findings = decision?.findings ?? [];
  const wouldInjectValues = decision === undefined ? [] : wouldInject(decision);
  const wouldRefuseFor = decision === undefined ? [] : wouldRefuse(decision);
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
      rules: findings.length === 0 ? none : rulesOf(findings),
      wouldInject: wouldInjectValues.length === 0 ? undefined : wouldInjectValues.map(({ target }) => target),
      wouldDeny: wouldRefuseFor.length === 0 ? undefined : rulesOf(wouldRefuseFor),
      refusedFields: refusedFields.length === 0 ? undefined : refusedFields.slice(0, mostFields).map(shown),
      durationMs: Math.round(seconds * 1e6) / 1e3,
      msg: "decision",
    }),
  );
  metrics.answered({
    webhook,
    operation: operation === "CREATE" || operation === "UPDATE" ? operation : "other",
    kind: kindLabels.find((label) => label === kind) ?? "other",
    outcome,
    dryRun,
    seconds,
    violations:
      webhook === "validate" && !isCanarys
        ? findings.map((finding) => violation(finding, decision?.policy.policy?.metadata.name))
        : [],
    injected: decision === undefined || isCanarys ? [] : injectedValues(decision, wouldInjectValues),
  });
}

/** At level debug: where and why, for whoever asks what became of one request. No values: these may be secrets. */
export function logDetail({ review, decision }: Answered, log: DetailLog): void {
  if (decision === undefined) return;
  const { findings, leftOut, injections } = decision;
  log.debug(
    {
      uid: review.uid,
      findings: findings.map(({ rule, severity, field, excused }) => ({ rule, severity, field, excused })),
      injected: injections.map(({ target, because }) => ({ target, because })),
      leftOut: leftOut.map(({ target, because, reason }) => ({ target, because, reason })),
    },
    "decision in detail",
  );
}

interface DetailLog {
  debug(data: object, message: string): void;
}

/** "info", as the logger writes it. */
const infoLevel = 30;
const none: readonly string[] = [];
const mostFields = 50;

/** The API server checks names only after mutation: until then one may be as long as a request. */
function shown(name: string): string {
  return name.length > 253 ? `${name.slice(0, 253)}…` : name;
}

function rulesOf(findings: readonly Finding[]): readonly string[] {
  return [...new Set(findings.map(({ rule }) => rule))];
}

function injectedValues({ injections }: Decision, would: readonly LeftOut[]): readonly Injected[] {
  const injected = injections.map(({ because }): Injected => ({ setting: because, action: "inject" }));
  if (would.length === 0) return injected;
  return [...injected, ...would.map(({ because }): Injected => ({ setting: because, action: "shadow-inject" }))];
}

function violation(finding: Finding, policy: string | undefined): Violation {
  return { policy: policy ?? "", rule: finding.rule, action: actionOf(finding) };
}

function actionOf(finding: Finding): Violation["action"] {
  if (isInShadow(finding)) return "shadow-deny";
  return finding.severity === "deny" && finding.excused === undefined ? "deny" : "warn";
}

import { confirmAnnotation } from "../annotations/own.ts";
import { denials } from "./decide.ts";
import type { Decision } from "./decide.ts";
import { isNews } from "./injection.ts";
import type { Finding } from "./rule.ts";
import type { ReviewedSubject } from "./subject.ts";

/** All reasons to refuse, as one message that stands alone; undefined where nothing refuses. */
export function denialMessage(subject: ReviewedSubject, decision: Decision): string | undefined {
  const refused = denials(decision);
  if (refused.length === 0) return undefined;
  const count = refused.length === 1 ? "1 problem" : `${refused.length} problems`;
  const name = decision.policy.policy?.metadata.name;
  const policy = name === undefined ? "" : ` (policy ${name})`;
  const lines = refused.map((finding) => `- ${findingText(finding)}${confirmHint(finding)}`);
  return [`${count} in ${subject.kind} ${subject.namespace}/${subject.name}${policy}:`, ...lines].map(clean).join("\n");
}

/** What the author should know of the injections: the mutating webhook's warnings. */
export function injectionWarnings({ leftOut, cautions }: Decision): readonly string[] {
  const news = leftOut.filter(isNews);
  if (news.length === 0 && cautions.length === 0) return [];
  return unique([...news.map(({ message }) => message), ...cautions].map(shortFields));
}

/** Findings that do not refuse: the validating webhook's warnings. Old faults that only warn are not repeated on an update. */
export function findingWarnings(decision: Decision): readonly string[] {
  return unique(
    decision.findings.flatMap((finding) => {
      if (finding.severity === "warn") return finding.excused === "existing" ? [] : [findingText(finding)];
      switch (finding.excused) {
        case undefined:
          return [];
        case "existing":
          return [`already so before this update: ${findingText(finding)}`];
        case "confirmed":
          return [`confirmed: ${findingText(finding)}`];
        case "shadow":
          return [`would be refused, were the policy's mode Enforce: ${findingText(finding)}`];
      }
    }),
  );
}

/** `<rule>: <field>: <what is wrong>. <what to do> (<whose behaviour that is>)` */
export function findingText({ rule, field, message, remedy, source }: Finding): string {
  const where = source === undefined ? "" : ` (${source})`;
  return shortFields(`${rule}: ${field}: ${message}. ${remedy}${where}`);
}

/** Field paths without the AWS prefixes, which say nothing to a reader of a message and make it twice as long. */
export function shortFields(text: string): string {
  return text.replaceAll(
    /metadata\.annotations\[(?:service\.beta|alb\.ingress)\.kubernetes\.io\//g,
    "metadata.annotations[…/",
  );
}

function confirmHint({ rule, confirmable }: Finding): string {
  return confirmable ? ` To accept this, add the annotation ${confirmAnnotation}: ${rule} in the same update.` : "";
}

function unique(lines: readonly string[]): readonly string[] {
  return [...new Set(lines.map(clean))];
}

/** The API server drops a warning with a control character without a word (apiserver pkg/endpoints/filters/warning.go). */
function clean(text: string): string {
  return text.toWellFormed().replace(/\p{Cc}+/gu, " ");
}

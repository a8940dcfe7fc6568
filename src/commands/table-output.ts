import { injectedAnnotation } from "../annotations/own.ts";
import { targetField } from "../decision/injection.ts";
import type { Injection, LeftOut } from "../decision/injection.ts";
import { denials } from "../decision/decide.ts";
import { findingText, findingWarnings, shortFields } from "../decision/messages.ts";
import { wrap } from "../text/wrap.ts";
import type { Paint } from "./colour.ts";
import type { Judged } from "./judge.ts";
import { plural } from "./summary.ts";

/** One object for people: what is set (+), left out (-), warned of (!) and refused (x), each with its reason, at 80 columns. */
export function tableEntry(judged: Judged, paint: Paint): string {
  const { document, subject, decision } = judged;
  const refused = denials(decision);
  const place = `${document.source}:${document.lineOf([])}`;
  const title = `${subject.kind} ${subject.namespace}/${subject.name} (${place})`;
  return [
    paint("bold", block(title, 2)),
    paint("dim", block(`  ${circumstances(judged)}`, 2)),
    ...decision.injections.map((injection) => paint("green", block(`  + ${setText(injection)}`, 6))),
    ...provenanceLine(judged),
    ...decision.leftOut.map(
      (leftOut) => `${block(`  - ${setText(leftOut)}`, 6)}${block(`      ${reasonOf(leftOut)}`, 6)}`,
    ),
    ...decision.cautions.map((caution) => paint("yellow", block(`  ! ${shortFields(caution)}`, 4))),
    ...findingWarnings(decision).map((warning) => paint("yellow", block(`  ! ${warning}`, 4))),
    ...(refused.length === 0 ? [] : [paint("red", `  x REFUSED: ${plural(refused.length, "problem")}\n`)]),
    ...refused.map((finding) => paint("red", block(`    - ${findingText(finding)}`, 6))),
    ...(judged.outcome === "allowed" ? ["  = left as it is\n"] : []),
    "\n",
  ].join("");
}

/** Where nothing is set, the note about what is ours may still be wrong: authors copy it from other manifests. */
function provenanceLine({ decision: { injections, provenance } }: Judged): readonly string[] {
  if (injections.length > 0 || provenance.action === "keep") return [];
  const what = provenance.action === "remove" ? "removed" : `corrected to "${provenance.value}"`;
  return [block(`  + ${injectedAnnotation}: ${what}, since only the webhook writes it`, 6)];
}

/** Names and values may hold anything, such as what a terminal takes for a command. */
function block(text: string, indent: number): string {
  return wrap(text.toWellFormed().replaceAll(/\p{Cc}/gu, "\uFFFD"), indent);
}

function circumstances({ subject, decision }: Judged): string {
  const { policy } = decision.policy;
  switch (decision.untouched) {
    case "out-of-scope":
      return `= left as it is: namespace ${subject.namespace} is not looked at (--scope, --exclude-namespace, its label dualstack.dev/inject)`;
    case "terminating":
      return "= left as it is: it is being deleted";
    case "not-ours":
      return `= left as it is: ${notOurs(subject)}`;
    case "policy-off":
      return `= left as it is: the mode of policy ${policy?.metadata.name ?? ""} is Off`;
    case undefined:
      return [
        ...(subject.operation === "UPDATE" ? ["an update of the one in the cluster"] : []),
        policy === undefined ? "no policy in force" : `policy ${policy.metadata.name}`,
        builder(subject.kind, decision.controller),
      ].join(", ");
  }
}

function notOurs({ object }: Judged["subject"]): string {
  switch (object.kind) {
    case "Service":
      return `a Service of type ${object.type}`;
    case "Ingress": {
      const name = object.annotations["kubernetes.io/ingress.class"] ?? object.ingressClassName;
      return name === undefined ? "it names no IngressClass" : `IngressClass ${name} is no ALB class (--alb-class)`;
    }
    case "TargetGroupBinding":
      return "a controller has made it, and keeps it";
  }
}

function builder(kind: Judged["subject"]["kind"], controller: Judged["decision"]["controller"]): string {
  switch (controller) {
    case "other":
      return "built by a controller that is not known here";
    case "nobody":
      return "built by nobody";
    case undefined:
      return "without a load balancer of its own";
    case "aws-load-balancer-controller":
    case "eks-auto-mode":
    case "cloud-controller-manager":
      return `${kind === "TargetGroupBinding" ? "kept" : "built"} by ${controller}`;
  }
}

/** The policy field stands for the reason: the policy is named above. */
function setText({ target, value, because }: Injection | LeftOut): string {
  return `${shortKey(target)}: ${value} (${because})`;
}

/** The AWS prefixes are the longest part of every line and the same in all. */
function shortKey(target: string): string {
  return target.replace(/^(?:service\.beta|alb\.ingress)\.kubernetes\.io\//, "…/");
}

/** The sentence without what the line above it says. */
function reasonOf({ target, value, message }: LeftOut): string {
  const lead = `${targetField(target)} "${value}" was left out: `;
  return shortFields(message.startsWith(lead) ? `left out: ${message.slice(lead.length)}` : message);
}

import { shortFields } from "../../src/decision/messages.ts";
import { wrap } from "../../src/text/wrap.ts";
import type { Disagreement, Report } from "./report.ts";
import { properties } from "./undecidable.ts";

/** The report for people: a table, what is counted beside it, and each disagreement with both sides. */
export function reportText(report: Report): string {
  const { cases, measures, undecidable, refusedForAws, refusedLater, disagreements } = report;
  return [
    `Services: ${cases.services}; Ingresses, not judged yet: ${cases.ingressesNotJudgedYet}\n\n`,
    row(["", "cases", "agree", "disagree", "undecidable"]),
    ...Object.entries(measures).map(([name, counts]) =>
      row([name, ...[counts.cases, counts.agree, counts.disagree, counts.undecidable].map(String)]),
    ),
    "\nRejected by the controller, undecidable for us:\n",
    ...Object.entries(properties).map(([name, meaning]) => item(undecidable[name] ?? 0, `${name}: ${meaning}`)),
    "\nAccepted by the controller, refused by a rule since AWS refuses or breaks it:\n",
    ...Object.entries(refusedForAws).map(([rule, count]) => item(count, rule)),
    item(refusedLater, "(no such rule, but the controller's own TargetGroupBinding webhook)"),
    disagreements.length === 0 ? "\nNo disagreement.\n" : `\nDisagreements: ${disagreements.length}\n`,
    ...disagreements.map(disagreementText),
  ].join("");
}

function row([name = "", ...cells]: readonly string[]): string {
  return `${name.padEnd(18)}${cells.map((cell) => cell.padStart(12)).join("")}\n`;
}

function item(count: number, text: string): string {
  return wrap(`${String(count).padStart(6)}  ${text}`, 8);
}

function disagreementText({ id, file, line, measure, reason, expectedFields, verdict, ours }: Disagreement): string {
  const expected = expectedFields.length === 0 ? "" : `; a right rule names ${expectedFields.join(" or ")}`;
  return [
    `\n${id} (${file}:${line})\n`,
    block(`${measure}: ${reason}${expected}`),
    block(`controller: ${theirText(verdict)}`),
    block(`we: ${ourText(ours)}`),
    ...ours.findings.map(({ rule, severity, field, message }) => block(`${severity}: ${rule}: ${field}: ${message}`)),
  ].join("");
}

/** Values may hold anything, such as what a terminal takes for a command. */
function block(text: string): string {
  return wrap(
    `  ${shortFields(text)
      .toWellFormed()
      .replaceAll(/\p{Cc}/gu, "\uFFFD")}`,
    6,
  );
}

function theirText(verdict: Disagreement["verdict"]): string {
  const { owned, errors, targetGroupBindingError, scheme, ipAddressType, targetGroups } = verdict;
  if (errors.length > 0) return `rejects it: ${errors.join(" | ")}`;
  if (!owned) return "leaves it to others";
  const ports = targetGroups.map(
    ({ service, port, targetType, proxyProtocolV2 }) =>
      `${service}:${port} to ${targetType} targets${proxyProtocolV2 ? " with proxy protocol" : ""}`,
  );
  const later = targetGroupBindingError === null ? [] : [`later rejects it: ${targetGroupBindingError}`];
  return [`accepts it: ${String(scheme)}, ${String(ipAddressType)}`, ...ports, ...later].join("; ");
}

function ourText(ours: Disagreement["ours"]): string {
  const { untouched, controller, scheme, ipAddressType, targetType, proxyProtocolPorts } = ours;
  if (untouched !== null) return `leave it untouched: ${untouched}`;
  const read = [scheme, ipAddressType, targetType].map((value) => value ?? "unknown").join(", ");
  const ports = proxyProtocolPorts === null ? "unknown" : proxyProtocolPorts.join(", ") || "no port";
  return `${controller ?? "nobody"}: ${read} targets, proxy protocol on ${ports}`;
}

import { shortFields } from "../../src/decision/messages.ts";
import { wrap } from "../../src/text/wrap.ts";
import type { CaseKind } from "./comparison.ts";
import type { Disagreement, IngressDisagreement, Report, ServiceDisagreement } from "./report.ts";
import { properties } from "./undecidable.ts";

/** The report for people: a table of each kind, what is counted beside it, and each disagreement with both sides. */
export function reportText(report: Report): string {
  const { cases, undecidable, refusedForAws, refusedLater, disagreements } = report;
  return [
    `Services: ${cases.services}; Ingresses: ${cases.ingresses}\n`,
    ...(cases.services > 0 ? table("Service", report) : []),
    ...(cases.ingresses > 0 ? table("Ingress", report) : []),
    "\nRejected by the controller, undecidable for us:\n",
    ...Object.entries(properties).map(([name, meaning]) => item(undecidable[name] ?? 0, `${name}: ${meaning}`)),
    "\nAccepted by the controller, refused by a rule since AWS refuses or breaks it:\n",
    ...Object.entries(refusedForAws).map(([rule, count]) => item(count, rule)),
    item(refusedLater, "(no such rule, but one of the controller's own webhooks)"),
    ...missing(disagreements),
    disagreements.length === 0 ? "\nNo disagreement.\n" : `\nDisagreements: ${disagreements.length}\n`,
    ...disagreements.map(disagreementText),
  ].join("");
}

function table(kind: CaseKind, { measuresByKind }: Report): readonly string[] {
  return [
    "\n",
    row([kind, "cases", "agree", "disagree", "undecidable"]),
    ...Object.entries(measuresByKind[kind]).map(([name, counts]) =>
      row([name, ...[counts.cases, counts.agree, counts.disagree, counts.undecidable].map(String)]),
    ),
  ];
}

function row([name = "", ...cells]: readonly string[]): string {
  return `${name.padEnd(18)}${cells.map((cell) => cell.padStart(12)).join("")}\n`;
}

function item(count: number, text: string): string {
  return wrap(`${String(count).padStart(6)}  ${text}`, 8);
}

/** What rules are wanting, the most wanted first. */
function missing(disagreements: readonly Disagreement[]): readonly string[] {
  const wanted = disagreements.filter(({ expectedFields }) => expectedFields.length > 0);
  if (wanted.length === 0) return [];
  const groups = Map.groupBy(wanted, ({ measure, expectedFields }) => `${measure}: ${expectedFields.join(" or ")}`);
  return [
    "\nRejected by the controller, and not reported by a rule that names:\n",
    ...[...groups]
      .toSorted(([, one], [, other]) => other.length - one.length)
      .map(([text, found]) => item(found.length, shortFields(text))),
  ];
}

function disagreementText(disagreement: Disagreement): string {
  const { id, file, line, measure, reason, expectedFields, verdict, ours } = disagreement;
  const expected = expectedFields.length === 0 ? "" : `; a right rule names ${expectedFields.join(" or ")}`;
  const [theirs, our] =
    disagreement.kind === "Service"
      ? [theirService(disagreement.verdict), ourService(disagreement.ours)]
      : [theirIngress(disagreement.verdict), ourIngress(disagreement.ours)];
  const said = verdict.errors.length > 0 ? `rejects it: ${verdict.errors.join(" | ")}` : theirs;
  return [
    `\n${id} (${file}:${line})\n`,
    block(`${measure}: ${reason}${expected}`),
    block(`controller: ${verdict.errors.length === 0 && !verdict.owned ? "leaves it to others" : said}`),
    block(`we: ${ours.untouched === null ? our : `leave it untouched: ${ours.untouched}`}`),
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

function theirService(verdict: ServiceDisagreement["verdict"]): string {
  const { targetGroupBindingError, scheme, ipAddressType, targetGroups } = verdict;
  const ports = targetGroups.map(
    ({ service, port, targetType, proxyProtocolV2 }) =>
      `${service}:${port} to ${targetType} targets${proxyProtocolV2 ? " with proxy protocol" : ""}`,
  );
  return [`accepts it: ${String(scheme)}, ${String(ipAddressType)}`, ...ports, ...later(targetGroupBindingError)].join(
    "; ",
  );
}

function ourService(ours: ServiceDisagreement["ours"]): string {
  const { controller, scheme, ipAddressType, targetType, proxyProtocolPorts } = ours;
  const read = [scheme, ipAddressType, targetType].map((value) => value ?? "unknown").join(", ");
  const ports = proxyProtocolPorts === null ? "unknown" : proxyProtocolPorts.join(", ") || "no port";
  return `${controller ?? "nobody"}: ${read} targets, proxy protocol on ${ports}`;
}

function theirIngress(verdict: IngressDisagreement["verdict"]): string {
  const { webhookError, targetGroups } = verdict;
  const ports = targetGroups.map(({ service, port, targetType }) => `${service}:${port} to ${targetType} targets`);
  return [`accepts it: ${groupText(verdict)}`, ...ports, ...later(webhookError)].join("; ");
}

function ourIngress(ours: IngressDisagreement["ours"]): string {
  const { controller, groupProblem } = ours;
  const problem = groupProblem === null ? "" : `; the group cannot be loaded: ${groupProblem}`;
  return `${controller ?? "nobody"}: ${groupText(ours)}${problem}`;
}

type GroupSide = Pick<
  IngressDisagreement["ours"],
  "groupId" | "groupMembers" | "inactiveMembers" | "scheme" | "ipAddressType" | "name"
>;

function groupText({ groupId, groupMembers, inactiveMembers, scheme, ipAddressType, name }: GroupSide): string {
  if (groupId === null) return "no group";
  const members = groupMembers?.join(", ") ?? "unknown members";
  const inactive =
    inactiveMembers === null || inactiveMembers.length === 0 ? "" : `, without ${inactiveMembers.join(", ")}`;
  return `group ${groupId} of ${members}${inactive}; ${scheme ?? "unknown"}, ${ipAddressType ?? "unknown"}, named ${name ?? "by the controller"}`;
}

function later(webhookError: string | null): readonly string[] {
  return webhookError === null ? [] : [`its webhook rejects it: ${webhookError}`];
}

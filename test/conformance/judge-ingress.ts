import { classify } from "../../src/decision/cluster/classify.ts";
import { groupIdOf } from "../../src/decision/cluster/group-id.ts";
import { loadGroup } from "../../src/decision/cluster/group.ts";
import type { GroupId } from "../../src/decision/cluster/group-id.ts";
import type { Group, Member } from "../../src/decision/cluster/group.ts";
import { groupValues, targetTypeOf } from "../../src/decision/cluster/values.ts";
import type { GroupValues } from "../../src/decision/cluster/values.ts";
import type { BackendService, IngressObject } from "../../src/decision/cluster/views.ts";
import { decide, denials } from "../../src/decision/decide.ts";
import type { Decision } from "../../src/decision/decide.ts";
import type { Facts } from "../../src/decision/facts.ts";
import type { Rule } from "../../src/decision/rule.ts";
import type { IngressSubject } from "../../src/decision/subject.ts";
import { policySet } from "../../src/policy/resolve.ts";
import { rules as allRules } from "../../src/rules/index.ts";
import {
  agree,
  compareOwner,
  comparePrecision,
  compareRefusal,
  disagree,
  namesOneOf,
  outcomeOf,
} from "./comparison.ts";
import type { Apart, Compared, Comparison } from "./comparison.ts";
import type { IngressCase, IngressVerdict } from "./ingress-case.ts";
import { readIngressError } from "./ingress-errors.ts";
import type { IngressReading } from "./ingress-errors.ts";
import { factsOf } from "./world.ts";

export interface IngressJudgement extends Compared {
  readonly kind: "Ingress";
  readonly given: IngressCase;
  readonly ours: IngressOurs;
}

/** Our side of the comparison. */
export interface IngressOurs {
  readonly decision: Decision;
  /** undefined: none of the AWS Load Balancer Controller. */
  readonly groupId: string | undefined;
  readonly group: Group | undefined;
  readonly values: GroupValues | undefined;
}

/** Compares what the product decides of an Ingress, and reads in its group, with the controller's verdict. */
export function judgeIngress(given: IngressCase, rules: readonly Rule[] = allRules): IngressJudgement {
  const facts = ingressFacts(given);
  const decision = decide(subjectOf(given), policySet([]), facts, rules);
  const ours = { decision, ...readGroup(given, facts) };
  const none = { kind: "Ingress", given, ours, refusedForAws: [], refusedLater: false } as const;
  const { verdict, ingress } = given;

  if (ingress.terminating) return { ...none, comparisons: [compareTerminating(decision)] };
  const owner = compareOwner(verdict.owned, decision.controller === "aws-load-balancer-controller");
  if (verdict.errors.length > 0) {
    const rejected = compareRejected(given, decision);
    const group = verdict.owned ? [owner, ...compareGroup(given, ours)] : [];
    return { ...none, comparisons: [rejected, ...group] };
  }
  if (!verdict.owned) return { ...none, comparisons: [owner, compareNotOwned(decision)] };

  const webhook = webhookFields(given);
  const { comparison, ...refused } = comparePrecision(denials(decision), rules, ({ field }) =>
    namesOneOf(webhook, field),
  );
  const outcome = verdict.unstableOutcome ? [] : [compareOutcome(given, ours, facts)];
  return { ...none, ...refused, comparisons: [comparison, owner, ...compareGroup(given, ours), ...outcome] };
}

/** What an admission webhook knows of the case. */
function ingressFacts({ world, namespaceLabels, cluster }: IngressCase): Facts {
  return { ...factsOf(world), namespaceLabels, cluster };
}

/** As `/validate` sees it: created, except that the API server never sends the creation of what is being deleted. */
function subjectOf({ namespace, name, ingress }: IngressCase): IngressSubject {
  const request = ingress.terminating
    ? { operation: "UPDATE" as const, old: ingress }
    : { operation: "CREATE" as const, old: undefined };
  return { kind: "Ingress", phase: "validating", namespace, name, object: ingress, ...request };
}

function readGroup(given: IngressCase, { cluster, profile }: Facts): Omit<IngressOurs, "decision"> {
  const nothing = { groupId: undefined, group: undefined, values: undefined };
  const incoming: IngressObject = { namespace: given.namespace, name: given.name, view: given.ingress };
  const classification = classify(incoming, cluster, profile);
  if (classification.outcome !== "served" || classification.controller !== "aws-load-balancer-controller") {
    return nothing;
  }
  const id = groupIdOf(incoming, classification);
  if (id.kind === "invalid") return nothing;
  const group = loadGroup(id, cluster, profile, incoming);
  return { groupId: nameOf(id), group, values: groupValues(group.members, profile) };
}

function nameOf(id: GroupId): string {
  return id.kind === "explicit" ? id.name : keyOf(id);
}

function keyOf({ namespace, name }: { readonly namespace: string; readonly name: string }): string {
  return `${namespace}/${name}`;
}

function compareTerminating(decision: Decision): Comparison {
  const refused = denials(decision);
  return refused.length === 0 ? agree("terminating") : mustNotRefuse("terminating", decision);
}

/** Of EKS Auto Mode's Ingresses the verdict says nothing but that they are not the controller's. */
function compareNotOwned(decision: Decision): Comparison {
  if (denials(decision).length === 0 || decision.controller === "eks-auto-mode") return agree("not-owned");
  return mustNotRefuse("not-owned", decision);
}

function mustNotRefuse(of: Apart, decision: Decision): Comparison {
  const refused = denials(decision).map(({ rule }) => rule);
  return disagree(of, `${refused.join(", ")} must not refuse it`);
}

function compareRejected(given: IngressCase, decision: Decision): Comparison {
  const { errors, owned } = given.verdict;
  const readings = errors.map((text) => ({ text, reading: readIngressError(text, given) }));
  const unknown = readings.find(({ reading }) => reading === undefined);
  if (unknown !== undefined) return disagree("recall", `unknown error text: ${unknown.text}`);
  const known = readings.flatMap(({ reading }) => reading ?? []);
  if (!owned) return compareReported("error-not-owned", known, decision);
  if (known.every(({ isOthers }) => isOthers)) return compareReported("fault-of-others", known, decision);
  return compareRefusal(known, denials(decision));
}

/** A warning is enough, but it has to be about that. */
function compareReported(of: Apart, known: readonly IngressReading[], decision: Decision): Comparison {
  const fields = known.flatMap((reading) => reading.fields);
  if (decision.findings.some(({ field }) => namesOneOf(fields, field))) return agree(of);
  const { untouched } = decision;
  const what = untouched === undefined ? "nobody is told" : `we leave it untouched: ${untouched}`;
  return disagree(of, `the controller fails, and ${what}`, fields);
}

function compareGroup({ verdict }: IngressCase, { groupId, group }: IngressOurs): readonly Comparison[] {
  const id =
    groupId === verdict.groupId
      ? agree("group-id")
      : disagree("group-id", `it is ${String(verdict.groupId)}, and we read ${groupId ?? "none"}`);
  if (verdict.groupMembers === undefined) return [id, compareProblem(group)];
  return [
    id,
    compareMembers(
      "group-members",
      verdict.groupMembers,
      group?.members.map(({ ingress }) => keyOf(ingress)),
    ),
    compareMembers("inactive-members", verdict.inactiveMembers.toSorted(), group?.inactive.map(keyOf).toSorted()),
  ];
}

/** A group that cannot be loaded has no members that could be compared. */
function compareProblem(group: Group | undefined): Comparison {
  return group === undefined || group.problem !== undefined
    ? agree("group-members")
    : disagree("group-members", "the controller cannot load the group, and we can");
}

function compareMembers(
  of: "group-members" | "inactive-members",
  theirs: readonly string[],
  ours: readonly string[] | undefined,
): Comparison {
  const [they, we] = [theirs.join(", ") || "none", ours === undefined ? "no group" : ours.join(", ") || "none"];
  return they === we ? agree(of) : disagree(of, `they are ${they}, and we read ${we}`);
}

/** The fields that the controller's own admission webhook refuses, of what its model builders accept. */
function webhookFields(given: IngressCase): readonly string[] {
  const { webhookError } = given.verdict;
  return webhookError === undefined ? [] : (readIngressError(webhookError, given)?.fields ?? []);
}

function compareOutcome(given: IngressCase, { group, values }: IngressOurs, { profile }: Facts): Comparison {
  const { loadBalancer, frontendScheme = "none", targetGroups, listeners } = given.verdict;
  const members = group?.members ?? [];
  const ofServices = targetGroups.flatMap(({ id, service, port, targetType }) => {
    if (service === undefined || service === null) return [];
    const found = given.services.find((each) => keyOf(each) === service);
    const member = found && memberOf(id, found, String(port), members);
    const ours = member && targetTypeOf(member, found, profile);
    return [[`target type of ${service}:${String(port)}`, targetType, ours] as const];
  });
  return outcomeOf([
    ["scheme", loadBalancer?.scheme, values?.scheme],
    ["address type", loadBalancer?.ipAddressType, values?.ipAddressType],
    ["scheme of the NLB in front", frontendScheme, values?.frontendScheme],
    ["name", isMadeUp(loadBalancer?.name) ? undefined : loadBalancer?.name, values?.name],
    ["list of listeners", listed(listeners), values?.listeners && listed(ourListeners(values.listeners))],
    ...ofServices,
  ]);
}

function ourListeners(listeners: NonNullable<GroupValues["listeners"]>): IngressVerdict["listeners"] {
  return [...listeners].map(([port, protocol]) => ({ port, protocol: String(protocol) }));
}

/** Of the ALB: all listeners of the NLB in front are TCP. */
function listed(listeners: IngressVerdict["listeners"]): string {
  const own = listeners.filter(({ loadBalancer }) => loadBalancer !== "frontendNlb");
  const names = own.toSorted((one, other) => one.port - other.port).map(({ port, protocol }) => `${protocol}:${port}`);
  return names.join(", ") || "none";
}

/** From a hash, where nobody states one. */
function isMadeUp(name: string | undefined): boolean {
  return name === undefined || /^k8s-.*-[0-9a-f]{10}$/.test(name);
}

/** The id of a target group is made of the Ingress, the name of the Service, and its port. */
function memberOf(id: string, service: BackendService, port: string, members: readonly Member[]): Member | undefined {
  return members.find(({ ingress }) => id === `${keyOf(ingress)}-${service.name}:${port}`);
}

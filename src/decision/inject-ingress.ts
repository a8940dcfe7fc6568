import { alb } from "../annotations/catalog.ts";
import { injectedAnnotation } from "../annotations/own.ts";
import type { LoadBalancerPolicy } from "../policy/schema.ts";
import type { Served } from "./cluster/classify.ts";
import { groupByAnnotation } from "./cluster/group-id.ts";
import type { GroupState } from "./cluster/group-state.ts";
import { agreed } from "./cluster/values.ts";
import { isProvisioned } from "./controller.ts";
import type { Facts } from "./facts.ts";
import { ingressState } from "./ingress-state.ts";
import { targetField } from "./injection.ts";
import type { Candidate, Proposal } from "./injection.ts";
import { addAddressType, addMigration, ProposalList, written } from "./proposal.ts";
import { readProvenance } from "./provenance.ts";
import { quote } from "../text/quoting.ts";
import type { IngressState } from "./rule.ts";
import { sharedAddressType, sharedScheme, valueOfOthers } from "./shared-setting.ts";
import type { SharedSetting } from "./shared-setting.ts";
import type { IngressSubject } from "./subject.ts";

/** What a policy would add to an Ingress of an ALB class. */
export function ingressCandidates(subject: IngressSubject, policy: LoadBalancerPolicy, facts: Facts): Proposal {
  const list = new ProposalList();
  const state = ingressState(subject, subject.object, facts);
  const { classification } = state;
  if (classification.outcome !== "served") return list;

  const stored = subject.old && ingressState(subject, subject.old, facts);
  const request: Request = { state, stored, classification, policy, facts, isBuilt: isBuilt(subject, stored) };
  const { scheme, ipAddressType, targetType } = policy.spec.ingress;
  if (scheme?.default !== undefined) addShared(list, { ...sharedScheme, value: scheme.default }, request);
  if (ipAddressType?.default !== undefined) {
    addShared(list, { ...sharedAddressType, value: ipAddressType.default }, request);
  }
  if (targetType?.default !== undefined) addTargetType(list, targetType.default, request);
  return subject.phase === "mutating" ? list : surelyMissing(list, request);
}

interface Request {
  readonly state: IngressState;
  readonly stored: IngressState | undefined;
  readonly classification: Served;
  readonly policy: LoadBalancerPolicy;
  readonly facts: Facts;
  /** The load balancer of the stored object exists, or may be being built. */
  readonly isBuilt: boolean;
}

function isBuilt({ old }: IngressSubject, stored: IngressState | undefined): boolean {
  if (old === undefined || stored?.albClass === undefined) return false;
  return isProvisioned(old) || stored.group()?.isProvisioned() === true;
}

/** A setting that the policy has a value for. */
type Wanted = SharedSetting & { readonly value: string };

function addShared(list: ProposalList, wanted: Wanted, request: Request): void {
  const { target, value, because } = wanted;
  if (request.isBuilt) {
    addToBuilt(list, wanted, request);
    return;
  }
  const by = written(request.state.ingress.annotations, [target]);
  if (by === undefined) addToNew(list, wanted, request);
  else list.add(target, value, because, by);
}

function addToNew(list: ProposalList, wanted: Wanted, request: Request): void {
  const { state, policy, facts } = request;
  const { target, value, because } = wanted;
  const standing = standingOf(wanted, request);
  switch (standing.outcome) {
    case "alone":
      if (wanted.field === "scheme") list.add(target, value, because, undefined);
      else addAddressType(list, target, value, because, state.ingress.annotations, facts.profile);
      return;
    case "stated": {
      const { inForce, group } = standing;
      const allowed: readonly string[] | undefined = policy.spec.ingress[wanted.field]?.allowed;
      // A rule refuses it, by the group's name: the author has no hand in the value.
      if (allowed?.includes(inForce) === false) {
        leaveToOthers(list, wanted, `${standing.why}, which the policy does not allow`);
        return;
      }
      // It is not in the message: that is shown to those, too, who are refused and never see the object.
      const instead = `${targetField(target)} was set as ${group} has it; policy ${policy.metadata.name} would set "${value}"`;
      list.add(target, inForce, because, undefined, inForce === value ? undefined : instead);
      return;
    }
    case "silent":
      if (standing.inForce === value) list.add(target, value, because, undefined);
      else leaveToOthers(list, wanted, standing.why);
      return;
    case "params":
      addOverruled(list, wanted, standing.value, request);
      return;
    case "unknown":
      leaveToOthers(list, wanted, standing.why);
  }
}

/** Nothing replaces it; and what others state is not written down, since they may be about to take it off one after the other. */
function addToBuilt(list: ProposalList, wanted: Wanted, request: Request): void {
  const { state, policy, facts } = request;
  const { target, value, because } = wanted;
  if (wanted.field === "scheme") return;
  const { annotations } = state.ingress;
  const isOpen = written(annotations, [target]) === undefined && policy.spec.existing === "Migrate";
  const standing: Standing = isOpen ? standingOf(wanted, request) : { outcome: "alone" };
  switch (standing.outcome) {
    case "alone":
      addMigration(list, target, value, because, annotations, policy, facts.profile);
      return;
    case "stated":
    case "silent":
      if (standing.inForce !== value) leaveToOthers(list, wanted, standing.why);
      else list.leaveOut(target, value, because, "existing", "the load balancer has it already");
      return;
    case "params":
      addOverruled(list, wanted, standing.value, request);
      return;
    case "unknown":
      leaveToOthers(list, wanted, standing.why);
  }
}

function leaveToOthers(list: ProposalList, { target, value, because }: Wanted, why: string): void {
  list.leaveOut(target, value, because, "shared", `${targetField(target)} "${value}" was left out: ${why}`);
}

/** Who else has a say in a setting that the Ingress leaves open. */
type Standing =
  | { readonly outcome: "alone" }
  /** The IngressClassParams of its class set it. */
  | { readonly outcome: "params"; readonly value: string }
  /** Other members state it. */
  | { readonly outcome: "stated"; readonly inForce: string; readonly group: string; readonly why: string }
  /** There are other members, none of which states it. */
  | { readonly outcome: "silent"; readonly inForce: string | undefined; readonly why: string }
  | { readonly outcome: "unknown"; readonly why: string };

function standingOf(setting: SharedSetting, request: Request): Standing {
  const { name, field } = setting;
  const { state, stored, classification } = request;
  const ofParams = classification.params?.[field];
  if (ofParams !== undefined) return { outcome: "params", value: ofParams };
  const group = state.group();
  if (group === undefined || !group.isKnown()) return { outcome: "unknown", why: whyUnknown(group, request) };

  const others = group.others();
  if (others === undefined) {
    // A load balancer that is about to go is still there. Whoever leaves it says no more what it is.
    if (request.isBuilt || group.inactive.length === 0) return { outcome: "alone" };
    const why = `the load balancer of ${label(group)} exists, and an Ingress that leaves it decided that`;
    return { outcome: "silent", inForce: group.values()[field], why };
  }
  const stated = agreed(others.members, name);
  const count = others.members.length === 1 ? "another Ingress" : `${others.members.length} other Ingresses`;
  switch (stated.outcome) {
    case "unknown":
      return { outcome: "unknown", why: `the other Ingresses of ${label(group)} contradict each other on it` };
    case "stated": {
      // What the controller refuses is nothing to copy.
      if (others.values()[field] === undefined) {
        return { outcome: "unknown", why: `another Ingress of ${label(group)} has an unknown value` };
      }
      const why = `${label(group)}, which is shared with ${count}, has another value`;
      return { outcome: "stated", inForce: stated.value, group: label(group), why };
    }
    case "silent": {
      const inForce = valueOfOthers(setting, group, others, stored?.group());
      const why = `it would change the load balancer of ${label(group)}, which is shared with ${count}`;
      return { outcome: "silent", inForce, why };
    }
  }
}

function whyUnknown(group: GroupState | undefined, { state, classification }: Request): string {
  const { paramsKnown, className, controller } = classification;
  const name = group?.id.kind === "explicit" ? group.id.name : groupByAnnotation(state.ingress, controller);
  if (name !== undefined) return `other Ingresses of the IngressGroup ${quote(name)} share the load balancer`;
  const which = !paramsKnown && state.albClass?.hasParams === true ? "has" : "may have";
  return `IngressClass ${quote(className)} ${which} IngressClassParams, which would decide it`;
}

function label({ id }: GroupState): string {
  return id.kind === "explicit" ? `the IngressGroup ${quote(id.name)}` : "the Ingress";
}

/** What is written beside IngressClassParams that set it is not read. */
function addOverruled(
  list: ProposalList,
  { target, value, because }: Pick<Wanted, "target" | "value" | "because">,
  inForce: string,
  request: Request,
): void {
  const { params, className } = request.classification;
  const say = `the IngressClassParams ${quote(params?.name ?? "")} of the IngressClass ${quote(className)} set ${quote(inForce)}`;
  if (value === inForce) {
    list.leaveOut(target, value, because, "settled", `${targetField(target)} is not needed: ${say}`);
    return;
  }
  list.leaveOut(target, value, because, "shared", `${targetField(target)} "${value}" was left out: ${say}, which wins`);
}

/** Each member has target groups of its own. */
function addTargetType(list: ProposalList, value: string, request: Request): void {
  if (request.isBuilt) return;
  const { state, classification } = request;
  const wanted = { target: alb.targetType, value, because: "ingress.targetType" };
  const { target, because } = wanted;
  const by = written(state.ingress.annotations, [target]);
  const ofParams = classification.params?.targetType;
  if (by === undefined && ofParams !== undefined) {
    addOverruled(list, wanted, ofParams, request);
  } else if (by === undefined && isSettledByServices(state)) {
    list.leaveOut(target, value, because, "written", `${targetField(target)} is written on each Service behind it`);
  } else {
    list.add(target, value, because, by);
  }
}

/** The word of a Service goes before that of the Ingress (model_build_target_group.go:164). */
function isSettledByServices(state: IngressState): boolean {
  const backends = state.backends();
  return backends.length > 0 && backends.every(({ service }) => service?.annotations[alb.targetType] !== undefined);
}

/**
 * Of what the mutating webhook would inject now, that which is missed: its absence changes what is built, and the same webhook
 * surely had it to give when it saw the object. It may have seen members and Services that are not there any more, or that are
 * not yet known here; an object that it left a note on it has seen.
 */
function surelyMissing({ candidates, leftOut }: Proposal, request: Request): Proposal {
  const note = readProvenance(request.state.ingress.annotations[injectedAnnotation]);
  const isMissing = ({ injections }: Candidate): boolean =>
    injections.some(({ target, value }) => {
      if (note !== undefined && !note.keys.includes(target)) return false;
      return !isInForce(target, value, request.state) && !mayBeHidden(target, request.state);
    });
  return { candidates: candidates.filter(isMissing), leftOut };
}

function isInForce(target: string, value: string, { inForce, backends }: IngressState): boolean {
  if (target === alb.scheme) return inForce.scheme === value;
  if (target === alb.ipAddressType) return inForce.ipAddressType === value;
  return backends().length > 0 && backends().every(({ targetType }) => targetType === value);
}

/** What a Service asks for may have stood against its target type. */
function mayBeHidden(target: string, { backends }: IngressState): boolean {
  return target === alb.targetType && backends().some(({ isMissing }) => isMissing);
}

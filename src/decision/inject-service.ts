import { nlb } from "../annotations/catalog.ts";
import { gardenerActs, gardenerRewrites, ignoreLoadBalancer } from "../annotations/gardener.ts";
import { isInTreeNlb } from "../annotations/in-tree.ts";
import { proxyProtocolPair, withPair } from "../annotations/map-pair.ts";
import type { LoadBalancerPolicy } from "../policy/schema.ts";
import { byClass, claimedByAnnotation, inTreeFinalizer, isProvisioned, serviceController } from "./controller.ts";
import { isBefore } from "./facts.ts";
import type { ClusterProfile, ControllerName, Facts } from "./facts.ts";
import { loadBalancerClassTarget, targetField } from "./injection.ts";
import type { Candidate, LeftOut, Proposal } from "./injection.ts";
import { addAddressType, addMigration, ProposalList } from "./proposal.ts";
import { settledBy } from "./settled.ts";
import type { Annotations, ServiceSubject, ServiceView } from "./subject.ts";

const nothing: Proposal = { candidates: [], leftOut: [] };

/** What a policy would add to a Service: design §6, a row each. */
export function serviceCandidates(subject: ServiceSubject, policy: LoadBalancerPolicy, facts: Facts): Proposal {
  const { object, old } = subject;
  const { profile } = facts;
  if (object.type !== "LoadBalancer") return nothing;
  const controller = serviceController(object, profile);
  const becomes = old === undefined || old.type !== "LoadBalancer";
  const provisioned = old !== undefined && isProvisioned(old);

  if (controller.name === "cloud-controller-manager" && (!becomes || old?.finalizers.includes(inTreeFinalizer))) {
    return { candidates: [], leftOut: inTree(object, policy, profile, provisioned) };
  }
  // A Service that comes back to the type LoadBalancer may still carry the finalizer of an NLB that is being deleted.
  const lives = provisioned && (!becomes || claimedByAnnotation(old));
  const claim = becomes ? claimOf(object, policy, profile) : undefined;
  if (claim?.leftOut !== undefined) return { candidates: [], leftOut: [claim.leftOut] };
  if (lives && claim?.candidate !== undefined) return { candidates: [claim.candidate], leftOut: [] };
  if (lives) return provisionedCandidates(subject, policy, profile, controller.name);
  const owner = claim?.owner ?? controller.name;
  const settings = settingCandidates(object, policy, profile, owner, claim?.candidate);
  return {
    candidates: claim?.candidate === undefined ? settings.candidates : [claim.candidate, ...settings.candidates],
    leftOut: settings.leftOut,
  };
}

interface Claim {
  readonly owner?: ControllerName;
  readonly candidate?: Candidate;
  readonly leftOut?: LeftOut;
}

/** The author chose nobody (or `external` without the target type that completes it): the policy may choose. */
function claimOf(service: ServiceView, policy: LoadBalancerPolicy, profile: ClusterProfile): Claim | undefined {
  const { annotations } = service;
  if (service.loadBalancerClass !== undefined) return undefined;
  const { claim, loadBalancerClass, targetType } = policy.spec.service;
  const typed = annotations[nlb.type];
  if (typed !== undefined) {
    const completes = typed === "external" && annotations[nlb.targetType] === undefined && targetType?.default;
    return completes ? typeClaim(annotations, completes, profile) : undefined;
  }
  switch (claim) {
    case "Class":
      return loadBalancerClass?.default === undefined ? undefined : classClaim(loadBalancerClass.default, profile);
    case "TypeAnnotation":
      return targetType?.default === undefined ? undefined : typeClaim(annotations, targetType.default, profile);
    case "Leave":
    case "Refuse":
      return undefined;
  }
}

function classClaim(value: string, profile: ClusterProfile): Claim {
  const injection = { target: loadBalancerClassTarget, value, because: "service.loadBalancerClass" };
  return claimFor(byClass(value, profile), injection, [], profile);
}

/** `external` without a valid target type would belong to nobody, so the two go together. */
function typeClaim(annotations: Annotations, targetType: string, profile: ClusterProfile): Claim {
  const type = { target: nlb.type, value: "external", because: "service.claim" };
  const target = { target: nlb.targetType, value: targetType, because: "service.targetType" };
  const written = annotations[nlb.targetType];
  if (written !== undefined && written !== "ip" && written !== "instance") {
    const message = `${targetField(nlb.type)} "external" was left out: ${nlb.targetType} is "${written}", and without ip or instance no controller would take the Service`;
    return { leftOut: { ...type, reason: "rule", message } };
  }
  const both = annotations[nlb.type] === undefined ? [type, target] : [target];
  const [first, ...rest] = both.filter((injection) => annotations[injection.target] === undefined);
  return first === undefined ? {} : claimFor("aws-load-balancer-controller", first, rest, profile);
}

function claimFor(
  owner: ControllerName,
  first: Candidate["injections"][0],
  rest: readonly Candidate["injections"][0][],
  profile: ClusterProfile,
): Claim {
  const told = profile.controllers;
  if (told !== undefined && !told.includes(owner)) {
    const message = `${targetField(first.target)} "${first.value}" was left out: the cluster profile names ${told.join(", ")} as installed, and none of them would take it`;
    return { leftOut: { ...first, reason: "profile", message } };
  }
  const caution =
    told === undefined
      ? `${targetField(first.target)} was set to "${first.value}": make sure that its controller is installed, the cluster profile does not say`
      : undefined;
  return { owner, candidate: { injections: [first, ...rest], isClaim: true, caution } };
}

/** The values below the claim, in the vocabulary of the controller that will read them. */
function settingCandidates(
  service: ServiceView,
  policy: LoadBalancerPolicy,
  profile: ClusterProfile,
  owner: ControllerName,
  claim: Candidate | undefined,
): Proposal {
  const { annotations } = service;
  const { scheme, ipAddressType, targetType, proxyProtocol } = policy.spec.service;
  const claimed = new Set(claim?.injections.map(({ target }) => target));
  const list = new ProposalList();

  if (owner === "aws-load-balancer-controller" || owner === "eks-auto-mode") {
    if (scheme?.default !== undefined) {
      list.add(nlb.scheme, scheme.default, "service.scheme", settledBy(nlb.scheme, service));
    }
    if (targetType?.default !== undefined && !claimed.has(nlb.targetType)) {
      list.add(nlb.targetType, targetType.default, "service.targetType", settledBy(nlb.targetType, service));
    }
    if (ipAddressType?.default !== undefined) {
      addAddressType(list, nlb.ipAddressType, ipAddressType.default, "service.ipAddressType", annotations, profile);
    }
  }
  if (proxyProtocol?.default === "On") addProxyProtocol(list, service, owner, profile);
  return list;
}

/** In the form that the controller honours. */
function addProxyProtocol(
  list: ProposalList,
  service: ServiceView,
  owner: ControllerName,
  profile: ClusterProfile,
): void {
  switch (owner) {
    case "aws-load-balancer-controller":
      list.add(nlb.proxyProtocol, "*", proxyProtocolField, settledBy(nlb.proxyProtocol, service));
      return;
    case "eks-auto-mode":
      // It does not read the annotation above, but the target group's attribute (EKS user guide #1180).
      addProxyAttribute(list, service);
      return;
    case "cloud-controller-manager":
      if (isInTreeNlb(service.annotations[nlb.type])) addInTreeProxyAttribute(list, service, profile);
      else list.add(nlb.proxyProtocol, "*", proxyProtocolField, settledBy(nlb.proxyProtocol, service));
      return;
    case "other":
    case "nobody":
  }
}

const proxyProtocolField = "service.proxyProtocol";

function addProxyAttribute(list: ProposalList, service: ServiceView): void {
  const target = nlb.targetGroupAttributes;
  const by = settledBy(target, service);
  const pair = `${proxyProtocolPair.key}=${proxyProtocolPair.value}`;
  const value = by === undefined ? withPair(service.annotations[target], proxyProtocolPair) : pair;
  if (value === undefined) {
    const message = `proxy protocol was left out: add ${pair} to ${targetField(target)} yourself, since behind the text that stands there it might be read as something else`;
    list.leaveOut(target, pair, proxyProtocolField, "unmerged", message);
    return;
  }
  list.add(target, value, proxyProtocolField, by);
}

/** Read since version 1.34 (aws_validations.go:84-141). */
function addInTreeProxyAttribute(list: ProposalList, service: ServiceView, { inTreeVersion }: ClusterProfile): void {
  if (!isBefore(inTreeVersion, { major: 1, minor: 34 })) {
    addProxyAttribute(list, service);
    return;
  }
  const message =
    "proxy protocol was left out: the in-tree controller's Network Load Balancers have none before version 1.34, and the cluster profile names an earlier one";
  const value = `${proxyProtocolPair.key}=${proxyProtocolPair.value}`;
  list.leaveOut(nlb.targetGroupAttributes, value, proxyProtocolField, "profile", message);
}

/** Of a load balancer that exists only the address type may change, in place, and only where the operator wants it. */
function provisionedCandidates(
  { object, old }: ServiceSubject,
  policy: LoadBalancerPolicy,
  profile: ClusterProfile,
  owner: ControllerName,
): Proposal {
  const value = policy.spec.service.ipAddressType?.default;
  if (value === undefined || owner !== "aws-load-balancer-controller") return nothing;
  const list = new ProposalList();
  addMigration(list, nlb.ipAddressType, value, "service.ipAddressType", object.annotations, policy, profile);
  const migrated = { ...object.annotations, [nlb.ipAddressType]: value };
  const isRewritten = gardenerActs(profile) && gardenerRewrites(migrated, old?.annotations);
  return isRewritten ? withoutGardener(list, object) : list;
}

/** Gardener's webhook takes dualstack for a reason to write its own scheme, and another scheme replaces the load balancer. */
function withoutGardener({ candidates, leftOut }: Proposal, { annotations }: ServiceView): Proposal {
  if (annotations[ignoreLoadBalancer] === undefined) {
    const ignore = { target: ignoreLoadBalancer, value: "true", because: "service.ipAddressType" };
    const both = candidates.map((candidate) => ({
      ...candidate,
      injections: [...candidate.injections, ignore] as const,
    }));
    return { candidates: both, leftOut };
  }
  const conflicts = candidates.flatMap(({ injections }) =>
    injections.map((injection): LeftOut => {
      const message = `${targetField(injection.target)} "${injection.value}" was left out: Gardener would replace the load balancer, unless ${targetField(ignoreLoadBalancer)} is "true"`;
      return { ...injection, reason: "profile", message };
    }),
  );
  return { candidates: [], leftOut: [...leftOut, ...conflicts] };
}

/** Claiming would leave the old load balancer behind, without an owner, for ever (facts on CCM#1254: aws.go:2359-2363). */
function inTree(
  service: ServiceView,
  policy: LoadBalancerPolicy,
  profile: ClusterProfile,
  provisioned: boolean,
): readonly LeftOut[] {
  const { claim, loadBalancerClass } = policy.spec.service;
  if ((claim !== "Class" && claim !== "TypeAnnotation") || service.annotations[nlb.type] !== undefined) return [];
  // A new Service would not be claimed either, so that there is nothing to advise.
  const owner = claim === "Class" ? byClass(loadBalancerClass?.default ?? "", profile) : "aws-load-balancer-controller";
  if (profile.controllers?.includes(owner) === false) return [];
  const [hostname] = service.hostnames;
  const which = hostname === undefined ? "" : ` ${hostname}`;
  const message = provisioned
    ? `the in-tree load balancer${which} stays as it is: claiming it would orphan it. To migrate, create a second Service, move DNS to it, then delete this one, which cleans up the old load balancer`
    : "the in-tree controller may be building a load balancer already, so this Service is not claimed. To have it claimed, delete and create it again";
  const [target, value] =
    claim === "Class" ? [loadBalancerClassTarget, loadBalancerClass?.default ?? ""] : [nlb.type, "external"];
  return [{ target, value, because: "service.claim", reason: "in-tree", message }];
}

import type { LoadBalancerPolicy } from "../policy/schema.ts";
import type { ClusterProfile } from "./facts.ts";
import { targetField } from "./injection.ts";
import type { Candidate, LeftOut, LeftOutReason, Proposal } from "./injection.ts";
import type { Annotations } from "./subject.ts";

/** Collects candidates and the values that stand in their way. */
export class ProposalList implements Proposal {
  readonly candidates: Candidate[] = [];
  readonly leftOut: LeftOut[] = [];

  /** `writtenAs`: the annotation with which the author settled it. */
  add(target: string, value: string, because: string, writtenAs: string | undefined, caution?: string): void {
    if (writtenAs === undefined) {
      this.candidates.push({ injections: [{ target, value, because }], isClaim: false, caution });
      return;
    }
    this.leaveOut(target, value, because, "written", `${targetField(writtenAs)} is written by the author`);
  }

  leaveOut(target: string, value: string, because: string, reason: LeftOutReason, message: string): void {
    this.leftOut.push({ target, value, because, reason, message });
  }
}

/** The first of these annotations that is present, be it empty. */
export function written(annotations: Annotations, keys: readonly string[]): string | undefined {
  return keys.find((key) => annotations[key] !== undefined);
}

/** An address type on a load balancer that does not exist yet. */
export function addAddressType(
  list: ProposalList,
  target: string,
  value: string,
  because: string,
  annotations: Annotations,
  profile: ClusterProfile,
): void {
  const by = written(annotations, [target]);
  if (by === undefined && value !== "ipv4" && profile.subnetsHaveIPv6 === false) {
    const message = `${targetField(target)} "${value}" was left out: the subnets have no IPv6, as the cluster profile says`;
    list.leaveOut(target, value, because, "profile", message);
    return;
  }
  const caution =
    value !== "ipv4" && profile.subnetsHaveIPv6 === undefined
      ? `${targetField(target)} was set to "${value}": make sure that the subnets have IPv6, the cluster profile does not say`
      : undefined;
  list.add(target, value, because, by, caution);
}

/** An address type on a load balancer that exists: it changes in place (load_balancer_manager.go:137-166). */
export function addMigration(
  list: ProposalList,
  target: string,
  value: string,
  because: string,
  annotations: Annotations,
  policy: LoadBalancerPolicy,
  profile: ClusterProfile,
): void {
  const by = written(annotations, [target]);
  if (policy.spec.existing === "Preserve") {
    list.leaveOut(
      target,
      value,
      because,
      by === undefined ? "existing" : "written",
      "the load balancer exists, and the policy preserves it",
    );
  } else if (by === undefined && value === "dualstack-without-public-ipv4") {
    const message = `${targetField(target)} "${value}" was left out: a load balancer exists, and would lose its public IPv4 addresses`;
    list.leaveOut(target, value, because, "profile", message);
  } else if (profile.subnetsHaveIPv6 === true || by !== undefined) {
    list.add(target, value, because, by);
  } else {
    const message = `${targetField(target)} "${value}" was left out: a load balancer exists, and the cluster profile does not say that its subnets have IPv6`;
    list.leaveOut(target, value, because, "profile", message);
  }
}

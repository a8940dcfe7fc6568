import { describe, expect, test } from "vitest";
import * as z from "zod";
import { backendTargets } from "../../../src/decision/cluster/backends.ts";
import { classify } from "../../../src/decision/cluster/classify.ts";
import type { Cluster } from "../../../src/decision/cluster/cluster.ts";
import { hasFrontend, sendsToBackends } from "../../../src/decision/cluster/conflicts.ts";
import { groupStateOf } from "../../../src/decision/cluster/group-state.ts";
import type { GroupState } from "../../../src/decision/cluster/group-state.ts";
import { frontendStatementsOf } from "../../../src/decision/cluster/statements.ts";
import type { Setting } from "../../../src/decision/cluster/statement.ts";
import { targetTypeOf } from "../../../src/decision/cluster/values.ts";
import { defaultProfile } from "../../../src/decision/facts.ts";
import type { ClusterProfile } from "../../../src/decision/facts.ts";
import { clusterOf, oracleLines, subjectIn } from "./oracle-lines.ts";
import type { OracleLine } from "./oracle-lines.ts";

/** Verdicts of the AWS Load Balancer Controller itself: what comes of a group, and what its members must not disagree on. */

const verdictShape = z.object({
  owned: z.boolean(),
  error: z.string().nullable(),
  unstableOutcome: z.boolean().default(false),
  loadBalancer: z
    .object({ name: z.string(), scheme: z.string(), ipAddressType: z.string(), securityGroups: z.array(z.string()) })
    .nullish(),
  frontendNlb: z.object({ scheme: z.string() }).nullish(),
  targetGroups: z
    .array(z.object({ id: z.string(), service: z.string().optional(), targetType: z.string() }))
    .default([]),
  listeners: z
    .array(z.object({ port: z.number(), protocol: z.string(), loadBalancer: z.string().optional() }))
    .default([]),
});
type Verdict = z.infer<typeof verdictShape>;
type Line = OracleLine<Verdict>;

const lines = oracleLines(verdictShape);

const named = (wanted: readonly Line[]): readonly (readonly [string, Line])[] => wanted.map((one) => [one.id, one]);
const accepted = lines.filter(({ verdict }) => verdict.owned && verdict.error === null);

describe("what the controller builds of a group is what we read", () => {
  test.each(
    named(accepted.filter(({ verdict: { loadBalancer } }) => loadBalancer !== null && loadBalancer !== undefined)),
  )("%s", (_id, one) => {
    const { state, cluster, profile } = stateOf(one);
    expect(ours(state, cluster, profile, one.verdict)).toEqual(theirs(one.verdict));
  });
});

describe("of a group that the controller accepts, nothing is found to be in conflict", () => {
  test.each(named(accepted))("%s", (_id, one) => {
    const { state } = stateOf(one);
    expect(settings(state)).toEqual([]);
    expect(state.redirectFaults()).toEqual([]);
  });
});

/** Of its texts on members that disagree, those of the NLB in front of the load balancer read like the load balancer's own. */
const texts: readonly (readonly [RegExp, readonly Setting[]])[] = [
  [/^conflicting scheme: /, ["scheme", "frontend-nlb-scheme"]],
  [/^conflicting IPAddressType: /, ["ip-address-type"]],
  [/^conflicting load balancer name: /, ["load-balancer-name"]],
  [/^conflicting subnet specifications: |^conflicting IngressClassParams subnet/, ["subnets"]],
  [/^conflicting subnets: /, ["subnets", "frontend-nlb-subnets"]],
  [/^conflicting securityGroups: /, ["security-groups", "frontend-nlb-security-groups"]],
  [/^conflicting CustomerOwnedIPv4Pool: /, ["customer-owned-ipv4-pool"]],
  [/^conflicting ipv4 ipam pools /, ["ipam-ipv4-pool-id"]],
  [/: conflicting protocol, /, ["listen-ports"]],
  [/: conflicting inbound-cidrs, /, ["inbound-cidrs"]],
  [/: conflicting inbound-prefix-lists, /, ["security-group-prefix-lists"]],
  [/: conflicting sslPolicy, /, ["ssl-policy"]],
  [/: conflicting mTLS Attributes, /, ["mutual-authentication"]],
  [/^conflicting listener attributes /, ["listener-attributes"]],
  [/^conflicting sslRedirect port: /, ["ssl-redirect"]],
  [/^conflicting load balancer attributes /, ["load-balancer-attributes"]],
  [/^conflicting tag /, ["tags"]],
  [/^conflicting capacity reservation /, ["minimum-load-balancer-capacity"]],
  [/^multiple ingress defined default backend: /, ["default-backend"]],
  [/^conflicting manage backend security group rules/, ["manage-backend-security-group-rules"]],
  [/^conflicting enable shield advanced protection/, ["shield-advanced-protection"]],
  [/^conflicting WAFv2 WebACL ARNs: /, ["wafv2-acl-arn"]],
  [/^conflicting WAFv2 WebACL names: /, ["wafv2-acl-name"]],
  [/^conflicting WAFClassic WebACL IDs: /, ["waf-acl-id"]],
  [/^conflicting enable frontend NLB values/, ["enable-frontend-nlb"]],
  [/^all EIP allocations for the ingress group must be the same: /, ["frontend-nlb-eip-allocations"]],
  [/^conflicting frontend NLB attributes: /, ["frontend-nlb-attributes"]],
  [/^conflicting frontend NLB tags/, ["frontend-nlb-tags"]],
  [/: conflicting Target Port, /, ["frontend-nlb-listener-port-mapping"]],
];

const disagreement = /conflicting|multiple ingress|must be the same:/;

describe("what the controller says of members that disagree, we say", () => {
  const disagreeing = lines.filter(({ verdict: { error } }) => error !== null && disagreement.test(error));

  test("there are such verdicts", () => {
    expect(disagreeing.length).toBeGreaterThan(25);
  });

  test.each(named(disagreeing))("%s", (_id, one) => {
    const [, possible = []] = texts.find(([pattern]) => pattern.test(one.verdict.error ?? "")) ?? [];
    const found = settings(stateOf(one).state);
    expect(possible.filter((setting) => found.includes(setting))).not.toEqual([]);
  });
});

describe("what the controller says of other faults, we do not call a conflict", () => {
  const others = lines.filter(({ verdict: { owned, error } }) => owned && error !== null && !disagreement.test(error));
  test.each(named(others))("%s", (_id, one) => {
    expect(settings(stateOf(one).state)).toEqual([]);
  });
});

describe("a redirect that the controller cannot make is found", () => {
  const about = /^listener (does not exist|protocol non-SSL) for SSLRedirect port: (\d+)$/;
  test.each(named(lines.filter(({ verdict }) => about.test(verdict.error ?? ""))))("%s", (_id, one) => {
    const [, what, port] = about.exec(one.verdict.error ?? "") ?? [];
    expect(
      stateOf(one)
        .state.redirectFaults()
        .map(({ fault, port: at }) => [fault, at]),
    ).toEqual([[what === "does not exist" ? "no listener" : "not HTTPS", Number(port)]]);
  });
});

function settings(state: GroupState): readonly Setting[] {
  return [...new Set(state.conflicts().map(({ setting }) => setting))];
}

function theirs({ loadBalancer, frontendNlb, targetGroups, listeners, unstableOutcome }: Verdict) {
  return {
    scheme: loadBalancer?.scheme,
    ipAddressType: loadBalancer?.ipAddressType,
    name: loadBalancer?.name,
    securityGroups: loadBalancer?.securityGroups[0] === "managed" ? "managed" : "named",
    frontendScheme: frontendNlb?.scheme ?? "none",
    targetTypes: targetGroups
      .filter(({ service }) => service !== undefined)
      .map(({ id, targetType }) => `${id} ${targetType}`)
      .toSorted(),
    listeners: listeners
      .filter(({ loadBalancer: which }) => which !== "frontendNlb")
      .map(({ port, protocol }) => `${port} ${unstableOutcome ? "?" : protocol}`)
      .toSorted(),
    frontendPorts: listeners
      .filter(({ loadBalancer: which }) => which === "frontendNlb")
      .map(({ port }) => String(port))
      .toSorted(),
  };
}

function ours({ members, values }: GroupState, cluster: Cluster, profile: ClusterProfile, verdict: Verdict) {
  const { scheme, ipAddressType, name, securityGroups, listeners, frontendScheme } = values();
  return {
    scheme,
    ipAddressType,
    // The name that the controller makes up ends in a hash.
    name: name ?? verdict.loadBalancer?.name,
    securityGroups,
    frontendScheme,
    targetTypes: members
      .filter((member) => sendsToBackends(member, members))
      .flatMap((member) => {
        const { namespace, name: of, view } = member.ingress;
        return backendTargets(view).flatMap(({ service: target, port }) => {
          const service = cluster.service(namespace, target);
          const type = targetTypeOf(member, service, profile);
          return service === undefined ? [] : [`${namespace}/${of}-${target}:${port} ${type}`];
        });
      })
      .toSorted(),
    listeners: [...(listeners ?? [])].map(([port, protocol = "?"]) => `${port} ${protocol}`).toSorted(),
    frontendPorts: hasFrontend(members)
      ? members
          .flatMap(frontendStatementsOf)
          .filter(({ setting }) => setting === "frontend-nlb-listener-port-mapping")
          .map(({ part }) => part)
          .filter((part, index, all) => all.indexOf(part) === index)
          .toSorted()
      : [],
  };
}

function stateOf({ case: given }: Line) {
  const cluster = clusterOf(given);
  const { defaultScheme, defaultTargetType, ingressClass, featureGates } = given.world;
  const profile: ClusterProfile = {
    ...defaultProfile,
    defaultScheme,
    defaultTargetType,
    ingressClass,
    featureGates: { ...defaultProfile.featureGates, ...featureGates },
  };
  const subject = subjectIn(cluster, given);
  const classification = classify(subject, cluster, profile);
  const state =
    classification.outcome === "served" ? groupStateOf(subject, classification, cluster, profile) : undefined;
  if (state === undefined) throw new Error(`${given.subject} is in no group`);
  return { state, cluster, profile };
}

import type { ClusterKind } from "../../src/decision/cluster/cluster.ts";
import { decide } from "../../src/decision/decide.ts";
import type { Decision } from "../../src/decision/decide.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { ClusterProfile, Facts, Install } from "../../src/decision/facts.ts";
import type { Subject } from "../../src/decision/subject.ts";
import { policySet } from "../../src/policy/resolve.ts";
import { policy } from "../policy/policies.ts";
import { knownCluster as clusterOf } from "./known-cluster.ts";

type Spec = Readonly<Record<string, unknown>>;

export interface Surroundings {
  /** The spec of a policy named `test`; selects every namespace unless it says otherwise. undefined: no policy. */
  readonly policy?: Spec | undefined;
  readonly profile?: Partial<ClusterProfile>;
  readonly install?: Partial<Install>;
  readonly namespaceLabels?: Readonly<Record<string, string>>;
  /** Manifests of the other objects, which then are all that there are. Left out: nothing is known of them. */
  readonly cluster?: readonly unknown[];
  /** Kinds of which there may be others all the same. */
  readonly unsure?: readonly ClusterKind[];
}

export const publicService: Spec = {
  loadBalancerClass: { default: "service.k8s.aws/nlb" },
  scheme: { default: "internet-facing" },
  ipAddressType: { default: "dualstack" },
  targetType: { default: "ip" },
};

/** A policy with a value for everything, claiming by class. */
export const publicDualStack: Spec = {
  service: publicService,
  ingress: {
    scheme: { default: "internet-facing" },
    ipAddressType: { default: "dualstack" },
    targetType: { default: "ip" },
  },
};

/** A cluster of which everything that injection asks for is known. */
export const knownCluster: Partial<ClusterProfile> = {
  controllers: ["aws-load-balancer-controller"],
  subnetsHaveIPv6: true,
  albClasses: [{ name: "alb", hasParams: false }],
};

function facts({ profile, install, namespaceLabels, cluster, unsure }: Surroundings = {}): Facts {
  return {
    namespaceLabels: namespaceLabels ?? {},
    profile: { ...defaultProfile, ...knownCluster, ...profile },
    install: { scope: "ClusterWide", excludedNamespaces: [], ...install },
    cluster: cluster && clusterOf(cluster, unsure),
  };
}

/** decide() with one policy in force. */
export function decided(subject: Subject, surroundings: Surroundings = { policy: publicDualStack }): Decision {
  const { policy: spec } = surroundings;
  const policies = spec === undefined ? [] : [policy("test", { namespaceSelector: {}, ...spec })];
  return decide(subject, policySet(policies), facts(surroundings));
}

/** The injected values by their target. */
export function injected(decision: Decision): Readonly<Record<string, string>> {
  return Object.fromEntries(decision.injections.map(({ target, value }) => [target, value]));
}

/** The values left out by their target, with the reason. */
export function leftOut(decision: Decision): Readonly<Record<string, string>> {
  return Object.fromEntries(decision.leftOut.map(({ target, reason }) => [target, reason]));
}

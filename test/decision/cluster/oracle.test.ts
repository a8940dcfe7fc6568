import { describe, expect, test } from "vitest";
import * as z from "zod";
import { classify } from "../../../src/decision/cluster/classify.ts";
import type { Cluster } from "../../../src/decision/cluster/cluster.ts";
import { groupIdOf } from "../../../src/decision/cluster/group-id.ts";
import { loadGroup } from "../../../src/decision/cluster/group.ts";
import type { GroupId } from "../../../src/decision/cluster/group-id.ts";
import type { IngressObject } from "../../../src/decision/cluster/views.ts";
import { defaultProfile } from "../../../src/decision/facts.ts";
import type { ClusterProfile } from "../../../src/decision/facts.ts";
import { keyOfIngress } from "./objects.ts";
import { clusterOf, oracleLines, subjectIn } from "./oracle-lines.ts";

/** Verdicts of the AWS Load Balancer Controller itself: which Ingresses it serves, and as which group. */

const verdictShape = z.object({
  owned: z.boolean(),
  groupID: z.string().optional(),
  groupMembers: z.array(z.string()).optional(),
  inactiveMembers: z.array(z.string()).optional(),
  stage: z.enum(["load", "model"]).nullish(),
  pendingGroups: z.array(z.object({ groupID: z.string(), error: z.string().nullable() })).optional(),
});

const lines = oracleLines(verdictShape);

describe("the AWS Load Balancer Controller agrees", () => {
  test("all verdicts are here", () => {
    expect(lines).toHaveLength(461);
  });

  test.each(lines.map((one) => [one.id, one] as const))("%s", (_id, { case: given, verdict }) => {
    const cluster = clusterOf(given);
    const profile: ClusterProfile = { ...defaultProfile, ingressClass: given.world.ingressClass };
    const subject = subjectIn(cluster, given);

    expect(load(subject, cluster, profile)).toEqual({
      owned: verdict.owned,
      groupID: verdict.groupID,
      hasProblem: verdict.stage === "load",
      members: verdict.groupMembers,
      inactive: verdict.groupMembers === undefined ? undefined : (verdict.inactiveMembers ?? []),
    });
    expect(loadable(subject, cluster, profile)).toEqual(
      (verdict.pendingGroups ?? []).filter(({ error }) => !isOfLoading(error)).map(({ groupID }) => groupID),
    );
  });
});

interface Loaded {
  readonly owned: boolean;
  readonly hasProblem: boolean;
  readonly groupID?: string;
  readonly members?: readonly string[];
  readonly inactive?: readonly string[];
}

const notOwned: Loaded = { owned: false, hasProblem: false };
const unloadable: Loaded = { owned: false, hasProblem: true };

/** As a reconciliation of the subject goes about it. What EKS Auto Mode serves is not this controller's. */
function load(subject: IngressObject, cluster: Cluster, profile: ClusterProfile): Loaded {
  if (subject.view.terminating) return notOwned;
  const classification = classify(subject, cluster, profile);
  switch (classification.outcome) {
    case "not-served":
      return notOwned;
    case "invalid":
      return unloadable;
    case "served": {
      if (classification.controller !== "aws-load-balancer-controller") return notOwned;
      const id = groupIdOf(subject, classification);
      if (id.kind === "invalid") return unloadable;
      const groupID = textOf(id);
      const { members, inactive, problem } = loadGroup(id, cluster, profile);
      // The controller says nothing of the members of a group that it cannot load.
      if (problem !== undefined) return { owned: true, hasProblem: true, groupID };
      return {
        owned: true,
        hasProblem: false,
        groupID,
        members: members.map(({ ingress }) => keyOfIngress(ingress)),
        inactive: inactive.map(keyOfIngress),
      };
    }
  }
}

/** Groups that the subject's finalizers name besides its own, and that can be loaded. */
function loadable(subject: IngressObject, cluster: Cluster, profile: ClusterProfile): readonly string[] {
  const own = load(subject, cluster, profile).groupID;
  return subject.view.finalizers.flatMap((finalizer) => {
    const id = groupOf(finalizer, subject);
    if (id === undefined) return [];
    const { problem, inactive } = loadGroup(id, cluster, profile);
    return textOf(id) === own || problem !== undefined || !inactive.includes(subject) ? [] : [textOf(id)];
  });
}

function groupOf(finalizer: string, { namespace, name }: IngressObject): GroupId | undefined {
  const controller = "aws-load-balancer-controller";
  if (finalizer === "ingress.k8s.aws/resources") return { kind: "implicit", controller, namespace, name };
  const prefix = "group.ingress.k8s.aws/";
  return finalizer.startsWith(prefix)
    ? { kind: "explicit", controller, name: finalizer.slice(prefix.length) }
    : undefined;
}

/** Of the group's loading, not of its model. */
function isOfLoading(error: string | null): boolean {
  return error?.startsWith("Ingress: ") === true;
}

function textOf(id: GroupId): string {
  return id.kind === "explicit" ? id.name : `${id.namespace}/${id.name}`;
}

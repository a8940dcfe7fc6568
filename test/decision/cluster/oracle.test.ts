import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import * as z from "zod";
import { classify } from "../../../src/decision/cluster/classify.ts";
import { ClusterObjects } from "../../../src/decision/cluster/cluster.ts";
import type { Cluster } from "../../../src/decision/cluster/cluster.ts";
import { groupIdOf } from "../../../src/decision/cluster/group-id.ts";
import { loadGroup } from "../../../src/decision/cluster/group.ts";
import type { GroupId } from "../../../src/decision/cluster/group-id.ts";
import { ingressClassParamsView } from "../../../src/decision/cluster/class-params.ts";
import { backendService, ingressClassView, ingressObject } from "../../../src/decision/cluster/views.ts";
import type { IngressObject } from "../../../src/decision/cluster/views.ts";
import { defaultProfile } from "../../../src/decision/facts.ts";
import type { ClusterProfile } from "../../../src/decision/facts.ts";
import { keyOfIngress } from "./objects.ts";

/** Verdicts of the AWS Load Balancer Controller itself: which Ingresses it serves, and as which group. */

const objects = z.array(z.looseObject({}));
const line = z.object({
  id: z.string(),
  case: z.object({
    world: z.object({ ingressClass: z.string().default(defaultProfile.ingressClass) }),
    subject: z.string(),
    ingresses: objects,
    services: objects.default([]),
    ingressClasses: objects.default([]),
    ingressClassParams: objects.default([]),
    namespaces: z
      .array(
        z.object({ metadata: z.object({ name: z.string(), labels: z.record(z.string(), z.string()).optional() }) }),
      )
      .default([]),
  }),
  verdict: z.object({
    owned: z.boolean(),
    groupID: z.string().optional(),
    groupMembers: z.array(z.string()).optional(),
    inactiveMembers: z.array(z.string()).optional(),
    stage: z.enum(["load", "model"]).nullish(),
    pendingGroups: z.array(z.object({ groupID: z.string(), error: z.string().nullable() })).optional(),
  }),
});
type Line = z.infer<typeof line>;

const file = new URL("../../conformance/ingresses.ndjson", import.meta.url);
const lines: readonly Line[] = readFileSync(file, "utf8")
  .trimEnd()
  .split("\n")
  .map((text) => line.parse(JSON.parse(text)));

describe("the AWS Load Balancer Controller agrees", () => {
  test("all verdicts are here", () => {
    expect(lines).toHaveLength(461);
  });

  test.each(lines.map((one) => [one.id, one] as const))("%s", (_id, { case: given, verdict }) => {
    const cluster = clusterOf(given);
    const profile: ClusterProfile = { ...defaultProfile, ingressClass: given.world.ingressClass };
    const [namespace = "", name = ""] = given.subject.split("/");
    const subject = cluster.ingress(namespace, name);
    if (subject === undefined) throw new Error(`${given.subject} is not among the Ingresses`);

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

function clusterOf({ ingresses, services, ingressClasses, ingressClassParams, namespaces }: Line["case"]): Cluster {
  const labels = new Map(namespaces.map(({ metadata }) => [metadata.name, metadata.labels ?? {}]));
  const cluster = new ClusterObjects({ namespaceLabels: (name) => labels.get(name) });
  cluster.replace("Ingress", ingresses.map(ingressObject));
  cluster.replace("IngressClass", ingressClasses.map(ingressClassView));
  cluster.replace("IngressClassParams", ingressClassParams.map(ingressClassParamsView));
  cluster.replace("Service", services.map(backendService));
  for (const kind of ["Ingress", "IngressClass", "IngressClassParams", "Service"] as const) {
    cluster.setComplete(kind, true);
  }
  return cluster;
}

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

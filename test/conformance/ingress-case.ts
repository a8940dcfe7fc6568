import { z } from "zod";
import { ClusterObjects } from "../../src/decision/cluster/cluster.ts";
import type { Cluster, ClusterKind } from "../../src/decision/cluster/cluster.ts";
import { ingressClassParamsView } from "../../src/decision/cluster/class-params.ts";
import { backendService, ingressClassView, ingressObject } from "../../src/decision/cluster/views.ts";
import type { IngressClassParamsView } from "../../src/decision/cluster/class-params.ts";
import type { BackendService, IngressClassView, IngressObject } from "../../src/decision/cluster/views.ts";
import { ingressView } from "../../src/decision/subject.ts";
import type { IngressView } from "../../src/decision/subject.ts";
import type { Labels } from "../../src/policy/selector.ts";
import { check, errorFields, IllFormed, place, readErrors, readObject } from "./line.ts";
import type { Place, Position } from "./line.ts";
import { world } from "./world.ts";
import type { World } from "./world.ts";

/** An Ingress, the cluster it is in, and what became of it. */
export interface IngressCase extends Place {
  readonly kind: "ingress";
  readonly namespace: string;
  readonly name: string;
  readonly ingress: IngressView;
  /** All the other Ingresses, of its group or not. */
  readonly others: readonly IngressObject[];
  readonly services: readonly BackendService[];
  readonly classes: readonly IngressClassView[];
  readonly params: readonly IngressClassParamsView[];
  readonly namespaceLabels: Labels;
  /** All that the cluster has but the Ingress itself. */
  readonly cluster: Cluster;
  readonly world: World;
  readonly verdict: IngressVerdict;
}

const object = z.looseObject({ metadata: z.looseObject({ name: z.string(), namespace: z.string() }) });
const clusterObject = z.looseObject({ metadata: z.looseObject({ name: z.string() }) });
const labels = z.record(z.string(), z.string());

const targetGroup = z.looseObject({
  id: z.string(),
  /** Left out of the NLB in front of the ALB. */
  service: z.string().nullish(),
  port: z.union([z.number(), z.string()]).nullable(),
  targetType: z.string(),
});

const balancer = { scheme: z.string(), ipAddressType: z.string() };

const verdict = z.looseObject({
  ...errorFields,
  stage: z.enum(["load", "model"]).nullable(),
  groupID: z.string().optional(),
  groupMembers: z.array(z.string()).optional(),
  inactiveMembers: z.array(z.string()).default([]),
  loadBalancer: z.looseObject({ ...balancer, name: z.string() }).nullable(),
  frontendNlb: z.looseObject(balancer).nullish(),
  targetGroups: z.array(targetGroup),
  listeners: z.array(z.looseObject({ port: z.number(), protocol: z.string(), loadBalancer: z.string().optional() })),
  webhook: z.looseObject({ error: z.string().nullable() }),
});

type RawVerdict = z.infer<typeof verdict>;

/** What the controller made of the Ingress and its group. */
export interface IngressVerdict extends Pick<
  RawVerdict,
  "owned" | "unstableOutcome" | "stage" | "inactiveMembers" | "loadBalancer" | "targetGroups" | "listeners"
> {
  /** [] where it accepted; several where its text differs from run to run. */
  readonly errors: readonly string[];
  /** undefined: the class or the group could not be resolved, or it is another controller's. */
  readonly groupId: string | undefined;
  /** undefined: there is no group, or it could not be loaded. In group order. */
  readonly groupMembers: readonly string[] | undefined;
  readonly frontendScheme: string | undefined;
  /** What its own admission webhook says. */
  readonly webhookError: string | undefined;
}

const ingressLine = z.strictObject({
  ...place,
  case: z.strictObject({
    kind: z.literal("ingress"),
    world,
    subject: z.string().regex(/^[^/]+\/[^/]+$/, "must be NAMESPACE/NAME"),
    ingresses: z.array(object),
    services: z.array(object),
    ingressClasses: z.array(clusterObject),
    ingressClassParams: z.array(clusterObject),
    namespaces: z.array(z.looseObject({ metadata: z.looseObject({ name: z.string(), labels: labels.default({}) }) })),
    /** No part of what an admission webhook may see. */
    secrets: z.array(object).optional(),
  }),
  verdict,
});

type RawCase = z.infer<typeof ingressLine>["case"];

export function readIngressCase(raw: unknown, at: Position): IngressCase {
  const { id, topic, case: given, verdict: found } = check(ingressLine, raw, at);
  const index = given.ingresses.findIndex(({ metadata }) => `${metadata.namespace}/${metadata.name}` === given.subject);
  const subject = given.ingresses[index];
  if (subject === undefined) {
    throw new IllFormed(at.file, at.line, `case.subject: ${given.subject} is not among case.ingresses`);
  }
  const { name, namespace } = subject.metadata;
  const objects = readObjects(given, index, at);
  const namespaceLabels = labelsOf(given, namespace);
  if (namespaceLabels === undefined) {
    throw new IllFormed(at.file, at.line, `case.namespaces: ${namespace}, the namespace of case.subject, is missing`);
  }
  return {
    kind: "ingress",
    id,
    topic,
    ...at,
    namespace,
    name,
    ingress: readObject(ingressView, subject, `case.ingresses.${index}`, at),
    ...objects,
    namespaceLabels,
    cluster: clusterOf(objects, (of) => labelsOf(given, of)),
    world: given.world,
    verdict: readVerdict(found, at),
  };
}

type Objects = Pick<IngressCase, "others" | "services" | "classes" | "params">;

function readObjects(given: RawCase, subject: number, at: Position): Objects {
  const all = <T>(field: keyof RawCase, objects: readonly unknown[], read: (raw: unknown) => T): readonly T[] =>
    objects.map((raw, index) => readObject(read, raw, `case.${field}.${index}`, at));
  return {
    others: all("ingresses", given.ingresses, ingressObject).filter((_other, index) => index !== subject),
    services: all("services", given.services, backendService),
    classes: all("ingressClasses", given.ingressClasses, ingressClassView),
    params: all("ingressClassParams", given.ingressClassParams, ingressClassParamsView),
  };
}

function labelsOf({ namespaces }: RawCase, name: string): Labels | undefined {
  return namespaces.find(({ metadata }) => metadata.name === name)?.metadata.labels;
}

const kinds = [
  "Ingress",
  "IngressClass",
  "IngressClassParams",
  "Service",
  "TargetGroupBinding",
] as const satisfies readonly ClusterKind[];

/** A case has everything that its cluster has. */
function clusterOf(objects: Objects, namespaceLabels: (name: string) => Labels | undefined): Cluster {
  const cluster = new ClusterObjects({ namespaceLabels });
  cluster.replace("Ingress", objects.others);
  cluster.replace("IngressClass", objects.classes);
  cluster.replace("IngressClassParams", objects.params);
  cluster.replace("Service", objects.services);
  for (const kind of kinds) cluster.setComplete(kind, true);
  return cluster;
}

function readVerdict(found: RawVerdict, at: Position): IngressVerdict {
  const { owned, unstableOutcome, stage, groupID, groupMembers, inactiveMembers } = found;
  const errors = readErrors(found, at);
  if (owned && groupID === undefined) {
    throw new IllFormed(at.file, at.line, "verdict.groupID: is missing, and verdict.owned is true");
  }
  if (owned && stage !== "load" && groupMembers === undefined) {
    throw new IllFormed(at.file, at.line, "verdict.groupMembers: is missing, and the group was loaded");
  }
  return {
    owned,
    errors,
    unstableOutcome,
    stage,
    groupId: groupID,
    groupMembers,
    inactiveMembers,
    loadBalancer: found.loadBalancer,
    targetGroups: found.targetGroups,
    listeners: found.listeners,
    frontendScheme: found.frontendNlb?.scheme,
    webhookError: found.webhook.error ?? undefined,
  };
}

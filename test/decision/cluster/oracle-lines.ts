import { readFileSync } from "node:fs";
import * as z from "zod";
import { ingressClassParamsView } from "../../../src/decision/cluster/class-params.ts";
import { ClusterObjects } from "../../../src/decision/cluster/cluster.ts";
import type { Cluster } from "../../../src/decision/cluster/cluster.ts";
import { backendService, ingressClassView, ingressObject } from "../../../src/decision/cluster/views.ts";
import type { IngressObject } from "../../../src/decision/cluster/views.ts";
import { world } from "../../conformance/world.ts";

/** Verdicts of the AWS Load Balancer Controller itself on Ingresses, and the clusters that they are about. */

const objects = z.array(z.looseObject({}));
const labels = z.record(z.string(), z.string());
const oracleCase = z.object({
  world,
  subject: z.string(),
  ingresses: objects,
  services: objects.default([]),
  ingressClasses: objects.default([]),
  ingressClassParams: objects.default([]),
  namespaces: z.array(z.object({ metadata: z.object({ name: z.string(), labels: labels.optional() }) })).default([]),
});
export type OracleCase = z.infer<typeof oracleCase>;

export interface OracleLine<V> {
  readonly id: string;
  readonly case: OracleCase;
  readonly verdict: V;
}

/** All of them, with what a test reads of the verdict. */
export function oracleLines<V>(verdict: z.ZodType<V>): readonly OracleLine<V>[] {
  const line = z.object({ id: z.string(), case: oracleCase, verdict });
  const file = new URL("../../conformance/ingresses.ndjson", import.meta.url);
  return readFileSync(file, "utf8")
    .trimEnd()
    .split("\n")
    .map((text) => line.parse(JSON.parse(text)));
}

/** Everything of it is known. */
export function clusterOf({
  ingresses,
  services,
  ingressClasses,
  ingressClassParams,
  namespaces,
}: OracleCase): Cluster {
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

export function subjectIn(cluster: Cluster, { subject }: OracleCase): IngressObject {
  const [namespace = "", name = ""] = subject.split("/");
  const found = cluster.ingress(namespace, name);
  if (found === undefined) throw new Error(`${subject} is not among the Ingresses`);
  return found;
}

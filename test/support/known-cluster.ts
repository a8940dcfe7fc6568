import * as z from "zod";
import { ClusterObjects } from "../../src/decision/cluster/cluster.ts";
import type { Cluster, ClusterKind } from "../../src/decision/cluster/cluster.ts";
import { ingressClassParamsView } from "../../src/decision/cluster/class-params.ts";
import { backendService, bindingView, ingressClassView, ingressObject } from "../../src/decision/cluster/views.ts";

const head = z.looseObject({
  kind: z.string(),
  metadata: z.looseObject({ name: z.string(), labels: z.record(z.string(), z.string()).optional() }),
});

/**
 * A cluster of which these manifests are all that there is, with an IngressClass "alb" unless they have one. Of the unsure kinds
 * there may be others.
 */
export function knownCluster(manifests: readonly unknown[], unsure: readonly ClusterKind[] = []): Cluster {
  const namespaces = new Map<string, Readonly<Record<string, string>>>();
  const cluster = new ClusterObjects({ namespaceLabels: (name) => namespaces.get(name) });
  cluster.set(
    "IngressClass",
    ingressClassView({ metadata: { name: "alb" }, spec: { controller: "ingress.k8s.aws/alb" } }),
  );
  for (const raw of manifests) {
    const { kind, metadata } = head.parse(raw);
    switch (kind) {
      case "Ingress":
        cluster.set(kind, ingressObject(raw));
        break;
      case "IngressClass":
        cluster.set(kind, ingressClassView(raw));
        break;
      case "IngressClassParams":
        cluster.set(kind, ingressClassParamsView(raw));
        break;
      case "Service":
        cluster.set(kind, backendService(raw));
        break;
      case "TargetGroupBinding":
        cluster.set(kind, bindingView(raw));
        break;
      case "Namespace":
        namespaces.set(metadata.name, metadata.labels ?? {});
        break;
      default:
        throw new Error(`a test's cluster has no objects of kind ${kind}`);
    }
  }
  for (const kind of ["Ingress", "IngressClass", "IngressClassParams", "Service", "TargetGroupBinding"] as const) {
    cluster.setComplete(kind, !unsure.includes(kind));
  }
  return cluster;
}

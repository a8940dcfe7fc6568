import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import type { Facts } from "../../src/decision/facts.ts";
import type { IngressView } from "../../src/decision/subject.ts";
import { readCases } from "../conformance/cases.ts";
import { factsOf, world } from "../conformance/world.ts";

/** A Service as it was stored, out of the conformance suite, and the cluster that it stood in. */
export interface StoredService {
  readonly id: string;
  readonly object: RawService;
  readonly facts: Facts;
  /** Whether the AWS controller owns it after its own webhook has seen it on CREATE. */
  readonly ownedAfterMutation: boolean;
}

export interface RawService {
  readonly metadata: { readonly annotations?: Readonly<Record<string, string>>; readonly deletionTimestamp?: string };
  readonly spec: Readonly<Record<string, unknown>>;
}

/** Services of type LoadBalancer that are not being deleted. */
export function storedServices(): readonly StoredService[] {
  const file = fileURLToPath(new URL("../conformance/services.ndjson", import.meta.url));
  const lines = readFileSync(file, "utf8").trimEnd().split("\n");
  return lines
    .map((line) => JSON.parse(line) as Line)
    .filter(({ case: { service } }) => service.spec["type"] === "LoadBalancer" && !service.metadata.deletionTimestamp)
    .map(({ id, case: { service, world: raw }, verdict }) => ({
      id,
      object: service,
      facts: factsOf(world.parse(raw)),
      ownedAfterMutation: verdict.webhook.ownedAfterMutation,
    }));
}

/** The same of an Ingress, whose cluster has all the other objects. */
export interface StoredIngress {
  readonly id: string;
  readonly namespace: string;
  readonly name: string;
  readonly object: IngressView;
  readonly facts: Facts;
}

/** Ingresses that are not being deleted. */
export function storedIngresses(): readonly StoredIngress[] {
  const file = fileURLToPath(new URL("../conformance/ingresses.ndjson", import.meta.url));
  return readCases(file, readFileSync(file, "utf8")).flatMap((given): readonly StoredIngress[] => {
    if (given.kind !== "ingress" || given.ingress.terminating) return [];
    const { id, namespace, name, ingress: object, namespaceLabels, cluster } = given;
    return [{ id, namespace, name, object, facts: { ...factsOf(given.world), namespaceLabels, cluster } }];
  });
}

interface Line {
  readonly id: string;
  readonly case: { readonly world: unknown; readonly service: RawService };
  readonly verdict: { readonly webhook: { readonly ownedAfterMutation: boolean } };
}

/** What the API server fills in between the mutating and the validating phase, given back by `allocated`. */
export function unallocated({ metadata, spec }: RawService): RawService {
  const { ipFamilies: _families, clusterIP: _ip, clusterIPs: _ips, healthCheckNodePort: _check, ...rest } = spec;
  const written: Record<string, unknown> = rest;
  // A policy other than the default is the author's own word.
  if (written["ipFamilyPolicy"] === "SingleStack") delete written["ipFamilyPolicy"];
  const ports = (written["ports"] as readonly Record<string, unknown>[]).map(({ nodePort: _port, ...port }) => port);
  return { metadata, spec: { ...written, ports } };
}

/** The object with the fields that the stored one has and that a mutating webhook does not see. */
export function allocated({ metadata, spec }: RawService, stored: RawService): RawService {
  const { ipFamilies, ipFamilyPolicy, ports } = stored.spec;
  return { metadata, spec: { ...spec, ipFamilies, ipFamilyPolicy, ports } };
}

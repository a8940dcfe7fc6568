import jsonPatch from "fast-json-patch";
import { expect } from "vitest";
import { decide } from "../../src/decision/decide.ts";
import type { Decision } from "../../src/decision/decide.ts";
import type { Facts } from "../../src/decision/facts.ts";
import type { Phase, ServiceView } from "../../src/decision/subject.ts";
import { possibleAllocations } from "../../src/decision/unallocated.ts";
import { readReview } from "../../src/kubernetes/admission-review.ts";
import { applyPatch, patchOf } from "../../src/kubernetes/patch.ts";
import type { PolicySet } from "../../src/policy/resolve.ts";
import type { RawRequest } from "./arbitraries.ts";

/** Generated requests on their way through both phases. */

/** As /mutate or /validate would read it. */
export function subjectOf({ object, oldObject }: RawRequest, phase: Phase) {
  const kind =
    object["kind"] === "Service"
      ? { group: "", version: "v1", kind: "Service" }
      : { group: "networking.k8s.io", version: "v1", kind: "Ingress" };
  const operation = oldObject === undefined ? "CREATE" : "UPDATE";
  const request = { uid: "u", kind, operation, namespace: "shop", object, oldObject };
  const { subject } = readReview({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request }, phase);
  if (subject === undefined || subject.kind === "TargetGroupBinding") {
    throw new Error("the generator made an object of another kind");
  }
  return subject;
}

/** The decision of the mutating phase, and what becomes of the object. */
export function mutated(request: RawRequest, set: PolicySet, facts: Facts): { decision: Decision; after: RawRequest } {
  const decision = decide(subjectOf(request, "mutating"), set, facts);
  const object = structuredClone(request.object);
  // With validation: a patch that the API server could not apply throws here.
  const patch = patchOf(request.object, decision);
  jsonPatch.applyPatch(object, structuredClone([...patch]), true);
  const byOurselves = structuredClone(request.object);
  applyPatch(byOurselves, patch);
  expect(byOurselves).toEqual(object);
  return { decision, after: { ...request, object } };
}

/** The validating phase's objects: every way in which the API server may fill in what is not written. */
export function validated(request: RawRequest, set: PolicySet, facts: Facts): readonly Decision[] {
  const subject = subjectOf(request, "validating");
  if (subject.kind === "Ingress") return [decide(subject, set, facts)];
  return possibleAllocations(subject.object, facts.profile).map((object) =>
    decide({ ...subject, object: withNodePorts(object) }, set, facts),
  );
}

function withNodePorts(object: ServiceView): ServiceView {
  if (object.allocateLoadBalancerNodePorts === false) return object;
  return { ...object, ports: object.ports.map((port, at) => ({ ...port, nodePort: port.nodePort ?? 31_000 + at })) };
}

/**
 * How many decisions a second decide() makes on its own, for a handful of subjects: `node bench/decide.ts`. No bar is judged;
 * it is for comparing before and after, on one machine and within minutes.
 */
import { decide } from "../src/decision/decide.ts";
import { defaultProfile } from "../src/decision/facts.ts";
import type { Facts } from "../src/decision/facts.ts";
import type { ReviewedSubject } from "../src/decision/subject.ts";
import { readReview } from "../src/kubernetes/admission-review.ts";
import { policySet } from "../src/policy/resolve.ts";
import { starterPolicies } from "../src/policy/starter.ts";
import { bodyOf, mutateMessage, validateMessage } from "./reviews.ts";
import { median } from "./statistics.ts";

const policies = policySet(starterPolicies);
const facts: Facts = {
  namespaceLabels: { "kubernetes.io/metadata.name": "shop" },
  profile: { ...defaultProfile, controllers: ["aws-load-balancer-controller"], subnetsHaveIPv6: true },
  install: { scope: "ClusterWide", excludedNamespaces: [] },
};

/** Long enough for the clock, short enough that the median passes over whatever else ran. */
const batch = 2000;
const batches = 15;
/** Until the compiler has done what it will do. */
const warmUp = 20_000;

for (const [name, subject] of Object.entries(subjects())) {
  for (let count = 0; count < warmUp; count += 1) decide(subject, policies, facts);
  const seconds = median(Array.from({ length: batches }, () => timed(subject)));
  const microseconds = (seconds * 1e6) / batch;
  process.stdout.write(
    `${name.padEnd(50)}${(batch / seconds).toFixed(0).padStart(9)} a second${microseconds.toFixed(1).padStart(8)} µs\n`,
  );
}

function timed(subject: ReviewedSubject): number {
  const started = process.cpuUsage();
  for (let count = 0; count < batch; count += 1) decide(subject, policies, facts);
  const { user, system } = process.cpuUsage(started);
  return (user + system) / 1e6;
}

function subjects(): Readonly<Record<string, ReviewedSubject>> {
  const created = read(bodyOf(mutateMessage()), "mutating");
  const complete = read(bodyOf(validateMessage()), "validating");
  if (created.kind !== "Service") throw new Error("the benchmark's review is not one of a Service");
  const { object } = created;
  const port = { name: "dns", port: 53, protocol: "UDP", nodePort: undefined, targetPort: 53 };
  return {
    "new Service, three values injected": created,
    "the same, complete, to be validated": complete,
    "new Service with a UDP port: dualstack left out": { ...created, object: { ...object, ports: [port] } },
    "update of an unclaimed Service": { ...created, operation: "UPDATE", old: object },
    "Service that is no load balancer": { ...created, object: { ...object, type: "ClusterIP" } },
  };
}

function read(body: string, phase: "mutating" | "validating"): ReviewedSubject {
  const { subject } = readReview(JSON.parse(body), phase);
  if (subject === undefined) throw new Error("the benchmark's review is not judged");
  return subject;
}

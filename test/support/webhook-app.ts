import { defaultProfile } from "../../src/decision/facts.ts";
import { policySet } from "../../src/policy/resolve.ts";
import type { AdmissionDependencies, LookUpLabels } from "../../src/server/admission.ts";
import type { Answered } from "../../src/server/admission.ts";
import { inFlight } from "../../src/server/overload.ts";
import type { InFlightOptions } from "../../src/server/overload.ts";
import { buildServer } from "../../src/server/server.ts";
import type { Limits } from "../../src/server/server.ts";
import { policy } from "../policy/policies.ts";
import { knownCluster, publicDualStack } from "./decisions.ts";

/** The admission server, which the caller may let listen, and what it reported. */
export function buildApp({
  namespaceLabels = () => ({}),
  draining = () => false,
  cluster = () => undefined,
  lookUpClass = () => undefined,
  requests = {},
  limits = {},
  tls,
  rules = {},
  mode = "Enforce",
  arePoliciesRead = true,
}: AppOptions = {}) {
  const answered: Answered[] = [];
  const failed: string[] = [];
  const shed: string[] = [];
  const logged: object[] = [];
  const log = {
    warn: (fields: object) => void logged.push(fields),
    error: (fields: object) => void logged.push(fields),
  };
  const policies = policySet([policy("public-dualstack", { namespaceSelector: {}, ...publicDualStack, rules, mode })]);
  const app = buildServer({
    policies: () => (arePoliciesRead ? policies : undefined),
    namespaceLabels,
    profile: { ...defaultProfile, ...knownCluster },
    install: { scope: "ClusterWide", excludedNamespaces: [] },
    cluster,
    lookUpClass,
    answered: (one) => void answered.push(one),
    refused: (reason) => void failed.push(reason),
    failed: (webhook, outcome) => void failed.push(`${webhook} ${outcome}`),
    shed: (reason) => void shed.push(reason),
    requests: inFlight({ most: 1000, isLagging: () => false, ...requests }),
    limits: { connections: 2000, connectionAgeMs: 0, ...limits },
    draining,
    log,
    ...(tls === undefined ? {} : { tls }),
  });
  return { app, answered, failed, shed, logged };
}

interface AppOptions {
  readonly namespaceLabels?: LookUpLabels;
  readonly draining?: () => boolean;
  readonly cluster?: AdmissionDependencies["cluster"];
  readonly lookUpClass?: AdmissionDependencies["lookUpClass"];
  readonly requests?: Partial<InFlightOptions>;
  readonly limits?: Partial<Limits>;
  /** What the policy says of rules. */
  readonly rules?: Readonly<Record<string, "Deny" | "Warn" | "Off">>;
  readonly mode?: "Enforce" | "Warn";
  readonly arePoliciesRead?: boolean;
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** An AdmissionReview as the API server sends it. */
export function reviewOf(object: Readonly<Record<string, unknown>>, request: Readonly<Record<string, unknown>> = {}) {
  const service = object["kind"] === "Service";
  return {
    apiVersion: "admission.k8s.io/v1",
    kind: "AdmissionReview",
    request: {
      uid: "7f3c",
      kind: service
        ? { group: "", version: "v1", kind: "Service" }
        : { group: "networking.k8s.io", version: "v1", kind: "Ingress" },
      resource: { group: "", version: "v1", resource: service ? "services" : "ingresses" },
      name: "web",
      namespace: "shop",
      operation: "CREATE",
      userInfo: { username: "alice", groups: ["team-a"] },
      object,
      oldObject: null,
      dryRun: false,
      options: { kind: "CreateOptions", apiVersion: "meta.k8s.io/v1" },
      ...request,
    },
  };
}

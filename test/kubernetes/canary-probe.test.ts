import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { decide } from "../../src/decision/decide.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import type { Facts } from "../../src/decision/facts.ts";
import { mutateAnswer, readReview, validateAnswer } from "../../src/kubernetes/admission-review.ts";
import { ApiFailure } from "../../src/kubernetes/api-failure.ts";
import { probeWebhook } from "../../src/kubernetes/canary-probe.ts";
import type { CanaryOutcome } from "../../src/kubernetes/canary-probe.ts";
import type { ApiResponse } from "../../src/kubernetes/client.ts";
import { policySet } from "../../src/policy/resolve.ts";
import type { PolicySet } from "../../src/policy/resolve.ts";
import { policy } from "../policy/policies.ts";
import { inScope, policies } from "../support/arbitraries.ts";

const namespace = "dualstack-canary";

describe("where the API server calls the webhook", () => {
  it("every policy in every cluster that can be known passes", async () => {
    const seen = new Set<string>();
    const families = fc.constantFrom(["IPv4"], ["IPv6"]);
    await fc.assert(
      fc.asyncProperty(policies, inScope, families, async (known, facts, ipFamilies) => {
        const labelled = { ...facts, namespaceLabels: {} };
        const { result, ok, message } = await probe(
          server({ policies: known, facts: labelled, ipFamilies }),
          known,
          labelled,
        );
        seen.add(result);
        expect({ ok, message }).toEqual({ ok: true, message });
        const [one] = known.ordered;
        const isProved = one === undefined || (one.spec.mode === "Enforce" && Object.keys(one.spec.rules).length === 0);
        expect(isProved && result !== "proved").toBe(false);
      }),
      { numRuns: 400 },
    );
    expect(seen).toEqual(new Set(["proved", "shadow", "not-judged"]));
  });

  const internal = { loadBalancerClass: { default: "service.k8s.aws/nlb" }, scheme: { default: "internal" } };

  it.each([
    ["no policy", undefined, "proved", "so the mutating call is not proved."],
    [
      "a policy that injects",
      { service: internal },
      "proved",
      "A good one was admitted and got what its policy injects.",
    ],
    ["mode Warn", { mode: "Warn", service: internal }, "shadow", "With a good one came what its policy would inject."],
    ["mode Warn, nothing to inject", { mode: "Warn" }, "shadow", "so the mutating call is not proved."],
    ["mode Off", { mode: "Off", service: internal }, "not-judged", "judges nothing"],
    [
      "a rule switched off",
      { rules: { "unreadable-opt-out": "Off", "invalid-enumeration": "Warn" } },
      "shadow",
      "admitted with its warning",
    ],
  ] as const)("%s", async (_what, spec, result, words) => {
    const known = spec === undefined ? policySet([]) : policySet([policy("one", { namespaceSelector: {}, ...spec })]);
    expect(await probe(server({ policies: known }), known)).toMatchObject({
      result,
      ok: true,
      message: expect.stringContaining(words),
    });
  });

  it("with another policy than this replica has, it is told", async () => {
    const [enforcing, warning] = ["Enforce", "Warn"].map((mode) =>
      policySet([policy("one", { namespaceSelector: {}, mode })]),
    );
    if (enforcing === undefined || warning === undefined) throw new Error("unreachable");
    expect(await probe(server({ policies: warning }), enforcing)).toMatchObject({ result: "differs", ok: false });
    expect(await probe(server({ policies: enforcing }), warning)).toMatchObject({ result: "differs", ok: false });
  });

  it("and all are refused, as the namespace's label has it, that is no fault of the path", async () => {
    const facts = { ...plain, namespaceLabels: { "dualstack.dev/policy": "nowhere" } };
    const known = policySet([]);
    expect(await probe(server({ policies: known, facts }), known, facts)).toMatchObject({
      result: "proved",
      message: expect.stringContaining("refuses every good one, too"),
    });
    expect(await probe(server({ policies: known, facts }), known, plain)).toMatchObject({
      result: "differs",
      message: expect.stringContaining("Good Services were refused, and this replica admits them"),
    });
  });
});

describe("where it does not", () => {
  const injecting = policySet([
    policy("one", { namespaceSelector: {}, service: { loadBalancerClass: { default: "service.k8s.aws/nlb" } } }),
  ]);
  const warning = policySet([
    policy("one", {
      namespaceSelector: {},
      mode: "Warn",
      service: { loadBalancerClass: { default: "service.k8s.aws/nlb" } },
    }),
  ]);

  it.each([
    ["neither of the two", injecting, [], "not-called"],
    ["neither of the two, in shadow mode", warning, [], "not-called"],
    ["only the validating one", injecting, ["validate"], "not-mutated"],
    ["only the validating one, in shadow mode", warning, ["validate"], "not-mutated"],
    ["only the mutating one", injecting, ["mutate"], "not-called"],
  ] as const)("%s", async (_what, known, calls, result) => {
    expect(await probe(server({ policies: known, calls }), known)).toMatchObject({ result, ok: false });
  });

  it("since the namespace has been taken out", async () => {
    const facts = { ...plain, namespaceLabels: { "dualstack.dev/inject": "disabled" } };
    expect(await probe(server({ policies: injecting, calls: [] }), injecting, facts)).toMatchObject({
      result: "not-called",
      message: expect.stringContaining("dualstack.dev/inject: enabled"),
    });
  });

  const calling = (why: string) =>
    `Internal error occurred: failed calling webhook "services.validate.dualstack.dev": failed to call webhook: Post "https://dualstack-webhook.dualstack-system.svc:443/validate?timeout=5s": ${why}`;

  it.each([
    [
      500,
      calling("tls: failed to verify certificate: x509: certificate has expired"),
      "call-failed",
      "It does not trust",
    ],
    [500, calling("x509: certificate signed by unknown authority"), "call-failed", "It does not trust"],
    [500, calling('no endpoints available for service "dualstack-webhook"'), "call-failed", "It reaches no replica"],
    [500, calling("dial tcp 10.0.0.1:8443: connect: connection refused"), "call-failed", "It reaches no replica"],
    [500, calling('service "dualstack-webhook" not found'), "call-failed", "It reaches no replica"],
    [500, calling("context deadline exceeded"), "call-failed", "security groups"],
    [500, calling("Address is not allowed"), "call-failed", "security groups"],
    [500, calling("EOF"), "call-failed", "The words of the API server say why: (500: Internal error"],
    [500, 'failed calling webhook "mservice.elbv2.k8s.aws": EOF', "refused-by-another", "exempt its dry runs"],
    [
      403,
      'admission webhook "kyverno.svc" denied the request: - unreadable-opt-out: no',
      "refused-by-another",
      "kyverno",
    ],
    [403, "exceeded quota: lbs, requested: services.loadbalancers=1", "refused-by-another", "exceeded quota"],
    [422, 'Service "canary" is invalid', "refused-by-another", "422"],
    [403, 'services is forbidden: User "a" cannot create resource "services" in API group ""', "forbidden", "its Role"],
    [403, "unable to create new content in namespace x because it is being terminated", "namespace-missing", "deploy/"],
    [404, 'namespaces "x" not found', "namespace-missing", "deploy/"],
    [401, "Unauthorized", "unreachable", "401: Unauthorized"],
    [429, "too many requests", "unreachable", "tried again"],
    [503, "<html>a proxy</html>", "unreachable", "503: <html>a proxy</html>"],
  ] as const)("%i %s", async (status, message, result, words) => {
    const found = await probe(async () => answered(status, { kind: "Status", message }), policySet([]));
    expect(found).toMatchObject({ result, ok: false, message: expect.stringContaining(words) });
    const plainText = await probe(async () => ({ ...answered(status, {}), body: message }), policySet([]));
    expect(plainText).toEqual(found);
  });

  it("because the API server is not there", async () => {
    const gone = async (): Promise<ApiResponse> => {
      throw new ApiFailure("connection", "connect ECONNREFUSED 10.0.0.1:443");
    };
    expect(await probe(gone, policySet([]))).toMatchObject({
      result: "unreachable",
      message: expect.stringContaining("(connect ECONNREFUSED 10.0.0.1:443)"),
    });
  });

  it("what is long or has several lines is told in one that is short", async () => {
    const message = `one\ntwo\u0007three ${"x".repeat(10_000)}`;
    const found = await probe(async () => answered(409, { message }), policySet([]));
    expect(found.message).toContain("(409: one two three xxx");
    expect(found.message.length).toBeLessThan(700);
  });

  it("without the namespace nothing is sent", async () => {
    const sent: string[] = [];
    const write = async (): Promise<ApiResponse> => {
      sent.push("one");
      return answered(201, {});
    };
    expect(await probe(write, policySet([]), "none")).toMatchObject({ result: "namespace-missing", ok: false });
    expect(sent).toEqual([]);
  });
});

const plain: Facts = {
  namespaceLabels: {},
  profile: defaultProfile,
  install: { scope: "ClusterWide", excludedNamespaces: [], showOtherNamespaces: false },
  cluster: undefined,
};

type Write = (path: string, body: string) => Promise<ApiResponse>;

function probe(write: Write, known: PolicySet, facts: Facts | "none" = plain): Promise<CanaryOutcome> {
  return probeWebhook({
    client: { write: (_method, path, { body }) => write(path, body) },
    namespace,
    id: "canary-0a1b2c3d",
    policies: known,
    facts: facts === "none" ? undefined : facts,
    signal: new AbortController().signal,
  });
}

interface Serving {
  readonly policies: PolicySet;
  readonly facts?: Facts;
  readonly ipFamilies?: readonly string[];
  readonly calls?: readonly ("mutate" | "validate")[];
}

/** An API server that calls the webhook as a real one does, and allocates in between. */
function server(serving: Serving): Write {
  const { policies: known, facts = plain, ipFamilies = ["IPv4"], calls = ["mutate", "validate"] } = serving;
  return async (path, body) => {
    expect(path).toBe(`/api/v1/namespaces/${namespace}/services?dryRun=All`);
    const object: { metadata: { name: string }; spec: object } = JSON.parse(body);
    const request = {
      uid: "1",
      operation: "CREATE",
      kind: { group: "", version: "v1", kind: "Service" },
      namespace,
      name: object.metadata.name,
      dryRun: true,
      object,
    };
    const review = { apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request };
    const warnings: string[] = [];
    if (calls.includes("mutate")) {
      const mutating = readReview(review, "mutating");
      if (mutating.subject === undefined) throw new Error("unreachable");
      warnings.push(...warningsOf(mutateAnswer(mutating, decide(mutating.subject, known, facts)).response));
    }
    const ports = [{ port: 443, protocol: "TCP", nodePort: 30443 }];
    Object.assign(object.spec, { ipFamilies, ipFamilyPolicy: "SingleStack", ports });
    if (!calls.includes("validate")) return answered(201, object, warnings);
    const validating = readReview(review, "validating");
    if (validating.subject === undefined) throw new Error("unreachable");
    const { response } = validateAnswer(validating, decide(validating.subject, known, facts));
    warnings.push(...warningsOf(response));
    if (response["allowed"] === true) return answered(201, object, warnings);
    const status = response["status"] as { message: string };
    const message = `admission webhook "services.validate.dualstack.dev" denied the request: ${status.message}`;
    return answered(403, { kind: "Status", message }, warnings);
  };
}

function warningsOf(response: Readonly<Record<string, unknown>>): readonly string[] {
  return (response["warnings"] as readonly string[] | undefined) ?? [];
}

function answered(status: number, body: object, warnings: readonly string[] = []): ApiResponse {
  return { status, body: JSON.stringify(body), retryAfterMs: undefined, warnings };
}

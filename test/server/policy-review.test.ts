import { describe, expect, it } from "vitest";
import { reportDecision } from "../../src/server/decision-log.ts";
import { buildMetrics } from "../../src/server/metrics.ts";
import { written } from "../policy/policies.ts";
import { nothingYet } from "../support/scraped.ts";
import { buildApp, reviewOf } from "../support/webhook-app.ts";

type Spec = Readonly<Record<string, unknown>>;

interface Change {
  /** Left out: the policy is created. */
  readonly from?: Spec;
  readonly to: Spec;
  readonly url?: string;
  readonly oldMetadata?: Spec;
  readonly request?: Spec;
}

interface Answer {
  readonly response: {
    readonly allowed: boolean;
    readonly warnings?: readonly string[];
    readonly status?: { readonly code: number; readonly reason: string; readonly message: string };
  };
}

/** What /validate answers, and what it reports. */
async function sent({ from, to, url = "/validate", oldMetadata = {}, request = {} }: Change) {
  const { app, answered } = buildApp();
  const old = from && { ...written(from), metadata: { name: "a", ...oldMetadata } };
  const review = reviewOf(written(to), {
    kind: { group: "dualstack.dev", version: "v1alpha1", kind: "LoadBalancerPolicy" },
    name: "a",
    namespace: "",
    operation: old === undefined ? "CREATE" : "UPDATE",
    oldObject: old ?? null,
    ...request,
  });
  const headers = { "content-type": "application/json" };
  const reply = await app.inject({ method: "POST", url, headers, payload: JSON.stringify(review) });
  expect(reply.statusCode).toBe(200);
  return { ...reply.json<Answer>().response, answered };
}

const bad = { mode: "enforce", service: { claim: "Class" }, rules: { "No Id": "Deny" } };
const mode = 'spec.mode: "enforce" is not allowed: use "Enforce" or "Warn" or "Off".';
const claim =
  'spec.service.claim: "Class" needs a class to set: give spec.service.loadBalancerClass.default, or use "Leave".';
const id =
  'spec.rules[No Id]: "No Id" is not a rule id: use an id from the list of rules, such as scheme-conflicts-with-internal.';

describe("a new policy", () => {
  it("is admitted where it can be used, without a word", async () => {
    expect(await sent({ to: { mode: "Warn" } })).toMatchObject({ allowed: true });
    expect(await sent({ to: { mode: "Warn" } })).not.toHaveProperty("warnings");
  });

  it("is refused for all of its problems at once, each with its field", async () => {
    expect(await sent({ to: bad })).toMatchObject({
      allowed: false,
      status: {
        code: 403,
        reason: "Forbidden",
        message: `3 problems in LoadBalancerPolicy a:\n- ${mode}\n- ${claim}\n- ${id}`,
      },
    });
  });

  it("is refused for one", async () => {
    const { status } = await sent({ to: { mode: "enforce" } });
    expect(status?.message).toBe(`1 problem in LoadBalancerPolicy a:\n- ${mode}`);
  });

  it("may name rules that this version does not know: that is a warning", async () => {
    expect(
      await sent({ to: { rules: { "scheme-conflict-with-internal": "Off", "a-rule-of-tomorrow": "Deny" } } }),
    ).toMatchObject({
      allowed: true,
      warnings: [
        'spec.rules.scheme-conflict-with-internal: this version knows no such rule, and leaves it alone; did you mean "scheme-conflicts-with-internal"?',
        "spec.rules.a-rule-of-tomorrow: this version knows no such rule, and leaves it alone",
      ],
    });
  });

  it("is answered in one line a problem, whatever stands in it", async () => {
    const { status } = await sent({ to: { rules: { "a\nb": "Deny" }, [`${"x".repeat(5000)}`]: 1 } });
    const lines = status?.message.split("\n") ?? [];
    expect(lines).toHaveLength(3);
    expect(lines[0]).toBe("2 problems in LoadBalancerPolicy a:");
    for (const line of lines) expect(line.length).toBeLessThan(1100);
  });
});

describe("a policy that was admitted once", () => {
  it("may be switched off, and what is wrong with it is only said", async () => {
    expect(await sent({ from: { ...bad, mode: "Enforce" }, to: { ...bad, mode: "Off" } })).toMatchObject({
      allowed: true,
      warnings: [`already so before this update: ${claim}`, `already so before this update: ${id}`],
    });
  });

  it("is refused for what the update brings, and for nothing else", async () => {
    const { allowed, status, warnings } = await sent({ from: { service: bad.service }, to: bad });
    expect(allowed).toBe(false);
    expect(status?.message).toBe(`2 problems in LoadBalancerPolicy a:\n- ${mode}\n- ${id}`);
    expect(warnings).toEqual([`already so before this update: ${claim}`]);
  });

  it("is refused where a wrong value takes the place of another one", async () => {
    const { allowed, warnings } = await sent({ from: { mode: "enforce" }, to: { mode: "ENFORCE" } });
    expect({ allowed, warnings }).toEqual({ allowed: false, warnings: undefined });
  });

  it("is not refused because what is wrong has moved within its list", async () => {
    const faulty = { key: "team", operator: "In" };
    const other = { key: "tier", operator: "Exists" };
    const selector = (...matchExpressions: readonly object[]) => ({ namespaceSelector: { matchExpressions } });
    expect(await sent({ from: selector(faulty), to: selector(other, faulty) })).toMatchObject({ allowed: true });
    expect(await sent({ from: selector(faulty), to: selector(faulty, faulty) })).toMatchObject({ allowed: false });
  });

  it("is not held back while it is being deleted", async () => {
    const oldMetadata = { deletionTimestamp: "2026-01-01T00:00:00Z", finalizers: ["example.com/mine"] };
    expect(await sent({ from: {}, to: bad, oldMetadata })).toMatchObject({ allowed: true });
    expect(await sent({ from: {}, to: bad })).toMatchObject({ allowed: false });
  });
});

describe("what is not judged", () => {
  it.each<[string, Partial<Change>]>([
    ["a deletion", { request: { operation: "DELETE" } }],
    ["the status", { request: { subResource: "status" } }],
    ["another version", { request: { kind: { group: "dualstack.dev", version: "v2", kind: "LoadBalancerPolicy" } } }],
    ["another group", { request: { kind: { group: "example.com", version: "v1alpha1", kind: "LoadBalancerPolicy" } } }],
    ["mutation", { url: "/mutate" }],
  ])("%s", async (_, change) => {
    const { allowed, warnings } = await sent({ to: bad, ...change });
    expect({ allowed, warnings }).toEqual({ allowed: true, warnings: undefined });
  });
});

it("a refusal is logged with its fields, and counted", async () => {
  const { answered } = await sent({ to: bad });
  const metrics = buildMetrics(nothingYet);
  const lines: string[] = [];
  const write = (line: string): void => void lines.push(line);
  for (const one of answered) reportDecision(one, { version: "1.2.3", write, metrics, isCanarys: false });
  expect(lines.map((line) => JSON.parse(line) as unknown)).toMatchObject([
    {
      webhook: "validate",
      operation: "CREATE",
      kind: "LoadBalancerPolicy",
      namespace: "",
      name: "a",
      outcome: "denied",
      refusedFields: ["spec.mode", "spec.service.claim", "spec.rules[No Id]"],
    },
  ]);
  expect(await metrics.render()).toContain(
    'dualstack_admission_requests_total{webhook="validate",operation="CREATE",kind="LoadBalancerPolicy",decision="denied",dry_run="false"} 1',
  );
});

import { describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import type { ApiResponse, WriteOptions } from "../../src/kubernetes/client.ts";
import type { Answered } from "../../src/server/admission.ts";
import { startEvents } from "../../src/server/events.ts";
import { fastClock } from "../support/fast-clock.ts";
import { rawService } from "../support/subjects.ts";
import { buildApp, reviewOf } from "../support/webhook-app.ts";

const wrong = rawService({
  spec: { loadBalancerClass: "service.k8s.aws/nlb" },
  annotations: { [nlb.scheme]: "secret", [nlb.targetType]: "ip", [nlb.ipAddressType]: "ipv4" },
});
/** Of which dualstack is left out. */
const udp = rawService({ spec: { ports: [{ port: 53, protocol: "UDP" }], ipFamilies: ["IPv4"] } });

async function answeredTo(
  url: "/mutate" | "/validate",
  object: Readonly<Record<string, unknown>>,
  request: Readonly<Record<string, unknown>> = {},
  mode: "Enforce" | "Warn" = "Enforce",
): Promise<Answered> {
  const { app, answered } = buildApp({ mode });
  const payload = JSON.stringify(reviewOf(structuredClone(object), request));
  await app.inject({ method: "POST", url, headers: { "content-type": "application/json" }, payload });
  const [one] = answered;
  if (one === undefined) throw new Error("nothing was answered");
  return one;
}

interface Written {
  readonly path: string;
  readonly event: Readonly<Record<string, unknown>> & { readonly note: string };
}

function events(answer: () => Promise<ApiResponse> = () => Promise.resolve(created)) {
  const written: Written[] = [];
  const results: string[] = [];
  const logged: object[] = [];
  const clock = fastClock();
  const started = startEvents({
    client: {
      write(method, path, { body }: WriteOptions) {
        expect(method).toBe("POST");
        written.push({ path, event: JSON.parse(body) as Written["event"] });
        return answer();
      },
    },
    clock,
    metrics: { event: (result) => void results.push(result) },
    log: { warn: (data) => void logged.push(data) },
  });
  return { ...started, written, results, logged, clock };
}

const created: ApiResponse = { status: 201, body: "{}", retryAfterMs: undefined, warnings: [] };

describe("Kubernetes Events", () => {
  it("tell of a refusal in the object's namespace, in the words that the caller got", async () => {
    const { answered, written, results } = events();
    answered(await answeredTo("/validate", { ...wrong, metadata: { ...Object(wrong["metadata"]), uid: "u-1" } }));
    await expect.poll(() => results).toEqual(["written"]);
    expect(written).toEqual([
      {
        path: "/apis/events.k8s.io/v1/namespaces/shop/events",
        event: {
          apiVersion: "events.k8s.io/v1",
          kind: "Event",
          metadata: { generateName: "dualstack-webhook-", namespace: "shop" },
          eventTime: "2027-01-15T08:00:00.000000Z",
          reportingController: "dualstack.dev/webhook",
          reportingInstance: expect.any(String) as unknown,
          type: "Warning",
          action: "Admission",
          reason: "LoadBalancerRefused",
          note: expect.stringMatching(/^1 problem in Service shop\/web .*: - invalid-enumeration: .*$/) as unknown,
          regarding: { apiVersion: "v1", kind: "Service", namespace: "shop", name: "web", uid: "u-1" },
        },
      },
    ]);
  });

  it("tell of a value that is left out, and of what mode Enforce would refuse", async () => {
    const { answered, written } = events();
    answered(await answeredTo("/mutate", udp));
    answered(await answeredTo("/validate", wrong, {}, "Warn"));
    await expect
      .poll(() => written.map(({ event }) => event["reason"]))
      .toEqual(["LoadBalancerValueLeftOut", "LoadBalancerWouldBeRefused"]);
    expect(written[0]?.event.note).toContain('"dualstack" was left out: dualstack-udp-needs-ipv6-targets');
  });

  it("are not written of dry runs, nor of what is as it should be, nor of what mode Enforce would inject", async () => {
    const { answered, written, results } = events();
    answered(await answeredTo("/validate", wrong, { dryRun: true }));
    answered(await answeredTo("/mutate", udp, { dryRun: true }));
    answered(await answeredTo("/mutate", wrong));
    answered(await answeredTo("/mutate", rawService({}), {}, "Warn"));
    answered(await answeredTo("/validate", rawService({ spec: { type: "ClusterIP" } })));
    expect([...written, ...results]).toEqual([]);
  });

  it("are written once in ten minutes, however often a controller tries", async () => {
    const { answered, results, clock } = events();
    const refusal = await answeredTo("/validate", wrong);
    for (let times = 0; times < 3; times += 1) answered(refusal);
    clock.advance(599_999);
    answered(refusal);
    clock.advance(1);
    answered(refusal);
    await expect.poll(() => results.filter((result) => result === "written")).toHaveLength(2);
    expect(results.filter((result) => result === "repeated")).toHaveLength(3);
  });

  it("are 25 at once, and then one every two seconds: the others are dropped", async () => {
    const { answered, results, clock } = events();
    const refusal = await answeredTo("/validate", wrong);
    let names = 0;
    const fresh = (): void => {
      const name = `web-${++names}`;
      const subject = refusal.review.subject && { ...refusal.review.subject, name };
      answered({ ...refusal, review: { ...refusal.review, name, subject } });
    };
    for (let times = 0; times < 100; times += 1) fresh();
    expect(results.filter((result) => result === "dropped")).toHaveLength(75);
    clock.advance(4000);
    for (let times = 0; times < 3; times += 1) fresh();
    await expect.poll(() => results.filter((result) => result === "written")).toHaveLength(27);
    expect(results.filter((result) => result === "dropped")).toHaveLength(76);
  });

  it("have a note of 1,024 bytes at most, and of whole characters", async () => {
    const { answered, written } = events();
    const left = await answeredTo("/mutate", udp);
    const leftOut = left.decision?.leftOut.find(({ reason }) => reason === "rule");
    for (const shift of ["", "a", "ab", "abc"]) {
      const message = shift + "ü€🙂".repeat(400);
      const decision = left.decision && leftOut && { ...left.decision, leftOut: [{ ...leftOut, message }] };
      answered({ ...left, decision });
    }
    await expect.poll(() => written).toHaveLength(4);
    for (const { event } of written) {
      expect(Buffer.byteLength(event.note)).toBeLessThanOrEqual(1024);
      expect(Buffer.byteLength(event.note)).toBeGreaterThan(1000);
      expect(event.note).not.toContain("\uFFFD");
    }
  });

  it("that cannot be written are counted, and complained of once in five minutes with what to do", async () => {
    const forbidden = { status: 403, body: '{"message":"events is forbidden"}', retryAfterMs: undefined, warnings: [] };
    const { answered, results, logged, clock } = events(() => Promise.resolve(forbidden));
    answered(await answeredTo("/validate", wrong));
    answered(await answeredTo("/mutate", udp));
    await expect.poll(() => results).toEqual(["failed", "failed"]);
    expect(logged).toEqual([
      { problem: expect.stringContaining("the right comes with the Component deploy/events") as unknown },
    ]);
    clock.advance(600_000);
    answered(await answeredTo("/mutate", udp));
    await expect.poll(() => logged).toHaveLength(2);
  });

  it("end with the program, whatever waits", async () => {
    const { answered, stop, results, written } = events(() => new Promise(() => undefined));
    answered(await answeredTo("/validate", wrong));
    answered(await answeredTo("/mutate", udp));
    stop();
    expect(written).toHaveLength(1);
    expect(results).toEqual([]);
  });
});

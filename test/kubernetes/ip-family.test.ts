import { describe, expect, it, onTestFinished } from "vitest";
import type { IpFamily } from "../../src/decision/facts.ts";
import { apiClient } from "../../src/kubernetes/client.ts";
import { detectFamilies } from "../../src/kubernetes/ip-family.ts";
import { apiServerStub, hangs, json, resets, text } from "../support/api-server-stub.ts";
import type { ApiServerStub, Script } from "../support/api-server-stub.ts";
import { eventually, fastClock, patientClock } from "../support/fast-clock.ts";
import type { FastClock } from "../support/fast-clock.ts";

const forbidden = json(403, { kind: "Status", reason: "Forbidden", code: 403, message: "services is forbidden" });

describe("the families of the Service default/kubernetes", () => {
  it.each([[["IPv4"]], [["IPv6"]], [["IPv4", "IPv6"]], [["IPv6", "IPv4"]]] as const)(
    "%j are taken",
    async (families) => {
      const { stub, known, lines, detection } = await detect([kubernetes(families)]);

      await eventually(() => expect(detection.attempted).toBe(true));
      expect(known).toEqual([families]);
      expect(lines).toEqual([
        {
          level: "info",
          data: { path: "/api/v1/namespaces/default/services/kubernetes", ipFamilies: families },
          message: "first IP family of the cluster known",
        },
      ]);
      expect(stub.requests.map(({ path }) => path)).toEqual(["/api/v1/namespaces/default/services/kubernetes"]);
    },
  );

  it("are read once: what stands first never changes", async () => {
    const { stub, clock, detection } = await detect([kubernetes(["IPv4"])]);

    await eventually(() => expect(detection.attempted).toBe(true));
    expect(clock.asked).toEqual([]);
    expect(stub.count("get")).toBe(1);
  });

  it.each([
    ["no list", { spec: { ipFamilies: "IPv4" } }],
    ["none", { spec: {} }],
    ["an empty list", { spec: { ipFamilies: [] } }],
    ["one that is not known", { spec: { ipFamilies: ["IPv4", "IPv7"] } }],
    ["the same twice", { spec: { ipFamilies: ["IPv4", "IPv4"] } }],
    ["no spec", { metadata: {} }],
  ])("are not taken where there is %s", async (_what, body) => {
    const { known, lines } = await detect([json(200, body), kubernetes(["IPv6"])]);

    await eventually(() => expect(known).toEqual([["IPv6"]]));
    expect(lines[0]).toMatchObject({ level: "warn", data: { reason: "unreadable" } });
  });
});

describe("a read that fails", () => {
  it.each([
    ["the right is missing", "forbidden", forbidden],
    ["there is no such Service", "not-found", json(404, { kind: "Status", reason: "NotFound", code: 404 })],
    ["the API server fails", "server-error", json(503, {})],
    ["a proxy answers", "unreadable", text(200, "<html>")],
    ["the connection is reset", "connection", resets],
  ] as [string, string, Script][])("is made again later: %s", async (_what, reason, script) => {
    const { stub, known, lines } = await detect([script, kubernetes(["IPv6"])]);

    await eventually(() => expect(known).toEqual([["IPv6"]]));
    expect(stub.count("get")).toBe(2);
    expect(lines.map(({ level }) => level)).toEqual(["warn", "info"]);
    expect(lines[0]?.data).toMatchObject({ reason });
    expect(lines[0]?.message).toContain("--ip-family");
  });

  it("says how to give the right where it is missing, and only there", async () => {
    const denied = await detect([forbidden], { clock: patientClock() });
    await eventually(() => expect(denied.lines).toHaveLength(1));
    expect(denied.lines[0]?.message).toContain("allow get on the Service kubernetes in the namespace default");
    expect(denied.lines[0]?.data).toMatchObject({ problem: expect.stringContaining("services is forbidden") });

    const failing = await detect([json(503, {})], { clock: patientClock() });
    await eventually(() => expect(failing.lines).toHaveLength(1));
    expect(failing.lines[0]?.message).not.toContain("allow get");
  });

  it("ends after a second, which is how long readiness waits for it", async () => {
    const deadlines = patientClock();
    const { stub, detection, lines, clock } = await detect([hangs], { clock: patientClock(), deadlines });

    await eventually(() => expect(stub.count("get")).toBe(1));
    expect(deadlines.asked).toEqual([1_000]);
    expect(detection.attempted).toBe(false);
    deadlines.expire(1_000);

    await eventually(() => expect(detection.attempted).toBe(true));
    expect(lines[0]?.data).toMatchObject({ reason: "timeout" });
    expect(clock.asked).toHaveLength(1);
  });

  it("pauses longer each time, and says the same thing once", async () => {
    const { clock, known, lines } = await detect([
      ...Array<Script>(7).fill(forbidden),
      json(503, {}),
      forbidden,
      kubernetes(["IPv4"]),
    ]);

    await eventually(() => expect(known).toEqual([["IPv4"]]));
    // With the jitter in the middle.
    expect(clock.asked.slice(0, 7)).toEqual([750, 1_500, 3_000, 6_000, 12_000, 22_500, 22_500]);
    expect(lines.map(({ data }) => data["reason"])).toEqual(["forbidden", "server-error", undefined]);
  });

  it("is not made again after stop", async () => {
    const { stub, clock, detection } = await detect([forbidden], { clock: patientClock() });

    await eventually(() => expect(clock.asked).toHaveLength(1));
    detection.stop();
    clock.expire(750);
    await pause();
    expect(stub.count("get")).toBe(1);
  });

  it("is not reported when it is stop that ended it", async () => {
    const { stub, detection, lines, clock } = await detect([hangs], { clock: patientClock() });

    await eventually(() => expect(stub.count("get")).toBe(1));
    detection.stop();
    await eventually(() => expect(detection.attempted).toBe(true));
    expect([lines, clock.asked]).toEqual([[], []]);
  });
});

interface Line {
  readonly level: string;
  readonly data: Readonly<Record<string, unknown>>;
  readonly message: string;
}

function kubernetes(ipFamilies: readonly string[]): Script {
  return json(200, { kind: "Service", metadata: { name: "kubernetes", namespace: "default" }, spec: { ipFamilies } });
}

/** Pauses are short and deadlines never pass, unless a test brings its own clocks. */
async function detect(scripts: readonly Script[], { clock = shortPauses(), deadlines = patientClock() } = {}) {
  const stub: ApiServerStub = await apiServerStub();
  stub.script("get", ...scripts);
  const access = { server: new URL(stub.url), headers: {}, tls: {} };
  const client = apiClient({ read: () => Promise.resolve(access) }, deadlines);
  const known: (readonly IpFamily[])[] = [];
  const lines: Line[] = [];
  const note = (level: string) => (data: object, message: string) =>
    void lines.push({ level, data: { ...data }, message });
  const detection = detectFamilies({
    client,
    clock,
    random: () => 0.5,
    log: { info: note("info"), warn: note("warn"), error: note("error") },
    onKnown: (families) => void known.push(families),
  });
  onTestFinished(() => {
    detection.stop();
    client.close();
  });
  return { stub, clock, known, lines, detection };
}

function shortPauses(): FastClock {
  return fastClock((ms) => ms / 1_000);
}

function pause(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 50));
}

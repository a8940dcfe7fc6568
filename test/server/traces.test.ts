import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { attributesOf, startCollector } from "../support/otlp-collector.ts";
import { start } from "../support/program.ts";
import type { Running } from "../support/program.ts";
import { rawService } from "../support/subjects.ts";
import { reviewOf } from "../support/webhook-app.ts";

const folder = mkdtempSync(join(tmpdir(), "dualstack-traces-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const ports = ["--listen=127.0.0.1:0", "--health-listen=127.0.0.1:0"];
const traceId = "4bf92f3577b34da6a3ce929d0e0e4736";
const parentSpanId = "00f067aa0ba902b7";

async function collector(answer?: number) {
  const started = await startCollector(answer);
  onTestFinished(() => started.stop());
  return started;
}

async function ready(program: Running) {
  const [, url = ""] = await program.printed(/listens on (\S+)\n/);
  const [, caFile = ""] = await program.printed(/CA +(\S+)\n/);
  await program.printed(/Ingress shop\/docs[^]*\n\n/);
  const ca = readFileSync(caFile, "utf8");
  return (path: string, body: unknown, headers: Readonly<Record<string, string>> = {}): Promise<number> =>
    new Promise((resolve, reject) => {
      const sent = request(
        `${url}${path}`,
        { method: "POST", ca, headers: { "content-type": "application/json", ...headers } },
        (response) => {
          response.resume().on("end", () => resolve(response.statusCode ?? 0));
        },
      );
      sent.on("error", reject).end(JSON.stringify(body));
    });
}

describe("traces", { timeout: 60_000 }, () => {
  it("of each request go to the collector, under the API server's span", async () => {
    const { url, exported, resources, spans } = await collector();
    const program = start([...ports, `--otlp-endpoint=${url}/`], { OTEL_RESOURCE_ATTRIBUTES: "k8s.pod.name=web-1" });
    const post = await ready(program);
    const traceparent = (flags: string): Record<string, string> => ({
      traceparent: `00-${traceId}-${parentSpanId}-${flags}`,
    });
    const before = Date.now();
    expect(await post("/mutate?timeout=3s", reviewOf(rawService({})), traceparent("01"))).toBe(200);
    const after = Date.now();
    expect(await post("/validate", reviewOf(rawService({}), { uid: "unsampled" }), traceparent("00"))).toBe(200);
    expect(await post("/validate", reviewOf(rawService({}), { uid: "alone" }))).toBe(200);
    expect(await post("/validate", {}, traceparent("01"))).toBe(400);
    expect(await post("/elsewhere-of-a-stranger", {}, traceparent("01"))).toBe(404);
    program.signal("SIGTERM");
    expect((await program.finished).code).toBe(0);

    expect(exported[0]).toMatchObject({ path: "/v1/traces", type: "application/json" });
    expect(attributesOf(resources()[0]?.resource ?? { attributes: [] })).toMatchObject({
      "service.name": "dualstack-webhook",
      "k8s.pod.name": "web-1",
    });
    const ours = spans().filter((span) => span.traceId === traceId);
    expect(ours.map(({ name }) => name)).toEqual(["POST /mutate", "POST /validate", "POST other"]);
    const [mutate, bad, stranger] = ours;
    expect(mutate).toMatchObject({ parentSpanId, kind: 2 });
    expect(attributesOf(mutate ?? { attributes: [] })).toMatchObject({
      "http.request.method": "POST",
      "http.route": "/mutate",
      "http.response.status_code": 200,
      "k8s.admission.uid": "7f3c",
      "k8s.admission.kind": "Service",
      "k8s.namespace.name": "shop",
      "dualstack.outcome": "patched",
      "dualstack.policy": "dualstack",
    });
    const [from, to] = [mutate?.startTimeUnixNano, mutate?.endTimeUnixNano].map((nanos) => Number(nanos) / 1e6);
    expect(from).toBeGreaterThan(before - 50);
    expect(to).toBeLessThan(after + 50);
    expect(from).toBeLessThan(to ?? 0);
    expect(attributesOf(bad ?? { attributes: [] })).toMatchObject({ "http.response.status_code": 400 });
    expect(JSON.stringify(stranger)).not.toContain("elsewhere");
    const alone = spans().find((span) => attributesOf(span)["k8s.admission.uid"] === "alone");
    expect(alone?.traceId).not.toBe(traceId);
    expect(JSON.stringify(spans())).not.toContain("unsampled");
  });

  it("go where the standard variable says", async () => {
    const { url, spans } = await collector();
    const program = start(ports, { OTEL_EXPORTER_OTLP_ENDPOINT: url });
    await ready(program);
    program.signal("SIGTERM");
    expect((await program.finished).code).toBe(0);
    // Those of the examples, which the program sends to itself.
    expect(spans().length).toBeGreaterThan(3);
  });

  it("that nobody takes are complained of once, and harm nothing", async () => {
    const { url, exported } = await collector(400);
    const log = join(folder, "refused.log");
    const program = start([...ports, `--otlp-endpoint=${url}`, `--log-file=${log}`]);
    const post = await ready(program);
    for (let batches = 0; batches < 3; batches += 1) {
      expect(await post("/mutate", reviewOf(rawService({})))).toBe(200);
      const before = exported.length;
      await expect.poll(() => exported.length, { timeout: 15_000 }).toBeGreaterThan(before);
    }
    program.signal("SIGTERM");
    expect((await program.finished).code).toBe(0);
    const complaints = readFileSync(log, "utf8")
      .split("\n")
      .filter((line) => line.includes("traces cannot be sent"));
    expect(complaints).toHaveLength(1);
  });

  it("cost nothing when off: none of their libraries is loaded, but for the one that the metrics bring", async () => {
    const loaded = join(folder, "loaded");
    const hook = join(folder, "hook.mjs");
    writeFileSync(
      hook,
      `import { appendFileSync } from "node:fs";
import { registerHooks } from "node:module";
registerHooks({ load(url, context, next) { appendFileSync(${JSON.stringify(loaded)}, url + "\\n"); return next(url, context); } });
`,
    );
    const libraries = async (args: readonly string[]): Promise<ReadonlySet<string>> => {
      writeFileSync(loaded, "");
      const program = start([...ports, ...args], { NODE_OPTIONS: `--import=${hook}` });
      await ready(program);
      program.signal("SIGTERM");
      await program.finished;
      const found = readFileSync(loaded, "utf8").matchAll(
        /node_modules\/(@opentelemetry\/[\w-]+)|(open-telemetry\.ts)/g,
      );
      return new Set([...found].map(([, library, own]) => library ?? own ?? ""));
    };
    expect([...(await libraries([]))]).toEqual(["@opentelemetry/api"]);
    expect([...(await libraries(["--otlp-endpoint=http://127.0.0.1:9"]))]).toEqual(
      expect.arrayContaining(["open-telemetry.ts", "@opentelemetry/sdk-trace"]),
    );
  });

  it.each(["localhost:4318", "ftp://collector", "http://user:secret@collector:4318"])(
    "are not sent to %s",
    async (endpoint) => {
      for (const [args, env] of [
        [[`--otlp-endpoint=${endpoint}`], {}],
        [[], { OTEL_EXPORTER_OTLP_ENDPOINT: endpoint }],
      ] as const) {
        const { code, stderr } = await start([...ports, ...args], env).finished;
        expect(code).toBe(2);
        expect(stderr).toContain("it must be an http or https URL");
      }
    },
  );
});

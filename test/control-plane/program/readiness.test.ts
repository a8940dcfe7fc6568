/** What the real program says of itself, from its first moment to its last. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { kubeconfigFor, paths } from "../../commands/running-cluster.ts";
import { clusterStub } from "../../support/cluster-stub.ts";
import { json } from "../../support/api-server-stub.ts";
import { call, openCaller, requestOf } from "../../support/caller.ts";
import { startServing } from "../../support/serving-program.ts";
import { rawService } from "../../support/subjects.ts";
import { reviewOf } from "../../support/webhook-app.ts";

const within = { timeout: 30_000, interval: 50 };
const request = requestOf("/mutate?timeout=30s", reviewOf(rawService({})));

describe("the program's probes", { timeout: 90_000 }, () => {
  it("it is alive, and not ready, while the credentials of its API server are still read", async () => {
    const { kubeconfig, endPlugin } = slowPlugin();
    const program = await startServing([`--kubeconfig=${kubeconfig}`]);
    await expect.poll(() => program.ask("/livez"), within).toEqual([200, "ok"]);
    const [status, said = ""] = (await program.ask("/readyz")) ?? [];
    expect(status).toBe(503);
    expect(said).toContain("[-]listening failed: not listening yet\n");
    expect(said).toContain("[-]namespaces failed: the namespaces have not been listed yet\n");
    expect(await program.ask("/healthz")).toEqual([200, "ok"]);
    expect((await program.ask("/metrics"))?.[0]).toBe(200);
    program.signal("SIGTERM");
    endPlugin();
    expect((await program.finished).code).toBe(0);
  });

  it("it is ready once all is listed, and stays so when it can watch no longer", async () => {
    const stub = await clusterStub();
    const slow = Promise.withResolvers<void>();
    stub.install(...Object.values(paths));
    stub.put(paths.Namespace, { metadata: { name: "shop" } });
    stub.script("list", paths.Namespace, (response) => {
      void slow.promise.then(() => json(503, { kind: "Status", code: 503 })(response));
    });
    const program = await startServing([`--kubeconfig=${await kubeconfigFor(stub.url)}`, "--log-level=warn"]);
    await expect.poll(() => program.ask("/readyz"), within).toEqual([503, expect.stringContaining("[+]listening ok")]);
    expect(await program.ask("/readyz")).toEqual([
      503,
      expect.stringContaining("[-]namespaces failed: the namespaces have not been listed yet\n"),
    ]);
    expect(await program.ask("/livez")).toEqual([200, "ok"]);
    const early = await call(program.port, request);
    expect(early).toMatchObject({ status: 503, head: expect.stringContaining("\nretry-after: 1\r\n") });
    expect(JSON.parse(early.body)).toMatchObject({ kind: "Status", code: 503, reason: "ServiceUnavailable" });

    slow.resolve();
    await expect.poll(() => program.ask("/readyz"), within).toEqual([200, "ok"]);
    const checks = ["listening", "certificate", "namespaces", "objects", "families", "draining"];
    const [, verbose = ""] = (await program.ask("/readyz?verbose")) ?? [];
    for (const check of checks) expect(verbose).toContain(`[+]${check} ok\n`);
    // It was not told to prove anything, so nothing is proved.
    expect(verbose).not.toContain("canary");
    expect((await call(program.port, request)).status).toBe(200);

    stub.uninstall(paths.Namespace);
    const lost = 'dualstack_watch_restarts_total{resource="namespaces",reason="';
    await expect.poll(async () => (await program.ask("/metrics"))?.[1].split(lost).length, within).toBeGreaterThan(1);
    expect(await program.ask("/readyz")).toEqual([200, "ok"]);
    expect((await call(program.port, request)).status).toBe(200);
  });
});

describe("SIGTERM", { timeout: 90_000 }, () => {
  it("drains: not ready, alive, each answer the last on its connection, and none lost that is under way", async () => {
    const program = await startServing(["--shutdown-delay=6"]);
    await expect.poll(() => program.ask("/readyz"), within).toEqual([200, "ok"]);
    const [idle, slow] = [await openCaller(program.port), await openCaller(program.port)];
    idle.send(request);
    expect((await idle.answer()).head).toContain("\nconnection: keep-alive\r\n");
    slow.send(request.slice(0, -1));

    program.signal("SIGTERM");
    await expect
      .poll(() => program.ask("/readyz"), within)
      .toEqual([503, expect.stringContaining("[-]draining failed: shutting down\n")]);
    expect(await program.ask("/livez")).toEqual([200, "ok"]);
    for (const [path, status] of [
      ["/mutate", 200],
      ["/validate", 200],
      ["/nowhere", 404],
    ] as const) {
      const late = await openCaller(program.port);
      late.send(requestOf(path, reviewOf(rawService({}))));
      expect(await late.answer()).toMatchObject({ status, head: expect.stringContaining("\nconnection: close\r\n") });
      await late.closed;
    }

    await idle.closed;
    await expect(openCaller(program.port)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    expect(await program.ask("/livez")).toEqual([200, "ok"]);
    slow.send(request.slice(-1));
    expect(await slow.answer()).toMatchObject({
      status: 200,
      head: expect.stringContaining("\nconnection: close\r\n"),
    });
    const { code, stdout } = await program.finished;
    expect(code).toBe(0);
    expect(stdout).toMatch(/"delayMs":6000,"msg":"draining"[^]*"msg":"decision"[^]*"msg":"stopped"/);
  });

  it("waits five seconds for a request that does not end", async () => {
    const program = await startServing();
    await expect.poll(() => program.ask("/readyz"), within).toEqual([200, "ok"]);
    const slow = await openCaller(program.port);
    slow.send(request.slice(0, -1));
    await expect.poll(() => program.metric("dualstack_admission_in_flight"), within).toBe(1);
    const began = performance.now();
    program.signal("SIGTERM");
    await slow.closed;
    expect((await program.finished).code).toBe(0);
    expect(performance.now() - began).toBeGreaterThan(4900);
  });

  it("and another signal ends it at once, whatever is under way", async () => {
    const program = await startServing();
    await expect.poll(() => program.ask("/readyz"), within).toEqual([200, "ok"]);
    const slow = await openCaller(program.port);
    slow.send(request.slice(0, -1));
    await expect.poll(() => program.metric("dualstack_admission_in_flight"), within).toBe(1);
    program.signal("SIGTERM");
    await program.printed(/"msg":"draining"/);
    program.signal("SIGTERM");
    await slow.closed;
    const { code, stdout } = await program.finished;
    expect(code).toBe(0);
    expect(stdout).toContain("a second signal: not waiting for requests under way");
  });
});

/** The credentials come from a program that takes until it is ended. */
function slowPlugin() {
  const folder = mkdtempSync(join(tmpdir(), "dualstack-readiness-"));
  const endPlugin = (): void => rmSync(folder, { recursive: true, force: true });
  onTestFinished(endPlugin);
  const kubeconfig = join(folder, "kubeconfig");
  const exec = {
    apiVersion: "client.authentication.k8s.io/v1",
    interactiveMode: "Never",
    command: "sh",
    args: ["-c", `while [ -e ${folder} ]; do sleep 0.1; done`],
  };
  const config = {
    apiVersion: "v1",
    kind: "Config",
    "current-context": "test",
    contexts: [{ name: "test", context: { cluster: "test", user: "test" } }],
    clusters: [{ name: "test", cluster: { server: "https://127.0.0.1:9" } }],
    users: [{ name: "test", user: { exec } }],
  };
  writeFileSync(kubeconfig, JSON.stringify(config));
  return { kubeconfig, endPlugin };
}

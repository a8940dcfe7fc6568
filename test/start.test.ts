import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { Agent } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, onTestFinished } from "vitest";
import { nlb } from "../src/annotations/catalog.ts";
import { rawService } from "./support/subjects.ts";
import { post, runToEnd, start } from "./support/program.ts";
import { reviewOf } from "./support/webhook-app.ts";

const folder = mkdtempSync(join(tmpdir(), "dualstack-start-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const anyPort = ["--listen", "127.0.0.1:0", "--health-listen", "127.0.0.1:0"];

describe("the program in local mode", { timeout: 30_000 }, () => {
  it("shows its main job on the examples at 80 columns, then serves until it is told to stop", async () => {
    const program = start(anyPort);
    const [, url = ""] = await program.printed(/listens on (https:\/\/127\.0\.0\.1:\d+)\n/);
    const [, caFile = ""] = await program.printed(/CA +(\S+)\n/);
    await program.printed(/Ingress shop\/docs[^]*\n\n/);

    const shown = program.stdout().replace(url, "https://127.0.0.1:8443").replace(caFile, "/tmp/ca.crt");
    await expect(shown).toMatchFileSnapshot("./start.examples.txt");
    expect(shown.split("\n").filter((line) => line.length > 80)).toEqual([]);

    const reply = await post(`${url}/mutate`, readFileSync(caFile, "utf8"), reviewOf(rawService({})));
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.body)).toMatchObject({ response: { uid: "7f3c", allowed: true, patchType: "JSONPatch" } });

    const twice = { [nlb.scheme]: "public", [nlb.ipAddressType]: "ipv6", [nlb.targetType]: "ip" };
    const faulty = reviewOf(rawService({ annotations: twice, spec: { loadBalancerClass: "service.k8s.aws/nlb" } }));
    await post(`${url}/validate`, readFileSync(caFile, "utf8"), faulty);

    program.signal("SIGTERM");
    const { code, stdout } = await program.finished;
    expect(code).toBe(0);
    expect(existsSync(caFile)).toBe(false);
    const [line, refusal] = stdout.split("\n").filter((each) => each.includes('"decision"'));
    expect(JSON.parse(line ?? "{}")).toMatchObject({
      webhook: "mutate",
      uid: "7f3c",
      operation: "CREATE",
      kind: "Service",
      namespace: "shop",
      name: "web",
      user: "alice",
      dryRun: false,
      outcome: "patched",
      policy: "dualstack",
      controller: "aws-load-balancer-controller",
      rules: [],
    });
    expect(line).not.toContain('"spec":');
    expect(JSON.parse(refusal ?? "{}")).toMatchObject({ outcome: "denied", rules: ["invalid-enumeration"] });
  });

  it("--help lists every flag with its variable, within 80 columns", async () => {
    const { code, stdout } = await runToEnd(["--help"]);
    expect(code).toBe(0);
    for (const word of ["--listen", "DUALSTACK_LISTEN", "--policy", "--kubeconfig", "--in-cluster", "--log-level"]) {
      expect(stdout).toContain(word);
    }
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("refuses bad settings with all problems together", async () => {
    const { code, stderr, stdout } = await runToEnd(["--lisen", "x", "--log-level", "loud"], {
      DUALSTACK_SCOPE: "all",
    });
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("--lisen");
    expect(stderr).toContain("--log-level");
    expect(stderr).toContain("DUALSTACK_SCOPE");
  });

  it("refuses bad policies with file, line and field of each problem", async () => {
    const file = join(folder, "policies.yaml");
    const text = `apiVersion: dualstack.dev/v1alpha1
kind: LoadBalancerPolicy
metadata: { name: a }
spec:
  service:
    scheme: { default: public }
---
apiVersion: dualstack.dev/v1alpha1
kind: LoadBalancerPolicy
metadata: { name: a }
spec: { prioritty: 1 }
`;
    writeFileSync(file, text);
    const { code, stderr } = await runToEnd(["--policy", file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}:6: spec.service.scheme.default: `);
    expect(stderr).toMatch(new RegExp(`${file}:11: spec.*prioritty`));
    expect(stderr).not.toMatch(/ at .*\.ts:/);
  });

  it("refuses a log file that cannot be opened", async () => {
    const { code, stderr } = await runToEnd([...anyPort, "--log-file", join(folder, "none", "log")]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--log-file .* cannot be opened \(ENOENT\)/);
    expect(stderr).not.toMatch(/ at .*\.ts:/);
  });

  it.runIf(existsSync("/dev/full"))("serves on without a log when the disk is full, and still stops", async () => {
    const program = start([...anyPort, "--log-file", "/dev/full"]);
    await program.printed(/Ingress shop\/docs[^]*\n\n/);
    const [, url = ""] = await program.printed(/listens on (\S+)\n/);
    const [, caFile = ""] = await program.printed(/CA +(\S+)\n/);
    const ca = readFileSync(caFile, "utf8");
    expect((await post(`${url}/mutate`, ca, reviewOf(rawService({})))).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await post(`${url}/mutate`, ca, reviewOf(rawService({})))).status).toBe(200);
    program.signal("SIGTERM");
    const { code, stderr } = await program.finished;
    expect(code).toBe(0);
    expect(stderr).toContain("the log cannot be written (ENOSPC)");
  });

  it("says in one sentence that its port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await runToEnd(["--listen", `127.0.0.1:${port}`, "--health-listen", "127.0.0.1:0"]);
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} is taken by another program`);
    expect(stderr).not.toMatch(/ at .*\.ts:/);
  });

  it.each([
    ["its output goes", ["stdout"], /^dualstack-webhook: the log cannot be written \(EPIPE\)/],
    ["its output and its errors go", ["stdout", "stderr"], /^$/],
  ] as const)("serves on when the reader of %s away after the first line", async (_name, streams, said) => {
    const { child, url, health } = await spawned();
    const ended = once(child, "exit");
    let stderr = "";
    child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
    const [first] = (await once(child.stdout, "data")) as readonly unknown[];
    expect(String(first)).toContain(`listens on ${url}\n`);
    for (const stream of streams) child[stream].destroy();

    await expect.poll(() => isReady(health), { timeout: 15_000 }).toBe(true);
    // Lines of the log are written at most 100 ms late: a write has failed before the second call.
    for (let call = 0; call < 3; call += 1) {
      expect((await post(`${url}/mutate`, "", reviewOf(rawService({})), trusting)).status).toBe(200);
      await pause(250);
    }
    expect(await isReady(health)).toBe(true);
    expect(stderr).toMatch(said);
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });

  it.runIf(existsSync("/proc/self/status"))("stays small while 30 callers send 8 MiB each", async () => {
    const { child, url, health } = await spawned();
    const ended = once(child, "exit");
    child.stdout.resume();
    await expect.poll(() => isReady(health), { timeout: 15_000 }).toBe(true);
    const review = reviewOf(rawService({ annotations: { filler: "x".repeat(8 * 1024 * 1024 - 2000) } }));
    const answers = await Promise.all(Array.from({ length: 30 }, () => post(`${url}/mutate`, "", review, trusting)));
    const count = (status: number): number => answers.filter((answer) => answer.status === status).length;
    expect(count(200)).toBeGreaterThan(0);
    expect(count(200) + count(503)).toBe(30);
    // With full caches beside it, still within the limit of our Deployment; it was 490 MiB when all were read at once.
    expect(mostMemory(child.pid)).toBeLessThan(384);

    expect((await post(`${url}/mutate`, "", review, trusting)).status).toBe(200);
    const labels = `webhook="mutate",operation="other",kind="other",decision="unavailable",dry_run="false"`;
    const metrics = await (await fetch(`${health}/metrics`)).text();
    expect(metrics).toContain(`\ndualstack_admission_requests_total{${labels}} ${count(503)}\n`);
    child.kill("SIGTERM");
    expect(await ended).toEqual([0, null]);
  });
});

describe("a certificate that cannot be used", { timeout: 30_000 }, () => {
  it.each([
    ["is not there", {}, /\/tls\.crt cannot be read \(ENOENT\)/],
    ["is empty", { "tls.crt": "", "tls.key": "" }, /\/tls\.crt is empty/],
    ["is no PEM", { "tls.crt": "x", "tls.key": "x" }, /\/tls\.crt is not a certificate in PEM form/],
  ])(
    "that %s is named in one sentence, on the terminal and in the log, without a stack",
    async (name, files, problem) => {
      const dir = join(folder, `tls ${name}`);
      mkdirSync(dir);
      for (const [file, content] of Object.entries(files)) writeFileSync(join(dir, file), content);
      const { code, stdout, stderr } = await runToEnd([...anyPort, "--tls-dir", dir]);
      expect(code).toBe(1);
      expect(stderr.split("\n")).toEqual(["dualstack-webhook did not start:", expect.stringMatching(problem), ""]);
      expect(messages(stdout)).toEqual([
        expect.objectContaining({ msg: "stopped by a fault", problem: expect.stringMatching(problem) }),
      ]);
      expect(stdout).not.toContain('"stack":');
    },
  );
});

describe("a signal before the program is ready ends it at once, cleanly and with a line", { timeout: 30_000 }, () => {
  it.each([
    ["SIGTERM", "the rest of the program", "/src/server/program.ts"],
    ["SIGINT", "the rest of the program", "/src/server/program.ts"],
    ["SIGTERM", "the server's library", "/fastify/fastify.js"],
    ["SIGTERM", "what makes the certificate", "/src/server/local-certificate.ts"],
  ] as const)("%s while %s is loaded", async (signal, _what, module) => {
    const { code, stdout, stderr } = await runToEnd(anyPort, { NODE_OPTIONS: signalAtLoading(module, signal) });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(messages(stdout)).toEqual([expect.objectContaining({ signal, msg: "stopped before it was ready" })]);
    expect(stdout).not.toContain("listens on");
  });

  it("SIGTERM before it reads its certificate", async () => {
    const env = { NODE_OPTIONS: signalAtLoading("/src/server/program.ts", "SIGTERM") };
    // The policies are read first, and so there is a moment in which the signal is noticed.
    const files = ["--policy", "examples/policy.yaml", "--tls-dir", join(folder, "none")];
    const { code, stderr } = await runToEnd([...anyPort, ...files], env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("SIGTERM before it takes its port", async () => {
    const taken = createServer().listen(0, "127.0.0.1");
    await once(taken, "listening");
    const { port } = taken.address() as AddressInfo;
    const addresses = ["--listen", `127.0.0.1:${port}`, "--health-listen", "127.0.0.1:0"];
    const { code, stderr } = await runToEnd(addresses, {
      NODE_OPTIONS: signalAtLoading("/src/server/local-certificate.ts", "SIGTERM"),
    });
    taken.close();
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
  });

  it("SIGTERM while it shows the examples", async () => {
    const env = { NODE_OPTIONS: signalAtLoading("/src/server/examples.ts", "SIGTERM") };
    const { code, stdout, stderr } = await runToEnd(anyPort, env);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(messages(stdout).map(({ msg }) => msg)).toEqual(["draining", "stopped"]);
  });

  it("SIGTERM while the API server is not there yet, without the delay that is for those who call us", async () => {
    const kubeconfig = join(folder, "kubeconfig");
    const user = { name: "a", user: {} };
    const cluster = { name: "a", cluster: { server: "https://127.0.0.1:9" } };
    const context = { name: "a", context: { cluster: "a", user: "a" } };
    writeFileSync(
      kubeconfig,
      JSON.stringify({ "current-context": "a", users: [user], clusters: [cluster], contexts: [context] }),
    );
    const program = start([...anyPort, "--kubeconfig", kubeconfig, "--shutdown-delay", "60"]);
    await program.printed(/"msg":"listening"/);
    program.signal("SIGTERM");
    const { code, stdout } = await program.finished;
    expect(code).toBe(0);
    expect(messages(stdout)).toContainEqual(expect.objectContaining({ msg: "draining", delayMs: 0 }));
  });

  it("a second one ends it while it waits for callers to go away", async () => {
    const program = start([...anyPort, "--demo", "false", "--shutdown-delay", "60"]);
    await program.printed(/"msg":"listening"/);
    program.signal("SIGTERM");
    await program.printed(/"msg":"draining"/);
    program.signal("SIGINT");
    const { code, stdout } = await program.finished;
    expect(code).toBe(0);
    expect(messages(stdout).at(-1)).toMatchObject({ msg: "stopped" });
  });

  it("SIGTERM in the second half of its start", async () => {
    // Before the first third of it, Node has not come to our first line, and the signal kills.
    const began = performance.now();
    const program = start(anyPort);
    await program.printed(/listens on/);
    const startMs = performance.now() - began;
    program.signal("SIGTERM");
    await program.finished;
    for (const part of [0.5, 0.7, 0.9]) {
      const early = start(anyPort);
      await pause(startMs * part);
      early.signal("SIGTERM");
      const { code, stdout } = await early.finished;
      expect(code).toBe(0);
      expect(messages(stdout).map(({ msg }) => msg)).toContainEqual(expect.stringMatching(/^stopped/));
    }
  });
});

/** Options with which Node sends a signal to itself as it loads a module. */
function signalAtLoading(module: string, signal: NodeJS.Signals): string {
  const hook = `import { registerHooks } from "node:module";
let sent = false;
registerHooks({
  load(url, context, next) {
    if (!sent && url.includes("${module}")) {
      sent = true;
      process.kill(process.pid, "${signal}");
    }
    return next(url, context);
  },
});`;
  return `--import=data:text/javascript,${encodeURIComponent(hook)}`;
}

/** The lines of the log among the output. */
function messages(stdout: string): readonly { readonly msg: string }[] {
  const lines = stdout.split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as { readonly msg: string });
}

/** The program with its output in our hands. It may have no more time than a test. */
async function spawned() {
  const [port, healthPort] = await freePorts();
  const addresses = ["--listen", `127.0.0.1:${port}`, "--health-listen", `127.0.0.1:${healthPort}`];
  const child = spawn(
    process.execPath,
    [
      "--max-semi-space-size=16",
      "--heap-growing-percent=25",
      "--no-concurrent-recompilation",
      "src/main.ts",
      ...addresses,
    ],
    {
      env: { PATH: process.env["PATH"] },
      stdio: ["ignore", "pipe", "pipe"],
      timeout: 25_000,
      killSignal: "SIGKILL",
    },
  );
  // A test that fails must not leave it behind; its timeout dies with us.
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  return { child, url: `https://127.0.0.1:${port}`, health: `http://127.0.0.1:${healthPort}` };
}

/** Its CA is known only to who reads its output. */
const trusting = new Agent({ rejectUnauthorized: false });

function isReady(health: string): Promise<boolean> {
  return fetch(`${health}/readyz`).then(
    ({ ok }) => ok,
    () => false,
  );
}

/** In MiB, so far. */
function mostMemory(pid: number | undefined): number {
  return Number(/^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid ?? "self"}/status`, "utf8"))?.[1]) / 1024;
}

/** Two ports that nobody listens on now. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer().listen(0, "127.0.0.1"), createServer().listen(0, "127.0.0.1")] as const;
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return [ports[0] ?? 0, ports[1] ?? 0];
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms);
  });
}

import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdir, writeFile } from "node:fs/promises";
import { get } from "node:http";
import { createServer } from "node:net";
import { join } from "node:path";
import { starterPolicies } from "../src/policy/starter.ts";
import { createLocalCertificate } from "../src/server/local-certificate.ts";
import type { Programs } from "./program.ts";

/** A server in a process of its own. */
export interface RunningServer {
  readonly port: number;
  /** From spawning to the first 200 of /readyz, or to listening where there is none. */
  readonly readySeconds: number;
  readonly usage: () => Promise<Usage>;
  readonly stop: () => Promise<void>;
}

export interface Usage {
  /** User and system time so far. */
  readonly cpuMs: number;
  readonly rssMiB: number;
}

/** In the server's own process, so that the same figures are read on every platform. Not a file: nothing else needs it. */
const probe = `process.on("message", (ask) => {
  if (ask === "usage") process.send({ cpu: process.cpuUsage(), rss: process.memoryUsage.rss() });
});
process.channel.unref();`;
const probeImport = `--import=data:text/javascript,${encodeURIComponent(probe)}`;

/** How often readiness is asked: the error of readySeconds. */
const pollMs = 5;
/** A server that is not ready by then never will be. */
const longestStartMs = 20_000;

const running = new Set<ChildProcess>();
process.on("exit", () => {
  for (const child of running) child.kill("SIGKILL");
});

/** As `npm start` and the image start it. */
const nodeFlags = ["--max-semi-space-size=16", "--heap-growing-percent=25", "--no-concurrent-recompilation"];

/** The real program in local mode, with the settings that bars are about: default log level, to a file. */
export async function startWebhook(
  { folder, webhook }: Programs,
  options: { readonly probed: boolean },
): Promise<RunningServer> {
  const [port, healthPort] = await freePorts();
  const flags = {
    "--listen": `127.0.0.1:${port}`,
    "--health-listen": `127.0.0.1:${healthPort}`,
    "--demo": "false",
    "--log-file": join(folder, "tmp", `webhook-${port}.log`),
  };
  const started = performance.now();
  const child = start(
    [...nodeFlags, ...(options.probed ? [probeImport] : []), webhook, ...Object.entries(flags).flat()],
    folder,
  );
  await Promise.race([ready(healthPort), exited(child)]);
  return { port, readySeconds: (performance.now() - started) / 1000, ...controls(child) };
}

/** How many objects an API server has. */
export interface ClusterSize {
  readonly namespaces: number;
  /** Of each other kind. */
  readonly others: number;
}

/** The same in a cluster: with the caches filled from an API server, as the manifests start it. */
export async function startInCluster(
  { folder, webhook, apiServer }: Programs,
  { namespaces, others }: ClusterSize,
): Promise<RunningServer> {
  const { cert, key, ca } = await createLocalCertificate(folder);
  const api = start([apiServer, cert, key, String(namespaces), String(others)], folder);
  const { port: apiPort } = (await Promise.race([answerOf(api), exited(api)])) as { readonly port: number };
  const [tls, account] = [join(folder, "tls"), join(folder, "account")];
  await Promise.all([tls, account].map((path) => mkdir(path, { recursive: true })));
  const policy = join(folder, "policy.json");
  await Promise.all([
    writeFile(join(tls, "tls.crt"), cert),
    writeFile(join(tls, "tls.key"), key),
    writeFile(join(account, "token"), "bench"),
    writeFile(join(account, "ca.crt"), ca),
    writeFile(policy, JSON.stringify(starterPolicies[0])),
  ]);
  const [port, healthPort] = await freePorts();
  const flags = {
    "--listen": `127.0.0.1:${port}`,
    "--health-listen": `127.0.0.1:${healthPort}`,
    "--tls-dir": tls,
    "--service-account-dir": account,
    "--policy": policy,
    "--subnets-have-ipv6": "true",
    "--log-file": join(folder, "tmp", `webhook-${port}.log`),
  };
  const started = performance.now();
  const child = start([...nodeFlags, probeImport, webhook, "--in-cluster", ...Object.entries(flags).flat()], folder, {
    KUBERNETES_SERVICE_HOST: "127.0.0.1",
    KUBERNETES_SERVICE_PORT: String(apiPort),
  });
  await Promise.race([ready(healthPort), exited(child)]);
  const readySeconds = (performance.now() - started) / 1000;
  const { usage, stop } = controls(child);
  return { port, readySeconds, usage, stop: async () => void (await Promise.all([stop(), controls(api).stop()])) };
}

export async function startBareServer({ folder, bareServer }: Programs): Promise<RunningServer> {
  const { cert, key } = await createLocalCertificate(folder);
  const started = performance.now();
  const child = start([probeImport, bareServer, cert, key], folder);
  const { port } = (await Promise.race([answerOf(child), exited(child)])) as { readonly port: number };
  return { port, readySeconds: (performance.now() - started) / 1000, ...controls(child) };
}

function start(
  args: readonly string[],
  folder: string,
  variables: Readonly<Record<string, string>> = {},
): ChildProcess {
  // Variables of the one who runs the benchmark could set the program's own flags.
  const env = { PATH: process.env["PATH"], TMPDIR: join(folder, "tmp"), ...variables };
  const child = spawn(process.execPath, args, { env, stdio: ["ignore", "ignore", "inherit", "ipc"] });
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

function controls(child: ChildProcess): Pick<RunningServer, "usage" | "stop"> {
  return {
    async usage() {
      child.send("usage");
      const { cpu, rss } = (await answerOf(child)) as { readonly cpu: NodeJS.CpuUsage; readonly rss: number };
      return { cpuMs: (cpu.user + cpu.system) / 1000, rssMiB: rss / 1024 / 1024 };
    },
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
}

async function answerOf(child: ChildProcess): Promise<unknown> {
  const [message] = (await once(child, "message")) as readonly unknown[];
  return message;
}

async function exited(child: ChildProcess): Promise<never> {
  const [code] = (await once(child, "exit")) as readonly unknown[];
  throw new Error(`a server ended with code ${String(code)} before it was ready`);
}

async function ready(healthPort: number): Promise<void> {
  const deadline = performance.now() + longestStartMs;
  while (!(await isReady(healthPort))) {
    if (performance.now() > deadline) throw new Error(`the webhook was not ready after ${longestStartMs / 1000} s`);
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

function isReady(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    get({ host: "127.0.0.1", port, path: "/readyz", agent: false }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    }).on("error", () => {
      resolve(false);
    });
  });
}

/** Two ports that nobody listens on now. Another program may take one before ours does; then the start fails and says so. */
async function freePorts(): Promise<readonly [number, number]> {
  const servers = [createServer().listen(0, "127.0.0.1"), createServer().listen(0, "127.0.0.1")] as const;
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = [portOf(servers[0].address()), portOf(servers[1].address())] as const;
  await Promise.all(servers.map((server) => once(server.close(), "close")));
  return ports;
}

function portOf(address: ReturnType<ReturnType<typeof createServer>["address"]>): number {
  if (typeof address !== "object" || address === null) throw new Error("no port could be found");
  return address.port;
}

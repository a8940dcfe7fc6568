/** Runs the real program in front of a control plane, installed with the project's own manifests. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { canaryNamespace, install, succeed } from "./installation.ts";
import type { InstallationOptions } from "./installation.ts";
import { localConfigurations, toYaml } from "./overlay.ts";
import { poll } from "./processes.ts";
import type { Server } from "./processes.ts";
import { freePort } from "./start.ts";
import type { ControlPlane } from "./start.ts";

export interface WebhookOptions extends InstallationOptions {
  /** Gives the port that the API server shall call, of something that leads to the program's own. Left out: the latter. */
  readonly front?: (port: number) => Promise<number>;
}

export interface Webhook {
  readonly healthUrl: string;
  readonly port: number;
  /** Where it reads its certificate. */
  readonly tlsDir: string;
  /** What it has decided about objects of a namespace: of every request that kubectl has had an answer to, and in order. */
  decisions(namespace: string): Promise<readonly Decision[]>;
  /** Applies the webhook configurations, changed or not, and waits until the API server calls those paths of ours. */
  configure(how?: {
    readonly change: (manifests: readonly Configuration[]) => readonly object[];
    readonly until: readonly Decision["webhook"][];
  }): Promise<void>;
  /** Starts it again, and waits until it is ready. */
  start(): Promise<void>;
  /** Starts it again, and does not wait. */
  launch(): Promise<void>;
  /** Gives it a new certificate, of a new CA, as it runs. The next `configure` tells the API server of the CA. */
  renewCertificate(): Promise<void>;
  /** The lines that it has logged since the first start. */
  log(): Promise<string>;
  /** Starts one more process, waits until it is ready, and gives its port. */
  another(): Promise<number>;
  /** Drains, as before a node goes. */
  stop(): Promise<void>;
  /** As the kernel does where memory runs out. */
  kill(): Promise<void>;
  /** Ends it for good and removes its files. */
  remove(): Promise<void>;
}

export type Configuration = ReturnType<typeof localConfigurations>[number];

/** A line of the log. */
export interface Decision {
  readonly webhook: "mutate" | "validate";
  readonly operation: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly dryRun: boolean;
  readonly outcome: string;
  readonly policy?: string;
  readonly injected?: readonly string[];
  readonly rules: readonly string[];
}

interface Ports {
  readonly port: number;
  readonly healthPort: number;
}

const startWithin = 30_000;
const activeWithin = 30_000;
/** One call may be under way, and takes 5 s at most. */
const stopWithin = 10_000;

/** Installs the overlay, without webhook configurations: `configure` adds these. */
export async function startWebhook(plane: ControlPlane, options: WebhookOptions = {}): Promise<Webhook> {
  const installation = await install(plane, options);
  const { nest, manifests, args, environment, tlsDir } = installation;
  let { caPem } = installation;
  const [port, healthPort] = [await freePort(), await freePort()];
  const healthUrl = `http://127.0.0.1:${healthPort}`;
  const called = (await options.front?.(port)) ?? port;
  const logFile = join(nest.folder, "webhook.log");

  let server: Server;
  const launchAt = (ports: Ports): Promise<Server> => {
    const own = [`--listen=127.0.0.1:${ports.port}`, `--health-listen=127.0.0.1:${ports.healthPort}`];
    return nest.launch("output", process.execPath, [...args, ...own, `--log-file=${logFile}`], environment);
  };
  const launch = async (): Promise<void> => {
    server = await launchAt({ port, healthPort });
  };
  const untilReady = async (started: Server, atPort: number): Promise<void> => {
    const ready = async (): Promise<boolean> =>
      started.ended() !== undefined || (await statusOf(`http://127.0.0.1:${atPort}/readyz`)) === 200;
    if ((await poll(ready, { every: 50, within: startWithin })) && started.ended() === undefined) return;
    const said = await Promise.all([join(nest.folder, "output.log"), logFile].map(readText));
    throw new Error([`The webhook ${started.ended() ?? "is not ready"}`, ...said].join("\n"));
  };
  const start = async (): Promise<void> => {
    await launch();
    await untilReady(server, healthPort);
  };
  const log = (): Promise<string> => readText(logFile);
  const allDecisions = async (): Promise<readonly Decision[]> =>
    (await log())
      .split("\n")
      .filter((line) => line.includes('"msg":"decision"'))
      .map((line) => JSON.parse(line) as Decision);

  let canaries = 0;
  /** Sends objects that interest no policy until calls of theirs, of all the webhooks given, are in the log. */
  const untilCalled = async (webhooks: readonly string[]): Promise<void> => {
    const name = `canary-${++canaries}`;
    const called = async (): Promise<boolean> => {
      await plane.kubectl(["create", "--dry-run=server", "-f", "-"], { stdin: toYaml([canary(name)]) });
      return poll(
        async () => {
          const calls = (await allDecisions()).filter((line) => line.name === name).map((line) => line.webhook);
          return webhooks.every((webhook) => calls.some((call) => call === webhook));
        },
        { every: 20, within: 200 },
      );
    };
    if (!(await poll(called, { every: 0, within: activeWithin })))
      throw new Error("The API server does not call the webhook");
  };

  try {
    await start();
  } catch (error) {
    await nest.remove();
    throw error;
  }
  return {
    healthUrl,
    port,
    tlsDir,
    async decisions(namespace) {
      await untilCalled(["validate"]);
      return (await allDecisions()).filter((line) => line.namespace === namespace);
    },
    async configure({ change, until } = { change: (unchanged) => unchanged, until: ["mutate", "validate"] }) {
      await succeed(plane, ["apply", "-f", "-"], toYaml(change(localConfigurations(manifests, called, caPem))));
      await untilCalled(until);
    },
    start,
    launch,
    async renewCertificate() {
      caPem = await installation.renewCertificate();
    },
    log,
    async another() {
      const ports = { port: await freePort(), healthPort: await freePort() };
      await untilReady(await launchAt(ports), ports.healthPort);
      return ports.port;
    },
    stop: () => server.stop(stopWithin),
    kill: () => server.stop(0),
    remove: () => nest.remove(),
  };
}

/** Of a controller that we leave alone. */
function canary(name: string): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace: canaryNamespace },
    spec: { type: "LoadBalancer", loadBalancerClass: "example.com/canary", ports: [{ port: 443 }] },
  };
}

async function statusOf(url: string): Promise<number | undefined> {
  return fetch(url).then(
    (response) => response.status,
    () => undefined,
  );
}

async function readText(path: string): Promise<string> {
  return readFile(path, "utf8").catch(() => "");
}

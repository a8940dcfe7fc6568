/** Several replicas of the webhook behind one port, as a Service has them, and rolling restarts as a Deployment does them. */
import { readFile } from "node:fs/promises";
import { connect, createServer } from "node:net";
import type { AddressInfo, Socket } from "node:net";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { Installation } from "./installation.ts";
import { poll } from "./processes.ts";
import type { Server } from "./processes.ts";
import { freePort } from "./start.ts";

export interface Replicas {
  /** Where the API server is to call. */
  readonly port: number;
  /** Adds one, and waits until new connections may go there. */
  add(): Promise<void>;
  /**
   * Replaces each of those that run: one more is started, and the old one is told to stop once new connections go to it.
   * With `args`, the new ones and all later ones are told these instead.
   */
  restart(args?: readonly string[]): Promise<void>;
  /** Of all that ever ran, in the order in which they started, how many decisions they have logged. */
  decisions(): Promise<readonly number[]>;
  /** How those have ended that were told to stop, as phrases. Waits for them. */
  ends(): Promise<readonly (string | undefined)[]>;
  /** New connections that went to a replica which listened no longer: the balancer had not noticed within the drain's delay. */
  misdirected(): number;
  close(): void;
}

interface Replica {
  readonly port: number;
  readonly healthUrl: string;
  readonly logFile: string;
  readonly server: Server;
}

/** About as soon as the API servers of a cluster hear of it. */
const probeEveryMs = 300;
const startWithin = 150_000;
/** The drain's delay, the longest call, and what a loaded machine takes. */
const stopWithin = 30_000;

export async function startReplicas({ nest, args }: Installation, flags: readonly string[]): Promise<Replicas> {
  const all: Replica[] = [];
  let told = args;
  const stopping: { readonly replica: Replica; readonly end: Promise<void> }[] = [];
  let running: Replica[] = [];
  /** As far as the balancer knows. */
  const ready = new Set<Replica>();
  let misdirected = 0;
  const sockets = new Set<Socket>();

  let turn = 0;
  const balancer = createServer((caller) => {
    const replica = [...ready][turn++ % ready.size];
    if (replica === undefined) {
      caller.destroy();
      return;
    }
    const callee = connect(replica.port, "127.0.0.1");
    callee.once("error", () => {
      if (callee.bytesRead === 0) misdirected += 1;
    });
    for (const [socket, other] of [
      [caller, callee],
      [callee, caller],
    ] as const) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        other.destroySoon();
      });
      socket.pipe(other);
    }
  });
  await new Promise<void>((resolve) => balancer.listen(0, "127.0.0.1", resolve));
  const { port } = balancer.address() as AddressInfo;

  /** Each by itself: the one that starts must not hide that another one stops. */
  const probe = async (replica: Replica): Promise<void> => {
    while (replica.server.ended() === undefined) {
      const answer = await isReady(replica.healthUrl);
      if (answer === true) ready.add(replica);
      if (answer === false) ready.delete(replica);
      await sleep(probeEveryMs, undefined, { ref: false });
    }
    ready.delete(replica);
  };

  const add = async (): Promise<void> => {
    const [own, health] = [await freePort(), await freePort()];
    const name = `replica-${all.length}`;
    const logFile = join(nest.folder, `${name}.decisions`);
    const server = await nest.launch(name, process.execPath, [
      ...told,
      ...flags,
      `--listen=127.0.0.1:${own}`,
      `--health-listen=127.0.0.1:${health}`,
      `--log-file=${logFile}`,
    ]);
    const replica = { port: own, healthUrl: `http://127.0.0.1:${health}/readyz`, logFile, server };
    all.push(replica);
    running = [...running, replica];
    void probe(replica);
    const known = async (): Promise<boolean> => ready.has(replica) || server.ended() !== undefined;
    if ((await poll(known, { every: 50, within: startWithin })) && server.ended() === undefined) return;
    throw new Error(`${name} ${server.ended() ?? "is not ready"}: ${await readFile(logFile, "utf8").catch(() => "")}`);
  };

  return {
    port,
    add,
    async restart(newArgs = told) {
      told = newArgs;
      const before = running;
      for (const old of before) {
        await add();
        running = running.filter((replica) => replica !== old);
        stopping.push({ replica: old, end: old.server.stop(stopWithin) });
      }
    },
    async decisions() {
      const logs = await Promise.all(all.map(({ logFile }) => readFile(logFile, "utf8")));
      return logs.map((log) => log.split('"msg":"decision"').length - 1);
    },
    async ends() {
      await Promise.all(stopping.map(({ end }) => end));
      return stopping.map(({ replica }) => replica.server.ended());
    },
    misdirected: () => misdirected,
    close() {
      balancer.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** undefined: no answer in time, which says nothing: a kubelet asks again before it believes it. */
async function isReady(url: string): Promise<boolean | undefined> {
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(2000) });
    await response.arrayBuffer();
    return response.ok;
  } catch (error) {
    return error instanceof Error && error.name === "TimeoutError" ? undefined : false;
  }
}

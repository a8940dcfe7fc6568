/** Child processes that a test starts, and that never outlive it. */
import { spawn } from "node:child_process";
import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A temporary folder, and the servers that run in it. */
export interface Nest {
  readonly folder: string;
  /** Starts a server that writes its output to `<name>.log` in the folder. */
  launch(name: string, program: string, args: readonly string[], env?: NodeJS.ProcessEnv): Promise<Server>;
  /** Kills the servers and removes the folder. The same happens when this process ends, however it ends. */
  remove(): Promise<void>;
}

export interface Server {
  /** How it ended, as a phrase ("exited with code 1"); undefined while it runs. */
  ended(): string | undefined;
  /** Asks it to stop, and kills it when it has not by then: with 0 at once. */
  stop(graceMilliseconds: number): Promise<void>;
  signal(signal: NodeJS.Signals): void;
}

export interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

export async function createNest(): Promise<Nest> {
  const folder = await mkdtemp(join(tmpdir(), "control-plane-"));
  const running = new Set<ChildProcess>();

  // The keeper is told who runs, one line each time. When its input ends, because `remove` closes it or because this
  // process is gone, it kills who is left and removes the folder. Detached, it does not hear the Ctrl-C that we hear.
  const keeper = spawn("/bin/sh", ["-c", keeperScript, "keeper", folder], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
  });
  keeper.stdin.on("error", () => {});
  const tellKeeper = () => keeper.stdin.write(`${[...running].map((child) => child.pid).join(" ")}\n`);

  return {
    folder,
    async launch(name, program, args, env = {}) {
      const log = await open(join(folder, `${name}.log`), "a");
      const child = spawn(program, args, {
        cwd: folder,
        env: { ...bareEnvironment(folder), ...env },
        stdio: ["ignore", log.fd, log.fd],
      });
      const server = serverOf(child, () => {
        running.delete(child);
        tellKeeper();
      });
      running.add(child);
      tellKeeper();
      await log.close();
      return server;
    },
    async remove() {
      const ends = [keeper, ...running].filter(isAlive).map((child) => once(child, "exit"));
      keeper.stdin.end();
      await Promise.all(ends);
    },
  };
}

const keeperScript = `
while read -r line; do pids=$line; done
[ -z "$pids" ] || kill -KILL $pids
rm -rf "$1" || { sleep 1; rm -rf "$1"; }
`;

function isAlive(child: ChildProcess): boolean {
  return child.pid !== undefined && child.exitCode === null && child.signalCode === null;
}

function serverOf(child: ChildProcess, onEnd: () => void): Server {
  let ended: string | undefined;
  const end = new Promise<void>((resolve) => {
    const settle = (how: string): void => {
      ended ??= how;
      onEnd();
      resolve();
    };
    child.once("error", (error) => settle(`did not start: ${error.message}`));
    child.once("exit", (code, signal) =>
      settle(code === null ? `was killed by ${signal}` : `exited with code ${code}`),
    );
  });
  return {
    ended: () => ended,
    async stop(graceMilliseconds) {
      child.kill(graceMilliseconds === 0 ? "SIGKILL" : "SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), graceMilliseconds);
      await end;
      clearTimeout(timer);
    },
    signal: (signal) => void child.kill(signal),
  };
}

/** Runs a program to its end. A program that fails or takes too long is a result, not an exception. */
export async function run(
  program: string,
  args: readonly string[],
  options: { readonly env: NodeJS.ProcessEnv; readonly stdin?: string | undefined },
): Promise<Result> {
  const child = spawn(program, args, { env: options.env, timeout: 60_000, killSignal: "SIGKILL" });
  const output = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
  child.stderr.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
  child.stdin.on("error", () => {}); // it need not read what it is given
  child.stdin.end(options.stdin ?? "");
  return new Promise((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code, signal) => {
      if (signal !== null) output.stderr += `\n${program} was killed by ${signal}; it has 60 seconds`;
      resolve({ code: code ?? 137, ...output });
    });
  });
}

/** What a child may know of the user's machine: where programs are. No proxies, credentials or settings. */
export function bareEnvironment(home: string): NodeJS.ProcessEnv {
  return { PATH: process.env["PATH"], HOME: home };
}

/** Asks again and again until the answer is yes. */
export async function poll(
  question: () => Promise<boolean>,
  options: { readonly every: number; readonly within: number },
): Promise<boolean> {
  const deadline = Date.now() + options.within;
  while (!(await question())) {
    if (Date.now() > deadline) return false;
    await sleep(options.every);
  }
  return true;
}

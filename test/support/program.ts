import { spawn } from "node:child_process";
import { request } from "node:https";
import type { Agent } from "node:https";

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  /** Resolves with what the pattern found in the standard output so far; rejects when the program ends without it. */
  readonly printed: (pattern: RegExp) => Promise<RegExpExecArray>;
  readonly stdout: () => string;
  readonly signal: (signal: NodeJS.Signals) => void;
  readonly pid: number;
  readonly finished: Promise<Finished>;
}

/** Starts the real program from source. */
export function start(args: readonly string[], env: Readonly<Record<string, string>> = {}): Running {
  const child = spawn(process.execPath, ["src/main.ts", ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.setEncoding("utf8").on("data", (chunk: string) => (stdout += chunk));
  child.stderr.setEncoding("utf8").on("data", (chunk: string) => (stderr += chunk));
  const finished = new Promise<Finished>((resolve) => {
    child.once("close", (code) => {
      resolve({ code, stdout, stderr });
    });
  });
  const printed = (pattern: RegExp): Promise<RegExpExecArray> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const found = pattern.exec(stdout);
        if (found !== null) resolve(found);
      };
      child.stdout.on("data", look);
      look();
      void finished.then((end) => {
        reject(new Error(`ended with ${String(end.code)}: ${end.stdout}${end.stderr}`));
      });
    });
  return { printed, finished, stdout: () => stdout, signal: (signal) => child.kill(signal), pid: child.pid ?? 0 };
}

/** Runs the program to its end. */
export function runToEnd(args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<Finished> {
  return start(args, env).finished;
}

/** One POST over TLS to a program that uses this CA. */
export function post(url: string, ca: string, body: unknown, agent?: Agent): Promise<{ status: number; body: string }> {
  return new Promise((resolve, reject) => {
    const headers = { "content-type": "application/json" };
    const sent = request(
      url,
      { method: "POST", headers, ca, ...(agent === undefined ? {} : { agent }) },
      (response) => {
        let text = "";
        response.setEncoding("utf8").on("data", (chunk: string) => (text += chunk));
        response.on("end", () => {
          resolve({ status: response.statusCode ?? 0, body: text });
        });
      },
    );
    sent.on("error", reject);
    sent.end(JSON.stringify(body));
  });
}

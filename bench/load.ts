import { once } from "node:events";
import { connect } from "node:tls";
import type { TLSSocket } from "node:tls";
import type { Message } from "./reviews.ts";

export interface Load {
  readonly port: number;
  readonly connections: number;
  /** One connection sends these in turn. Called for each connection, since each writes its own uids. */
  readonly messages: () => readonly Message[];
  /** Stops after this many answers, or after this time, whichever comes first. */
  readonly requests?: number;
  readonly seconds: number;
  /** Says what is wrong with an answer, or nothing. Left out in timed slices, where only the status is looked at. */
  readonly check?: (answer: string, message: Message, uid: string) => string | undefined;
}

export interface Slice {
  readonly seconds: number;
  /** Of each answer. */
  readonly latenciesMs: readonly number[];
}

/**
 * Sends reviews over kept-alive connections, one at a time on each, as an API server does. HTTP is written and read by
 * hand here: a client library would cost more than the server that is measured. Throws on the first wrong answer.
 */
export async function run({ port, connections, messages, requests = Infinity, seconds, check }: Load): Promise<Slice> {
  // The local mode's authority is made at start and thrown away; what is measured does not depend on trusting it.
  const sockets = Array.from({ length: connections }, () =>
    connect({ host: "127.0.0.1", port, rejectUnauthorized: false }),
  );
  try {
    await Promise.all(sockets.map((socket) => once(socket, "secureConnect")));
    const started = performance.now();
    const latenciesMs: number[] = [];
    let left = requests;
    const take = (): boolean => {
      left -= 1;
      return left >= 0 && performance.now() - started < seconds * 1000;
    };
    await Promise.all(
      sockets.map((socket) =>
        converse(socket, messages(), take, (ms, answer, message, uid) => {
          latenciesMs.push(ms);
          return check?.(answer.toString(), message, uid);
        }),
      ),
    );
    return { seconds: (performance.now() - started) / 1000, latenciesMs };
  } finally {
    for (const socket of sockets) socket.destroy();
  }
}

type OnAnswer = (ms: number, body: Buffer, message: Message, uid: string) => string | undefined;

/** Sends and awaits, for as long as `take` allows. Callbacks and no promise for each request: they would be measured too. */
function converse(
  socket: TLSSocket,
  messages: readonly Message[],
  take: () => boolean,
  onAnswer: OnAnswer,
): Promise<void> {
  return new Promise((resolve, reject) => {
    let turn = 0;
    let message: Message | undefined;
    let uid = "";
    let sentAt = 0;
    let pending: Buffer | undefined;
    const send = (): void => {
      message = messages[turn % messages.length];
      turn += 1;
      if (message === undefined || !take()) {
        resolve();
        return;
      }
      uid = message.nextUid();
      sentAt = performance.now();
      socket.write(message.bytes);
    };
    const receive = (chunk: Buffer): void => {
      const bytes = pending === undefined ? chunk : Buffer.concat([pending, chunk]);
      const body = completeBody(bytes);
      pending = body === undefined ? bytes : undefined;
      if (body === undefined || message === undefined) return;
      const fault = onAnswer(performance.now() - sentAt, body, message, uid);
      if (fault !== undefined) throw new Error(fault);
      send();
    };
    socket.on("data", (chunk: Buffer) => {
      try {
        receive(chunk);
      } catch (error) {
        reject(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.on("error", reject);
    socket.on("close", () => {
      reject(new Error("the server closed a connection in the middle of the measurement"));
    });
    send();
  });
}

/** undefined: there is more to come. */
function completeBody(bytes: Buffer): Buffer | undefined {
  const headEnd = bytes.indexOf("\r\n\r\n");
  if (headEnd < 0) return undefined;
  const head = bytes.toString("latin1", 0, headEnd);
  if (!head.startsWith("HTTP/1.1 200 ")) throw new Error(`the server answered ${bytes.toString()}`);
  const length = /\r\ncontent-length: (\d+)/i.exec(head)?.[1];
  if (length === undefined) throw new Error(`the answer has no content-length: ${head}`);
  const end = headEnd + 4 + Number(length);
  return bytes.length < end ? undefined : bytes.subarray(headEnd + 4, end);
}

/** Whether an answer is the right one: its uid, allowed, and to /mutate a patch. */
export function checkAnswer(answer: string, { path }: Message, uid: string): string | undefined {
  const { response } = JSON.parse(answer) as { readonly response: { uid: string; allowed: boolean; patch?: string } };
  if (response.uid !== uid) return `the answer's uid is ${response.uid}, the review's is ${uid}`;
  if (!response.allowed) return `${path} refused a review that should pass: ${answer}`;
  if (path === "/mutate" && response.patch === undefined) return `${path} injected nothing: ${answer}`;
  return undefined;
}

import { once } from "node:events";
import { connect } from "node:tls";
import { onTestFinished } from "vitest";

/** One connection over TLS, on which parts of requests can be sent. */
export interface Caller {
  readonly send: (text: string) => void;
  /** The next answer, whole. Rejects where the connection ends without one. */
  readonly answer: () => Promise<Answer>;
  readonly closed: Promise<void>;
  readonly end: () => void;
}

export interface Answer {
  readonly status: number;
  /** Lower-case names and values, a line each. */
  readonly head: string;
  readonly body: string;
}

/** Rejects where nobody listens. It asks for no proof of who answers. */
export async function openCaller(port: number): Promise<Caller> {
  const socket = connect({ port, host: "127.0.0.1", rejectUnauthorized: false }).setEncoding("latin1");
  onTestFinished(() => void socket.destroy());
  await once(socket, "secureConnect");
  let text = "";
  let isClosed = false;
  let changed = (): void => undefined;
  socket.on("data", (chunk: string) => {
    text += chunk;
    changed();
  });
  socket.on("error", () => undefined);
  const closed = new Promise<void>((resolve) => {
    socket.on("close", () => {
      isClosed = true;
      changed();
      resolve();
    });
  });
  return {
    closed,
    send: (part) => void socket.write(part),
    end: () => void socket.destroy(),
    async answer() {
      for (;;) {
        const at = text.indexOf("\r\n\r\n");
        const head = text.slice(0, at).toLowerCase();
        const end = at + 4 + Number(/^content-length: (\d+)\r?$/m.exec(head)?.[1] ?? Infinity);
        if (at > 0 && text.length >= end) {
          const body = Buffer.from(text.slice(at + 4, end), "latin1").toString();
          text = text.slice(end);
          return { status: Number(head.slice(9, 12)), head, body };
        }
        if (isClosed) throw new Error(`the connection ended after: ${text}`);
        await new Promise<void>((resolve) => {
          changed = resolve;
        });
      }
    },
  };
}

/** One request on a connection of its own. */
export async function call(port: number, request: string): Promise<Answer> {
  const caller = await openCaller(port);
  caller.send(request);
  const answer = await caller.answer();
  caller.end();
  return answer;
}

/** A whole request, as the API server words it. All ASCII, so that it can be cut anywhere. */
export function requestOf(path: string, review: unknown): string {
  const body = JSON.stringify(review);
  return `POST ${path} HTTP/1.1\r\nhost: a\r\ncontent-type: application/json\r\ncontent-length: ${body.length}\r\n\r\n${body}`;
}

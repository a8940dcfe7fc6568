import type { Socket } from "node:net";
import { statusText } from "./status.ts";

/** What somebody can mend about a connection on which no request came to be. */
export interface ConnectionFault {
  readonly reason: "bad-request" | "tls";
  /** The HTTP status of the answer; undefined where none can be sent. */
  readonly status: number | undefined;
  readonly problem: string;
}

/** undefined: the connection broke off, as health checks of the network do all the time. */
export function connectionFault({ code = "" }: { readonly code?: string }): ConnectionFault | undefined {
  switch (code) {
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return { reason: "bad-request", status: 408, problem: "the request was not complete in time" };
    case "HPE_INVALID_EOF_STATE":
      return { reason: "bad-request", status: 400, problem: "the connection ended before the whole request had come" };
    case "HPE_HEADER_OVERFLOW":
      return { reason: "bad-request", status: 431, problem: "the request's headers are too large" };
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return { reason: "bad-request", status: 413, problem: "the chunk extensions of the body are too large" };
    case "ERR_SSL_HTTP_REQUEST":
      return { reason: "tls", status: undefined, problem: "plain HTTP was sent to the TLS port" };
  }
  if (code.startsWith("HPE_")) {
    return { reason: "bad-request", status: 400, problem: `the request is no HTTP/1.1 (${code})` };
  }
  if (!code.startsWith("ERR_SSL_") && !code.startsWith("ERR_TLS_")) return undefined;
  const hint = code.includes("_ALERT_") ? ": does the caller's caBundle fit our certificate?" : "";
  return { reason: "tls", status: undefined, problem: `the TLS handshake failed (${code})${hint}` };
}

/** Says it to the caller, where it still listens, and ends the connection. */
export function endConnection(socket: Socket, { status, problem }: ConnectionFault): void {
  if (status === undefined || !socket.writable) {
    socket.destroy();
    return;
  }
  const body = statusText(status, problem);
  // Nobody reads the phrase after the status, and it may be empty.
  const head = `HTTP/1.1 ${status} \r\ncontent-type: application/json\r\ncontent-length: ${Buffer.byteLength(body)}`;
  socket.write(`${head}\r\nconnection: close\r\n\r\n${body}`);
  socket.destroySoon();
}

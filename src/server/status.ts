import type { FastifyReply } from "fastify";

/** As the API server's own machinery names them; a code without a name has none there either. */
const reasons: Readonly<Record<number, string>> = {
  400: "BadRequest",
  404: "NotFound",
  405: "MethodNotAllowed",
  408: "Timeout",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  431: "RequestEntityTooLarge",
  500: "InternalError",
  503: "ServiceUnavailable",
};

/** A Kubernetes Status as JSON, since its message is what the API server passes on to the user of a failed call. */
export function statusText(code: number, message: string, uid?: string): string {
  const details = uid === undefined ? {} : { details: { uid } };
  const status = { kind: "Status", apiVersion: "v1", status: "Failure", code, reason: reasons[code], message };
  return JSON.stringify({ ...status, ...details });
}

export function sendStatus(reply: FastifyReply, code: number, message: string, uid?: string): FastifyReply {
  void reply.code(code).header("content-type", "application/json");
  return reply.send(statusText(code, message, uid));
}

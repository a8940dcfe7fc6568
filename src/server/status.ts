import type { FastifyReply } from "fastify";

const reasons: Readonly<Record<number, string>> = {
  400: "BadRequest",
  404: "NotFound",
  405: "MethodNotAllowed",
  413: "RequestEntityTooLarge",
  415: "UnsupportedMediaType",
  500: "InternalError",
  503: "ServiceUnavailable",
};

/** Answers with a Kubernetes Status, since its message is what the API server passes on to the user of a failed call. */
export function sendStatus(reply: FastifyReply, code: number, message: string, uid?: string): FastifyReply {
  void reply.code(code).header("content-type", "application/json");
  const details = uid === undefined ? {} : { details: { uid } };
  const status = {
    kind: "Status",
    apiVersion: "v1",
    status: "Failure",
    code,
    reason: reasons[code] ?? "Unknown",
    message,
    ...details,
  };
  return reply.send(JSON.stringify(status));
}

/**
 * The floor: a node:https server that parses the review and answers a fixed patch. Its arguments are a certificate and a
 * key as PEM; it says its port to the process that started it.
 */
import { createServer } from "node:https";

/** As long as what the webhook answers to the same review, so that both write the same number of bytes. */
const patch = Buffer.from(
  JSON.stringify([
    { op: "add", path: "/spec/loadBalancerClass", value: "service.k8s.aws/nlb" },
    {
      op: "add",
      path: "/metadata/annotations/service.beta.kubernetes.io~1aws-load-balancer-nlb-target-type",
      value: "ip",
    },
    {
      op: "add",
      path: "/metadata/annotations/service.beta.kubernetes.io~1aws-load-balancer-ip-address-type",
      value: "dualstack",
    },
    {
      op: "add",
      path: "/metadata/annotations/dualstack.dev~1injected",
      value:
        "policy=dualstack; keys=service.beta.kubernetes.io/aws-load-balancer-ip-address-type,service.beta.kubernetes.io/aws-load-balancer-nlb-target-type,spec.loadBalancerClass",
    },
  ]),
).toString("base64");

const [, , cert, key] = process.argv;
const server = createServer({ cert, key, minVersion: "TLSv1.3", keepAliveTimeout: 120_000 }, (request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { request: review } = JSON.parse(Buffer.concat(chunks).toString()) as { readonly request: { uid: string } };
    const answer = { uid: review.uid, allowed: true, patchType: "JSONPatch", patch };
    response.setHeader("content-type", "application/json");
    response.end(JSON.stringify({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", response: answer }));
  });
});
server.listen(0, "127.0.0.1", () => {
  const address = server.address();
  process.send?.({ port: typeof address === "object" ? address?.port : undefined });
});

import { defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const sctpNotSupported = defineRule({
  id: "sctp-not-supported",
  kinds: ["Service"],
  severity: "deny",
  basis: "aws",
  summary: "No port of an NLB is SCTP.",
  remediation: "Move the SCTP port to a Service that no AWS load balancer is built for.",
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html",
  onlyFor: ["not-tcp"],
  service,
});

/** A certificate makes a TLS listener of the port, and its target group stays SCTP. */
function service({ service: { ports }, listeners }: ServiceContext): readonly Problem[] {
  if (!ports.some(({ protocol }) => protocol === "SCTP")) return [];
  return listeners()
    .filter(({ targetProtocol, isLost }) => targetProtocol === "SCTP" && !isLost)
    .map(({ port, index }) => {
      const message = `port ${port} is SCTP, and AWS has neither listeners nor target groups for it`;
      return { field: `spec.ports[${index}].protocol`, message, identity: `port ${port}` };
    });
}

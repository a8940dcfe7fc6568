import { nlb } from "../annotations/catalog.ts";
import { asFarAsKnown, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const listenerLost = defineRule({
  id: "listener-lost",
  kinds: ["Service"],
  severity: "deny",
  basis: "aws",
  summary: "No two ports of a Service share a number, unless TCP and UDP are merged into one listener.",
  remediation: `Set the annotation ${nlb.enableTcpUdpListener} to "true", or move one of the ports to a Service of its own.`,
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_listener.go:80-91",
  onlyFor: ["port-twice"],
  service,
});

function service({ service: { ports }, controller, listeners }: ServiceContext): readonly Problem[] {
  if (ports.length < 2) return [];
  const all = listeners();
  return all
    .filter(({ isLost }) => isLost)
    .map(({ port, from, index }): Problem => {
      const sharing = all.filter((other) => other.port === port);
      const first = sharing[0]?.from.protocol ?? "";
      const message = `${from.protocol} port ${port} gets no listener, and no error: ${first} port ${port} stands before it and takes the number`;
      const identity = `${from.protocol} port ${port}`;
      const problem = { field: `spec.ports[${index}]`, message, identity, ...asFarAsKnown(controller) };
      return canMerge(sharing) ? problem : { ...problem, remedy: "Move one of the ports to a Service of its own." };
    });
}

/** A listener for both has no TLS: merging would take it away. */
function canMerge(sharing: ReturnType<ServiceContext["listeners"]>): boolean {
  const protocols = sharing.map(({ from }) => from.protocol).toSorted();
  return protocols.join() === "TCP,UDP" && sharing.every(({ protocol }) => protocol !== "TLS");
}

import { asFarAsKnown, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const tcpUdpCannotMerge = defineRule({
  id: "tcp-udp-cannot-merge",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "Where TCP and UDP are merged, two ports at most share a number: one TCP, one UDP.",
  remediation: "Give the port another number, or move it to a Service of its own.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_listener.go:390-403",
  onlyFor: ["port-twice"],
  service,
});

function service({ service: { ports }, controller, listeners }: ServiceContext): readonly Problem[] {
  if (ports.length < 2) return [];
  const merged = listeners().filter(({ mergedWith }) => mergedWith.length > 0);
  return merged.flatMap(({ port, index, mergedWith }): readonly Problem[] => {
    const places = [index, ...mergedWith];
    const protocols = places.map((place) => ports[place]?.protocol ?? "");
    if (protocols.toSorted().join() === "TCP,UDP") return [];
    const tooMany = places.length > 2;
    const faulty = tooMany ? 2 : protocols[0] === "SCTP" ? 0 : 1;
    const message = tooMany
      ? `port ${port} is there ${places.length} times, and no more than two ports can be merged into one listener`
      : `${protocols.join(" and ")} on port ${port} cannot be merged into one listener, only TCP and UDP can`;
    const field = `spec.ports[${places[faulty] ?? index}]`;
    return [{ field, message, identity: `port ${port}`, ...asFarAsKnown(controller) }];
  });
}

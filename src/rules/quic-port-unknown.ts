import { nlb } from "../annotations/catalog.ts";
import { parseList } from "../annotations/parse.ts";
import { annotationField, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const quicPortUnknown = defineRule({
  id: "quic-port-unknown",
  kinds: ["Service"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "What is to be enabled for QUIC is a port of the Service.",
  remediation:
    "Write the number or the name of a UDP port as spec.ports has it; where it is merged with TCP, the number.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_listener.go:113-127",
  onlyWith: [nlb.quicEnabledPorts],
  service,
});

/** Of two ports that are merged, the controller compares the name of the first one only. */
function service({ service: { annotations }, controller, listeners }: ServiceContext): readonly Problem[] {
  if (!buildsNlb(controller)) return [];
  const names = new Set(listeners().flatMap(({ port, from }) => [String(port), from.name]));
  const unknown = parseList(annotations[nlb.quicEnabledPorts] ?? "").filter((item) => !names.has(item));
  if (unknown.length === 0) return [];
  const message = `${quote(unknown.join(", "))} is passed over: no listener has this name or number`;
  return [{ field: annotationField(nlb.quicEnabledPorts), message }];
}

import { nlb } from "../annotations/catalog.ts";
import { parseList } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const sslPortUnknown = defineRule({
  id: "ssl-port-unknown",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "Each port that is to have TLS is a port of the Service.",
  remediation:
    "Write the numbers or names of ports as spec.ports has them, or delete the annotation: with a certificate, all TCP ports have TLS then.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_listener.go:269-292",
  onlyWith: [nlb.sslPorts],
  service,
});

/** With or without a certificate. */
function service({ service: { annotations, ports }, controller }: ServiceContext): readonly Problem[] {
  if (!buildsNlb(controller)) return [];
  return parseList(annotations[nlb.sslPorts] ?? "")
    .filter((item) => !ports.some(({ name, port }) => item === name || item === String(port)))
    .map((item) => ({
      field: annotationField(nlb.sslPorts),
      message: `no port of the Service has the name or number ${quote(item)}`,
      ...asFarAsKnown(controller),
    }));
}

import { nlb } from "../annotations/catalog.ts";
import { parseBool } from "../annotations/parse.ts";
import { annotationField, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const tcpUdpListenerUnreadable = defineRule({
  id: "tcp-udp-listener-unreadable",
  kinds: ["Service"],
  severity: "warn",
  basis: "ignored-intent",
  summary:
    "Whether TCP and UDP are merged is said with a boolean, since any other value is passed over without an error.",
  remediation: 'Write "true" or "false", or delete the annotation.',
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_listener.go:418-423",
  onlyWith: [nlb.enableTcpUdpListener],
  service,
});

function service({ service: { annotations }, controller }: ServiceContext): readonly Problem[] {
  const value = annotations[nlb.enableTcpUdpListener];
  if (value === undefined || parseBool(value) !== undefined || !buildsNlb(controller)) return [];
  const message = `${quote(value)} is no boolean and is passed over: the controller's feature gate EnableTCPUDPListener decides`;
  return [{ field: annotationField(nlb.enableTcpUdpListener), message }];
}

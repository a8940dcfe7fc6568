import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { ServiceContext, ServiceState } from "../decision/rule.ts";

export const proxyProtocolChanged = defineRule({
  id: "proxy-protocol-changed",
  kinds: ["Service"],
  severity: "warn",
  basis: "update-hazard",
  summary: "Proxy protocol of a load balancer that exists is switched in step with its backends.",
  remediation: "Switch the backends in the same moment, or create a second Service and move DNS to it.",
  source: "AWS Load Balancer Controller 3.5, pkg/deploy/elbv2/target_group_attributes_reconciler.go:37-71",
  updatesOnly: true,
  onlyWith: [
    nlb.proxyProtocol,
    nlb.proxyProtocolPerTargetGroup,
    nlb.targetGroupAttributes,
    `${nlb.targetGroupAttributes}.`,
  ],
  service(context) {
    const { controller, inForce, old } = context;
    if (old?.provisioned !== true || old.controller.name !== controller.name) return [];
    const [before, after] = [old.inForce.proxyProtocolPorts, inForce.proxyProtocolPorts];
    if (before === undefined || after === undefined) return [];
    const stayed = context.service.ports
      .map(({ port }) => port)
      .filter((port, index, all) => all.indexOf(port) === index && old.service.ports.some((was) => was.port === port));
    const on = stayed.filter((port) => after.includes(port) && !before.includes(port));
    const off = stayed.filter((port) => before.includes(port) && !after.includes(port));
    const changes = [...switched(on, "on"), ...switched(off, "off")];
    if (changes.length === 0) return [];
    const message = `${changes.join(", ")}: the load balancer changes at once, and every connection fails until the backend does, too`;
    return [{ field: annotationField(changedKey(old, context, [...on, ...off])), message }];
  },
});

function switched(ports: readonly number[], to: "on" | "off"): readonly string[] {
  if (ports.length === 0) return [];
  return [`${to} for port${ports.length === 1 ? "" : "s"} ${ports.join(", ")}`];
}

/** What the update changed of all that proxy protocol is read from, the strongest first. */
function changedKey(old: ServiceState, { service }: ServiceContext, ports: readonly number[]): string {
  const perPort = ports.map((port) => `${nlb.targetGroupAttributes}.${port}`);
  const keys = [nlb.proxyProtocol, nlb.proxyProtocolPerTargetGroup, ...perPort, nlb.targetGroupAttributes];
  return keys.find((key) => service.annotations[key] !== old.service.annotations[key]) ?? nlb.proxyProtocol;
}

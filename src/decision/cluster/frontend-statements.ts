import { alb } from "../../annotations/catalog.ts";
import type { ListenPorts } from "../../annotations/listen-ports.ts";
import { parseInteger, parseMap } from "../../annotations/parse.ts";
import { httpOn80 } from "./listen-ports.ts";
import { one, onPorts, place } from "./statement.ts";
import type { Annotations, Reader, Statement } from "./statement.ts";
import { asWritten, healthCheckPort, inAnyOrder, inOrder, integer, protocolOf, wholeMap } from "./statement-values.ts";
import type { IngressObject } from "./views.ts";

/** pkg/ingress/model_build_frontend_nlb.go. The class has no say in any of it. */
export function frontendStatements(ingress: IngressObject, ports: ListenPorts | undefined): readonly Statement[] {
  const { annotations } = ingress.view;
  const list: Statement[] = [];
  const checks: Statement[] = [];
  for (const field in annotations) {
    const reader = frontendReaders.get(field);
    const shown = annotations[field];
    if (reader === undefined || shown === undefined) continue;
    const { setting, read, scope } = reader;
    // The controller compares where success codes are kept, not what they are: two members never agree (mergeHealthCheckField).
    const isApart = setting === "frontend-nlb-healthcheck-success-codes";
    const value = isApart ? `${ingress.namespace}/${ingress.name}` : read(shown);
    if (value === undefined) continue;
    const stated: Statement = {
      setting,
      part: "",
      slot: setting,
      by: "annotation",
      field,
      value,
      shown,
      isOverrulable: false,
    };
    (scope === "one" ? list : checks).push(stated);
  }
  const field = alb.frontendNlbListenerPortMapping;
  const by = annotations[field] === undefined ? "default" : "annotation";
  for (const [port, target] of frontendPorts(annotations, ports)) {
    const part = String(port);
    const value = String(target);
    const mapping = { setting: "frontend-nlb-listener-port-mapping", by, field, value, shown: value } as const;
    list.push({ ...mapping, ...place(mapping.setting, part), isOverrulable: ports === httpOn80 });
    for (const check of checks) list.push({ ...check, ...place(check.setting, part) });
  }
  return list;
}

const frontendReaders: ReadonlyMap<string, Reader> = new Map([
  [alb.frontendNlbScheme, one("frontend-nlb-scheme", asWritten)],
  [alb.frontendNlbSubnets, one("frontend-nlb-subnets", inAnyOrder)],
  [alb.frontendNlbSecurityGroups, one("frontend-nlb-security-groups", inOrder)],
  [alb.frontendNlbEipAllocations, one("frontend-nlb-eip-allocations", inAnyOrder)],
  [alb.frontendNlbAttributes, one("frontend-nlb-attributes", wholeMap)],
  [alb.frontendNlbTags, one("frontend-nlb-tags", wholeMap)],
  [alb.frontendNlbHealthcheckPort, onPorts("frontend-nlb-healthcheck-port", healthCheckPort)],
  [alb.frontendNlbHealthcheckProtocol, onPorts("frontend-nlb-healthcheck-protocol", protocolOf)],
  [alb.frontendNlbHealthcheckPath, onPorts("frontend-nlb-healthcheck-path", asWritten)],
  [alb.frontendNlbHealthcheckSuccessCodes, onPorts("frontend-nlb-healthcheck-success-codes", asWritten)],
  [alb.frontendNlbHealthcheckIntervalSeconds, onPorts("frontend-nlb-healthcheck-interval-seconds", integer)],
  [alb.frontendNlbHealthcheckTimeoutSeconds, onPorts("frontend-nlb-healthcheck-timeout-seconds", integer)],
  [
    alb.frontendNlbHealthcheckHealthyThresholdCount,
    onPorts("frontend-nlb-healthcheck-healthy-threshold-count", integer),
  ],
  [
    alb.frontendNlbHealthcheckUnhealthyThresholdCount,
    onPorts("frontend-nlb-healthcheck-unhealthy-threshold-count", integer),
  ],
]);

/**
 * The NLB's ports with the load balancer's ports behind them. An empty mapping is none. Only ports of this very Ingress can be
 * mapped, so that another member's listener is passed over.
 */
function frontendPorts(annotations: Annotations, ports: ListenPorts | undefined): ReadonlyMap<number, number> {
  const mapping = parseMap(annotations[alb.frontendNlbListenerPortMapping] ?? "");
  if (mapping === undefined || ports === undefined) return noMapping;
  if (mapping.size === 0) return new Map([...ports.keys()].map((port) => [port, port]));
  const mapped = new Map<number, number>();
  for (const [from, to] of mapping) {
    const [port, target] = [parseInteger(from, 32), parseInteger(to, 32)];
    if (port === undefined || target === undefined) return noMapping;
    if (ports.has(target)) mapped.set(port, target);
  }
  return mapped;
}

const noMapping: ReadonlyMap<number, number> = new Map();

import { nlb } from "../annotations/catalog.ts";
import { parseMap } from "../annotations/parse.ts";
import type { Target } from "./injection.ts";
import type { ServiceView } from "./subject.ts";

/**
 * The annotation with which the author has settled what a target stands for: any from which a controller would read it, be
 * it empty. undefined: it is open.
 */
export function settledBy(target: Target, service: ServiceView): string | undefined {
  const { annotations } = service;
  const key: string = target;
  switch (key) {
    case nlb.scheme:
      return firstPresent(annotations, [nlb.scheme, nlb.internal]);
    case nlb.targetType:
      return firstPresent(annotations, [nlb.targetType]) ?? (annotations[nlb.type] === "nlb-ip" ? nlb.type : undefined);
    case nlb.proxyProtocol:
    case nlb.targetGroupAttributes:
      return firstPresent(annotations, [nlb.proxyProtocol, nlb.proxyProtocolPerTargetGroup]) ?? proxyAttribute(service);
    default:
      return firstPresent(annotations, [key]);
  }
}

function firstPresent(annotations: ServiceView["annotations"], keys: readonly string[]): string | undefined {
  return keys.find((key) => annotations[key] !== undefined);
}

/** The attribute map that speaks of proxy protocol, or that does not parse, so that nobody can say that it does not. */
function proxyAttribute({ annotations, ports }: ServiceView): string | undefined {
  const maps = [nlb.targetGroupAttributes, ...ports.map(({ port }) => `${nlb.targetGroupAttributes}.${port}`)];
  return maps.find((key) => {
    const raw = annotations[key];
    return raw !== undefined && parseMap(raw)?.has("proxy_protocol_v2.enabled") !== false;
  });
}

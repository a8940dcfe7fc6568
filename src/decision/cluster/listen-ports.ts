import { alb } from "../../annotations/catalog.ts";
import { parseListenPorts } from "../../annotations/listen-ports.ts";
import type { ListenPorts } from "../../annotations/listen-ports.ts";
import { parseBool } from "../../annotations/parse.ts";
import type { Annotations } from "./statement.ts";
import { listOf } from "./statement-values.ts";
import type { IngressClassParamsView } from "./views.ts";

/** A certificate makes HTTPS on 443 the default. One of ACM to be made does so too, if that feature is on, which nobody tells us. */
export function portsIn(annotations: Annotations, params: IngressClassParamsView | undefined): ListenPorts | undefined {
  const raw = annotations[alb.listenPorts];
  if (raw !== undefined) return parseListenPorts(raw);
  if ((params?.certificateArns?.length ?? 0) > 0) return httpsOn443;
  if (listOf(annotations[alb.certificateArn]).length > 0) return httpsOn443;
  return parseBool(annotations[alb.createAcmCert] ?? "") === true ? undefined : httpOn80;
}

export const httpOn80: ListenPorts = new Map([[80, "HTTP"]]);
const httpsOn443: ListenPorts = new Map([[443, "HTTPS"]]);

import { alb } from "../../annotations/catalog.ts";
import { parseListenPorts } from "../../annotations/listen-ports.ts";
import type { ListenPorts } from "../../annotations/listen-ports.ts";
import { parseBool } from "../../annotations/parse.ts";
import type { IngressView } from "../subject.ts";
import type { Served } from "./classify.ts";
import { listOf } from "./statement-values.ts";

/**
 * A certificate makes HTTPS on 443 the default; one that the controller is to make in ACM does so too, where it makes any
 * (https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/certificate_management/).
 */
export function portsIn(
  view: IngressView,
  { params, makesCertificates }: Pick<Served, "params" | "makesCertificates">,
): ListenPorts | undefined {
  const { annotations } = view;
  const raw = annotations[alb.listenPorts];
  if (raw !== undefined) return parseListenPorts(raw);
  if ((params?.certificateArns?.length ?? 0) > 0) return httpsOn443;
  if (listOf(annotations[alb.certificateArn]).length > 0) return httpsOn443;
  if (parseBool(annotations[alb.createAcmCert] ?? "") !== true || makesCertificates === false) return httpOn80;
  return makesCertificates === true && namesHost(view) ? httpsOn443 : undefined;
}

/** Of no host there is no certificate: it depends on the version whether the controller then listens with HTTP or gives up. */
function namesHost({ rules, tlsHosts }: IngressView): boolean {
  return tlsHosts.length > 0 || rules.some(({ host = "" }) => host !== "");
}

export const httpOn80: ListenPorts = new Map([[80, "HTTP"]]);
const httpsOn443: ListenPorts = new Map([[443, "HTTPS"]]);

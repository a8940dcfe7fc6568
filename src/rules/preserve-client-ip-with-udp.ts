import { nlb } from "../annotations/catalog.ts";
import { parseBool, parseMap } from "../annotations/parse.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const preserveClientIpWithUdp = defineRule({
  id: "preserve-client-ip-with-udp",
  kinds: ["Service"],
  severity: "deny",
  basis: "aws",
  summary: "Client IP preservation is not switched off for UDP or QUIC ports.",
  remediation: `Leave the attribute out, or give it to TCP ports only, each by its number: ${nlb.targetGroupAttributes}.443 for port 443.`,
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/edit-target-group-attributes.html",
  onlyWith: [nlb.targetGroupAttributes, `${nlb.targetGroupAttributes}.`],
  service,
});

const attribute = "preserve_client_ip.enabled";
/** Protocols of target groups that always preserve it. */
const preserving: ReadonlySet<string> = new Set(["UDP", "TCP_UDP", "QUIC", "TCP_QUIC"]);

function service({ service: { annotations }, listeners }: ServiceContext): readonly Problem[] {
  const problems = new Map<string, Problem>();
  for (const { port, targetProtocol, isLost } of listeners()) {
    if (isLost || !preserving.has(targetProtocol)) continue;
    const { key, value } = inForceOf(annotations, port);
    if (value === undefined || parseBool(value) !== false || problems.has(key)) continue;
    const field = annotationField(key);
    const message = `${attribute} is ${quote(value)} for the ${targetProtocol} port ${port}: AWS refuses that, and new listeners of the NLB stay missing`;
    problems.set(key, { field, message, identity: field });
  }
  return [...problems.values()];
}

/** The port's own value wins; an empty one, like a map that does not parse, the controller rejects. */
function inForceOf(
  annotations: Readonly<Record<string, string>>,
  port: number,
): { readonly key: string; readonly value: string | undefined } {
  const key = `${nlb.targetGroupAttributes}.${port}`;
  const own = annotations[key] === undefined ? new Map<string, string>() : parseMap(annotations[key]);
  if (own === undefined || own.has(attribute)) return { key, value: own?.get(attribute) };
  const base = parseMap(annotations[nlb.targetGroupAttributes] ?? "");
  return { key: nlb.targetGroupAttributes, value: base?.get(attribute) };
}

import { nlb } from "../annotations/catalog.ts";
import { parseList } from "../annotations/parse.ts";
import { annotationField, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const tlsNotApplied = defineRule({
  id: "tls-not-applied",
  kinds: ["Service"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "What is written for TLS has a TCP port and a certificate that it applies to.",
  remediation: "Give ssl-cert the ARN of a certificate, or delete the annotation.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_listener.go:104-127",
  onlyWith: [nlb.sslCert, nlb.sslPorts, nlb.backendProtocol, nlb.sslNegotiationPolicy, nlb.alpnPolicy],
  service,
});

function service(context: ServiceContext): readonly Problem[] {
  const { service: spec, controller, listeners } = context;
  if (!buildsNlb(controller)) return [];
  const { annotations } = spec;
  const hasCertificate = parseList(annotations[nlb.sslCert] ?? "").length > 0;
  const listed = parseList(annotations[nlb.sslPorts] ?? "");
  if (listed.length > 0 && !hasCertificate) {
    const message = `${quote(listed.join(", "))} has no TLS, since ssl-cert names no certificate`;
    return [{ field: annotationField(nlb.sslPorts), message }];
  }
  if (!hasCertificate) return withoutTls(annotations);
  const own = listed.length > 0 ? listedInVain(listed, context) : certificateInVain(listeners());
  return [...own, ...backendInVain(context)];
}

/** Nothing asks for TLS, but for how it would be. */
function withoutTls(annotations: Readonly<Record<string, string>>): readonly Problem[] {
  return [nlb.sslNegotiationPolicy, nlb.alpnPolicy]
    .filter((key) => annotations[key] !== undefined)
    .map((key) => ({
      field: annotationField(key),
      message: "there is no TLS that it could apply to, since ssl-cert names no certificate",
    }));
}

function listedInVain(
  listed: readonly string[],
  { service: { ports }, listeners }: ServiceContext,
): readonly Problem[] {
  const hasTls = new Set(listeners().flatMap(({ protocol, port }) => (protocol === "TLS" ? [port] : [])));
  const plain = listed.filter((item) => {
    const named = ports.filter(({ name, port }) => item === name || item === String(port));
    return named.length > 0 && !named.some(({ port }) => hasTls.has(port));
  });
  if (plain.length === 0) return [];
  const message = `${quote(plain.join(", "))} has no TLS: UDP has none, nor has TCP that is merged with UDP`;
  return [{ field: annotationField(nlb.sslPorts), message, remedy: apart }];
}

function certificateInVain(listeners: ReturnType<ServiceContext["listeners"]>): readonly Problem[] {
  const field = annotationField(nlb.sslCert);
  const merged = listeners.find(({ mergedWith }) => mergedWith.length > 0);
  if (merged !== undefined) {
    return [{ field, message: `TCP port ${merged.port} is merged with UDP, and so has no TLS`, remedy: apart }];
  }
  if (listeners.some(({ protocol }) => protocol === "TLS")) return [];
  const message = "the certificate is used for no port: UDP has no TLS";
  return [{ field, message, remedy: "Delete the annotation, or give the Service the TCP port that it is for." }];
}

const apart = "Leave UDP ports out; TCP with TLS needs a port number, or a Service, apart from UDP.";

/** Values that mean TLS to other controllers, and plain TCP to this one. */
function backendInVain({ service: { annotations }, listeners }: ServiceContext): readonly Problem[] {
  const value = annotations[nlb.backendProtocol];
  if (value === undefined || value === "ssl" || !/^\s*(?:ssl|tls|https)\s*$/i.test(value)) return [];
  if (!listeners().some(({ protocol }) => protocol === "TLS")) return [];
  const message = `${quote(value)} is passed over: behind the TLS listener, traffic goes to the targets without encryption`;
  const remedy = 'Write "ssl", exactly so, for TLS to the targets; "tcp" or nothing where plain TCP is meant.';
  return [{ field: annotationField(nlb.backendProtocol), message, remedy }];
}

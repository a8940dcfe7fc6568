import { nlb } from "../annotations/catalog.ts";
import { parseBool, parseList } from "../annotations/parse.ts";
import type { ClusterProfile } from "./facts.ts";
import type { ServicePort, ServiceView } from "./subject.ts";

/** What the AWS Load Balancer Controller makes of one port of a Service (pkg/service/model_build_listener.go). */
export interface Listener {
  readonly port: number;
  /** The port that it is built from. */
  readonly from: ServicePort;
  /** Where that port stands in spec.ports. */
  readonly index: number;
  /** Where the other ports of this number stand, if TCP and UDP are merged; [] for a port that is alone or lost. */
  readonly mergedWith: readonly number[];
  /** As AWS spells it: TCP, UDP, TLS, TCP_UDP, QUIC, TCP_QUIC; an SCTP port stays what it is. */
  readonly protocol: string;
  /** The protocol towards the targets. */
  readonly targetProtocol: string;
  /** The author asks for QUIC; the protocol says whether it comes about. */
  readonly wantsQuic: boolean;
  /** The first port with a number takes it; a later one is dropped without a word (model/core/stack.go:53-61). */
  readonly isLost: boolean;
}

/** Each port becomes a listener, or, where TCP and UDP are merged, each port number. Faulty combinations come out as far as they can. */
export function listenersOf(service: ServiceView, profile: ClusterProfile): readonly Listener[] {
  const { annotations, ports } = service;
  const certificates = listed(annotations[nlb.sslCert]);
  const tls = certificates.length === 0 ? undefined : listed(annotations[nlb.sslPorts]);
  const quic = listed(annotations[nlb.quicEnabledPorts]);
  const merges = mergesTcpUdp(service, profile);
  const seen = new Set<number>();
  return ports.flatMap((from, index): readonly Listener[] => {
    const { port } = from;
    const isFirst = !seen.has(port);
    seen.add(port);
    if (merges && !isFirst) return [];
    const mergedWith = merges ? placesOfOthers(ports, index) : [];
    const given = mergedWith.length > 0 ? "TCP_UDP" : from.protocol;
    const isTls = tls !== undefined && given !== "UDP" && given !== "TCP_UDP" && (tls.length === 0 || names(tls, from));
    const wantsQuic = names(quic, from);
    const protocol = isTls ? "TLS" : wantsQuic ? quicOf(given) : given;
    const isReencrypted = isTls && annotations[nlb.backendProtocol] === "ssl";
    const targetProtocol = isTls ? (isReencrypted ? "TLS" : given) : protocol;
    return [{ port, from, index, mergedWith, protocol, targetProtocol, wantsQuic, isLost: !isFirst }];
  });
}

function listed(raw: string | undefined): readonly string[] {
  return raw === undefined ? none : parseList(raw);
}

const none: readonly string[] = [];

/** Whether TCP and UDP on one port number become one listener. A value that does not parse leaves the gate's (model_build_listener.go:407-423). */
function mergesTcpUdp({ annotations }: ServiceView, { featureGates }: ClusterProfile): boolean {
  const own = annotations[nlb.enableTcpUdpListener];
  return (own === undefined ? undefined : parseBool(own)) ?? featureGates.EnableTCPUDPListener;
}

function placesOfOthers(ports: readonly ServicePort[], index: number): readonly number[] {
  const number = ports[index]?.port;
  return ports.flatMap(({ port }, place) => (port === number && place !== index ? [place] : []));
}

/** A list of ports names one by its name or by its number in plain digits. */
function names(list: readonly string[], { name, port }: ServicePort): boolean {
  return list.length > 0 && (list.includes(String(port)) || (name !== "" && list.includes(name)));
}

/** No other protocol can be upgraded: the controller rejects it, and a rule says so. */
function quicOf(protocol: string): string {
  return protocol === "UDP" ? "QUIC" : protocol === "TCP_UDP" ? "TCP_QUIC" : protocol;
}

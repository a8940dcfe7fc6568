import { expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import { listenersOf } from "../../src/decision/listeners.ts";
import { serviceView } from "../../src/decision/subject.ts";

const https = { name: "https", port: 443, protocol: "TCP" };
const h3 = { name: "h3", port: 443, protocol: "UDP" };
const dns = { name: "dns", port: 53, protocol: "UDP" };
const sctp = { name: "sig", port: 443, protocol: "SCTP" };
const certificate = { [nlb.sslCert]: "arn:aws:acm:us-west-2:111122223333:certificate/a" };

interface Case {
  readonly name: string;
  readonly ports: readonly object[];
  readonly annotations?: Readonly<Record<string, string>>;
  /** The feature gate EnableTCPUDPListener. */
  readonly gate?: boolean;
  /** Each as `PROTOCOL-PORT>PROTOCOL of the target group`, with a note where there is one. */
  readonly listeners: readonly string[];
}

const cases: readonly Case[] = [
  { name: "a listener for each port", ports: [https, dns], listeners: ["TCP-443>TCP", "UDP-53>UDP"] },
  {
    name: "the first port with a number takes it",
    ports: [h3, https],
    listeners: ["UDP-443>UDP", "TCP-443>TCP lost"],
  },
  {
    name: "merged by the annotation",
    ports: [dns, https, h3],
    annotations: { [nlb.enableTcpUdpListener]: "t" },
    listeners: ["UDP-53>UDP", "TCP_UDP-443>TCP_UDP merged with 2"],
  },
  { name: "merged by the gate", ports: [https, h3], gate: true, listeners: ["TCP_UDP-443>TCP_UDP merged with 1"] },
  {
    name: "the annotation against the gate",
    ports: [https, h3],
    annotations: { [nlb.enableTcpUdpListener]: "false" },
    gate: true,
    listeners: ["TCP-443>TCP", "UDP-443>UDP lost"],
  },
  {
    name: "a value that does not parse leaves the gate's",
    ports: [https, h3],
    annotations: { [nlb.enableTcpUdpListener]: "yes" },
    gate: true,
    listeners: ["TCP_UDP-443>TCP_UDP merged with 1"],
  },
  {
    name: "a certificate without ssl-ports is for all but UDP",
    ports: [https, dns, { ...sctp, port: 99 }],
    annotations: certificate,
    listeners: ["TLS-443>TCP", "UDP-53>UDP", "TLS-99>SCTP"],
  },
  {
    name: "a certificate is for the ports that are listed, by number or by name",
    ports: [https, { ...https, name: "admin", port: 8443 }, { ...https, name: "plain", port: 80 }],
    annotations: { ...certificate, [nlb.sslPorts]: "443, admin, 080" },
    listeners: ["TLS-443>TCP", "TLS-8443>TCP", "TCP-80>TCP"],
  },
  {
    name: "ssl-ports without a certificate",
    ports: [https],
    annotations: { [nlb.sslCert]: " , ", [nlb.sslPorts]: "443" },
    listeners: ["TCP-443>TCP"],
  },
  {
    name: "TLS towards the targets",
    ports: [https, { ...https, name: "plain", port: 80 }],
    annotations: { ...certificate, [nlb.sslPorts]: "443", [nlb.backendProtocol]: "ssl" },
    listeners: ["TLS-443>TLS", "TCP-80>TCP"],
  },
  {
    name: "a backend protocol in upper case is passed over",
    ports: [https],
    annotations: { ...certificate, [nlb.backendProtocol]: "SSL" },
    listeners: ["TLS-443>TCP"],
  },
  {
    name: "no TLS where TCP and UDP are merged",
    ports: [https, h3],
    annotations: { ...certificate, [nlb.sslPorts]: "443", [nlb.enableTcpUdpListener]: "true" },
    listeners: ["TCP_UDP-443>TCP_UDP merged with 1"],
  },
  {
    name: "QUIC, by name",
    ports: [https, { ...h3, port: 444 }],
    annotations: { [nlb.quicEnabledPorts]: "h3" },
    listeners: ["TCP-443>TCP", "QUIC-444>QUIC asked for"],
  },
  {
    name: "QUIC beside TCP, by the name of the port that is listed first",
    ports: [https, h3],
    annotations: { [nlb.quicEnabledPorts]: "https", [nlb.enableTcpUdpListener]: "true" },
    listeners: ["TCP_QUIC-443>TCP_QUIC asked for merged with 1"],
  },
  {
    name: "the name of the second port is passed over",
    ports: [https, h3],
    annotations: { [nlb.quicEnabledPorts]: "h3", [nlb.enableTcpUdpListener]: "true" },
    listeners: ["TCP_UDP-443>TCP_UDP merged with 1"],
  },
  {
    name: "no QUIC for TCP, nor for TLS",
    ports: [https, { ...https, name: "plain", port: 80 }],
    annotations: { ...certificate, [nlb.sslPorts]: "443", [nlb.quicEnabledPorts]: "80,443" },
    listeners: ["TLS-443>TCP asked for", "TCP-80>TCP asked for"],
  },
  {
    name: "more ports than can be merged",
    ports: [https, h3, sctp],
    gate: true,
    listeners: ["TCP_UDP-443>TCP_UDP merged with 1,2"],
  },
];

it.each(cases)("$name", ({ ports, annotations = {}, gate = false, listeners }) => {
  const service = serviceView({ metadata: { annotations }, spec: { type: "LoadBalancer", ports } });
  const featureGates = { ...defaultProfile.featureGates, EnableTCPUDPListener: gate };
  const found = listenersOf(service, { ...defaultProfile, featureGates });
  expect(
    found.map(({ protocol, port, targetProtocol, wantsQuic, mergedWith, isLost }) =>
      [
        `${protocol}-${port}>${targetProtocol}`,
        ...(wantsQuic ? ["asked for"] : []),
        ...(mergedWith.length > 0 ? [`merged with ${mergedWith.join(",")}`] : []),
        ...(isLost ? ["lost"] : []),
      ].join(" "),
    ),
  ).toEqual(listeners);
  expect(found.every(({ from, index }) => service.ports[index] === from)).toBe(true);
});

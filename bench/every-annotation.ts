import { nlb } from "../src/annotations/catalog.ts";
import { decide } from "../src/decision/decide.ts";
import { defaultProfile } from "../src/decision/facts.ts";
import type { Facts } from "../src/decision/facts.ts";
import { serviceView } from "../src/decision/subject.ts";
import type { Phase, ServiceSubject } from "../src/decision/subject.ts";
import { policySet } from "../src/policy/resolve.ts";
import { starterPolicies } from "../src/policy/starter.ts";
import { median } from "./statistics.ts";

/** Each annotation of an NLB, with a value that its controller takes, so that every rule has to look. */
const annotations: Readonly<Record<string, string>> = {
  [nlb.type]: "external",
  [nlb.targetType]: "ip",
  [nlb.name]: "every-annotation",
  [nlb.scheme]: "internal",
  [nlb.internal]: "true",
  [nlb.ipAddressType]: "dualstack",
  [nlb.proxyProtocol]: "*",
  [nlb.proxyProtocolPerTargetGroup]: "80, 443",
  [nlb.targetGroupAttributes]: "preserve_client_ip.enabled=true,deregistration_delay.timeout_seconds=30",
  [`${nlb.targetGroupAttributes}.80`]: "deregistration_delay.timeout_seconds=60",
  [nlb.enablePrefixForIpv6SourceNat]: "on",
  [nlb.sourceNatIpv6Prefixes]: "auto_assigned, auto_assigned, auto_assigned",
  [nlb.eipAllocations]: "eipalloc-0a1, eipalloc-0a2, eipalloc-0a3",
  [nlb.privateIpv4Addresses]: "10.0.0.10, 10.0.1.10, 10.0.2.10",
  [nlb.ipv6Addresses]: "2001:db8:0:1::10, 2001:db8:0:2::10, 2001:db8:0:3::10",
  [nlb.subnets]: "subnet-0a1, subnet-0a2, subnet-0a3",
  [nlb.loadBalancerSourceRanges]: "10.0.0.0/8, 2001:db8::/32",
  [nlb.securityGroups]: "sg-0a1, sg-0a2",
  [nlb.disableNlbSg]: "false",
  [nlb.manageBackendSecurityGroupRules]: "true",
  [nlb.inboundSgRulesOnPrivateLinkTraffic]: "on",
  [nlb.securityGroupPrefixLists]: "pl-0a1",
  [nlb.enableIcmpForPathMtuDiscovery]: "on",
  [nlb.healthcheckProtocol]: "http",
  [nlb.healthcheckPort]: "traffic-port",
  [nlb.healthcheckPath]: "/healthz",
  [nlb.healthcheckSuccessCodes]: "200-399",
  [nlb.healthcheckInterval]: "10",
  [nlb.healthcheckTimeout]: "6",
  [nlb.healthcheckHealthyThreshold]: "3",
  [nlb.healthcheckUnhealthyThreshold]: "3",
  [nlb.enableTcpUdpListener]: "false",
  [nlb.quicEnabledPorts]: "",
  [nlb.sslCert]: "arn:aws:acm:eu-west-1:111122223333:certificate/0a1",
  [nlb.sslPorts]: "https",
  [nlb.sslNegotiationPolicy]: "ELBSecurityPolicy-TLS13-1-2-2021-06",
  [nlb.backendProtocol]: "ssl",
  [nlb.alpnPolicy]: "HTTP2Preferred",
  [nlb.attributes]: "load_balancing.cross_zone.enabled=true,deletion_protection.enabled=false",
  [nlb.accessLogEnabled]: "true",
  [nlb.accessLogS3BucketName]: "logs",
  [nlb.accessLogS3BucketPrefix]: "nlb",
  [nlb.crossZoneLoadBalancingEnabled]: "true",
  [nlb.minimumLoadBalancerCapacity]: "CapacityUnits=3000",
  [nlb.additionalResourceTags]: "team=shop,environment=production",
  [nlb.targetNodeLabels]: "pool=shop",
  [nlb.multiClusterTargetGroup]: "false",
  [`${nlb.listenerAttributes}.TCP-80`]: "tcp.idle_timeout.seconds=400",
  [`${nlb.actions}.TCP-80`]:
    '{"type":"forward","forwardConfig":{"targetGroups":[{"serviceName":"web","servicePort":80}]}}',
};

/** Until the compiler has done what it will do. */
const warmUpCalls = 5000;
/** The first of a part find the caches full of what ran before it. */
const coldCalls = 200;
const callsOfPart = 400;

/** How long one decide() takes on a Service that has every annotation. */
export interface EveryAnnotation {
  /** Measures a part of the calls. Some are made in each round: a moment in which the machine does something else decides nothing. */
  readonly measure: () => void;
  /** The median over all parts in microseconds, of the slower of both phases. */
  readonly micros: () => number;
}

export function everyAnnotation(): EveryAnnotation {
  const phases = (["mutating", "validating"] as const).map((phase) => ({
    timed: timedIn(phase),
    found: [] as number[],
  }));
  for (const { timed } of phases) for (let call = 0; call < warmUpCalls; call += 1) timed();
  return {
    measure() {
      for (const { timed, found } of phases) {
        for (let call = 0; call < coldCalls; call += 1) timed();
        for (let call = 0; call < callsOfPart; call += 1) found.push(timed());
      }
    },
    micros: () => Math.max(...phases.map(({ found }) => median(found))),
  };
}

/** Decides once, and gives the microseconds that it took. */
function timedIn(phase: Phase): () => number {
  const subject = subjectIn(phase);
  const policies = policySet(starterPolicies);
  const facts: Facts = {
    namespaceLabels: { "kubernetes.io/metadata.name": "shop" },
    profile: { ...defaultProfile, controllers: ["aws-load-balancer-controller"], subnetsHaveIPv6: true },
    install: { scope: "ClusterWide", excludedNamespaces: [] },
  };
  return () => {
    const started = performance.now();
    decide(subject, policies, facts);
    return (performance.now() - started) * 1000;
  };
}

/** The Service, as it reaches the mutating or the validating webhook. */
export function subjectIn(phase: Phase): ServiceSubject {
  const object = serviceView({
    metadata: { namespace: "shop", name: "web", annotations },
    spec: {
      type: "LoadBalancer",
      loadBalancerClass: defaultProfile.loadBalancerClass,
      externalTrafficPolicy: "Local",
      loadBalancerSourceRanges: ["10.0.0.0/8", "2001:db8::/32"],
      ports: [
        { name: "http", port: 80, protocol: "TCP", targetPort: 8080 },
        { name: "https", port: 443, protocol: "TCP", targetPort: 8443 },
      ],
      ...(phase === "mutating" ? {} : { ipFamilies: ["IPv4", "IPv6"] }),
    },
  });
  return { kind: "Service", operation: "CREATE", phase, namespace: "shop", name: "web", object, old: undefined };
}

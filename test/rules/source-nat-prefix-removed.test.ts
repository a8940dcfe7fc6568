import { sourceNatPrefixRemoved } from "../../src/rules/source-nat-prefix-removed.ts";
import { testRule } from "../support/rule-tester.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };
const loadBalancerClass = "service.k8s.aws/nlb";
const prefix = "service.beta.kubernetes.io/aws-load-balancer-enable-prefix-for-ipv6-source-nat";
const address = "service.beta.kubernetes.io/aws-load-balancer-ip-address-type";
const dualstack = { [address]: "dualstack" };
const tcp = { loadBalancerClass, ports: [{ port: 443 }] };
const udp = { loadBalancerClass, ports: [{ port: 443, protocol: "UDP" }] };
const fields = [`metadata.annotations[${prefix}]`] as const;

testRule(sourceNatPrefixRemoved, {
  allow: [
    {
      name: "prefixes that were off beside a UDP port, which another rule refuses",
      old: { annotations: { ...dualstack, [prefix]: "off" }, spec: udp, status },
      service: { annotations: dualstack, spec: udp, status },
    },
    {
      name: "a load balancer that its controller loses, for which another rule speaks",
      old: {
        annotations: {
          ...dualstack,
          [prefix]: "on",
          "service.beta.kubernetes.io/aws-load-balancer-type": "external",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing",
        },
        spec: { ports: udp.ports },
        status,
      },
      service: { spec: { ports: udp.ports }, status },
    },
    {
      name: "switched off where there is no UDP listener any more",
      old: { annotations: { ...dualstack, [prefix]: "on" }, spec: tcp, status },
      service: { annotations: { ...dualstack, [prefix]: "off" }, spec: tcp, status },
    },
    {
      name: "the UDP port taken away, and the prefix left on",
      old: { annotations: { ...dualstack, [prefix]: "on" }, spec: udp, status },
      service: { annotations: { ...dualstack, [prefix]: "on" }, spec: tcp, status },
    },
    {
      name: "switched off while no load balancer exists",
      old: { annotations: { ...dualstack, [prefix]: "on" }, spec: udp },
      service: { annotations: dualstack, spec: tcp },
    },
    {
      name: "a value that is none, which another rule refuses",
      old: { annotations: { ...dualstack, [prefix]: "on" }, spec: udp, status },
      service: { annotations: { ...dualstack, [prefix]: "OFF" }, spec: tcp, status },
    },
    {
      name: "another scheme with it, for which the load balancer is replaced",
      old: {
        annotations: {
          ...dualstack,
          [prefix]: "on",
          "service.beta.kubernetes.io/aws-load-balancer-scheme": "internal",
        },
        spec: udp,
        status,
      },
      service: {
        annotations: { ...dualstack, "service.beta.kubernetes.io/aws-load-balancer-scheme": "internet-facing" },
        spec: tcp,
        status,
      },
    },
    {
      name: "prefixes that the IPv4 load balancer never had",
      old: { annotations: { [prefix]: "on" }, spec: udp, status },
      service: { spec: udp, status },
    },
  ],
  deny: [
    {
      name: "switched off beside a UDP port",
      old: { annotations: { ...dualstack, [prefix]: "on" }, spec: udp, status },
      service: { annotations: { ...dualstack, [prefix]: "off" }, spec: udp, status },
      fields,
    },
    {
      name: "taken away together with the UDP port, whose listener goes later",
      old: { annotations: { ...dualstack, [prefix]: "on" }, spec: udp, status },
      service: { annotations: dualstack, spec: tcp, status },
      fields,
    },
    {
      name: "taken away together with dualstack",
      old: { annotations: { ...dualstack, [prefix]: "on" }, spec: udp, status },
      service: { spec: udp, status },
      fields,
    },
  ],
});

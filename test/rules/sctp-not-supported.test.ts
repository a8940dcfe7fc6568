import { sctpNotSupported } from "../../src/rules/sctp-not-supported.ts";
import { testRule } from "../support/rule-tester.ts";

testRule(sctpNotSupported, {
  allow: [
    {
      name: "TCP and UDP",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
      },
    },
    {
      name: "an SCTP port that gets no listener anyway",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-tcp", port: 53, protocol: "TCP" },
            { name: "dns-sctp", port: 53, protocol: "SCTP" },
          ],
        },
      },
    },
    {
      name: "an SCTP port that becomes TLS throughout",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "sig", port: 99, protocol: "SCTP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
          "service.beta.kubernetes.io/aws-load-balancer-backend-protocol": "ssl",
        },
      },
    },
    {
      name: "an SCTP port that would be merged, which another rule judges",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "dns-sctp", port: 53, protocol: "SCTP" },
            { name: "dns", port: 53, protocol: "UDP" },
          ],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-enable-tcp-udp-listener": "true" },
      },
    },
    { name: "the in-tree controller", service: { spec: { ports: [{ name: "sig", port: 99, protocol: "SCTP" }] } } },
  ],
  deny: [
    {
      name: "an SCTP port",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [
            { name: "http", port: 80, protocol: "TCP" },
            { name: "sig", port: 99, protocol: "SCTP" },
          ],
        },
      },
      fields: ["spec.ports[1].protocol"],
    },
    {
      name: "an SCTP port with a certificate, whose target group stays SCTP",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "sig", port: 99, protocol: "SCTP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-ssl-cert": "arn:aws:acm:us-west-2:111122223333:certificate/a",
        },
      },
      fields: ["spec.ports[0].protocol"],
    },
    {
      name: "Auto Mode",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb", ports: [{ name: "sig", port: 99, protocol: "SCTP" }] },
      },
      fields: ["spec.ports[0].protocol"],
    },
  ],
});

import { healthCheckPortUnresolved } from "../../src/rules/health-check-port-unresolved.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, httpPort, pathsTo, service } from "./backend-services.ts";
import { keyed } from "./group-members.ts";

const healthCheckField = "metadata.annotations[service.beta.kubernetes.io/aws-load-balancer-healthcheck-port]";

const toWeb = pathsTo(["web", 80]);
const albField = "metadata.annotations[alb.ingress.kubernetes.io/healthcheck-port]";
const named = service("shop/web", { spec: { ports: [{ ...httpPort, targetPort: "web" }] } });
const byName = keyed({ "healthcheck-port": "http", "target-type": "ip" });

testRule(healthCheckPortUnresolved, {
  allow: [
    {
      name: "traffic-port",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "traffic-port" },
      },
    },
    {
      name: "a number",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "10254" },
      },
    },
    {
      name: "a number that is no port",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "-1" },
      },
    },
    {
      name: "a number with leading zeros, as Go reads it",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "+070000" },
      },
    },
    {
      name: "the name of a port",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: 8080 }],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "http",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        },
      },
    },
    {
      name: "the name of a port before the API server fills in its targetPort",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "http",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        },
      },
      phase: "mutating",
    },
    {
      name: "a named targetPort behind a node port",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: "web" }],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "http",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "instance",
        },
      },
    },
    {
      name: "nothing, which is the name of a port without a name",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "" },
      },
    },
    {
      name: "the in-tree controller",
      service: {
        spec: { type: "LoadBalancer" },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "nosuch" },
      },
    },
    {
      name: "traffic-port of an ALB",
      ingress: { annotations: keyed({ "healthcheck-port": "traffic-port" }), spec: toWeb },
      cluster: [named],
    },
    {
      name: "a number of an ALB, be it a port or not",
      ingress: { annotations: keyed({ "healthcheck-port": "-1" }), spec: toWeb },
      cluster: [named],
    },
    {
      name: "the name of a port behind an ALB with ip targets",
      ingress: { annotations: byName, spec: toWeb },
      cluster: [service("shop/web")],
    },
    {
      name: "a port whose targetPort is a name, of instance targets",
      ingress: { annotations: keyed({ "healthcheck-port": "http" }), spec: toWeb },
      cluster: [named],
    },
    {
      name: "an unknown name, in whose place the Service has a number",
      ingress: { annotations: keyed({ "healthcheck-port": "x" }), spec: toWeb },
      cluster: [service("shop/web", { annotations: { "healthcheck-port": "8080" } })],
    },
    {
      name: "Services behind an ALB that are not known",
      ingress: { annotations: keyed({ "healthcheck-port": "x" }), spec: toWeb },
    },
  ],
  deny: [
    {
      name: "a name that no port has",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "nosuch" },
      },
      fields: [healthCheckField],
    },
    {
      name: "nothing, where each port has a name",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "" },
      },
      fields: [healthCheckField],
    },
    {
      name: "traffic-port in upper case",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "Traffic-Port" },
      },
      fields: [healthCheckField],
    },
    {
      name: "a number and a blank",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "80 " },
      },
      fields: [healthCheckField],
    },
    {
      name: "more than 32 bits",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb", ports: [{ name: "http", port: 80, protocol: "TCP" }] },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "4294967296" },
      },
      fields: [healthCheckField],
    },
    {
      name: "a named targetPort of pods",
      service: {
        spec: {
          loadBalancerClass: "service.k8s.aws/nlb",
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: "web" }],
        },
        annotations: {
          "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "http",
          "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
        },
      },
      fields: [healthCheckField],
    },
    {
      name: "a name that no port behind an ALB has",
      ingress: { annotations: keyed({ "healthcheck-port": "x" }), spec: toWeb },
      cluster: [named],
      fields: [albField],
    },
    {
      name: "a name that one of two Services behind an ALB has not",
      ingress: { annotations: keyed({ "healthcheck-port": "http" }), spec: pathsTo(["web", 80], ["api", 80]) },
      cluster: [service("shop/web"), service("shop/api", { spec: { ports: [{ ...httpPort, name: "api" }] } })],
      fields: [albField],
    },
    {
      name: "an empty name behind an ALB",
      ingress: { annotations: keyed({ "healthcheck-port": "" }), spec: toWeb },
      cluster: [named],
      fields: [albField],
    },
    {
      name: "a port behind an ALB whose targetPort is a name, of ip targets",
      ingress: { annotations: byName, spec: toWeb },
      cluster: [named],
      fields: [albField],
    },
    {
      name: "an unknown name on the Service",
      ingress: { annotations: keyed({ "healthcheck-port": "8080" }), spec: toWeb },
      cluster: [service("shop/web", { annotations: { "healthcheck-port": "x" } })],
      fields: ["spec.rules[0].http.paths[0].backend"],
    },
  ],
  warn: [
    {
      name: "Auto Mode, with ip targets by default",
      service: {
        spec: {
          loadBalancerClass: "eks.amazonaws.com/nlb",
          ports: [{ name: "http", port: 80, protocol: "TCP", targetPort: "web" }],
        },
        annotations: { "service.beta.kubernetes.io/aws-load-balancer-healthcheck-port": "http" },
      },
      fields: [healthCheckField],
    },
    {
      name: "a name that no port behind an ALB of EKS Auto Mode has",
      ingress: { annotations: keyed({ "healthcheck-port": "x" }), spec: { ...toWeb, ingressClassName: "auto" } },
      cluster: [named, autoModeClass],
      fields: [albField],
    },
  ],
});

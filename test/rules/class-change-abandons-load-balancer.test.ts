import { classChangeAbandonsLoadBalancer } from "../../src/rules/class-change-abandons-load-balancer.ts";
import { testRule } from "../support/rule-tester.ts";
import { nginx } from "./built-members.ts";
import { autoModeClass, classWithParams, inGroup, member } from "./group-members.ts";

const status = { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } };

testRule(classChangeAbandonsLoadBalancer, {
  allow: [
    {
      name: "an Ingress that keeps its class",
      old: { status },
      ingress: { annotations: { "alb.ingress.kubernetes.io/target-type": "ip" }, status },
    },
    {
      name: "an Ingress that leaves before it has a load balancer",
      old: {},
      ingress: { spec: { ingressClassName: "nginx" } },
    },
    {
      name: "an Ingress that comes from another controller",
      old: { spec: { ingressClassName: "nginx" }, status },
      ingress: { status },
    },
    {
      name: "the class said by the annotation before and by the field after, where it has no IngressClassParams",
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      old: {
        annotations: { "kubernetes.io/ingress.class": "alb" },
        spec: { ingressClassName: undefined },
        status,
      },
      ingress: { status },
    },
    {
      name: "a Service that keeps its class",
      old: { spec: { loadBalancerClass: "service.k8s.aws/nlb" }, status },
      service: { spec: { loadBalancerClass: "service.k8s.aws/nlb" }, status },
    },
    {
      name: "a Service that comes back to the type LoadBalancer with a class, while the clean-up of the last one goes on",
      old: { finalizers: ["service.k8s.aws/resources"], spec: { type: "ClusterIP" } },
      service: { finalizers: ["service.k8s.aws/resources"], spec: { loadBalancerClass: "service.k8s.aws/nlb" } },
    },
    {
      name: "a Service that loses its class by leaving the type LoadBalancer",
      old: { spec: { loadBalancerClass: "service.k8s.aws/nlb" }, status },
      service: { spec: { type: "ClusterIP" } },
    },
    {
      name: "an Ingress that goes from one ALB class to another, where neither has IngressClassParams",
      profile: {
        albClasses: [
          { name: "alb", hasParams: false },
          { name: "alb-public", hasParams: false },
        ],
      },
      old: { status },
      ingress: { spec: { ingressClassName: "alb-public" }, status },
    },
    {
      name: "an Ingress that goes to a class whose IngressClassParams are known: what they change other rules say",
      cluster: classWithParams("alb-public", { scheme: "internet-facing" }),
      old: { status },
      ingress: { spec: { ingressClassName: "alb-public" }, status },
    },
  ],
  deny: [
    {
      name: "an Ingress of a group that goes to another controller",
      cluster: [member("team-b/api"), nginx],
      old: { ...inGroup(), status },
      ingress: { ...inGroup(), spec: { ingressClassName: "nginx" }, status },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "an Ingress that goes to EKS Auto Mode, which takes no load balancer over",
      cluster: autoModeClass("auto"),
      old: { status },
      ingress: { spec: { ingressClassName: "auto" }, status },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "an Ingress that goes to a class that does not exist",
      cluster: [],
      old: { status },
      ingress: { spec: { ingressClassName: "abl" }, status },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "an Ingress that goes to a class whose IngressClassParams do not exist",
      cluster: classWithParams("alb-public", {}).slice(0, 1),
      old: { status },
      ingress: { spec: { ingressClassName: "alb-public" }, status },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "an Ingress that goes to another controller",
      old: { status },
      ingress: { spec: { ingressClassName: "nginx" }, status },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "an Ingress that goes to another controller by the annotation, which wins over the field",
      old: { status },
      ingress: { annotations: { "kubernetes.io/ingress.class": "nginx" }, status },
      fields: ["metadata.annotations[kubernetes.io/ingress.class]"],
    },
    {
      name: "an Ingress of which only the group's finalizer says that it has a load balancer",
      old: { finalizers: ["group.ingress.k8s.aws/shared"] },
      ingress: { finalizers: ["group.ingress.k8s.aws/shared"], spec: { ingressClassName: undefined } },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "a Service that goes to EKS Auto Mode",
      old: { spec: { loadBalancerClass: "service.k8s.aws/nlb" }, status },
      service: { spec: { loadBalancerClass: "eks.amazonaws.com/nlb" }, status },
      fields: ["spec.loadBalancerClass"],
    },
    {
      name: "a Service that loses its class",
      old: { spec: { loadBalancerClass: "service.k8s.aws/nlb" }, status },
      service: { status },
      fields: ["spec.loadBalancerClass"],
    },
  ],
  warn: [
    {
      name: "an Ingress that goes from one ALB class to another, of which one may have IngressClassParams",
      profile: {
        albClasses: [
          { name: "alb", hasParams: false },
          { name: "alb-public", hasParams: undefined },
        ],
      },
      old: { status },
      ingress: { spec: { ingressClassName: "alb-public" }, status },
      fields: ["spec.ingressClassName"],
    },
    {
      name: "the class said by the annotation before and by the field after, where IngressClassParams may begin to count",
      old: {
        annotations: { "kubernetes.io/ingress.class": "alb" },
        spec: { ingressClassName: undefined },
        status,
      },
      ingress: { status },
      fields: ["metadata.annotations[kubernetes.io/ingress.class]"],
    },
  ],
});

import { defaultProfile, installableControllers, type ClusterProfile } from "../decision/facts.ts";
import type { Table, Values } from "./table.ts";
import { className, loadBalancerClass, oneOf, trueOrFalse } from "./values.ts";

/** What an operator tells about the cluster. The webhook and the commands that need no cluster take the same flags. */
export const profileSettings = {
  controllers: {
    flag: "controllers",
    takes: "names",
    type: { ...oneOf(...installableControllers), name: "NAME" },
    description: `The controllers that build load balancers here: ${oneOf(...installableControllers).allowed}.`,
    otherwise: "not known, so every one is possible",
  },
  loadBalancerClass: {
    flag: "load-balancer-class",
    takes: "value",
    type: loadBalancerClass,
    default: defaultProfile.loadBalancerClass,
    description: "The AWS Load Balancer Controller's own --load-balancer-class.",
  },
  defaultScheme: {
    flag: "default-scheme",
    takes: "value",
    type: oneOf("internal", "internet-facing"),
    default: defaultProfile.defaultScheme,
    description: "Its --default-load-balancer-scheme.",
  },
  defaultTargetType: {
    flag: "default-target-type",
    takes: "value",
    type: oneOf("instance", "ip"),
    default: defaultProfile.defaultTargetType,
    description: "Its --default-target-type.",
  },
  ipFamily: {
    flag: "ip-family",
    takes: "value",
    type: oneOf("ipv4", "ipv6", "dualstack"),
    description: "Families of the cluster's Service addresses.",
    otherwise: "not known",
  },
  subnetsHaveIPv6: {
    flag: "subnets-have-ipv6",
    takes: "value",
    type: trueOrFalse,
    description: "Whether the subnets of load balancers have IPv6 ranges; false leaves out every dual-stack injection.",
    otherwise: "not known",
  },
  nodesHavePrimaryIPv6: {
    flag: "nodes-have-primary-ipv6",
    takes: "value",
    type: trueOrFalse,
    description: "Whether each node's primary network interface has a primary IPv6 address.",
    otherwise: "not known",
  },
  albClasses: {
    flag: "alb-class",
    takes: "names",
    type: className,
    default: defaultProfile.albClasses.map(({ name }) => name),
    description: "IngressClasses of the AWS controller, or of EKS Auto Mode.",
  },
  albClassesWithoutParams: {
    flag: "alb-class-without-params",
    takes: "names",
    type: className,
    description:
      "Those of them without IngressClassParams, so that values may be injected into their Ingresses; the name need not be given to --alb-class too.",
    otherwise: "none",
  },
} as const satisfies Table;

export function toProfile(values: Values<typeof profileSettings>): ClusterProfile {
  const { albClasses, albClassesWithoutParams, controllers } = values;
  const names = [...new Set([...albClasses, ...albClassesWithoutParams])];
  return {
    ipFamily: values.ipFamily,
    subnetsHaveIPv6: values.subnetsHaveIPv6,
    nodesHavePrimaryIPv6: values.nodesHavePrimaryIPv6,
    controllers: controllers.length === 0 ? undefined : [...new Set(controllers)],
    loadBalancerClass: values.loadBalancerClass,
    defaultScheme: values.defaultScheme,
    defaultTargetType: values.defaultTargetType,
    albClasses: names.map((name) => ({ name, hasParams: albClassesWithoutParams.includes(name) ? false : undefined })),
  };
}

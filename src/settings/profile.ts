import { defaultProfile, featureGates, installableControllers, openGates } from "../decision/facts.ts";
import type { ClusterProfile } from "../decision/facts.ts";
import type { Table, Values } from "./table.ts";
import {
  classAnnotation,
  className,
  countUpTo,
  gateSetting,
  loadBalancerClass,
  oneOf,
  tagKey,
  trueOrFalse,
  version,
} from "./values.ts";
import type { GateSetting } from "./values.ts";

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
  controllerVersion: {
    flag: "controller-version",
    takes: "value",
    type: version,
    description: "The AWS Load Balancer Controller's version.",
    otherwise: "not known, and judged as 3.5",
  },
  serviceMutator: {
    flag: "service-mutator",
    takes: "value",
    type: trueOrFalse,
    description: "Whether its own webhook gives new Services its class (Helm: enableServiceMutatorWebhook).",
    otherwise: "not known",
  },
  featureGates: {
    flag: "feature-gates",
    takes: "names",
    type: gateSetting,
    description: `Its --feature-gates. Those that matter here: ${[...featureGates, ...openGates].toSorted().join(", ")}.`,
    otherwise: `its own defaults; how ${openGates.join(", ")} stands is not known`,
  },
  backendSecurityGroup: {
    flag: "enable-backend-security-group",
    takes: "value",
    type: trueOrFalse,
    default: "true",
    description: "Its flag of the same name.",
  },
  manageBackendSecurityGroupRules: {
    flag: "enable-manage-backend-security-group-rules",
    takes: "value",
    type: trueOrFalse,
    default: "false",
    description: "Its flag of the same name.",
  },
  externalManagedTags: {
    flag: "external-managed-tags",
    takes: "names",
    type: tagKey,
    description: "Its flag of the same name: tag keys that no annotation may set.",
    otherwise: "none",
  },
  ingressClass: {
    flag: "ingress-class",
    takes: "value",
    type: classAnnotation,
    default: defaultProfile.ingressClass,
    description:
      "Its flag of the same name: the kubernetes.io/ingress.class that it serves; empty for Ingresses without a class too.",
  },
  disableIngressClassAnnotation: {
    flag: "disable-ingress-class-annotation",
    takes: "value",
    type: trueOrFalse,
    default: "false",
    description: "Its flag of the same name.",
  },
  disableIngressGroupNameAnnotation: {
    flag: "disable-ingress-group-name-annotation",
    takes: "value",
    type: trueOrFalse,
    default: "false",
    description: "Its flag of the same name.",
  },
  inTreeVersion: {
    flag: "in-tree-version",
    takes: "value",
    type: version,
    description: "The version of the AWS cloud controller manager, which follows that of Kubernetes.",
    otherwise: "not known, and judged as 1.36",
  },
  platform: {
    flag: "platform",
    takes: "value",
    type: { ...oneOf("gardener", "eks"), name: "gardener|eks" },
    description: "Who runs the cluster: Gardener has a webhook of its own for Services.",
    otherwise: "not known, and judged as without one",
  },
  ipFamily: {
    flag: "ip-family",
    takes: "value",
    type: oneOf("ipv4", "ipv6", "dualstack"),
    description:
      "Families of the cluster's Service addresses. The webhook reads the first one from the cluster, but cannot see there whether there are two.",
    otherwise: "not known",
  },
  subnetsHaveIPv6: {
    flag: "subnets-have-ipv6",
    takes: "value",
    type: { ...oneOf("true", "false", "some"), allowed: "true, false, or some where not each of them has" },
    description: "Whether the subnets of load balancers have IPv6 ranges; false leaves out every dual-stack injection.",
    otherwise: "not known",
  },
  discoveredSubnets: {
    flag: "discovered-subnets",
    takes: "value",
    type: countUpTo(99),
    description: "How many subnets the controller finds by their tags for a load balancer that names none.",
    otherwise: "not known",
  },
  overlayNetwork: {
    flag: "overlay-network",
    takes: "value",
    type: trueOrFalse,
    description: "Whether pods have addresses of an overlay network, which load balancers cannot reach.",
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
  const { albClasses, albClassesWithoutParams, controllers, subnetsHaveIPv6, platform } = values;
  const names = [...new Set([...albClasses, ...albClassesWithoutParams])];
  return {
    ipFamily: values.ipFamily,
    detectedFamilies: undefined,
    nodesHavePrimaryIPv6: values.nodesHavePrimaryIPv6,
    discoveredSubnets: values.discoveredSubnets,
    overlayNetwork: values.overlayNetwork,
    inTreeVersion: values.inTreeVersion,
    controllerVersion: values.controllerVersion,
    serviceMutator: values.serviceMutator,
    backendSecurityGroup: values.backendSecurityGroup,
    manageBackendSecurityGroupRules: values.manageBackendSecurityGroupRules,
    externalManagedTags: values.externalManagedTags,
    ingressClass: values.ingressClass,
    disableIngressClassAnnotation: values.disableIngressClassAnnotation,
    disableIngressGroupNameAnnotation: values.disableIngressGroupNameAnnotation,
    loadBalancerClass: values.loadBalancerClass,
    defaultScheme: values.defaultScheme,
    defaultTargetType: values.defaultTargetType,
    platform: platform === "gardener" ? platform : undefined,
    subnetsHaveIPv6:
      subnetsHaveIPv6 === undefined || subnetsHaveIPv6 === "some" ? subnetsHaveIPv6 : subnetsHaveIPv6 === "true",
    controllers: controllers.length === 0 ? undefined : [...new Set(controllers)],
    featureGates: gatesOf(values.featureGates),
    albClasses: names.map((name) => ({ name, hasParams: albClassesWithoutParams.includes(name) ? false : undefined })),
  };
}

/** Of a gate that is given twice the last counts, as with the controller. */
function gatesOf(given: readonly GateSetting[]): ClusterProfile["featureGates"] {
  const gates = { ...defaultProfile.featureGates };
  for (const gate of [...featureGates, ...openGates]) {
    const isOn = given.findLast((setting) => setting.gate === gate)?.isOn;
    if (isOn !== undefined) gates[gate] = isOn;
  }
  return gates;
}

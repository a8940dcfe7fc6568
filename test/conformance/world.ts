import { z } from "zod";
import { defaultProfile, featureGates, openGates } from "../../src/decision/facts.ts";
import type { ClusterProfile, Facts } from "../../src/decision/facts.ts";

/**
 * Gates of the controller that change no verdict: they concern Gateways, deployment, tags, or subnets that are found in another
 * way than by the tags that all subnets of the fixed world have.
 */
const gatesWithoutEffect = [
  "ALBGatewayAPI",
  "ALBTargetControlAgent",
  "EnableDefaultTagsLowPriority",
  "EnableRGTAPI",
  "EndpointsFailOpen",
  "EnhancedDefaultBehavior",
  "GlobalAcceleratorController",
  "IngressPlanAnnotation",
  "ListenerRulesTagging",
  "NLBGatewayAPI",
  "SubnetDiscoveryByReachability",
  "SubnetsClusterTagCheck",
  "WeightedTargetGroups",
] as const;

const scheme = z.enum(["internal", "internet-facing"]);

/** How the controller was set up, and what it found in AWS. A field that is not known here could change a verdict unseen. */
export const world = z.strictObject({
  subnetsIPv6: z.union([z.boolean(), z.literal("partial")]),
  existingScheme: scheme.nullable(),
  existingSecurityGroups: z.boolean().default(true),
  defaultScheme: scheme,
  defaultTargetType: z.enum(["instance", "ip"]),
  enableTCPUDPListener: z.boolean(),
  loadBalancerClass: z.string().default(defaultProfile.loadBalancerClass),
  ingressClass: z.string().default("alb"),
  enableBackendSecurityGroup: z.boolean().default(defaultProfile.backendSecurityGroup),
  enableManageBackendSecurityGroupRules: z.boolean().default(defaultProfile.manageBackendSecurityGroupRules),
  featureGates: z
    .partialRecord(z.enum([...featureGates, ...openGates, ...gatesWithoutEffect]), z.boolean())
    .default({}),
  externalManagedTags: z.array(z.string()).default([]),
  /** Tags that the controller adds on its own: they change no verdict. */
  defaultTags: z.record(z.string(), z.string()).default({}),
  disableIngressClassAnnotation: z.boolean().default(false),
  disableIngressGroupNameAnnotation: z.boolean().default(false),
});
export type World = z.infer<typeof world>;

/** The subnets that the controller finds by their tags: three in the fixed world, for either scheme. */
export const discoveredSubnets = 3;

/** What an operator of such a cluster tells us in the cluster profile, and what a look at the load balancer would tell. */
export function factsOf(world: World): Facts {
  const { existingScheme } = world;
  return {
    namespaceLabels: {},
    profile: profileOf(world),
    install: { scope: "ClusterWide", excludedNamespaces: [] },
    existing:
      existingScheme === null ? undefined : { scheme: existingScheme, hasSecurityGroups: world.existingSecurityGroups },
  };
}

function profileOf(world: World): ClusterProfile {
  return {
    ...defaultProfile,
    controllers: ["aws-load-balancer-controller", "cloud-controller-manager"],
    subnetsHaveIPv6: world.subnetsIPv6 === "partial" ? "some" : world.subnetsIPv6,
    discoveredSubnets,
    controllerVersion: { major: 3, minor: 5 },
    featureGates: gatesOf(world),
    backendSecurityGroup: world.enableBackendSecurityGroup,
    manageBackendSecurityGroupRules: world.enableManageBackendSecurityGroupRules,
    externalManagedTags: world.externalManagedTags,
    loadBalancerClass: world.loadBalancerClass,
    defaultScheme: world.defaultScheme,
    defaultTargetType: world.defaultTargetType,
    ingressClass: world.ingressClass,
    disableIngressClassAnnotation: world.disableIngressClassAnnotation,
    disableIngressGroupNameAnnotation: world.disableIngressGroupNameAnnotation,
    albClasses: [{ name: world.ingressClass, hasParams: undefined }],
  };
}

function gatesOf({ featureGates: given, enableTCPUDPListener }: World): ClusterProfile["featureGates"] {
  const gates = {
    ...defaultProfile.featureGates,
    EnableTCPUDPListener: enableTCPUDPListener,
    EnableCertificateManagement: false,
  };
  for (const gate of [...featureGates, ...openGates]) gates[gate] = given[gate] ?? gates[gate];
  return gates;
}

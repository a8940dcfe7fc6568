import type { Cluster } from "./cluster/cluster.ts";

/** What we know of the cluster at this moment, gathered before deciding. A missing fact is undefined; each rule says what that means. */
export interface Facts {
  /** Labels of the subject's namespace. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly profile: ClusterProfile;
  readonly install: Install;
  /** The load balancer that the subject has already, where somebody looked at it. undefined: only the stored object tells. */
  readonly existing?: ExistingLoadBalancer | undefined;
  /** The other objects of the cluster. undefined: nothing is known of them. */
  readonly cluster?: Cluster | undefined;
}

/** undefined: not known. */
export interface ExistingLoadBalancer {
  readonly scheme: Scheme | undefined;
  readonly hasSecurityGroups: boolean | undefined;
}

export type Scheme = "internal" | "internet-facing";
export type TargetType = "ip" | "instance";
export type AddressType = "ipv4" | "dualstack" | "dualstack-without-public-ipv4";

/** Who builds a load balancer. `other` is a controller that we do not know, `nobody` means that it stays pending for ever. */
export type ControllerName =
  "aws-load-balancer-controller" | "eks-auto-mode" | "cloud-controller-manager" | "other" | "nobody";

/** The controllers that an operator can name as installed. */
export const installableControllers = [
  "aws-load-balancer-controller",
  "eks-auto-mode",
  "cloud-controller-manager",
] as const satisfies readonly ControllerName[];

/** As in spec.ipFamilies of a Service. */
export type IpFamily = "IPv4" | "IPv6";

/** What an operator tells us about the cluster, or what we detect. undefined: not known. */
export interface ClusterProfile {
  /** Families of the cluster's Service range, as the operator says. */
  readonly ipFamily: "ipv4" | "ipv6" | "dualstack" | undefined;
  /**
   * Of the Service default/kubernetes. The first is the cluster's own, which a Service gets that asks for nothing else. Where
   * there is no second one the cluster may still have it. Counts only where ipFamily is not known.
   */
  readonly detectedFamilies: readonly IpFamily[] | undefined;
  /** Who runs the cluster, where that changes what becomes of a load balancer. */
  readonly platform: "gardener" | undefined;
  /** The subnets of load balancers have IPv6 CIDRs; `some`: not each of them. */
  readonly subnetsHaveIPv6: boolean | "some" | undefined;
  /** How many subnets the controller finds by their tags for a load balancer that names none. */
  readonly discoveredSubnets: number | undefined;
  /** Pods have addresses of an overlay, which load balancers cannot reach. */
  readonly overlayNetwork: boolean | undefined;
  /** Every node's primary network interface has a primary IPv6 address. */
  readonly nodesHavePrimaryIPv6: boolean | undefined;
  /** Controllers that run in the cluster. */
  readonly controllers: readonly ControllerName[] | undefined;
  /** The AWS cloud controller manager's version, which follows that of Kubernetes. */
  readonly inTreeVersion: Version | undefined;
  /** The AWS Load Balancer Controller's version. */
  readonly controllerVersion: Version | undefined;
  /** It runs its own Service mutator, which gives new Services its class (Helm: enableServiceMutatorWebhook). */
  readonly serviceMutator: boolean | undefined;
  /** Its flag --feature-gates, as far as the fate of a Service or an Ingress depends on it. */
  readonly featureGates: Readonly<FeatureGates>;
  /** Its flag --enable-backend-security-group. */
  readonly backendSecurityGroup: boolean;
  /** Its flag --enable-manage-backend-security-group-rules. */
  readonly manageBackendSecurityGroupRules: boolean;
  /** Its flag --external-managed-tags: keys that no annotation may set. */
  readonly externalManagedTags: readonly string[];
  /** Its flag --load-balancer-class. */
  readonly loadBalancerClass: string;
  /** Its flag --default-load-balancer-scheme. */
  readonly defaultScheme: Scheme;
  /** Its flag --default-target-type. */
  readonly defaultTargetType: TargetType;
  /** Its flag --ingress-class: the class annotation that it serves. "": also Ingresses without a class, and those with "alb". */
  readonly ingressClass: string;
  /** Its flag --disable-ingress-class-annotation: its own webhook refuses the annotation where it is new. */
  readonly disableIngressClassAnnotation: boolean;
  /** Its flag --disable-ingress-group-name-annotation: the same for alb.ingress.kubernetes.io/group.name. */
  readonly disableIngressGroupNameAnnotation: boolean;
  /** Names of the IngressClasses that its ALB controller, or Auto Mode's, serves. */
  readonly albClasses: readonly AlbClass[];
}

/** Feature gates of the AWS Load Balancer Controller that its verdict depends on (pkg/config/feature_gates.go:74-101). */
export const featureGates = [
  "ALBSingleSubnet",
  "EnableIPTargetType",
  "EnableServiceController",
  "EnableTCPUDPListener",
  "LBCapacityReservation",
  "NLBHealthCheckAdvancedConfig",
  "NLBSecurityGroup",
  "ServiceTypeLoadBalancerOnly",
] as const;

export type FeatureGate = (typeof featureGates)[number];

/** Of these no default is taken for granted: what depends on them stays unknown until the operator says how they stand. */
export const openGates = ["EnableCertificateManagement"] as const;

export type FeatureGates = Record<FeatureGate, boolean> & Partial<Record<(typeof openGates)[number], boolean>>;

export interface Version {
  readonly major: number;
  readonly minor: number;
}

/** Whether a version is known and lies before another one. */
export function isBefore(version: Version | undefined, { major, minor }: Version): boolean {
  if (version === undefined) return false;
  return version.major < major || (version.major === major && version.minor < minor);
}

export interface AlbClass {
  readonly name: string;
  /** false: its IngressClass has no spec.parameters. undefined: not known, so it may carry IngressClassParams. */
  readonly hasParams: boolean | undefined;
}

/** How far this installation reaches; the webhook configurations' selectors say the same, and decide() judges it again so that a preview agrees with them. */
export interface Install {
  readonly scope: "ClusterWide" | "OptIn";
  readonly excludedNamespaces: readonly string[];
  /** Messages may show names and values of other namespaces. By default they don't: a dry run must not be a probe. */
  readonly showOtherNamespaces?: boolean | undefined;
}

/** Flag defaults of the AWS Load Balancer Controller v3.5.0: pkg/config/controller_config.go:171-229, service_config.go:6-7, ingress_config.go:13-19. */
export const defaultProfile: ClusterProfile = {
  ipFamily: undefined,
  detectedFamilies: undefined,
  platform: undefined,
  subnetsHaveIPv6: undefined,
  discoveredSubnets: undefined,
  overlayNetwork: undefined,
  nodesHavePrimaryIPv6: undefined,
  controllers: undefined,
  inTreeVersion: undefined,
  controllerVersion: undefined,
  serviceMutator: undefined,
  featureGates: {
    ALBSingleSubnet: false,
    EnableIPTargetType: true,
    EnableServiceController: true,
    EnableTCPUDPListener: false,
    LBCapacityReservation: true,
    NLBHealthCheckAdvancedConfig: true,
    NLBSecurityGroup: true,
    ServiceTypeLoadBalancerOnly: false,
  },
  backendSecurityGroup: true,
  manageBackendSecurityGroupRules: false,
  externalManagedTags: [],
  loadBalancerClass: "service.k8s.aws/nlb",
  defaultScheme: "internal",
  defaultTargetType: "instance",
  ingressClass: "alb",
  disableIngressClassAnnotation: false,
  disableIngressGroupNameAnnotation: false,
  albClasses: [{ name: "alb", hasParams: undefined }],
};

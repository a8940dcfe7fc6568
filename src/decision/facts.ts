/** What we know of the cluster at this moment, gathered before deciding. A missing fact is undefined; each rule says what that means. */
export interface Facts {
  /** Labels of the subject's namespace. */
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly profile: ClusterProfile;
  readonly install: Install;
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

/** What an operator tells us about the cluster, or what we detect. undefined: not known. */
export interface ClusterProfile {
  /** Families of the cluster's Service range. */
  readonly ipFamily: "ipv4" | "ipv6" | "dualstack" | undefined;
  /** The subnets of load balancers have IPv6 CIDRs. */
  readonly subnetsHaveIPv6: boolean | undefined;
  /** Every node's primary network interface has a primary IPv6 address. */
  readonly nodesHavePrimaryIPv6: boolean | undefined;
  /** Controllers that run in the cluster. */
  readonly controllers: readonly ControllerName[] | undefined;
  /** The AWS Load Balancer Controller's flag --load-balancer-class. */
  readonly loadBalancerClass: string;
  /** Its flag --default-load-balancer-scheme. */
  readonly defaultScheme: Scheme;
  /** Its flag --default-target-type. */
  readonly defaultTargetType: TargetType;
  /** Names of the IngressClasses that its ALB controller, or Auto Mode's, serves. */
  readonly albClasses: readonly AlbClass[];
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
}

/** Flag defaults of the AWS Load Balancer Controller v3.5.0: pkg/config/controller_config.go:171-229, service_config.go:6-7, ingress_config.go:15. */
export const defaultProfile: ClusterProfile = {
  ipFamily: undefined,
  subnetsHaveIPv6: undefined,
  nodesHavePrimaryIPv6: undefined,
  controllers: undefined,
  loadBalancerClass: "service.k8s.aws/nlb",
  defaultScheme: "internal",
  defaultTargetType: "instance",
  albClasses: [{ name: "alb", hasParams: undefined }],
};

import { albAction, albConditions, albTransforms, cognitoProvider, oidcProvider, tokenValidation } from "./alb-json.ts";
import { bool, int32, int64, jsonOf, listOf, map, oneOf, string } from "./entry.ts";
import type { AnnotationEntry, Purpose, ValueType } from "./entry.ts";
import { listenPortsShape } from "./listen-ports.ts";
import { mutualAuthenticationShape } from "./mutual-authentication.ts";

/** Chooses the class of an Ingress, and wins over spec.ingressClassName. */
export const ingressClassAnnotation = "kubernetes.io/ingress.class";

const prefix = "alb.ingress.kubernetes.io/";

/** What the AWS Load Balancer Controller reads on an Ingress, and in part on the Services behind it. */
export const alb = {
  scheme: `${prefix}scheme`,
  ipAddressType: `${prefix}ip-address-type`,
  targetType: `${prefix}target-type`,
  groupName: `${prefix}group.name`,
  groupOrder: `${prefix}group.order`,
  loadBalancerName: `${prefix}load-balancer-name`,
  loadBalancerAttributes: `${prefix}load-balancer-attributes`,
  minimumLoadBalancerCapacity: `${prefix}minimum-load-balancer-capacity`,
  tags: `${prefix}tags`,
  subnets: `${prefix}subnets`,
  customerOwnedIpv4Pool: `${prefix}customer-owned-ipv4-pool`,
  ipamIpv4PoolId: `${prefix}ipam-ipv4-pool-id`,
  inboundCidrs: `${prefix}inbound-cidrs`,
  securityGroups: `${prefix}security-groups`,
  securityGroupPrefixLists: `${prefix}security-group-prefix-lists`,
  manageBackendSecurityGroupRules: `${prefix}manage-backend-security-group-rules`,
  wafv2AclArn: `${prefix}wafv2-acl-arn`,
  wafv2AclName: `${prefix}wafv2-acl-name`,
  wafAclId: `${prefix}waf-acl-id`,
  webAclId: `${prefix}web-acl-id`,
  shieldAdvancedProtection: `${prefix}shield-advanced-protection`,
  listenPorts: `${prefix}listen-ports`,
  /** A family: `.PROTOCOL-PORT` behind it. */
  listenerAttributes: `${prefix}listener-attributes`,
  sslRedirect: `${prefix}ssl-redirect`,
  sslPolicy: `${prefix}ssl-policy`,
  certificateArn: `${prefix}certificate-arn`,
  createAcmCert: `${prefix}create-acm-cert`,
  acmPcaArn: `${prefix}acm-pca-arn`,
  mutualAuthentication: `${prefix}mutual-authentication`,
  enableFrontendNlb: `${prefix}enable-frontend-nlb`,
  frontendNlbScheme: `${prefix}frontend-nlb-scheme`,
  frontendNlbSubnets: `${prefix}frontend-nlb-subnets`,
  frontendNlbSecurityGroups: `${prefix}frontend-nlb-security-groups`,
  frontendNlbEipAllocations: `${prefix}frontend-nlb-eip-allocations`,
  frontendNlbListenerPortMapping: `${prefix}frontend-nlb-listener-port-mapping`,
  frontendNlbAttributes: `${prefix}frontend-nlb-attributes`,
  frontendNlbTags: `${prefix}frontend-nlb-tags`,
  frontendNlbHealthcheckPort: `${prefix}frontend-nlb-healthcheck-port`,
  frontendNlbHealthcheckProtocol: `${prefix}frontend-nlb-healthcheck-protocol`,
  frontendNlbHealthcheckPath: `${prefix}frontend-nlb-healthcheck-path`,
  frontendNlbHealthcheckIntervalSeconds: `${prefix}frontend-nlb-healthcheck-interval-seconds`,
  frontendNlbHealthcheckTimeoutSeconds: `${prefix}frontend-nlb-healthcheck-timeout-seconds`,
  frontendNlbHealthcheckHealthyThresholdCount: `${prefix}frontend-nlb-healthcheck-healthy-threshold-count`,
  frontendNlbHealthcheckUnhealthyThresholdCount: `${prefix}frontend-nlb-healthcheck-unhealthy-threshold-count`,
  frontendNlbHealthcheckSuccessCodes: `${prefix}frontend-nlb-healthcheck-success-codes`,
  backendProtocol: `${prefix}backend-protocol`,
  backendProtocolVersion: `${prefix}backend-protocol-version`,
  targetGroupAttributes: `${prefix}target-group-attributes`,
  targetNodeLabels: `${prefix}target-node-labels`,
  multiClusterTargetGroup: `${prefix}multi-cluster-target-group`,
  /** A family: `.SERVICE.PORT` behind it. */
  targetControlPort: `${prefix}target-control-port`,
  healthcheckPort: `${prefix}healthcheck-port`,
  healthcheckProtocol: `${prefix}healthcheck-protocol`,
  healthcheckPath: `${prefix}healthcheck-path`,
  healthcheckIntervalSeconds: `${prefix}healthcheck-interval-seconds`,
  healthcheckTimeoutSeconds: `${prefix}healthcheck-timeout-seconds`,
  healthyThresholdCount: `${prefix}healthy-threshold-count`,
  unhealthyThresholdCount: `${prefix}unhealthy-threshold-count`,
  successCodes: `${prefix}success-codes`,
  authType: `${prefix}auth-type`,
  authIdpCognito: `${prefix}auth-idp-cognito`,
  authIdpOidc: `${prefix}auth-idp-oidc`,
  authOnUnauthenticatedRequest: `${prefix}auth-on-unauthenticated-request`,
  authScope: `${prefix}auth-scope`,
  authSessionCookie: `${prefix}auth-session-cookie`,
  authSessionTimeout: `${prefix}auth-session-timeout`,
  jwtValidation: `${prefix}jwt-validation`,
  useRegexPathMatch: `${prefix}use-regex-path-match`,
  /** Families: the backend's name behind them. */
  actions: `${prefix}actions`,
  conditions: `${prefix}conditions`,
  transforms: `${prefix}transforms`,
} as const;

const constants = "pkg/annotations/constants.go";
const builder = "pkg/ingress/model_build_load_balancer.go";
const groups = "pkg/ingress/model_build_target_group.go";
const listeners = "pkg/ingress/model_build_listener.go";
const frontend = "pkg/ingress/model_build_frontend_nlb.go";
const members = "pkg/ingress/group_loader.go";
const backends = "pkg/ingress/enhanced_backend_builder.go";
const pages = "https://kubernetes-sigs.github.io/aws-load-balancer-controller/latest/guide/ingress/annotations/";

const schemes = oneOf("internal", "internet-facing");
const protocols = oneOf("HTTP", "HTTPS");

/** Lines are those of the AWS Load Balancer Controller 3.5.0 (225f4456). A field of IngressClassParams wins over most of them. */
export const albEntries: readonly AnnotationEntry[] = [
  {
    ...onIngress(ingressClassAnnotation, string, "pkg/ingress/class_annotation_matcher.go:26-31"),
    autoModeTakes: "spec.ingressClassName",
  },
  onIngress(alb.scheme, schemes, `${builder}:138-167`),
  onIngress(alb.ipAddressType, oneOf("ipv4", "dualstack", "dualstack-without-public-ipv4"), `${builder}:170-201`),
  onBoth(alb.targetType, oneOf("instance", "ip"), `${groups}:255-272`),
  {
    ...onIngress(alb.groupName, string, `${members}:232-255`),
    autoModeTakes: "spec.group.name of the IngressClassParams",
  },
  onIngress(alb.groupOrder, { type: "int", bits: 32, min: -1000, max: 1000 }, `${members}:277-300`),
  onIngress(alb.loadBalancerName, string, `${builder}:97-136`),
  onIngress(alb.loadBalancerAttributes, map, "pkg/ingress/model_build_load_balancer_attributes.go"),
  onIngress(alb.minimumLoadBalancerCapacity, map, `${constants}:62`, "capacity"),
  // Of the Ingress for the load balancer, too, so that no Service hides it.
  { ...onBoth(alb.tags, map, "pkg/ingress/model_build_load_balancer_tags.go"), readFor: undefined },
  onIngress(alb.subnets, listOf("string"), `${builder}:203-283`),
  onIngress(alb.customerOwnedIpv4Pool, string, `${builder}:360-383`),
  onIngress(alb.ipamIpv4PoolId, string, "pkg/ingress/model_build_ipam.go"),
  onIngress(alb.inboundCidrs, listOf("cidr"), `${listeners}:274-300`),
  onIngress(alb.securityGroups, listOf("string"), `${builder}:285-358`),
  onIngress(alb.securityGroupPrefixLists, listOf("string"), `${listeners}:313-330`),
  onIngress(alb.manageBackendSecurityGroupRules, bool, "pkg/ingress/model_builder.go:575-599", "named-security-groups"),
  onIngress(alb.wafv2AclArn, string, `${constants}:25`),
  onIngress(alb.wafv2AclName, string, `${constants}:26`),
  { ...onIngress(alb.wafAclId, string, `${constants}:27`), autoModeTakes: `the annotation ${alb.wafv2AclArn}` },
  { ...onIngress(alb.webAclId, string, `${constants}:28`), autoModeTakes: `the annotation ${alb.wafv2AclArn}` },
  { ...onIngress(alb.shieldAdvancedProtection, bool, `${constants}:29`), autoModeTakes: "AWS Shield itself" },
  onIngress(alb.listenPorts, jsonOf(listenPortsShape), `${listeners}:248-267`),
  { ...onIngress(`${alb.listenerAttributes}.`, map, `${constants}:60`, "listener"), form: "prefix" },
  onIngress(alb.sslRedirect, int32, `${constants}:32`, "redirect"),
  onIngress(alb.sslPolicy, string, `${listeners}:304`),
  onIngress(alb.certificateArn, listOf("string"), `${constants}:34`),
  { ...onIngress(alb.createAcmCert, bool, `${constants}:82`), lenient: true },
  onIngress(alb.acmPcaArn, string, `${constants}:83`),
  onIngress(alb.mutualAuthentication, jsonOf(mutualAuthenticationShape), `${constants}:58`),
  onIngress(alb.enableFrontendNlb, bool, `${frontend}:71-95`),
  onFrontend(alb.frontendNlbScheme, schemes, `${frontend}:842-866`),
  onFrontend(alb.frontendNlbSubnets, listOf("string"), `${frontend}:109-140`),
  onFrontend(alb.frontendNlbSecurityGroups, listOf("string"), `${frontend}:264-267`),
  onFrontend(alb.frontendNlbEipAllocations, listOf("string"), `${frontend}:143-190`),
  onFrontend(alb.frontendNlbListenerPortMapping, { type: "map", of: "ports" }, `${frontend}:480-493`),
  onFrontend(alb.frontendNlbAttributes, map, `${frontend}:237-249`),
  onFrontend(alb.frontendNlbTags, map, `${frontend}:907`),
  onFrontendListener(
    alb.frontendNlbHealthcheckPort,
    { type: "int", bits: 64, word: "traffic-port" },
    `${constants}:70`,
  ),
  onFrontendListener(alb.frontendNlbHealthcheckProtocol, protocols, `${constants}:71`),
  onFrontendListener(alb.frontendNlbHealthcheckPath, string, `${constants}:72`),
  onFrontendListener(alb.frontendNlbHealthcheckIntervalSeconds, int32, `${constants}:73`),
  onFrontendListener(alb.frontendNlbHealthcheckTimeoutSeconds, int32, `${constants}:74`),
  onFrontendListener(alb.frontendNlbHealthcheckHealthyThresholdCount, int32, `${constants}:75`),
  onFrontendListener(alb.frontendNlbHealthcheckUnhealthyThresholdCount, int32, `${constants}:76`),
  onFrontendListener(alb.frontendNlbHealthcheckSuccessCodes, string, `${constants}:77`),
  onBoth(alb.backendProtocol, protocols, `${groups}:318-342`),
  onBoth(alb.backendProtocolVersion, oneOf("HTTP1", "HTTP2", "GRPC"), `${groups}:318-342`),
  onBoth(alb.targetGroupAttributes, map, `${constants}:39`),
  onBoth(alb.targetNodeLabels, map, `${constants}:56`, "instance-target"),
  onBoth(alb.multiClusterTargetGroup, bool, `${groups}:541-552`, "each-target"),
  { ...onBoth(`${alb.targetControlPort}.`, int32, `${groups}:200`, "target-of-port"), form: "prefix" },
  onBoth(alb.healthcheckPort, string, `${groups}:408`),
  onBoth(alb.healthcheckProtocol, protocols, `${constants}:41`),
  onBoth(alb.healthcheckPath, string, `${constants}:42`),
  onBoth(alb.healthcheckIntervalSeconds, int32, `${constants}:43`),
  onBoth(alb.healthcheckTimeoutSeconds, int32, `${constants}:44`),
  onBoth(alb.healthyThresholdCount, int32, `${constants}:45`),
  onBoth(alb.unhealthyThresholdCount, int32, `${constants}:46`),
  onBoth(alb.successCodes, string, `${constants}:47`),
  onBackend(alb.authType, oneOf("none", "cognito", "oidc")),
  onBackend(alb.authIdpCognito, jsonOf(cognitoProvider)),
  onBackend(alb.authIdpOidc, jsonOf(oidcProvider)),
  onBackend(alb.authOnUnauthenticatedRequest, string),
  onBackend(alb.authScope, string),
  onBackend(alb.authSessionCookie, string),
  onBackend(alb.authSessionTimeout, int64),
  onIngress(alb.jwtValidation, jsonOf(tokenValidation), `${constants}:55`, "token-validation"),
  onIngress(alb.useRegexPathMatch, bool, `${constants}:80`, "path"),
  { ...onIngress(`${alb.actions}.`, jsonOf(albAction), `${pages}#actions`, "action"), form: "prefix" },
  { ...onIngress(`${alb.conditions}.`, jsonOf(albConditions), `${pages}#conditions`, "backend"), form: "prefix" },
  { ...onIngress(`${alb.transforms}.`, jsonOf(albTransforms), `${pages}#transforms`, "backend"), form: "prefix" },
];

function onIngress(key: string, value: ValueType, source: string, readFor?: Purpose): AnnotationEntry {
  return { key, form: "exact", readOn: ["Ingress"], value, source, readFor };
}

/** About a target group: a Service's own annotation wins over that of the Ingress (model_build_target_group.go:164). */
function onBoth(key: string, value: ValueType, source: string, readFor: Purpose = "target"): AnnotationEntry {
  return { ...onIngress(key, value, source, readFor), readOn: ["Ingress", "BackendService"] };
}

function onBackend(key: string, value: ValueType): AnnotationEntry {
  return onBoth(key, value, `${backends}:302-316`, "authentication");
}

/** About the NLB in front of the ALB. */
function onFrontend(key: string, value: ValueType, source: string): AnnotationEntry {
  return onIngress(key, value, source, "frontend");
}

function onFrontendListener(key: string, value: ValueType, source: string): AnnotationEntry {
  return onIngress(key, value, source, "frontend-listener");
}

import { alb, ingressClassAnnotation } from "../../src/annotations/catalog.ts";
import type { BackendService } from "../../src/decision/cluster/views.ts";
import { annotationField } from "../../src/decision/rule.ts";
import type { Reading } from "./controller-errors.ts";
import {
  actionFields,
  backendFields,
  classFields,
  isResource,
  isStatedBy,
  mergedFields,
  otherMembers,
  pathFields,
  portOf,
  settingFields,
  subject,
  valuesOf,
} from "./ingress-fields.ts";
import type { Member } from "./ingress-fields.ts";
import type { IngressCase } from "./ingress-case.ts";
import {
  certificatesByHost,
  choosesSubnets,
  countOfSubnets,
  ipv6OfChosenSubnets,
  ipv6OfTaggedSubnets,
  namesGroups,
  namesSecret,
  namesTargetGroup,
  namesTrustStore,
  namesWebAcl,
  subnetsByTags,
} from "./ingress-undecidable.ts";
import type { IngressUndecidable } from "./ingress-undecidable.ts";

/** What an error text of the controller says about the Ingress that the verdict is about. */
export interface IngressReading extends Reading {
  /**
   * The group would fail without this Ingress as well. Told by the Ingresses that the text names, or by what the others state
   * and this one does not.
   */
  readonly isOthers: boolean;
}

/** undefined: a text that nobody has looked at yet. */
export function readIngressError(text: string, given: IngressCase): IngressReading | undefined {
  const { rest, named, isFrontend } = unwrapped(text);
  for (const kind of kinds) {
    const found = kind.pattern.exec(rest);
    if (found === null) continue;
    const context: Context = { given, found, isFrontend };
    const parties = [...named, ...(kind.names?.(context) ?? [])];
    const isOthers = isOfOthers(kind, parties, context);
    return {
      fields: [
        ...kind.fields(context),
        ...premisesOf(kind, context).flatMap((key) => stated(given, key).map(annotationField)),
        ...(isOthers ? [annotationField(alb.groupName), ...classFields] : []),
      ],
      excuse: kind.undecidable?.find(({ holds }) => holds(given))?.property,
      isOthers,
    };
  }
  return undefined;
}

interface Unwrapped {
  readonly rest: string;
  /** The Ingresses, as namespace/name, that the text puts in front of the error itself. */
  readonly named: readonly string[];
  /** The error is about the NLB in front of the ALB. */
  readonly isFrontend: boolean;
}

const objectName = "([a-z0-9.-]+/[a-z0-9.-]+)";

/** What the controller wraps around an error on its way up. */
const wrappings: readonly { readonly pattern: RegExp; readonly isFrontend?: true }[] = [
  { pattern: new RegExp(`^[Ii]ngress: ${objectName}: `) },
  { pattern: new RegExp(`^failed to load Ingress group order for ingress: ${objectName}: `) },
  { pattern: new RegExp(`^failed to compute listenPort config for ingress: ${objectName}: `), isFrontend: true },
  { pattern: /^failed to merge listenPort config for port: \d+: / },
  { pattern: /^failed to merge NLB listenPort config for port: \d+: /, isFrontend: true },
  { pattern: /^failed to parse frontend-nlb-listener-port-mapping for ingress map\[[^\]]*\]: /, isFrontend: true },
  { pattern: /^couldn't auto-discover subnets: / },
  { pattern: /^Ingress has invalid IngressClass configuration: / },
];

function unwrapped(text: string): Unwrapped {
  for (const { pattern, isFrontend = false } of wrappings) {
    const found = pattern.exec(text);
    if (found === null) continue;
    const inner = unwrapped(text.slice(found[0].length));
    const named = found[1] === undefined ? inner.named : [found[1], ...inner.named];
    return { rest: inner.rest, named, isFrontend: isFrontend || inner.isFrontend };
  }
  return { rest: text, named: [], isFrontend: false };
}

interface Context {
  readonly given: IngressCase;
  readonly found: RegExpExecArray;
  readonly isFrontend: boolean;
}

type Fields = (context: Context) => readonly string[];

interface ErrorKind {
  readonly pattern: RegExp;
  readonly fields: Fields;
  /** The annotations of which it tells the value, or the lack of one: who states one of them is at fault. */
  readonly keys?: (context: Context) => readonly string[];
  /** Where only one value of an annotation is at fault. */
  readonly isAtFault?: (value: string, context: Context) => boolean;
  /** The Ingresses, as namespace/name, that the text itself names. */
  readonly names?: (context: Context) => readonly string[];
  /** Two members disagree: of two, each is one of them. */
  readonly isConflict?: true;
  /** An Ingress that leaves the group is at fault, never a member. */
  readonly isOfLeaving?: true;
  /** The properties of a case with which AWS, or what a webhook is not shown, decides it. */
  readonly undecidable?: readonly IngressUndecidable[];
}

/** Every error that the group loader, the model builders and the webhook have for an Ingress. The first pattern that fits counts. */
const kinds: readonly ErrorKind[] = [
  // Class and group (class_loader.go, group_loader.go).
  { pattern: /^invalid ingress class: /, fields: () => classFields },
  { pattern: /^multiple default IngressClasses found/, fields: () => classFields },
  { pattern: /^invalid ingress group: /, fields: ({ given }) => settingFields(given, alb.groupName) },
  {
    pattern: new RegExp(`^explicit Ingress group order must be within .*, Ingress: ${objectName}, order: `),
    fields: on(alb.groupOrder),
    names: ({ found }) => found.slice(1),
  },

  // Annotations that do not parse: the text has key and value.
  {
    pattern: /^failed to parse \w+ annotation, ([^:\s]+): /,
    fields: (context) => mergedFields(context.given, context.found[1] ?? "", (value) => isToldBy(value, context)),
    keys: ({ found: [, key = ""] }) => [key],
    isAtFault: isToldBy,
  },

  // Listeners (model_build_listener.go, model_builder.go).
  setting(/^invalid inbound-cidrs settings on Ingress: /, alb.inboundCidrs),
  setting(/^invalid inbound-cidrs settings on IngressClassParams: /, alb.inboundCidrs),
  setting(/^(?:failed to parse|empty) listen-ports configuration: /, alb.listenPorts),
  setting(/^listen protocol must be within /, alb.listenPorts),
  {
    pattern: /^listen port must be within /,
    fields: ({ given }) => [alb.listenPorts, ...stated(given, alb.mutualAuthentication)].map(annotationField),
  },
  {
    pattern: /^no certificate found for host: /,
    fields: both(["spec.rules", "spec.tls"], alb.listenPorts, alb.certificateArn),
    undecidable: [certificatesByHost],
  },
  {
    pattern: /(?:^couldn't find .*trust ?store|trust ?store.* not found|^TrustStoreNotFound)/i,
    fields: on(alb.mutualAuthentication),
    undecidable: [namesTrustStore],
  },
  setting(/^(?:failed to parse|empty) mutualAuthentication configuration /, alb.mutualAuthentication),
  setting(/^mutualAuthentication mode /, alb.mutualAuthentication),
  setting(/^trustStore is required when mutualAuthentication mode /, alb.mutualAuthentication),
  setting(/^Mutual Authentication mode .* does not support /, alb.mutualAuthentication),
  setting(/^advertiseTrustStoreCaNames only supports /, alb.mutualAuthentication),
  namedConflict("protocol", alb.listenPorts, alb.certificateArn),
  namedConflict("inbound-cidrs", alb.inboundCidrs),
  namedConflict("inbound-prefix-lists", alb.securityGroupPrefixLists),
  namedConflict("sslPolicy", alb.sslPolicy),
  namedConflict("mTLS Attributes", alb.mutualAuthentication),
  {
    pattern: /^conflicting (?:listener )?attributes? /,
    fields: ({ given }) => family(given, alb.listenerAttributes),
    keys: ({ given }) => familyKeys([subject(given), ...otherMembers(given)], alb.listenerAttributes),
    isConflict: true,
  },
  conflict(/^conflicting sslRedirect port: /, alb.sslRedirect),
  {
    pattern: /^listener (?:does not exist|protocol non-SSL) for SSLRedirect port: /,
    fields: ({ given }) => [...settingFields(given, alb.sslRedirect), annotationField(alb.listenPorts)],
    keys: () => [alb.sslRedirect],
  },
  {
    pattern: /^multiple ingress defined default backend: \[(.*)\]/,
    fields: () => ["spec.defaultBackend"],
    names: ({ found: [, list = ""] }) => list.split(" "),
    isConflict: true,
  },

  // Load balancer (model_build_load_balancer*.go, model_build_ipam.go, model_build_tags.go, subnet_resolver.go).
  {
    ...conflict(/^conflicting scheme: /),
    fields: ({ given }) => settingFields(given, schemeKey(given)),
    keys: ({ given }) => [schemeKey(given)],
  },
  {
    pattern: /^unknown scheme: (.*)$/s,
    fields: ({ given, found: [, value = ""] }) => settingFields(given, schemeKey(given, value)),
    keys: ({ given, found: [, value = ""] }) => [schemeKey(given, value)],
  },
  conflict(/^conflicting IPAddressType: /, alb.ipAddressType),
  setting(/^unknown IPAddressType: /, alb.ipAddressType),
  conflict(/^conflicting load balancer name: /, alb.loadBalancerName),
  setting(/^load balancer name cannot be longer than 32 characters/, alb.loadBalancerName),
  {
    ...conflict(/^conflicting (?:subnets: |subnet specifications: |IngressClassParams subnet specifications)/),
    fields: ({ given }) => settingFields(given, subnetsKey(given)),
    keys: ({ given }) => [subnetsKey(given)],
  },
  {
    ...setting(
      /^unable to resolve at least one subnet\. Evaluated .* don't have an associated IPv6 CIDR block/,
      alb.ipAddressType,
      alb.subnets,
    ),
    undecidable: [ipv6OfTaggedSubnets],
  },
  { ...subnets(/^unable to resolve at least one subnet\. Evaluated /), undecidable: [subnetsByTags] },
  subnets(/^unable to resolve at least one subnet$/),
  // One is enough in a Local Zone or on an Outpost.
  { ...subnets(/^subnets count less than minimal required count: /), undecidable: [choosesSubnets, subnetsByTags] },
  {
    ...subnets(
      /^(?:failed to list subnets by names or IDs: |multiple subnets in same Availability Zone |subnets in multiple locales: )/,
    ),
    undecidable: [choosesSubnets, subnetsByTags],
  },
  {
    ...subnets(/^subnets \[.*\] do not have an associated IPv6 CIDR block/, alb.ipAddressType),
    undecidable: [ipv6OfChosenSubnets],
  },
  {
    ...conflict(/^conflicting securityGroups: /),
    fields: ({ given }) => settingFields(given, securityGroupsKey(given)),
    keys: ({ given }) => [securityGroupsKey(given)],
  },
  {
    pattern: /^couldn't find all security ?groups/i,
    fields: ({ given }) => [alb.securityGroups, ...stated(given, alb.frontendNlbSecurityGroups)].map(annotationField),
    keys: () => [alb.securityGroups, alb.frontendNlbSecurityGroups],
    undecidable: [namesGroups],
  },
  setting(
    /^backendSG feature is required to manage worker node SG rules/,
    alb.manageBackendSecurityGroupRules,
    alb.securityGroups,
  ),
  conflict(/^conflicting manage backend security group rules settings/, alb.manageBackendSecurityGroupRules),
  {
    ...setting(
      /^cannot use empty value for customer-owned-ipv4-pool annotation, ingress: (\S+)$/,
      alb.customerOwnedIpv4Pool,
    ),
    names: ({ found }) => found.slice(1),
  },
  conflict(/^conflicting CustomerOwnedIPv4Pool: /, alb.customerOwnedIpv4Pool),
  conflict(/^conflicting ipv4 ipam pools /, alb.ipamIpv4PoolId),
  conflict(/^conflicting load balancer attributes /, alb.loadBalancerAttributes),
  conflict(/^conflicting tag /, alb.tags),
  conflict(/^conflicting capacity reservation /, alb.minimumLoadBalancerCapacity),
  setting(/^invalid (?:key|value) to set the capacity: /, alb.minimumLoadBalancerCapacity),
  {
    pattern: new RegExp(
      `^failed build tags for Ingress ${objectName}(?: and Service \\S+)?: external managed tag key `,
    ),
    fields: ({ given }) => [...mergedFields(given, alb.tags), ...settingFields(given, alb.tags)],
    names: ({ found }) => found.slice(1),
  },
  { pattern: /^failed build tags for IngressClassParams /, fields: () => classFields },
  {
    pattern: /^deletion_protection is enabled, cannot delete the ingress: /,
    fields: on(alb.loadBalancerAttributes),
    isOfLeaving: true,
  },
  // The only value that is parsed without its key being told: deletion protection of what is being deleted.
  { pattern: /^strconv\.ParseBool: parsing /, fields: on(alb.loadBalancerAttributes), isOfLeaving: true },
  {
    ...conflict(/^conflicting WAFv2 WebACL (?:ARNs|names)/i, alb.wafv2AclArn, alb.wafv2AclName),
  },
  {
    pattern: /^Unable to find web acl named /i,
    fields: ({ given }) => settingFields(given, alb.wafv2AclName),
    keys: () => [alb.wafv2AclName],
    undecidable: [namesWebAcl],
  },
  conflict(/^conflicting WAF(?:Regional|Classic) WebACL IDs: /, alb.wafAclId, alb.webAclId),
  conflict(/^conflicting enable shield advanced protection/, alb.shieldAdvancedProtection),

  // Backends and their target groups (enhanced_backend_builder.go, model_build_target_group.go).
  {
    pattern: /^missing required "service" field/,
    fields: ({ given }) => backendFields(given, ({ backend }) => isResource(backend)),
  },
  {
    pattern: /^unsupported IPv6 configuration, lb not dual-stack/,
    fields: ({ given }) => [
      ...targetFields(given, ({ ipFamilies }) => ipFamilies?.includes("IPv6") === true),
      ...settingFields(given, alb.ipAddressType),
    ],
  },
  {
    pattern: /^TargetGroup port is empty\. When using Instance targets/,
    fields: ({ given }) => [
      ...targetFields(given, (service, port) => (portOf(service, port)?.nodePort ?? 0) === 0),
      ...settingFields(given, alb.targetType),
    ],
  },
  {
    pattern: /^TargetGroup port is empty\. Are you using/,
    fields: ({ given }) => targetFields(given, (service, port) => portOf(service, port)?.targetPort === 0),
  },
  {
    pattern: /^unsupported targetType: ip when EnableIPTargetType is false/,
    fields: ({ given }) => [...mergedFields(given, alb.targetType), ...settingFields(given, alb.targetType)],
  },
  mergedValue(/^unknown targetType: /, alb.targetType),
  mergedValue(/^backend protocol must be within \[.*\]: /, alb.backendProtocol),
  mergedValue(/^backend protocol version must be within \[.*\]: /, alb.backendProtocolVersion),
  {
    pattern: /^healthCheckProtocol must be within /,
    fields: ({ given, isFrontend }) =>
      isFrontend ? [annotationField(alb.frontendNlbHealthcheckProtocol)] : mergedFields(given, alb.healthcheckProtocol),
  },
  merged(/^failed to resolve healthCheckPort: unable to find port /, alb.healthcheckPort),
  setting(/^failed to resolve healthCheckPort$/, alb.frontendNlbHealthcheckPort),
  {
    pattern: /^cannot use named healthCheckPort for IP TargetType/,
    fields: ({ given }) => [
      ...mergedFields(given, alb.healthcheckPort),
      ...settingFields(given, alb.targetType),
      ...targetFields(given, ({ ports }) => ports.some(({ targetPort }) => typeof targetPort === "string")),
    ],
  },
  {
    pattern: /^unable to find port (.*) on service (\S+)$/s,
    fields: ({ given, found: [, port = "", service = ""] }) =>
      targetFields(given, ({ namespace, name }, named) => `${namespace}/${name}` === service && String(named) === port),
  },
  {
    pattern: /^services "([^"]*)" not found$/,
    fields: ({ given, found: [, name = ""] }) =>
      backendFields(given, ({ targets }) => targets.some(({ service }) => service === name)),
  },
  {
    pattern: /^target control port is not supported for instance target/,
    fields: ({ given }) => [...family(given, alb.targetControlPort), ...settingFields(given, alb.targetType)],
  },

  // Routing and authentication (config_types.go, model_build_listener_rules.go, model_build_actions.go).
  {
    pattern: /^(?:exact|prefix) path shouldn't contain wildcards: (.*)$/s,
    fields: ({ given, found: [, path = ""] }) => pathFields(given, path),
  },
  { pattern: /^(?:unsupported pathType: |unknown pathType for path )/, fields: ({ given }) => pathFields(given) },
  {
    pattern: /^(?:host|path) condition must specify exactly one of Values and RegexValues/,
    fields: ({ given }) => [...family(given, alb.conditions), "spec.rules", annotationField(alb.useRegexPathMatch)],
  },
  {
    pattern: /^(?:missing|invalid) (?:hostHeader|pathPattern|httpHeader|httpRequestMethod|queryString|sourceIP)Config/i,
    fields: ({ given }) => family(given, alb.conditions),
  },
  {
    pattern: /^(?:unknown transform type: |(?:missing )?(?:hostHeader|url)RewriteConfig)/,
    fields: ({ given }) => family(given, alb.transforms),
  },
  {
    pattern: /target ?group.*(?:not found|name)/i,
    fields: ({ given }) => actionFields(given),
    undecidable: [namesTargetGroup],
  },
  {
    pattern:
      /^(?:unknown action type: |(?:missing|invalid) (?:FixedResponse|Redirect|Forward)Config|precisely one of TargetGroup)/,
    fields: ({ given }) => actionFields(given),
  },
  {
    pattern: /^panic: /,
    fields: ({ given }) => [...actionFields(given), ...backendFields(given, ({ backend }) => isResource(backend))],
  },
  mergedValue(/^unknown authType: /, alb.authType),
  {
    pattern: /^missing IDPConfig(Cognito|OIDC)/,
    fields: ({ given, found: [, provider] }) => [
      ...mergedFields(given, alb.authType),
      annotationField(provider === "OIDC" ? alb.authIdpOidc : alb.authIdpCognito),
    ],
  },
  {
    pattern: /^(?:secrets "[^"]*" not found|missing client(?:ID|Secret), secret: )/,
    fields: ({ given }) => mergedFields(given, alb.authIdpOidc),
    undecidable: [namesSecret],
  },
  {
    pattern: /^authentication and jwt validation can't both be configured/,
    fields: ({ given }) => [...mergedFields(given, alb.authType), annotationField(alb.jwtValidation)],
  },

  // The NLB in front of the ALB (model_build_frontend_nlb.go).
  conflict(/^conflicting enable frontend NLB values/, alb.enableFrontendNlb),
  conflict(/^all EIP allocations for the ingress group must be the same: /, alb.frontendNlbEipAllocations),
  {
    ...setting(/^EIP allocations can only be set for internet facing load balancers/, alb.frontendNlbEipAllocations),
    fields: on(alb.frontendNlbEipAllocations, alb.frontendNlbScheme),
  },
  {
    ...setting(/^count of EIP allocations \(/, alb.frontendNlbEipAllocations),
    fields: on(alb.frontendNlbEipAllocations, alb.frontendNlbSubnets, alb.subnets),
    undecidable: countOfSubnets,
  },
  conflict(/^conflicting frontend NLB attributes: /, alb.frontendNlbAttributes),
  conflict(/^conflicting frontend NLB tags?\b/, alb.frontendNlbTags),
  setting(/^invalid dns_record\.client_routing_policy set in annotation /, alb.frontendNlbAttributes),
  setting(/^invalid [AN]LB listener port: /, alb.frontendNlbListenerPortMapping),
  conflict(/^conflicting Target Port, config /, alb.frontendNlbListenerPortMapping, alb.listenPorts),
  ...Object.entries({
    IntervalSeconds: alb.frontendNlbHealthcheckIntervalSeconds,
    TimeoutSeconds: alb.frontendNlbHealthcheckTimeoutSeconds,
    HealthyThresholdCount: alb.frontendNlbHealthcheckHealthyThresholdCount,
    UnhealthyThresholdCount: alb.frontendNlbHealthcheckUnhealthyThresholdCount,
    Protocol: alb.frontendNlbHealthcheckProtocol,
    Path: alb.frontendNlbHealthcheckPath,
    Matcher: alb.frontendNlbHealthcheckSuccessCodes,
    Port: alb.frontendNlbHealthcheckPort,
  }).map(([name, key]) => conflict(new RegExp(`^conflicting ${name}, config `), key)),

  // The controller's own admission webhook (webhooks/networking/ingress_validator.go).
  { pattern: /^new (?:usage|value) of `([^`]+)` annotation is forbidden/, fields: namedKey },
  {
    pattern: new RegExp(`^ignoring Ingress ${objectName} since invalid (\\S+) annotation: `),
    fields: ({ found: [, , key = ""] }) => [annotationField(key)],
  },
];

/**
 * Whether the group fails without the Ingress, too. The controller's text tells it where it names Ingresses; of two members
 * that disagree either is a party; else it is told by who states a value that is at fault.
 */
function isOfOthers(kind: ErrorKind, parties: readonly string[], context: Context): boolean {
  const { given } = context;
  const own = subject(given);
  if (kind.isOfLeaving === true) return true;
  const members = otherMembers(given);
  const isStirredUp = premisesOf(kind, context).some(
    (key) => isStatedBy(given, own, key) && !members.some((other) => isStatedBy(given, other, key)),
  );
  if (isStirredUp) return false;
  if (parties.length > 0) return !parties.includes(`${given.namespace}/${given.name}`);
  if (given.verdict.stage === "load") return given.verdict.owned;
  if (members.length === 0 || (kind.isConflict === true && members.length === 1)) return false;
  const keys = kind.keys?.(context);
  if (keys === undefined) return isOfAnothersDefaultBackend(own, members);
  const states = (member: Member): boolean =>
    keys.some((key) => {
      const value = member.view.annotations[key];
      if (value === undefined || kind.isAtFault === undefined) return isStatedBy(given, member, key);
      return kind.isAtFault(value, context);
    });
  return !states(own) && members.some(states);
}

/** Annotations without which the controller looks at nothing of the kind: who alone states one is at fault, too. */
function premisesOf(kind: ErrorKind, context: Context): readonly string[] {
  const keys = kind.keys?.(context) ?? [];
  const isOfFront = context.isFrontend || keys.some((key) => key.includes("/frontend-nlb-"));
  return [
    ...(isOfFront ? [alb.enableFrontendNlb] : []),
    ...(keys.includes(alb.manageBackendSecurityGroupRules) ? [alb.securityGroups] : []),
  ];
}

/** An error of a default backend comes without the name of its Ingress; at most one member has one. */
function isOfAnothersDefaultBackend(own: Member, members: readonly Member[]): boolean {
  return own.view.defaultBackend === undefined && members.some(({ view }) => view.defaultBackend !== undefined);
}

/** ALB and NLB have the same texts; the ALB is built first. */
function schemeKey(given: IngressCase, unknown?: string): string {
  const values = valuesOf(given, alb.scheme);
  const isOfAlb = unknown === undefined ? values.size > 1 : values.has(unknown);
  return isOfAlb ? alb.scheme : alb.frontendNlbScheme;
}

function subnetsKey(given: IngressCase): string {
  return valuesOf(given, alb.subnets).size > 1 ? alb.subnets : alb.frontendNlbSubnets;
}

function securityGroupsKey(given: IngressCase): string {
  return valuesOf(given, alb.securityGroups).size > 1 ? alb.securityGroups : alb.frontendNlbSecurityGroups;
}

function subnets(pattern: RegExp, ...besides: readonly string[]): ErrorKind {
  const keys = [alb.subnets, ...besides];
  return {
    pattern,
    fields: ({ given }) => [
      ...keys.flatMap((key) => settingFields(given, key)),
      ...stated(given, alb.frontendNlbSubnets).map(annotationField),
    ],
    keys: () => [...keys, alb.frontendNlbSubnets],
  };
}

/** A value of the load balancer, which any member may state, or its IngressClassParams. */
function setting(pattern: RegExp, ...keys: readonly string[]): ErrorKind {
  return { pattern, fields: ({ given }) => keys.flatMap((key) => settingFields(given, key)), keys: () => keys };
}

function conflict(pattern: RegExp, ...keys: readonly string[]): ErrorKind {
  return { ...setting(pattern, ...keys), isConflict: true };
}

/** Of a port that two members share: the text names them. */
function namedConflict(what: string, ...keys: readonly string[]): ErrorKind {
  const pattern = new RegExp(`^conflicting ${what}, ${objectName}: .* \\| ${objectName}: `, "s");
  return { ...conflict(pattern, ...keys), names: ({ found }) => found.slice(1) };
}

/** A value of a target group: of the Ingress, or of a Service behind it. */
function merged(pattern: RegExp, key: string): ErrorKind {
  return { pattern, fields: ({ given }) => mergedFields(given, key) };
}

/** The same where the text ends with the value. */
function mergedValue(pattern: RegExp, key: string): ErrorKind {
  return {
    pattern,
    fields: ({ given, found: { 0: match, input } }) =>
      mergedFields(given, key, (value) => value === input.slice(match.length)),
  };
}

function isToldBy(value: string, { found: { 0: match, input } }: Context): boolean {
  return `${input.slice(match.length)}: `.startsWith(`${value}: `);
}

function on(...keys: readonly string[]): Fields {
  const fields = keys.map(annotationField);
  return () => fields;
}

function both(spec: readonly string[], ...keys: readonly string[]): Fields {
  const fields = [...spec, ...keys.map(annotationField)];
  return () => fields;
}

function namedKey({ found: [, key = ""] }: Context): readonly string[] {
  return [annotationField(key), ...(key === ingressClassAnnotation ? classFields : [])];
}

function stated({ ingress }: IngressCase, key: string): readonly string[] {
  return key in ingress.annotations ? [key] : [];
}

function family(given: IngressCase, key: string): readonly string[] {
  return familyKeys([subject(given)], key).map(annotationField);
}

function familyKeys(members: readonly Member[], key: string): readonly string[] {
  return members.flatMap(({ view }) => Object.keys(view.annotations).filter((name) => name.startsWith(`${key}.`)));
}

function targetFields(
  given: IngressCase,
  isAtFault: (service: BackendService, port: number | string) => boolean,
): readonly string[] {
  return backendFields(given, ({ targets }) =>
    targets.some(({ service, port }) => {
      const found = given.cluster.service(given.namespace, service);
      return found !== undefined && isAtFault(found, port);
    }),
  );
}

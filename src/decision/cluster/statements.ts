import { alb } from "../../annotations/catalog.ts";
import { parseListenPorts } from "../../annotations/listen-ports.ts";
import type { ListenPorts } from "../../annotations/listen-ports.ts";
import { parseMutualAuthentication } from "../../annotations/mutual-authentication.ts";
import type { MutualAuthentication } from "../../annotations/mutual-authentication.ts";
import { isCidr, parseBool, parseInteger, parseList, parseMap } from "../../annotations/parse.ts";
import type { Served } from "./classify.ts";
import type { Member } from "./group.ts";
import type { IngressClassParamsView, IngressObject, Pair, ParamsSubnets } from "./views.ts";

/** What the members of an IngressGroup have to agree on, by the annotation's name without its prefix. */
export type Setting = AlbSetting | ListenerSetting | "ssl-redirect" | "enable-frontend-nlb" | FrontendSetting;

/** Of the load balancer itself. */
export type AlbSetting =
  | "scheme"
  | "ip-address-type"
  | "load-balancer-name"
  | "subnets"
  | "security-groups"
  | "manage-backend-security-group-rules"
  | "customer-owned-ipv4-pool"
  | "ipam-ipv4-pool-id"
  | "load-balancer-attributes"
  | "minimum-load-balancer-capacity"
  | "tags"
  | "wafv2-acl-arn"
  | "wafv2-acl-name"
  | "waf-acl-id"
  | "shield-advanced-protection";

/** Of each port that members share. */
export type ListenerSetting =
  | "listen-ports"
  | "inbound-cidrs"
  | "security-group-prefix-lists"
  | "ssl-policy"
  | "mutual-authentication"
  | "listener-attributes"
  | "default-backend";

/** Of the NLB in front of the load balancer, where there is one. */
export type FrontendSetting =
  | "frontend-nlb-scheme"
  | "frontend-nlb-subnets"
  | "frontend-nlb-security-groups"
  | "frontend-nlb-eip-allocations"
  | "frontend-nlb-attributes"
  | "frontend-nlb-tags"
  | "frontend-nlb-listener-port-mapping"
  | FrontendHealthCheck;

type FrontendHealthCheck =
  | "frontend-nlb-healthcheck-port"
  | "frontend-nlb-healthcheck-protocol"
  | "frontend-nlb-healthcheck-path"
  | "frontend-nlb-healthcheck-success-codes"
  | "frontend-nlb-healthcheck-interval-seconds"
  | "frontend-nlb-healthcheck-timeout-seconds"
  | "frontend-nlb-healthcheck-healthy-threshold-count"
  | "frontend-nlb-healthcheck-unhealthy-threshold-count";

/** One value that one Ingress states for the load balancer that it shares. */
export interface Statement {
  readonly setting: Setting;
  /** Which of several: the port of a listener, the key of a tag or attribute. "" where there is only one. */
  readonly part: string;
  /** Setting and part: statements of one slot have to be equal. */
  readonly slot: string;
  /** `default`: what the controller takes where nothing is written. */
  readonly by: "annotation" | "params" | "spec" | "default";
  /** The annotation's key, the field of the IngressClassParams, or that of the Ingress. */
  readonly field: string;
  /** As the controller compares it: equal texts are equal values. */
  readonly value: string;
  /** As written. */
  readonly shown: string;
  /** A field of the IngressClassParams would win over it. */
  readonly isOverrulable: boolean;
}

/** What a member states, but for the NLB in front; the same list as long as object and IngressClassParams are the same. */
export function statementsOf({ ingress, classification }: Member): readonly Statement[] {
  return readingOf(ingress, classification).statements;
}

/** What a member states for the NLB in front; of no meaning where the group has none. */
export function frontendStatementsOf({ ingress, classification }: Member): readonly Statement[] {
  const reading = readingOf(ingress, classification);
  return (reading.frontend ??= frontendStatements(ingress, reading.ports));
}

/** The ports on which a member listens. undefined: not known, or the controller refuses listen-ports. */
export function listenPortsOf({ ingress, classification }: Member): ListenPorts | undefined {
  return readingOf(ingress, classification).ports;
}

interface Reading {
  readonly params: IngressClassParamsView | undefined;
  readonly controller: Served["controller"];
  readonly ports: ListenPorts | undefined;
  readonly statements: readonly Statement[];
  frontend: readonly Statement[] | undefined;
}

/** A group of a hundred is looked at whenever one of its members changes, and the others are what they were. */
const readings = new WeakMap<IngressObject, Reading>();

function readingOf(ingress: IngressObject, { params, controller }: Served): Reading {
  const known = readings.get(ingress);
  if (known !== undefined && known.params === params && known.controller === controller) return known;
  const ports = portsOf(ingress, params);
  const statements = [
    ...albStatements(ingress, params, controller),
    ...listenerStatements(ingress, params, ports),
    ...sslRedirectStatement(ingress, params),
    ...flagStatement(ingress, "enable-frontend-nlb", alb.enableFrontendNlb),
  ];
  const reading: Reading = { params, controller, ports, statements, frontend: undefined };
  readings.set(ingress, reading);
  return reading;
}

/** A certificate makes HTTPS on 443 the default. One of ACM to be made does so too, if that feature is on, which nobody tells us. */
function portsOf({ view }: IngressObject, params: IngressClassParamsView | undefined): ListenPorts | undefined {
  const written = view.annotations[alb.listenPorts];
  if (written !== undefined) return parseListenPorts(written);
  if ((params?.certificateArns?.length ?? 0) > 0) return httpsOn443;
  if (listOf(view.annotations[alb.certificateArn]).length > 0) return httpsOn443;
  return parseBool(view.annotations[alb.createAcmCert] ?? "") === true ? undefined : httpOn80;
}

const httpOn80: ListenPorts = new Map([[80, "HTTP"]]);
const httpsOn443: ListenPorts = new Map([[443, "HTTPS"]]);

/** pkg/ingress/model_build_load_balancer.go, and the files model_build_*.go beside it that each setting has. */
function albStatements(
  ingress: IngressObject,
  params: IngressClassParamsView | undefined,
  controller: Served["controller"],
): readonly Statement[] {
  const { annotations } = ingress.view;
  return [
    ...paramsOrText(annotations, {
      setting: "scheme",
      key: alb.scheme,
      params: params?.scheme,
      field: "spec.scheme",
    }),
    ...paramsOrText(annotations, {
      setting: "ip-address-type",
      key: alb.ipAddressType,
      params: params?.ipAddressType,
      field: "spec.ipAddressType",
    }),
    ...paramsOrText(annotations, {
      setting: "load-balancer-name",
      key: alb.loadBalancerName,
      params: written(params?.loadBalancerName),
      field: "spec.loadBalancerName",
    }),
    ...subnets(annotations, params?.subnets),
    ...list(annotations, "security-groups", alb.securityGroups, inOrder),
    ...flagStatement(ingress, "manage-backend-security-group-rules", alb.manageBackendSecurityGroupRules),
    ...text(annotations, "customer-owned-ipv4-pool", alb.customerOwnedIpv4Pool),
    // IngressClassParams of the first member win over all of them (model_build_ipam.go:8-15).
    ...text(annotations, "ipam-ipv4-pool-id", alb.ipamIpv4PoolId).map(overrulable),
    ...pairs("load-balancer-attributes", alb.loadBalancerAttributes, annotations[alb.loadBalancerAttributes]),
    ...pairs(
      "minimum-load-balancer-capacity",
      alb.minimumLoadBalancerCapacity,
      annotations[alb.minimumLoadBalancerCapacity],
    ),
    ...tags(annotations, params?.tags),
    // Both count, so that an Ingress can contradict its own class (model_build_load_balancer_addons.go:36-60).
    ...text(annotations, "wafv2-acl-arn", alb.wafv2AclArn),
    ...byParams("wafv2-acl-arn", "", "spec.wafv2AclArn", written(params?.wafv2AclArn)),
    ...text(annotations, "wafv2-acl-name", alb.wafv2AclName),
    ...byParams("wafv2-acl-name", "", "spec.wafv2AclName", written(params?.wafv2AclName)),
    ...(controller === "eks-auto-mode" ? [] : addOns(ingress)),
  ];
}

/** EKS Auto Mode knows neither (EKS user guide, auto-configure-alb). */
function addOns(ingress: IngressObject): readonly Statement[] {
  const { annotations } = ingress.view;
  const key = annotations[alb.wafAclId] === undefined ? alb.webAclId : alb.wafAclId;
  return [
    ...text(annotations, "waf-acl-id", key),
    ...flagStatement(ingress, "shield-advanced-protection", alb.shieldAdvancedProtection),
  ];
}

function subnets(annotations: Annotations, selector: ParamsSubnets | undefined): readonly Statement[] {
  if (selector === undefined) {
    return list(annotations, "subnets", alb.subnets, sorted).map((statement) => ({
      ...statement,
      isOverrulable: true,
    }));
  }
  const { ids, tags: wanted } = selector;
  const byTag = wanted.map(({ key, values }) => [key, values] as const).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const value = `params ${JSON.stringify([ids, byTag])}`;
  const shown = ids.length > 0 ? ids.join(",") : byTag.map(([key, values]) => `${key}=${values.join("|")}`).join(",");
  return [statement({ setting: "subnets", by: "params", field: "spec.subnets", value, shown })];
}

/** Those of the class win by key over those of the Ingress (model_build_tags.go:12-48). */
function tags(annotations: Annotations, ofParams: readonly Pair[] | undefined): readonly Statement[] {
  const settled = new Map((ofParams ?? []).map(({ key, value }) => [key, value]));
  return [
    ...[...settled].flatMap(([key, value]) => byParams("tags", key, "spec.tags", value)),
    ...pairs("tags", alb.tags, annotations[alb.tags])
      .filter(({ part }) => !settled.has(part))
      .map(overrulable),
  ];
}

/** pkg/ingress/model_build_listener.go: what each port is given by one Ingress. */
function listenerStatements(
  { namespace, name, view }: IngressObject,
  params: IngressClassParamsView | undefined,
  ports: ListenPorts | undefined,
): readonly Statement[] {
  if (ports === undefined) return none;
  const { annotations, defaultBackend } = view;
  const sources = [
    ...paramsOrSet(annotations, {
      setting: "inbound-cidrs",
      key: alb.inboundCidrs,
      params: params?.inboundCidrs,
      field: "spec.inboundCIDRs",
    }).filter(hasCidrsOnly),
    ...paramsOrSet(annotations, {
      setting: "security-group-prefix-lists",
      key: alb.securityGroupPrefixLists,
      params: params?.prefixListIds,
      field: "spec.prefixListsIDs",
    }),
  ];
  const policy = paramsOrText(annotations, {
    setting: "ssl-policy",
    key: alb.sslPolicy,
    params: written(params?.sslPolicy),
    field: "spec.sslPolicy",
  });
  const mutual = parseMutualAuthentication(annotations[alb.mutualAuthentication] ?? "");
  const isWritten = annotations[alb.listenPorts] !== undefined;
  // A certificate of the class would make it HTTPS on 443.
  const isOverrulable = ports === httpOn80;

  return [...ports].flatMap(([port, protocol]): readonly Statement[] => {
    const part = String(port);
    const at = (stated: Statement): Statement => ({
      ...stated,
      part,
      slot: slotOf(stated.setting, part),
      isOverrulable: stated.isOverrulable || isOverrulable,
    });
    return [
      ...(protocol === undefined
        ? []
        : [
            statement({
              setting: "listen-ports",
              part,
              by: isWritten ? "annotation" : "default",
              field: alb.listenPorts,
              value: protocol,
              shown: protocol,
              isOverrulable,
            }),
          ]),
      ...sources.map(at),
      ...(protocol === "HTTPS" ? [...policy.map(at), ...mutualStatement(mutual?.get(port), part, annotations)] : []),
      ...(protocol === undefined
        ? []
        : listenerAttributes(annotations, protocol, part).map((stated) => ({ ...stated, isOverrulable }))),
      ...(defaultBackend === undefined
        ? []
        : [
            statement({
              setting: "default-backend",
              part,
              by: "spec",
              field: "spec.defaultBackend",
              // One for each port, and no second one, were it the same.
              value: `${namespace}/${name}`,
              shown: defaultBackend.kind === "service" ? defaultBackend.name : "a resource",
              isOverrulable,
            }),
          ]),
    ];
  });
}

function mutualStatement(
  mutual: MutualAuthentication | undefined,
  part: string,
  annotations: Annotations,
): readonly Statement[] {
  if (mutual === undefined) return none;
  const { mode, trustStore, ignoresExpiry, advertisesTrustStore } = mutual;
  const value = JSON.stringify([mode, trustStoreName(trustStore), ignoresExpiry, advertisesTrustStore ?? "off"]);
  const field = alb.mutualAuthentication;
  return [
    statement({
      setting: "mutual-authentication",
      part,
      by: "annotation",
      field,
      value,
      shown: annotations[field] ?? "",
    }),
  ];
}

/** A trust store is named or given by its ARN, which contains the name; the controller compares ARNs. */
function trustStoreName(trustStore: string | undefined): string | undefined {
  return /^arn:[^/]*:truststore\/([^/]+)\//.exec(trustStore ?? "")?.[1] ?? trustStore;
}

function listenerAttributes(annotations: Annotations, protocol: string, port: string): readonly Statement[] {
  const key = `${alb.listenerAttributes}.${protocol}-${port}`;
  return pairs("listener-attributes", key, annotations[key]).map((stated) => {
    const part = `${protocol}-${port} ${stated.part}`;
    return { ...stated, part, slot: slotOf("listener-attributes", part) };
  });
}

/** What cannot be read as a port in the IngressClassParams means no redirect, whatever the others say (model_builder.go:515-520). */
export const noRedirect = "none";

function sslRedirectStatement(
  { view }: IngressObject,
  params: IngressClassParamsView | undefined,
): readonly Statement[] {
  const ofParams = written(params?.sslRedirectPort);
  if (ofParams !== undefined) {
    const port = parseInteger(ofParams, 32);
    const value = port === undefined ? noRedirect : String(port);
    return [
      statement({ setting: "ssl-redirect", by: "params", field: "spec.sslRedirectPort", value, shown: ofParams }),
    ];
  }
  const shown = view.annotations[alb.sslRedirect];
  const port = shown === undefined ? undefined : parseInteger(shown, 32);
  if (shown === undefined || port === undefined) return none;
  const field = alb.sslRedirect;
  return [
    statement({ setting: "ssl-redirect", by: "annotation", field, value: String(port), shown, isOverrulable: true }),
  ];
}

/** pkg/ingress/model_build_frontend_nlb.go. The class has no say in any of it. */
function frontendStatements(ingress: IngressObject, ports: ListenPorts | undefined): readonly Statement[] {
  const { annotations } = ingress.view;
  return [
    ...anyText(annotations, "frontend-nlb-scheme", alb.frontendNlbScheme),
    ...list(annotations, "frontend-nlb-subnets", alb.frontendNlbSubnets, sorted),
    ...list(annotations, "frontend-nlb-security-groups", alb.frontendNlbSecurityGroups, inOrder),
    ...list(annotations, "frontend-nlb-eip-allocations", alb.frontendNlbEipAllocations, sorted),
    ...wholeMap(annotations, "frontend-nlb-attributes", alb.frontendNlbAttributes),
    ...wholeMap(annotations, "frontend-nlb-tags", alb.frontendNlbTags),
    ...frontendListeners(ingress, ports),
  ];
}

/** Only ports of this very Ingress can be mapped, so that another member's listener is passed over. */
function frontendListeners(ingress: IngressObject, ports: ListenPorts | undefined): readonly Statement[] {
  const mapping = frontendPorts(ingress.view.annotations, ports);
  if (mapping === undefined || mapping.size === 0) return none;
  const field = alb.frontendNlbListenerPortMapping;
  const by = ingress.view.annotations[field] === undefined ? "default" : "annotation";
  const checks = healthChecks(ingress);
  return [...mapping].flatMap(([port, target]): readonly Statement[] => {
    const part = String(port);
    const value = String(target);
    return [
      statement({
        setting: "frontend-nlb-listener-port-mapping",
        part,
        by,
        field,
        value,
        shown: value,
        isOverrulable: ports === httpOn80,
      }),
      ...checks.map((check) => ({ ...check, part, slot: slotOf(check.setting, part) })),
    ];
  });
}

/** The NLB's ports with the load balancer's ports behind them. An empty mapping is none. */
function frontendPorts(
  annotations: Annotations,
  ports: ListenPorts | undefined,
): ReadonlyMap<number, number> | undefined {
  if (ports === undefined) return undefined;
  const mapping = parseMap(annotations[alb.frontendNlbListenerPortMapping] ?? "");
  if (mapping === undefined) return undefined;
  if (mapping.size === 0) return new Map([...ports.keys()].map((port) => [port, port]));
  const mapped = new Map<number, number>();
  for (const [from, to] of mapping) {
    const [port, target] = [parseInteger(from, 32), parseInteger(to, 32)];
    if (port === undefined || target === undefined) return undefined;
    if (ports.has(target)) mapped.set(port, target);
  }
  return mapped;
}

function healthChecks({ namespace, name, view: { annotations } }: IngressObject): readonly Statement[] {
  return [
    ...checked("frontend-nlb-healthcheck-port", alb.frontendNlbHealthcheckPort, healthCheckPort),
    ...checked("frontend-nlb-healthcheck-protocol", alb.frontendNlbHealthcheckProtocol, protocolOf),
    ...checked("frontend-nlb-healthcheck-path", alb.frontendNlbHealthcheckPath, (raw) => raw),
    // The controller compares where they are kept, not what they are: two members never agree (mergeHealthCheckField).
    ...checked(
      "frontend-nlb-healthcheck-success-codes",
      alb.frontendNlbHealthcheckSuccessCodes,
      () => `${namespace}/${name}`,
    ),
    ...checked("frontend-nlb-healthcheck-interval-seconds", alb.frontendNlbHealthcheckIntervalSeconds, seconds),
    ...checked("frontend-nlb-healthcheck-timeout-seconds", alb.frontendNlbHealthcheckTimeoutSeconds, seconds),
    ...checked(
      "frontend-nlb-healthcheck-healthy-threshold-count",
      alb.frontendNlbHealthcheckHealthyThresholdCount,
      seconds,
    ),
    ...checked(
      "frontend-nlb-healthcheck-unhealthy-threshold-count",
      alb.frontendNlbHealthcheckUnhealthyThresholdCount,
      seconds,
    ),
  ];

  function checked(
    setting: FrontendHealthCheck,
    field: string,
    read: (raw: string) => string | undefined,
  ): readonly Statement[] {
    const shown = annotations[field];
    const value = shown === undefined ? undefined : read(shown);
    if (shown === undefined || value === undefined) return none;
    return [statement({ setting, by: "annotation", field, value, shown })];
  }
}

function healthCheckPort(raw: string): string | undefined {
  return raw === "traffic-port" ? raw : seconds(raw);
}

function protocolOf(raw: string): string | undefined {
  return raw === "HTTP" || raw === "HTTPS" ? raw : undefined;
}

function seconds(raw: string): string | undefined {
  return parseInteger(raw, 32)?.toString();
}

type Annotations = IngressObject["view"]["annotations"];

const none: readonly Statement[] = [];

interface Stating {
  readonly setting: Setting;
  readonly part?: string;
  readonly by: Statement["by"];
  readonly field: string;
  readonly value: string;
  readonly shown: string;
  readonly isOverrulable?: boolean;
}

function statement({ setting, part = "", by, field, value, shown, isOverrulable = false }: Stating): Statement {
  return { setting, part, slot: slotOf(setting, part), by, field, value, shown, isOverrulable };
}

function slotOf(setting: Setting, part: string): string {
  return part === "" ? setting : `${setting} ${part}`;
}

function overrulable(stated: Statement): Statement {
  return { ...stated, isOverrulable: true };
}

/** The empty text counts, as far as the controller compares it with others. */
function paramsOrText(
  annotations: Annotations,
  { setting, key, params, field }: WithParams<string>,
): readonly Statement[] {
  if (params !== undefined) return byParams(setting, "", field, params);
  return anyText(annotations, setting, key).map(overrulable);
}

/** A setting for which the class wins. */
interface WithParams<T> {
  readonly setting: Setting;
  /** The annotation. */
  readonly key: string;
  readonly params: T | undefined;
  /** Where the class says it. */
  readonly field: string;
}

function anyText(annotations: Annotations, setting: Setting, field: string): readonly Statement[] {
  const shown = annotations[field];
  return shown === undefined ? none : [statement({ setting, by: "annotation", field, value: shown, shown })];
}

/** The empty text states nothing. */
function text(annotations: Annotations, setting: Setting, field: string): readonly Statement[] {
  return annotations[field] === "" ? none : anyText(annotations, setting, field);
}

function byParams(setting: Setting, part: string, field: string, value: string | undefined): readonly Statement[] {
  return value === undefined ? none : [statement({ setting, part, by: "params", field, value, shown: value })];
}

/** Of fields that the controller takes for unset where they are empty. */
function written(value: string | undefined): string | undefined {
  return value === "" ? undefined : value;
}

function flagStatement({ view }: IngressObject, setting: Setting, field: string): readonly Statement[] {
  const shown = view.annotations[field];
  const value = shown === undefined ? undefined : parseBool(shown);
  if (shown === undefined || value === undefined) return none;
  return [statement({ setting, by: "annotation", field, value: String(value), shown })];
}

type Order = (items: readonly string[]) => readonly string[];

const inOrder: Order = (items) => items;
const sorted: Order = (items) => (items.length < 2 ? items : items.toSorted());

/** Present, it counts, even if it names nothing. */
function list(annotations: Annotations, setting: Setting, field: string, order: Order): readonly Statement[] {
  const shown = annotations[field];
  if (shown === undefined) return none;
  const value = JSON.stringify(order(parseList(shown)));
  return [statement({ setting, by: "annotation", field, value, shown })];
}

/** A set of items; one without any states nothing. */
function paramsOrSet(
  annotations: Annotations,
  { setting, key, params = noItems, field }: WithParams<readonly string[]>,
): readonly Statement[] {
  const items = params.length > 0 ? params : listOf(annotations[key]);
  if (items.length === 0) return none;
  const value = JSON.stringify([...new Set(items)].toSorted());
  if (params.length > 0) return [statement({ setting, by: "params", field, value, shown: params.join(",") })];
  const shown = annotations[key] ?? "";
  return [statement({ setting, by: "annotation", field: key, value, shown, isOverrulable: true })];
}

function hasCidrsOnly({ value }: Statement): boolean {
  return (JSON.parse(value) as readonly string[]).every(isCidr);
}

/** A statement for each key. Of IngressClassParams those of the first member settle what annotations leave open. */
function pairs(setting: Setting, field: string, raw: string | undefined): readonly Statement[] {
  const map = raw === undefined ? undefined : parseMap(raw);
  if (map === undefined) return none;
  return [...map].map(([part, value]) => statement({ setting, part, by: "annotation", field, value, shown: value }));
}

/** One statement for all keys. */
function wholeMap(annotations: Annotations, setting: Setting, field: string): readonly Statement[] {
  const shown = annotations[field];
  const map = shown === undefined ? undefined : parseMap(shown);
  if (shown === undefined || map === undefined) return none;
  const value = JSON.stringify([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)));
  return [statement({ setting, by: "annotation", field, value, shown })];
}

function listOf(raw: string | undefined): readonly string[] {
  return raw === undefined ? noItems : parseList(raw);
}

const noItems: readonly string[] = [];

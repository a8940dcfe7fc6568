import { alb } from "../../annotations/catalog.ts";
import { parseListenPorts } from "../../annotations/listen-ports.ts";
import type { ListenPorts } from "../../annotations/listen-ports.ts";
import { parseMutualAuthentication } from "../../annotations/mutual-authentication.ts";
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
  const reading = readingOf(ingress, classification);
  return (reading.statements ??= statements(ingress, reading));
}

/** What a member states for the NLB in front; of no meaning where the group has none. */
export function frontendStatementsOf({ ingress, classification }: Member): readonly Statement[] {
  const reading = readingOf(ingress, classification);
  return (reading.frontend ??= frontendStatements(ingress, portsOf(reading, ingress)));
}

/** The ports on which a member listens. undefined: not known, or the controller refuses listen-ports. */
export function listenPortsOf({ ingress, classification }: Member): ListenPorts | undefined {
  return portsOf(readingOf(ingress, classification), ingress);
}

/** Kept with the object, since a group of a hundred is looked at whenever one of its members changes. */
export interface Reading {
  readonly params: IngressClassParamsView | undefined;
  readonly controller: Served["controller"];
  ports: { readonly known: ListenPorts | undefined } | undefined;
  statements: readonly Statement[] | undefined;
  frontend: readonly Statement[] | undefined;
}

function readingOf(ingress: IngressObject, { params, controller }: Served): Reading {
  const known = ingress.reading;
  if (known !== undefined && known.params === params && known.controller === controller) return known;
  const reading: Reading = { params, controller, ports: undefined, statements: undefined, frontend: undefined };
  ingress.reading = reading;
  return reading;
}

function portsOf(reading: Reading, { view }: IngressObject): ListenPorts | undefined {
  return (reading.ports ??= { known: portsIn(view.annotations, reading.params) }).known;
}

/** A certificate makes HTTPS on 443 the default. One of ACM to be made does so too, if that feature is on, which nobody tells us. */
function portsIn(annotations: Annotations, params: IngressClassParamsView | undefined): ListenPorts | undefined {
  const raw = annotations[alb.listenPorts];
  if (raw !== undefined) return parseListenPorts(raw);
  if ((params?.certificateArns?.length ?? 0) > 0) return httpsOn443;
  if (listOf(annotations[alb.certificateArn]).length > 0) return httpsOn443;
  return parseBool(annotations[alb.createAcmCert] ?? "") === true ? undefined : httpOn80;
}

const httpOn80: ListenPorts = new Map([[80, "HTTP"]]);
const httpsOn443: ListenPorts = new Map([[443, "HTTPS"]]);

/** How one annotation is read. Where a field of the IngressClassParams is set, the annotation does not count. */
interface Reader {
  readonly setting: Setting;
  /** The value as it is compared. undefined: it states nothing, or the controller refuses it. */
  readonly read: (raw: string) => string | undefined;
  readonly isSetByClass?: (params: IngressClassParamsView) => boolean;
  /** `each`: a value for each key. `port`, `https`: for each port, or each with HTTPS. */
  readonly scope: "one" | "each" | "port" | "https";
}

/** pkg/ingress/model_build_load_balancer.go, model_build_listener.go, and the files model_build_*.go that some settings have. */
const readers: ReadonlyMap<string, Reader> = new Map([
  [alb.scheme, one("scheme", asWritten, ({ scheme }) => scheme !== undefined)],
  [alb.ipAddressType, one("ip-address-type", asWritten, ({ ipAddressType }) => ipAddressType !== undefined)],
  [alb.loadBalancerName, one("load-balancer-name", asWritten, ({ loadBalancerName }) => isFilled(loadBalancerName))],
  [alb.subnets, one("subnets", inAnyOrder, (params) => params.subnets !== undefined)],
  [alb.securityGroups, one("security-groups", inOrder)],
  [alb.manageBackendSecurityGroupRules, one("manage-backend-security-group-rules", flag)],
  [alb.customerOwnedIpv4Pool, one("customer-owned-ipv4-pool", filled)],
  [alb.ipamIpv4PoolId, one("ipam-ipv4-pool-id", filled)],
  [alb.loadBalancerAttributes, { setting: "load-balancer-attributes", read: asWritten, scope: "each" }],
  [alb.minimumLoadBalancerCapacity, { setting: "minimum-load-balancer-capacity", read: asWritten, scope: "each" }],
  [alb.tags, { setting: "tags", read: asWritten, scope: "each" }],
  [alb.wafv2AclArn, one("wafv2-acl-arn", filled)],
  [alb.wafv2AclName, one("wafv2-acl-name", filled)],
  [alb.wafAclId, one("waf-acl-id", filled)],
  [alb.webAclId, one("waf-acl-id", filled)],
  [alb.shieldAdvancedProtection, one("shield-advanced-protection", flag)],
  [alb.sslRedirect, one("ssl-redirect", integer, ({ sslRedirectPort }) => isFilled(sslRedirectPort))],
  [alb.enableFrontendNlb, one("enable-frontend-nlb", flag)],
  [alb.inboundCidrs, { ...onPorts("inbound-cidrs", cidrs), isSetByClass: (params) => hasItems(params.inboundCidrs) }],
  [
    alb.securityGroupPrefixLists,
    { ...onPorts("security-group-prefix-lists", aSet), isSetByClass: (params) => hasItems(params.prefixListIds) },
  ],
  [
    alb.sslPolicy,
    { setting: "ssl-policy", read: asWritten, scope: "https", isSetByClass: (params) => isFilled(params.sslPolicy) },
  ],
]);

function one(
  setting: Setting,
  read: Reader["read"],
  isSetByClass?: (params: IngressClassParamsView) => boolean,
): Reader {
  return { setting, read, scope: "one", ...(isSetByClass === undefined ? {} : { isSetByClass }) };
}

function onPorts(setting: Setting, read: Reader["read"]): Reader {
  return { setting, read, scope: "port" };
}

/** Not put together from parts: it is done for each Ingress under review, some times over. */
function statements(ingress: IngressObject, reading: Reading): readonly Statement[] {
  const { view } = ingress;
  const { params } = reading;
  const ports = portsOf(reading, ingress);
  const list: Statement[] = [];
  for (const field in view.annotations) {
    const reader = readers.get(field);
    if (reader === undefined || isPassedOver(field, reader, view.annotations, reading)) continue;
    addAnnotation(list, reader, field, view.annotations[field] ?? "", ports, params);
  }
  if (params !== undefined) addParams(list, params, ports);
  addPorts(list, ingress, ports);
  return list;
}

/** EKS Auto Mode knows neither the older firewall nor Shield (EKS user guide, auto-configure-alb). */
function isPassedOver(
  field: string,
  { setting, isSetByClass }: Reader,
  annotations: Annotations,
  { params, controller }: Reading,
): boolean {
  if (params !== undefined && isSetByClass?.(params) === true) return true;
  if (field === alb.webAclId && annotations[alb.wafAclId] !== undefined) return true;
  return controller === "eks-auto-mode" && (setting === "waf-acl-id" || setting === "shield-advanced-protection");
}

function addAnnotation(
  list: Statement[],
  { setting, read, scope, isSetByClass }: Reader,
  field: string,
  shown: string,
  ports: ListenPorts | undefined,
  params: IngressClassParamsView | undefined,
): void {
  if (scope === "each") {
    addPairs(list, setting, field, shown, params);
    return;
  }
  const value = read(shown);
  if (value === undefined) return;
  const isOverrulable = isSetByClass !== undefined;
  const stated = { setting, by: "annotation", field, value, shown } as const;
  if (scope === "one") {
    list.push({ ...stated, part: "", slot: setting, isOverrulable });
    return;
  }
  for (const [port, protocol] of ports ?? noPorts) {
    if (scope === "port" || protocol === "HTTPS")
      list.push({ ...stated, ...place(setting, String(port)), isOverrulable });
  }
}

/** Tags of the class win by key over those of the Ingress (model_build_tags.go:12-48); attributes only those of the first member's. */
function addPairs(
  list: Statement[],
  setting: Setting,
  field: string,
  raw: string,
  params: IngressClassParamsView | undefined,
): void {
  for (const [part, value] of parseMap(raw) ?? noPairs) {
    if (setting === "tags" && params?.tags?.some(({ key }) => key === part) === true) continue;
    const isOverrulable = setting === "tags";
    list.push({
      setting,
      part,
      slot: slotOf(setting, part),
      by: "annotation",
      field,
      value,
      shown: value,
      isOverrulable,
    });
  }
}

function addParams(list: Statement[], params: IngressClassParamsView, ports: ListenPorts | undefined): void {
  const add = (setting: Setting, field: string, value: string | undefined, part = "", shown = value): void => {
    if (value === undefined || shown === undefined) return;
    const slot = slotOf(setting, part);
    list.push({ setting, part, slot, by: "params", field, value, shown, isOverrulable: false });
  };
  add("scheme", "spec.scheme", params.scheme);
  add("ip-address-type", "spec.ipAddressType", params.ipAddressType);
  add("load-balancer-name", "spec.loadBalancerName", filled(params.loadBalancerName));
  addSubnets(list, params.subnets);
  // They count beside the annotations, so that an Ingress can contradict its own class (model_build_load_balancer_addons.go:36-60).
  add("wafv2-acl-arn", "spec.wafv2AclArn", filled(params.wafv2AclArn));
  add("wafv2-acl-name", "spec.wafv2AclName", filled(params.wafv2AclName));
  for (const { key, value } of lastOfEach(params.tags)) add("tags", "spec.tags", value, key);
  const redirect = filled(params.sslRedirectPort);
  const port = redirect === undefined ? undefined : (integer(redirect) ?? noRedirect);
  add("ssl-redirect", "spec.sslRedirectPort", port, "", redirect);
  for (const [number, protocol] of ports ?? noPorts) {
    const part = String(number);
    addItems(list, "inbound-cidrs", "spec.inboundCIDRs", params.inboundCidrs, part);
    addItems(list, "security-group-prefix-lists", "spec.prefixListsIDs", params.prefixListIds, part);
    if (protocol === "HTTPS") add("ssl-policy", "spec.sslPolicy", filled(params.sslPolicy), part);
  }
}

/** What cannot be read as a port in the IngressClassParams means no redirect, whatever the others say (model_builder.go:515-520). */
export const noRedirect = "none";

function addSubnets(list: Statement[], selector: ParamsSubnets | undefined): void {
  if (selector === undefined) return;
  const { ids, tags } = selector;
  const byTag = tags.map(({ key, values }) => [key, values] as const).toSorted(([a], [b]) => (a < b ? -1 : 1));
  const value = `params ${JSON.stringify([ids, byTag])}`;
  const shown = ids.length > 0 ? ids.join(",") : byTag.map(([key, values]) => `${key}=${values.join("|")}`).join(",");
  const field = "spec.subnets";
  list.push({ setting: "subnets", part: "", slot: "subnets", by: "params", field, value, shown, isOverrulable: false });
}

function addItems(
  list: Statement[],
  setting: Setting,
  field: string,
  items: readonly string[] | undefined,
  part: string,
): void {
  if (items === undefined || items.length === 0) return;
  const shown = items.join(",");
  const value = setOf(items);
  list.push({ setting, part, slot: slotOf(setting, part), by: "params", field, value, shown, isOverrulable: false });
}

function lastOfEach(pairs: readonly Pair[] | undefined): readonly Pair[] {
  return (pairs ?? []).filter(({ key }, index, all) => all.findLastIndex((other) => other.key === key) === index);
}

/** What each port is given besides. Without listen-ports a certificate of the class would make it another port. */
function addPorts(list: Statement[], { namespace, name, view }: IngressObject, ports: ListenPorts | undefined): void {
  if (ports === undefined) return;
  const { annotations, defaultBackend } = view;
  const by = annotations[alb.listenPorts] === undefined ? "default" : "annotation";
  const isOverrulable = ports === httpOn80;
  const mutual = annotations[alb.mutualAuthentication];
  const mutualByPort = mutual === undefined ? undefined : parseMutualAuthentication(mutual);
  for (const [port, protocol] of ports) {
    const part = String(port);
    const add = (
      setting: Setting,
      stated: Pick<Statement, "by" | "field" | "value" | "shown">,
      within = part,
    ): void => {
      list.push({ setting, part: within, slot: slotOf(setting, within), ...stated, isOverrulable });
    };
    if (protocol !== undefined) {
      add("listen-ports", { by, field: alb.listenPorts, value: protocol, shown: protocol });
      const field = `${alb.listenerAttributes}.${protocol}-${part}`;
      const raw = annotations[field];
      for (const [key, value] of (raw === undefined ? undefined : parseMap(raw)) ?? noPairs) {
        add("listener-attributes", { by: "annotation", field, value, shown: value }, `${protocol}-${part} ${key}`);
      }
    }
    const checked = protocol === "HTTPS" ? mutualByPort?.get(port) : undefined;
    if (checked !== undefined && mutual !== undefined) {
      const { mode, trustStore, ignoresExpiry, advertisesTrustStore } = checked;
      const value = JSON.stringify([mode, trustStoreName(trustStore), ignoresExpiry, advertisesTrustStore ?? "off"]);
      add("mutual-authentication", { by: "annotation", field: alb.mutualAuthentication, value, shown: mutual });
    }
    if (defaultBackend !== undefined) {
      // One for each port, and no second one, were it the same.
      const value = `${namespace}/${name}`;
      add("default-backend", { by: "spec", field: "spec.defaultBackend", value, shown: "" });
    }
  }
}

/** A trust store is named or given by its ARN, which contains the name; the controller compares ARNs. */
function trustStoreName(trustStore: string | undefined): string | undefined {
  return /^arn:[^/]*:truststore\/([^/]+)\//.exec(trustStore ?? "")?.[1] ?? trustStore;
}

/** pkg/ingress/model_build_frontend_nlb.go. The class has no say in any of it. */
function frontendStatements(ingress: IngressObject, ports: ListenPorts | undefined): readonly Statement[] {
  const { annotations } = ingress.view;
  const list: Statement[] = [];
  const checks: Statement[] = [];
  for (const field in annotations) {
    const reader = frontendReaders.get(field);
    const shown = annotations[field];
    if (reader === undefined || shown === undefined) continue;
    const { setting, read, scope } = reader;
    // The controller compares where success codes are kept, not what they are: two members never agree (mergeHealthCheckField).
    const isApart = setting === "frontend-nlb-healthcheck-success-codes";
    const value = isApart ? `${ingress.namespace}/${ingress.name}` : read(shown);
    if (value === undefined) continue;
    const stated: Statement = {
      setting,
      part: "",
      slot: setting,
      by: "annotation",
      field,
      value,
      shown,
      isOverrulable: false,
    };
    (scope === "one" ? list : checks).push(stated);
  }
  const field = alb.frontendNlbListenerPortMapping;
  const by = annotations[field] === undefined ? "default" : "annotation";
  for (const [port, target] of frontendPorts(annotations, ports)) {
    const part = String(port);
    const value = String(target);
    const mapping = { setting: "frontend-nlb-listener-port-mapping", by, field, value, shown: value } as const;
    list.push({ ...mapping, ...place(mapping.setting, part), isOverrulable: ports === httpOn80 });
    for (const check of checks) list.push({ ...check, ...place(check.setting, part) });
  }
  return list;
}

const frontendReaders: ReadonlyMap<string, Reader> = new Map([
  [alb.frontendNlbScheme, one("frontend-nlb-scheme", asWritten)],
  [alb.frontendNlbSubnets, one("frontend-nlb-subnets", inAnyOrder)],
  [alb.frontendNlbSecurityGroups, one("frontend-nlb-security-groups", inOrder)],
  [alb.frontendNlbEipAllocations, one("frontend-nlb-eip-allocations", inAnyOrder)],
  [alb.frontendNlbAttributes, one("frontend-nlb-attributes", wholeMap)],
  [alb.frontendNlbTags, one("frontend-nlb-tags", wholeMap)],
  [alb.frontendNlbHealthcheckPort, onPorts("frontend-nlb-healthcheck-port", healthCheckPort)],
  [alb.frontendNlbHealthcheckProtocol, onPorts("frontend-nlb-healthcheck-protocol", protocolOf)],
  [alb.frontendNlbHealthcheckPath, onPorts("frontend-nlb-healthcheck-path", asWritten)],
  [alb.frontendNlbHealthcheckSuccessCodes, onPorts("frontend-nlb-healthcheck-success-codes", asWritten)],
  [alb.frontendNlbHealthcheckIntervalSeconds, onPorts("frontend-nlb-healthcheck-interval-seconds", integer)],
  [alb.frontendNlbHealthcheckTimeoutSeconds, onPorts("frontend-nlb-healthcheck-timeout-seconds", integer)],
  [
    alb.frontendNlbHealthcheckHealthyThresholdCount,
    onPorts("frontend-nlb-healthcheck-healthy-threshold-count", integer),
  ],
  [
    alb.frontendNlbHealthcheckUnhealthyThresholdCount,
    onPorts("frontend-nlb-healthcheck-unhealthy-threshold-count", integer),
  ],
]);

/**
 * The NLB's ports with the load balancer's ports behind them. An empty mapping is none. Only ports of this very Ingress can be
 * mapped, so that another member's listener is passed over.
 */
function frontendPorts(annotations: Annotations, ports: ListenPorts | undefined): ReadonlyMap<number, number> {
  const mapping = parseMap(annotations[alb.frontendNlbListenerPortMapping] ?? "");
  if (mapping === undefined || ports === undefined) return noMapping;
  if (mapping.size === 0) return new Map([...ports.keys()].map((port) => [port, port]));
  const mapped = new Map<number, number>();
  for (const [from, to] of mapping) {
    const [port, target] = [parseInteger(from, 32), parseInteger(to, 32)];
    if (port === undefined || target === undefined) return noMapping;
    if (ports.has(target)) mapped.set(port, target);
  }
  return mapped;
}

type Annotations = IngressObject["view"]["annotations"];

const noMapping: ReadonlyMap<number, number> = new Map();
const noPorts: ListenPorts = new Map();
const noPairs: ReadonlyMap<string, string> = new Map();

function place(setting: Setting, part: string): Pick<Statement, "part" | "slot"> {
  return { part, slot: slotOf(setting, part) };
}

function slotOf(setting: Setting, part: string): string {
  return part === "" ? setting : `${setting} ${part}`;
}

/** The empty text is a value like any other. */
function asWritten(raw: string): string {
  return raw;
}

function filled(raw: string | undefined): string | undefined {
  return raw === "" ? undefined : raw;
}

function isFilled(value: string | undefined): boolean {
  return value !== undefined && value !== "";
}

function flag(raw: string): string | undefined {
  return parseBool(raw)?.toString();
}

function integer(raw: string): string | undefined {
  return parseInteger(raw, 32)?.toString();
}

/** Present, a list counts, even if it names nothing. */
function inOrder(raw: string): string {
  return JSON.stringify(parseList(raw));
}

function inAnyOrder(raw: string): string {
  return JSON.stringify(parseList(raw).toSorted());
}

/** A set without items states nothing. */
function aSet(raw: string): string | undefined {
  const items = parseList(raw);
  return items.length === 0 ? undefined : setOf(items);
}

function cidrs(raw: string): string | undefined {
  const items = parseList(raw);
  return items.length > 0 && items.every(isCidr) ? setOf(items) : undefined;
}

function setOf(items: readonly string[]): string {
  return JSON.stringify([...new Set(items)].toSorted());
}

function wholeMap(raw: string): string | undefined {
  const map = parseMap(raw);
  return map && JSON.stringify([...map].toSorted(([a], [b]) => (a < b ? -1 : 1)));
}

function healthCheckPort(raw: string): string | undefined {
  return raw === "traffic-port" ? raw : integer(raw);
}

function protocolOf(raw: string): string | undefined {
  return raw === "HTTP" || raw === "HTTPS" ? raw : undefined;
}

function listOf(raw: string | undefined): readonly string[] {
  return raw === undefined ? noItems : parseList(raw);
}

const noItems: readonly string[] = [];

function hasItems(items: readonly string[] | undefined): boolean {
  return items !== undefined && items.length > 0;
}

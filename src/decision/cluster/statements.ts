import { alb } from "../../annotations/catalog.ts";
import type { ListenPorts } from "../../annotations/listen-ports.ts";
import { parseMutualAuthentication } from "../../annotations/mutual-authentication.ts";
import { parseMap } from "../../annotations/parse.ts";
import type { Served } from "./classify.ts";
import { frontendStatements } from "./frontend-statements.ts";
import type { Member } from "./group.ts";
import { httpOn80, portsIn } from "./listen-ports.ts";
import { one, onPorts, place, slotOf } from "./statement.ts";
import type { Annotations, Reader, Setting, Statement } from "./statement.ts";
import {
  aSet,
  asWritten,
  cidrs,
  filled,
  flag,
  hasItems,
  inAnyOrder,
  inOrder,
  integer,
  isFilled,
  setOf,
} from "./statement-values.ts";
import type { IngressClassParamsView, Pair, ParamsSubnets } from "./class-params.ts";
import type { IngressObject } from "./views.ts";

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
  readonly makesCertificates: Served["makesCertificates"];
  ports: { readonly known: ListenPorts | undefined } | undefined;
  statements: readonly Statement[] | undefined;
  frontend: readonly Statement[] | undefined;
}

function readingOf(ingress: IngressObject, served: Served): Reading {
  const known = ingress.reading;
  if (known !== undefined && isReadFor(known, served)) return known;
  const { params, controller, makesCertificates } = served;
  const unread = { ports: undefined, statements: undefined, frontend: undefined };
  const reading: Reading = { params, controller, makesCertificates, ...unread };
  ingress.reading = reading;
  return reading;
}

function isReadFor(reading: Reading, { params, controller, makesCertificates }: Served): boolean {
  return (
    reading.params === params && reading.controller === controller && reading.makesCertificates === makesCertificates
  );
}

function portsOf(reading: Reading, { view }: IngressObject): ListenPorts | undefined {
  return (reading.ports ??= { known: portsIn(view, reading) }).known;
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

const noPorts: ListenPorts = new Map();
const noPairs: ReadonlyMap<string, string> = new Map();

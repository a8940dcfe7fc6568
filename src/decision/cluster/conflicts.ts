import { parseMap } from "../../annotations/parse.ts";
import { alb } from "../../annotations/catalog.ts";
import type { ClusterProfile } from "../facts.ts";
import type { Member } from "./group.ts";
import { frontendStatementsOf, listenPortsOf, noRedirect, statementsOf } from "./statements.ts";
import type { Setting, Statement } from "./statement.ts";

/** A statement and who makes it. */
export interface Stated extends Statement {
  readonly member: Member;
}

/** Statements on one thing of which not all can stand: the controller builds and changes nothing of the group until they agree. */
export interface Conflict {
  readonly setting: Setting;
  readonly part: string;
  /** All that is stated, in group order; of two with the same value neither is at fault. */
  readonly stated: readonly Stated[];
  /** What makes the controller compare them at all, where it does so only sometimes. */
  readonly because: readonly Stated[];
  /** IngressClassParams of the first member, which nobody knows, may settle it. */
  readonly isOpen: boolean;
}

/** All settings on which the members of a group, given in its order, contradict each other. */
export function conflictsIn(members: readonly Member[], { featureGates }: ClusterProfile): readonly Conflict[] {
  const [first] = members;
  if (first === undefined || (members.length === 1 && !mayContradictItself(first))) return [];
  const slots = contested(members, statementsOf);
  // What an NLB in front needs is only looked at where there is one.
  const isFronted = hasFrontend(members);
  const front = isFronted ? contested(members, frontendStatementsOf) : noSlots;
  const attributes = isFronted ? frontendAttributes(members) : undefined;
  if (slots.size === 0 && front.size === 0 && attributes === undefined) return [];

  const { classification } = first;
  const build = (slot: string, read: typeof statementsOf): readonly Conflict[] => {
    const stated = members.flatMap((member) =>
      read(member)
        .filter((statement) => statement.slot === slot)
        .map((statement): Stated => ({ ...statement, member })),
    );
    const [any] = stated;
    if (any === undefined) return [];
    const { setting, part } = any;
    const because = premises(setting, part, members);
    if (because === undefined || isSettled(setting, part, members)) return [];
    if (setting === "minimum-load-balancer-capacity" && !featureGates.LBCapacityReservation) return [];
    const isOpen = !classification.paramsKnown && isSettledByFirst(setting);
    return [{ setting, part, stated, because, isOpen }];
  };
  const found = [
    ...[...slots].flatMap((slot) => build(slot, statementsOf)),
    ...[...front]
      .filter((slot) => slot !== "frontend-nlb-attributes")
      .flatMap((slot) => build(slot, frontendStatementsOf)),
    ...(attributes === undefined ? [] : [attributes]),
  ];
  return found.toSorted(bySettingAndPart);
}

/** Not by who comes first in the group. Ports by number. */
function bySettingAndPart(one: Conflict, other: Conflict): number {
  if (one.setting !== other.setting) return one.setting < other.setting ? -1 : 1;
  const difference = Number(one.part) - Number(other.part);
  return Number.isNaN(difference) ? (one.part < other.part ? -1 : 1) : difference;
}

const noSlots: ReadonlySet<string> = new Set();

/** Only the web ACL is taken from the Ingress and its class at once. */
function mayContradictItself({ classification: { params } }: Member): boolean {
  return params?.wafv2AclArn !== undefined || params?.wafv2AclName !== undefined;
}

/** The slots that two statements fill differently. */
function contested(members: readonly Member[], read: typeof statementsOf): ReadonlySet<string> {
  const values = new Map<string, string>();
  let found: Set<string> | undefined;
  for (const member of members) {
    for (const { slot, value } of read(member)) {
      const known = values.get(slot);
      if (known === undefined) values.set(slot, value);
      else if (known !== value) (found ??= new Set()).add(slot);
    }
  }
  return found ?? noSlots;
}

/** As all members that say so say it; another word than a Go boolean, or both of them, is an error before anything is built. */
export function hasFrontend(members: readonly Member[]): boolean {
  let isOn = false;
  for (const member of members) {
    if (member.ingress.view.annotations[alb.enableFrontendNlb] === undefined) continue;
    const stated = statementOf(member, "enable-frontend-nlb");
    if (stated?.value !== "true") return false;
    isOn = true;
  }
  return isOn;
}

/** The listeners of the load balancer, by port. Where members contradict each other, the first one's. */
export function sharedListeners(members: readonly Member[]): ReadonlyMap<number, "HTTP" | "HTTPS" | undefined> {
  const listeners = new Map<number, "HTTP" | "HTTPS" | undefined>();
  for (const member of members) {
    for (const [port, protocol] of listenPortsOf(member) ?? []) {
      if (!listeners.has(port)) listeners.set(port, protocol);
    }
  }
  return listeners;
}

/** What a redirect from HTTP needs and has not got. */
export interface RedirectFault {
  readonly stated: readonly Stated[];
  readonly port: number;
  readonly fault: "no listener" | "not HTTPS";
  /** The listeners of a member are not known, or IngressClassParams that are not may change them. */
  readonly isOpen: boolean;
}

/** At most one: the port to which HTTP is redirected, if the members agree on one, has to be an HTTPS listener (model_builder.go:540-549). */
export function redirectFaults(members: readonly Member[]): readonly RedirectFault[] {
  const port = redirectPort(members);
  if (port === undefined) return [];
  const listeners = sharedListeners(members);
  const isKnown = members.every((member) => listenPortsOf(member) !== undefined);
  if (!listeners.has(port) && !isKnown) return [];
  const protocol = listeners.get(port);
  if (listeners.has(port) && protocol !== "HTTP") return [];
  const stated = members.flatMap((member) => statedBy(member, "ssl-redirect"));
  // One of a class that nobody knows could have another port, or a certificate that makes it listen with HTTPS.
  const isOpen = members.some(({ classification }) => !classification.paramsKnown);
  return [{ stated, port, fault: protocol === undefined ? "no listener" : "not HTTPS", isOpen }];
}

/**
 * Whether the controller looks at what a member sends its traffic to: a listener of HTTP that redirects, as those of all members
 * do where one of them says so, has no rules (model_build_listener_rules.go, model_build_listener.go:79-83).
 */
export function sendsToBackends(member: Member, members: readonly Member[]): boolean {
  const ports = listenPortsOf(member);
  if (ports === undefined) return true;
  const isRedirected = redirectPort(members) !== undefined && redirectFaults(members).length === 0;
  return [...ports.values()].some((protocol) => protocol !== "HTTP" || !isRedirected);
}

/** undefined: none, or several. */
function redirectPort(members: readonly Member[]): number | undefined {
  let port: string | undefined;
  for (const member of members) {
    if (!mayRedirect(member)) continue;
    const value = statementOf(member, "ssl-redirect")?.value;
    if (value === noRedirect) return undefined;
    if (value === undefined) continue;
    if (port !== undefined && port !== value) return undefined;
    port = value;
  }
  return port === undefined ? undefined : Number(port);
}

/** Asked before anything is read: hardly one does. */
function mayRedirect({ ingress, classification }: Member): boolean {
  return (
    ingress.view.annotations[alb.sslRedirect] !== undefined || classification.params?.sslRedirectPort !== undefined
  );
}

/** What one member states, of a setting that has one part. */
export function statementOf(member: Member, setting: Setting): Statement | undefined {
  return statementsOf(member).find((statement) => statement.setting === setting);
}

function statedBy(member: Member, setting: Setting): readonly Stated[] {
  return statementsOf(member)
    .filter((statement) => statement.setting === setting)
    .map((statement) => ({ ...statement, member }));
}

/** What makes the controller look at a setting. [] where it always does; undefined: it does not. */
function premises(setting: Setting, part: string, members: readonly Member[]): readonly Stated[] | undefined {
  // Only read with security groups that are named (model_build_load_balancer.go:285-330).
  if (setting === "manage-backend-security-group-rules") {
    const named = members
      .flatMap((member) => statedBy(member, "security-groups"))
      .filter(({ value }) => value !== "[]");
    return named.length === 0 ? undefined : named;
  }
  // A listener of HTTP that redirects asks for no backend (model_build_listener.go:79-83).
  if (setting === "default-backend") {
    const isHttp = sharedListeners(members).get(Number(part)) === "HTTP";
    return isHttp && redirectPort(members) !== undefined && redirectFaults(members).length === 0 ? undefined : [];
  }
  // Written for the protocol that the listener has not got, they are not read.
  if (setting === "listener-attributes") {
    const { protocol, port } = listenerAttribute(part);
    return sharedListeners(members).get(port) === protocol ? [] : undefined;
  }
  return setting.startsWith("frontend-nlb-")
    ? members.flatMap((member) => statedBy(member, "enable-frontend-nlb"))
    : [];
}

/** IngressClassParams of the first member settle what annotations of any leave open. */
function isSettled(setting: Setting, part: string, members: readonly Member[]): boolean {
  const params = members[0]?.classification.params;
  if (setting === "load-balancer-attributes") {
    return params?.loadBalancerAttributes?.some(({ key }) => key === part) === true;
  }
  if (setting === "minimum-load-balancer-capacity") return params?.minimumCapacityUnits !== undefined;
  if (setting === "ipam-ipv4-pool-id") return params?.ipv4IpamPoolId !== undefined;
  if (setting === "ssl-redirect") {
    return members.some((member) => statementOf(member, "ssl-redirect")?.value === noRedirect);
  }
  return setting === "listener-attributes" && isSettledForListener(part, members);
}

/** The first of those that have this listener (model_build_listener.go:520-560). */
function isSettledForListener(part: string, members: readonly Member[]): boolean {
  const { protocol, port, key } = listenerAttribute(part);
  const owner = members.find((member) => listenPortsOf(member)?.has(port) === true);
  const listener = owner?.classification.params?.listeners?.find(
    (candidate) => candidate.protocol === protocol && candidate.port === port,
  );
  return listener?.attributes.some((attribute) => attribute.key === key) === true;
}

/** "HTTPS-443 some.attribute" */
function listenerAttribute(part: string): { readonly protocol: string; readonly port: number; readonly key: string } {
  const [protocol = "", port = "", key = ""] = /^(\w+)-(\d+) (.*)$/s.exec(part)?.slice(1) ?? [];
  return { protocol, port: Number(port), key };
}

function isSettledByFirst(setting: Setting): boolean {
  return (
    setting === "load-balancer-attributes" ||
    setting === "minimum-load-balancer-capacity" ||
    setting === "ipam-ipv4-pool-id" ||
    setting === "listener-attributes"
  );
}

/**
 * The first member that states them decides, and whoever comes after it has to state the same: silence counts as another
 * value there, but not before it.
 */
function frontendAttributes(members: readonly Member[]): Conflict | undefined {
  const setting = "frontend-nlb-attributes";
  const said = members.map((member) => ({
    member,
    statement: frontendStatementsOf(member).find((statement) => statement.setting === setting),
  }));
  if (said.some(({ member }) => isMalformed(member.ingress.view.annotations[alb.frontendNlbAttributes])))
    return undefined;
  const start = said.findIndex(({ statement }) => statement !== undefined);
  const stated = said.slice(start).map(({ member, statement }): Stated => ({ ...(statement ?? silence), member }));
  const [first] = stated;
  if (start === -1 || stated.every(({ value }) => value === first?.value)) return undefined;
  const because = members.flatMap((member) => statedBy(member, "enable-frontend-nlb"));
  return { setting, part: "", stated, because, isOpen: false };
}

const silence: Statement = {
  setting: "frontend-nlb-attributes",
  part: "",
  slot: "frontend-nlb-attributes",
  by: "default",
  field: alb.frontendNlbAttributes,
  value: "",
  shown: "",
  isOverrulable: false,
};

function isMalformed(raw: string | undefined): boolean {
  return raw !== undefined && parseMap(raw) === undefined;
}

import { alb } from "../../annotations/catalog.ts";
import type { AlbProtocol } from "../../annotations/listen-ports.ts";
import type { AddressType, ClusterProfile, Scheme, TargetType } from "../facts.ts";
import { hasFrontend, sharedListeners, statementOf } from "./conflicts.ts";
import type { AlbController } from "./classify.ts";
import type { Member } from "./group.ts";
import { frontendStatementsOf, listenPortsOf, statementsOf } from "./statements.ts";
import type { Setting, Statement } from "./statement.ts";
import type { BackendService } from "./views.ts";

/** The values of a group's load balancer. undefined: not known, or the controller refuses what its members state. */
export interface GroupValues {
  readonly scheme: Scheme | undefined;
  readonly ipAddressType: AddressType | undefined;
  /** A name that a member states; otherwise the controller makes one up. */
  readonly name: string | undefined;
  readonly securityGroups: "managed" | "named" | undefined;
  /** By port. A protocol that is not known: either one, at random. */
  readonly listeners: ReadonlyMap<number, AlbProtocol | undefined> | undefined;
  /** The scheme of the NLB in front. "none": there is no such NLB. */
  readonly frontendScheme: Scheme | "none" | undefined;
}

/** Of the members in group order. Who states nothing has no say. */
export function groupValues(members: readonly Member[], profile: ClusterProfile): GroupValues {
  return new ValuesOf(members, profile);
}

/**
 * Few decisions ask for more than scheme and address type. A class, since an object that is written with a getter has a hidden
 * class to itself, which only a full collection of garbage takes away.
 */
class ValuesOf implements GroupValues {
  readonly scheme: Scheme | undefined;
  readonly ipAddressType: AddressType | undefined;
  readonly #members: readonly Member[];
  readonly #profile: ClusterProfile;

  constructor(members: readonly Member[], profile: ClusterProfile) {
    this.scheme = schemeOf(agreed(members, "scheme"), defaultScheme(members, profile));
    this.ipAddressType = addressTypeOf(agreed(members, "ip-address-type"));
    this.#members = members;
    this.#profile = profile;
  }

  get name(): GroupValues["name"] {
    const name = agreed(this.#members, "load-balancer-name");
    return name.outcome === "stated" ? name.value : undefined;
  }

  get securityGroups(): GroupValues["securityGroups"] {
    const groups = agreed(this.#members, "security-groups");
    if (groups.outcome === "unknown") return undefined;
    return groups.outcome === "stated" && groups.value !== "[]" ? "named" : "managed";
  }

  get listeners(): GroupValues["listeners"] {
    return this.#members.every(isListeningKnown) ? sharedListeners(this.#members) : undefined;
  }

  get frontendScheme(): GroupValues["frontendScheme"] {
    return frontendScheme(this.#members, this.#profile);
  }
}

/**
 * Where the traffic of one backend goes: the class, then the Service, then the Ingress, then the controller's default
 * (model_build_target_group.go:255-272).
 */
export function targetTypeOf(
  { ingress, classification: { params, paramsKnown, controller } }: Member,
  service: Pick<BackendService, "annotations"> | undefined,
  profile: ClusterProfile,
): TargetType | undefined {
  if (!paramsKnown) return undefined;
  const value = params?.targetType ?? service?.annotations[alb.targetType] ?? ingress.view.annotations[alb.targetType];
  if (value === undefined) return defaultTargetTypeOf(controller, profile);
  return value === "ip" || value === "instance" ? value : undefined;
}

/** Where nobody states one. */
export function defaultTargetTypeOf(controller: AlbController, { defaultTargetType }: ClusterProfile): TargetType {
  return controller === "eks-auto-mode" ? "ip" : defaultTargetType;
}

/** What the members that state a setting agree on. */
export type Agreed =
  | { readonly outcome: "stated"; readonly value: string; readonly by: () => readonly Member[] }
  | { readonly outcome: "silent" }
  /** They contradict each other, or IngressClassParams that are not known may have a say. */
  | { readonly outcome: "unknown" };

/** Of a setting that has one part, and none of the NLB in front. */
export function agreed(members: readonly Member[], setting: Setting): Agreed {
  const direct = ofParams.get(setting);
  if (direct === undefined) return agreedOn(members, (member) => single(statementsOf(member), setting));
  // Not by statements, which take longer to put together: these are asked for in every decision.
  if (members.some(({ classification }) => !classification.paramsKnown)) return unknown;
  const { key, field } = direct;
  return agreedOn(
    members,
    ({ ingress, classification: { params } }) => params?.[field] ?? ingress.view.annotations[key],
  );
}

/** Settings that the class may state in place of the annotation. */
const ofParams: ReadonlyMap<
  Setting,
  { readonly key: string; readonly field: "scheme" | "ipAddressType" | "loadBalancerName" }
> = new Map([
  ["scheme", { key: alb.scheme, field: "scheme" }],
  ["ip-address-type", { key: alb.ipAddressType, field: "ipAddressType" }],
  ["load-balancer-name", { key: alb.loadBalancerName, field: "loadBalancerName" }],
]);

const unknown: Agreed = { outcome: "unknown" };
const silent: Agreed = { outcome: "silent" };

function single(statements: readonly Statement[], setting: Setting): string | undefined {
  return statements.find(({ slot }) => slot === setting)?.value;
}

function agreedOn(members: readonly Member[], read: (member: Member) => string | undefined): Agreed {
  let value: string | undefined;
  for (const member of members) {
    const stated = read(member);
    if (stated === undefined || stated === value) continue;
    if (value !== undefined) return unknown;
    value = stated;
  }
  if (value === undefined) return silent;
  const agreedValue = value;
  return {
    outcome: "stated",
    value: agreedValue,
    by: () => members.filter((member) => read(member) === agreedValue),
  };
}

/** EKS Auto Mode has no flag for it (EKS user guide, auto-configure-alb). */
function defaultScheme(members: readonly Member[], profile: ClusterProfile): Scheme {
  return members[0]?.classification.controller === "eks-auto-mode" ? "internal" : profile.defaultScheme;
}

function schemeOf(stated: Agreed, otherwise: Scheme): Scheme | undefined {
  if (stated.outcome === "silent") return otherwise;
  if (stated.outcome === "unknown") return undefined;
  return stated.value === "internal" || stated.value === "internet-facing" ? stated.value : undefined;
}

function addressTypeOf(stated: Agreed): AddressType | undefined {
  if (stated.outcome === "silent") return "ipv4";
  if (stated.outcome === "unknown") return undefined;
  const { value } = stated;
  return value === "ipv4" || value === "dualstack" || value === "dualstack-without-public-ipv4" ? value : undefined;
}

/** Without listen-ports, a certificate of the class makes it HTTPS on 443. */
function isListeningKnown(member: Member): boolean {
  const { ingress, classification } = member;
  const isWritten = ingress.view.annotations[alb.listenPorts] !== undefined;
  return listenPortsOf(member) !== undefined && (classification.paramsKnown || isWritten);
}

/** Left open, it is the controller's default, and not the scheme of the load balancer behind it (model_build_frontend_nlb.go:97-107). */
function frontendScheme(members: readonly Member[], profile: ClusterProfile): GroupValues["frontendScheme"] {
  if (!hasFrontend(members)) {
    const isRefused = members.some(
      (member) =>
        member.ingress.view.annotations[alb.enableFrontendNlb] !== undefined &&
        statementOf(member, "enable-frontend-nlb")?.value !== "false",
    );
    return isRefused ? undefined : "none";
  }
  const stated = agreedOn(members, (member) => single(frontendStatementsOf(member), "frontend-nlb-scheme"));
  return schemeOf(stated, defaultScheme(members, profile));
}

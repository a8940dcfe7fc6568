import type { IngressClassParamsView } from "./class-params.ts";
import type { IngressObject } from "./views.ts";

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

export type Annotations = IngressObject["view"]["annotations"];

/** How one annotation is read. Where a field of the IngressClassParams is set, the annotation does not count. */
export interface Reader {
  readonly setting: Setting;
  /** The value as it is compared. undefined: it states nothing, or the controller refuses it. */
  readonly read: (raw: string) => string | undefined;
  readonly isSetByClass?: (params: IngressClassParamsView) => boolean;
  /** `each`: a value for each key. `port`, `https`: for each port, or each with HTTPS. */
  readonly scope: "one" | "each" | "port" | "https";
}

export function one(
  setting: Setting,
  read: Reader["read"],
  isSetByClass?: (params: IngressClassParamsView) => boolean,
): Reader {
  return { setting, read, scope: "one", ...(isSetByClass === undefined ? {} : { isSetByClass }) };
}

export function onPorts(setting: Setting, read: Reader["read"]): Reader {
  return { setting, read, scope: "port" };
}

export function place(setting: Setting, part: string): Pick<Statement, "part" | "slot"> {
  return { part, slot: slotOf(setting, part) };
}

export function slotOf(setting: Setting, part: string): string {
  return part === "" ? setting : `${setting} ${part}`;
}

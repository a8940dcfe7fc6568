/** One annotation that the AWS Load Balancer Controller reads, and how it reads the value. */
export interface AnnotationEntry {
  /** The full key. Of a family: what its keys start with, final dot included. */
  readonly key: string;
  /**
   * `prefix`: a family of keys, each for one port or name of the object (`actions.web`). The controller reads those members
   * whose port or name is in use, so a caller that reports on one has to look whether it is.
   */
  readonly form: "exact" | "prefix";
  readonly readOn: readonly [AnnotatedObject, ...AnnotatedObject[]];
  readonly value: ValueType;
  /** Where the reading is decided: a file of the controller's repository with its lines, or a page of documentation. */
  readonly source: string;
  /**
   * Whether the controller parses it at all, on this object; left out: always. `member` is what stands behind the dot of a
   * family's key. Where the object cannot tell, it says no, so that nothing is refused which might never be read.
   */
  readonly readWhen?: (reading: Reading, member: string) => boolean;
  /** Of an Ingress, or of a Service behind it: for what it is read. Left out: for the load balancer, always. */
  readonly readFor?: Purpose | undefined;
  /** EKS Auto Mode does not read it (EKS user guide, auto-configure-nlb and auto-configure-alb): what to use instead. */
  readonly autoModeTakes?: string;
  /** Values outside the type for which a rule of its own has a better explanation. */
  readonly reservedValues?: readonly string[];
  /** A value of another form is no fault of the object: the controller passes over it, or somebody else reports it. */
  readonly lenient?: true;
}

/**
 * What has to come about for an annotation of an Ingress to be parsed at all. A Service says its own word on a target group
 * first (model_build_target_group.go:164).
 */
export type Purpose =
  /** A target group whose Service does not say it. */
  | "target"
  /** The same, of instance targets. */
  | "instance-target"
  /** Any target group, whatever its Service says. */
  | "each-target"
  /** The target group of a Service and port: `SERVICE.PORT` behind the dot. */
  | "target-of-port"
  /** A backend. Where it is one Service, that says it first. */
  | "authentication"
  /** A backend on HTTPS. */
  | "token-validation"
  /** A backend by its name. */
  | "backend"
  /** A backend by its name, which takes its action from here. */
  | "action"
  /** A path that the controller may take for a pattern. */
  | "path"
  /** A listener: `PROTOCOL-PORT` behind the dot. */
  | "listener"
  /** The listener to which others redirect. */
  | "redirect"
  /** Security groups that are named. */
  | "named-security-groups"
  /** A load balancer with a capacity of its own. */
  | "capacity"
  /** The NLB in front, or a listener of it. */
  | "frontend"
  | "frontend-listener";

/** What the reading of an annotation may depend on, on a Service. Of an Ingress, see `readFor`. */
export interface Reading {
  readonly annotations: Readonly<Record<string, string>>;
  readonly targetType: string | undefined;
  readonly securityGroups: SecurityGroups | undefined;
  readonly listeners: () => readonly ReadListener[];
  readonly isGateOn: (gate: "LBCapacityReservation" | "NLBHealthCheckAdvancedConfig") => boolean;
}

/** The security groups of an NLB: made by the controller, named by the author, or none at all. */
export type SecurityGroups = "managed" | "named" | "none";

interface ReadListener {
  readonly port: number;
  /** As AWS spells it: TCP, UDP, TLS, TCP_UDP, QUIC, TCP_QUIC. */
  readonly protocol: string;
}

/** `Service`: one of type LoadBalancer, for its own load balancer. `BackendService`: one that an Ingress routes to. */
export type AnnotatedObject = "Service" | "Ingress" | "BackendService";

/** `ignoreCase`: the controller compares in upper case. */
export type ValueType =
  | { readonly type: "string" }
  | { readonly type: "enum"; readonly values: readonly [string, ...string[]]; readonly ignoreCase?: true }
  | { readonly type: "bool" }
  | {
      readonly type: "int";
      readonly bits: 32 | 64;
      readonly min?: number;
      readonly max?: number;
      /** What may stand in place of a number. */
      readonly word?: string;
    }
  | { readonly type: "list"; readonly item: ListItem }
  /** `ports`: of port numbers. */
  | { readonly type: "map"; readonly of?: "ports" }
  | ({ readonly type: "json" } & Partial<JsonShape>);

/** What a JSON text has to be beyond that. */
export interface JsonShape {
  /** What the controller does not accept in it, as a clause; undefined: nothing. */
  readonly faultOf: (value: unknown, raw: string) => string | undefined;
  /** What to write, as a sentence. */
  readonly remedy: string;
}

type ListItem = "string" | "int" | "cidr" | "ipv4" | "ipv6";

export const string: ValueType = { type: "string" };
export const bool: ValueType = { type: "bool" };
export const int32: ValueType = { type: "int", bits: 32 };
export const int64: ValueType = { type: "int", bits: 64 };
export const map: ValueType = { type: "map" };

export function jsonOf(shape: JsonShape): ValueType {
  return { type: "json", ...shape };
}

export function listOf(item: ListItem): ValueType {
  return { type: "list", item };
}

export function oneOf(...values: readonly [string, ...string[]]): ValueType {
  return { type: "enum", values };
}

/** The keys of the annotations with such a value, for a rule's `onlyWith`. */
export function keysOf(
  entries: readonly AnnotationEntry[],
  hasValue: (value: ValueType) => boolean,
): readonly [string, ...string[]] {
  const [first, ...others] = entries.filter(({ value }) => hasValue(value)).map(({ key }) => key);
  if (first === undefined) throw new Error("no annotation has such a value");
  return [first, ...others];
}

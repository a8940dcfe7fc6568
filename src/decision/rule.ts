import type { BackendTarget } from "./cluster/backends.ts";
import type { Classification } from "./cluster/classify.ts";
import type { GroupState } from "./cluster/group-state.ts";
import type { BackendService } from "./cluster/views.ts";
import type { Controller } from "./controller.ts";
import type { AlbClass, Facts, TargetType } from "./facts.ts";
import type { IngressInForce, ServiceInForce } from "./in-force.ts";
import type { Listener } from "./listeners.ts";
import type { ReadAnnotation } from "./reading.ts";
import type { IngressView, Kind, Operation, Phase, ServiceView } from "./subject.ts";
import type { Resolution } from "../policy/resolve.ts";

export { isBefore } from "./facts.ts";

export type Severity = "deny" | "warn";

/** Why a rule may refuse: no rule exists for any other reason. */
export type Basis =
  /** The controller itself rejects the object. */
  | "controller"
  /** AWS refuses it, or the load balancer silently does not work. */
  | "aws"
  /** The author wrote an intent that nobody would carry out. */
  | "ignored-intent"
  /** The namespace's policy. */
  | "policy"
  /** The update would replace, orphan or block a load balancer. */
  | "update-hazard";

/** What a rule reports on its own subject. */
export interface Problem {
  /** The field path in full: metadata.annotations[KEY], spec.ipFamilies, … */
  readonly field: string;
  /** What is wrong, without a final period; quotes the value. */
  readonly message: string;
  /** What to do, as one sentence, where the rule's general remediation does not fit this case. */
  readonly remedy?: string;
  /** What makes it the same fault after an update, where field and message also carry what may change without harm. */
  readonly identity?: string;
  /** Where it differs from the rule's own severity. */
  readonly severity?: Severity;
}

export interface Finding {
  readonly rule: string;
  readonly severity: Severity;
  readonly field: string;
  readonly message: string;
  readonly remedy: string;
  readonly confirmable: boolean;
  /** Whose behaviour it speaks of, in which version, and where to read it; undefined where the policy alone decides. */
  readonly source: string | undefined;
  /** Why a finding of severity deny does not refuse the request, or undefined where it does. */
  readonly excused: Excuse | undefined;
}

export type Excuse =
  /** The stored object has the same fault: an update is judged by what it introduces. */
  | "existing"
  /** The update adds dualstack.dev/confirm for this rule. */
  | "confirmed"
  /** The namespace's policy has mode Warn. */
  | "shadow";

interface Context {
  readonly operation: Operation;
  readonly phase: Phase;
  readonly namespace: string;
  readonly facts: Facts;
  readonly policy: Resolution;
  /** In the validating phase: what the mutating webhook would still inject into this object, as policy fields and values. */
  readonly missing: readonly MissingValue[];
}

export interface MissingValue {
  readonly field: string;
  readonly value: string;
}

export interface ServiceState {
  readonly service: ServiceView;
  readonly controller: Controller;
  /** What the controller in charge makes of annotations, fields and its own defaults. */
  readonly inForce: ServiceInForce;
  /** What each port comes to; of the AWS controllers only. */
  readonly listeners: () => readonly Listener[];
  /** The annotations that the controller in charge parses. */
  readonly read: () => readonly ReadAnnotation[];
}

export interface ServiceContext extends Context, ServiceState {
  /** On an update, the stored object. Its load balancer exists where `provisioned`. */
  readonly old: (ServiceState & { readonly provisioned: boolean }) | undefined;
}

export interface IngressState {
  readonly ingress: IngressView;
  /** Who serves it, and by which class. */
  readonly classification: Classification;
  /** undefined: no ALB's Ingress. */
  readonly albClass: AlbClass | undefined;
  /** Its IngressGroup as it is with it, as far as the cluster is known. undefined: it belongs to none. */
  readonly group: () => GroupState | undefined;
  /** Of the group's load balancer, IngressClassParams included. */
  readonly inForce: IngressInForce;
  /** The Services that it sends to. */
  readonly backends: () => readonly Backend[];
  /** The annotations that the controller parses. Where there may be IngressClassParams that are not known, they may win over some. */
  readonly read: () => readonly ReadAnnotation[];
}

/** A port of a Service that an Ingress sends to. */
export interface Backend {
  readonly target: BackendTarget;
  /** undefined: not known, or not there. */
  readonly service: BackendService | undefined;
  /** It is known not to be there. */
  readonly isMissing: boolean;
  readonly targetType: TargetType | undefined;
}

export interface IngressContext extends Context, IngressState {
  readonly old: (IngressState & { readonly provisioned: boolean }) | undefined;
}

export interface Rule {
  /** API: in messages, policies, metrics and confirmations. Never renamed. */
  readonly id: string;
  readonly kinds: readonly [Kind, ...Kind[]];
  readonly severity: Severity;
  readonly basis: Basis;
  /** One sentence: what must hold. */
  readonly summary: string;
  /** One sentence: what to do. */
  readonly remediation: string;
  /** The page or code that makes it true. */
  readonly source: string;
  /** Where it does not hold for every version: which ones, as "AWS Load Balancer Controller 3.5" or an AWS date. */
  readonly versions?: string;
  /** The update may go through with dualstack.dev/confirm: <id>. */
  readonly confirmable?: true;
  /** Whether an injection that would cause this finding is left out. Default: the severity is deny. */
  readonly blocksInjection?: boolean;
  /** The rule compares with the stored object: it is not asked about others. */
  readonly updatesOnly?: true;
  /**
   * The rule has nothing to say of an object without any of these annotations (of an update: without any on the stored one
   * either), and is not asked. A key that ends with a dot stands for its family.
   */
  readonly onlyWith?: readonly [string, ...string[]];
  /** Whether the check reads spec.ipFamilies, which the API server may have yet to allocate. */
  readonly readsFamilies?: true;
  /** One or both of the following, as `kinds` has it. [] means satisfied. */
  readonly service?: (context: ServiceContext) => readonly Problem[];
  readonly ingress?: (context: IngressContext) => readonly Problem[];
}

export const defineRule = <const R extends Rule>(rule: R): R => rule;

/** The two controllers that build NLBs from our annotations; the in-tree one reads hardly any of them. */
export function buildsNlb({ name }: Controller): boolean {
  return name === "aws-load-balancer-controller" || name === "eks-auto-mode";
}

/** EKS Auto Mode is closed source: what the AWS controller rejects will likely fail there too, but nobody can say for certain. */
export function asFarAsKnown({ name }: Controller): { readonly severity?: "warn" } {
  return name === "eks-auto-mode" ? { severity: "warn" } : {};
}

/** The path of an annotation in messages and findings. */
export const annotationField = (key: string): string => `metadata.annotations[${key}]`;

/** A user's value as messages show it: quoted, without control characters, cut where it is long. */
export function quote(value: string): string {
  const shown = value.length > longestShown ? `${value.slice(0, longestShown)}…` : value;
  return JSON.stringify(shown.toWellFormed());
}

/** A whole warning should stay near 120 characters (the API server cuts them at 256 when there are many). */
const longestShown = 60;

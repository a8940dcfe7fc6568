import type { BackendTarget } from "./cluster/backends.ts";
import type { AlbController, Classification } from "./cluster/classify.ts";
import type { GroupState } from "./cluster/group-state.ts";
import type { BackendService, BindingView } from "./cluster/views.ts";
import type { Controller } from "./controller.ts";
import type { AddressType, AlbClass, Facts, TargetType } from "./facts.ts";
import type { IngressInForce, ServiceInForce } from "./in-force.ts";
import type { Listener } from "./listeners.ts";
import type { ReadAnnotation } from "./reading.ts";
import type { IngressView, Kind, Operation, Phase, ServiceView } from "./subject.ts";
import type { Resolution } from "../policy/resolve.ts";

export {
  albValues,
  customerOwnedPool,
  ipamPool,
  isFronted,
  namesSecurityGroups,
  ownField,
  restrictedListeners,
  soleField,
  statesFrontendScheme,
  whoStates,
} from "./cluster/alb-values.ts";
export { authenticationField } from "./cluster/authentication.ts";
export {
  asFarAsKnownOf,
  backendProblems,
  ipTargetFault,
  ipTargetProblems,
  readRoutes,
  targetTypeBy,
  targetTypeField,
} from "./cluster/backend-report.ts";
export { ingressSettings } from "./bounded-ingress.ts";
export { serviceSettings } from "./bounded-service.ts";
export type { BoundedSetting } from "./bounded-setting.ts";
export { othersProblems } from "./cluster/group-others.ts";
export { groupProblems, redirectProblems } from "./cluster/group-report.ts";
export { ipv6LostToOthers } from "./cluster/ipv4-only.ts";
export { isBefore } from "./facts.ts";
export { annotationField, quote } from "../text/quoting.ts";
export { boundFamily, findPort, hasNodePort } from "./service-ports.ts";
export { useProblems } from "./use-problems.ts";

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

export interface BindingState {
  readonly binding: BindingView;
  /** Who registers targets for it. */
  readonly controller: { readonly name: AlbController };
  /** The Service that it refers to. undefined: not known, or not there. */
  readonly service: BackendService | undefined;
  /** The Service is known not to be there. */
  readonly isServiceMissing: boolean;
}

/** Of a TargetGroupBinding that no controller made for itself. In the validating phase only. */
export interface BindingContext extends Context, BindingState {
  readonly old: BindingState | undefined;
}

/** What sends traffic to a Service, each by its name. */
export interface ServiceUsers {
  readonly ingresses: readonly IngressUse[];
  /** TargetGroupBindings, less those that a controller made for an Ingress, a Service or a Gateway. */
  readonly bindings: readonly BindingView[];
}

/** An Ingress that a controller of ALBs serves, as it uses a Service. */
export interface IngressUse {
  readonly name: string;
  readonly controller: { readonly name: AlbController };
  /** The ports of the Service that it sends to, by name or number. */
  readonly ports: readonly (number | string)[];
  /** Its ALB exists, or may be being built. */
  readonly isProvisioned: boolean;
  /** With the Service that the context is about. undefined: not known, or none that the controller takes. */
  readonly targetType: TargetType | undefined;
  /** IngressClassParams set the target type, whatever the Service says. undefined: not known. */
  readonly hasTargetTypeByParams: boolean | undefined;
  /** Of the load balancer of its group. undefined: not known. */
  readonly ipAddressType: () => AddressType | undefined;
  /** Whether the controller builds anything for the Services behind it. */
  readonly isRead: () => "read" | "perhaps" | "unread";
}

/** Of an update of a Service, of whatever type, that others send traffic to. In the validating phase only. */
export interface BackendContext extends Context, ServiceUsers {
  readonly service: ServiceView;
  /** undefined: it is the stored Service itself that is judged. */
  readonly old: ServiceView | undefined;
}

export type Feature =
  /** spec.loadBalancerClass is not set, so that the in-tree controller may be in charge. */
  | "no-class"
  /** A port that is not TCP. */
  | "not-tcp"
  /** Two ports of one number. */
  | "port-twice"
  /** spec.loadBalancerSourceRanges. */
  | "source-ranges"
  /** spec.allocateLoadBalancerNodePorts is false. */
  | "no-node-ports"
  /** The API server has filled in its defaults: the validating phase. */
  | "defaulted"
  /** The namespace has the label dualstack.dev/inject. */
  | "scope-label"
  /** The namespace picks a policy by label. */
  | "picked-policy"
  /** The object arrived without a value that the policy injects. */
  | "missing-values"
  /** The cluster profile does not say that all subnets have IPv6. */
  | "subnets-without-ipv6"
  /** The cluster profile has an overlay network. */
  | "overlay-network"
  /** The cluster profile is Gardener's. */
  | "gardener"
  /** The controller's feature gate EnableIPTargetType is off. */
  | "no-ip-targets"
  /** The controller's feature gate NLBSecurityGroup is off. */
  | "no-nlb-security-groups";

/** Of annotations. One that ends with a dot, a dash or a slash stands for its family. */
export type Keys = readonly [string, ...string[]];

/** The checks that a rule may have, each for one kind of context. */
export type CheckName = "service" | "ingress" | "binding" | "backend";

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
  /** The page or code that makes it true: one for all of its kinds, or one for each. */
  readonly source: string | Readonly<Partial<Record<Kind, string>>>;
  /** Where it does not hold for every version: which ones, as "AWS Load Balancer Controller 3.5" or an AWS date. */
  readonly versions?: string;
  /** The update may go through with dualstack.dev/confirm: <id>. */
  readonly confirmable?: true;
  /** Whether an injection that would cause this finding is left out. Default: the severity is deny. */
  readonly blocksInjection?: boolean;
  /** The rule compares with the stored object: it is not asked about others. */
  readonly updatesOnly?: true;
  /**
   * The rule, or one of its checks, has nothing to say of an object without any of these annotations (of an update: without any
   * on the stored one either), and is not asked.
   */
  readonly onlyWith?: Keys | Readonly<Partial<Record<CheckName, Keys>>>;
  /** The same of a Service and what is known of its surroundings: without any of these, and of those annotations, `service` is not asked. */
  readonly onlyFor?: readonly [Feature, ...Feature[]];
  /** Whether the check reads spec.ipFamilies, which the API server may have yet to allocate. */
  readonly readsFamilies?: true;
  /** One or several of the following, as `kinds` has it; `backend` is of Services, too. [] means satisfied. */
  readonly service?: (context: ServiceContext) => readonly Problem[];
  readonly ingress?: (context: IngressContext) => readonly Problem[];
  readonly binding?: (context: BindingContext) => readonly Problem[];
  readonly backend?: (context: BackendContext) => readonly Problem[];
}

export const defineRule = <const R extends Rule>(rule: R): R => rule;

/** Where to read what makes a rule true of an object of this kind. */
export function sourceOf({ source }: Pick<Rule, "source">, kind: Kind): string | undefined {
  return typeof source === "string" ? source : source[kind];
}

/** The two controllers that build NLBs from our annotations; the in-tree one reads hardly any of them. */
export function buildsNlb({ name }: Controller): boolean {
  return name === "aws-load-balancer-controller" || name === "eks-auto-mode";
}

/** EKS Auto Mode is closed source: what the AWS controller rejects will likely fail there too, but nobody can say for certain. */
export function asFarAsKnown({ name }: Pick<Controller, "name">): { readonly severity?: "warn" } {
  return name === "eks-auto-mode" ? { severity: "warn" } : {};
}

import { alb, catalogEntry, nlb } from "../annotations/catalog.ts";
import { parseBool, parseMap } from "../annotations/parse.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext, ServiceState } from "../decision/rule.ts";

export const valueNotAllowedByPolicy = defineRule({
  id: "value-not-allowed-by-policy",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "policy",
  summary: "Each setting in force must be among the values that the policy of the namespace allows, written or not.",
  remediation: "Use a value that the policy allows.",
  source: "LoadBalancerPolicy, spec.service and spec.ingress: allowed",
  service(context) {
    if (context.service.type !== "LoadBalancer") return [];
    const before = context.old === undefined ? [] : serviceSettings(context.old, context);
    return serviceSettings(context, context).flatMap((setting, index) =>
      judged(atOldField(setting, before[index]), context),
    );
  },
  ingress(context) {
    if (context.albClass === undefined) return [];
    const settings = ingressSettings(context).flatMap((setting) => judged(setting, context));
    return [...settings, ...groupName(context)];
  },
});

interface Setting {
  readonly allowed: readonly string[] | undefined;
  readonly value: InForce;
  readonly field: string;
  readonly remedy?: string | undefined;
  /** What makes it the same fault after an update, whoever states the value. */
  readonly identity?: string;
  /** Where the value comes from, or what it is of. */
  readonly subject?: string;
  /** It is stated in another namespace. */
  readonly isHidden?: boolean;
}

/** `unknown`: somebody else may decide it. `invalid`: what the author wrote is no value, which another rule reports. */
type InForce = { readonly is: string } | "unknown" | "invalid";

function serviceSettings(state: ServiceState, context: ServiceContext): readonly Setting[] {
  const { controller, inForce } = state;
  const bounds = context.policy.policy?.spec.service;
  if (bounds === undefined) return [];
  const { scheme: byScheme, ipAddressType, targetType, proxyProtocol } = bounds;
  const bounded = [bounds.loadBalancerClass, byScheme, ipAddressType, targetType, proxyProtocol];
  if (bounded.every((setting) => setting?.allowed === undefined)) return [];
  const loadBalancerClass = { allowed: bounds.loadBalancerClass?.allowed, ...classInForce(state, context) };
  if (controller.name === "other" || controller.name === "nobody") return [loadBalancerClass];

  const { annotations } = state.service;
  const inTree = controller.name === "cloud-controller-manager";
  const scheme = schemeKey(state);
  const ports = inForce.proxyProtocolPorts;
  return [
    loadBalancerClass,
    {
      allowed: bounds.scheme?.allowed,
      value: valueOr(scheme in annotations ? "invalid" : "unknown", inForce.scheme),
      field: annotationField(scheme),
      remedy: inTree ? inTreeSchemeRemedy : undefined,
    },
    {
      allowed: bounds.ipAddressType?.allowed,
      value: valueOr("invalid", inForce.ipAddressType),
      field: annotationField(nlb.ipAddressType),
      remedy: inTree ? inTreeRemedy : undefined,
    },
    {
      allowed: bounds.targetType?.allowed,
      value: valueOr("invalid", inForce.targetType),
      field: annotationField(annotations[nlb.type] === "nlb-ip" ? nlb.type : nlb.targetType),
      remedy: inTree ? inTreeRemedy : undefined,
    },
    {
      allowed: bounds.proxyProtocol?.allowed,
      value: valueOr("invalid", ports && (ports.length > 0 ? "On" : "Off")),
      field: annotationField(proxyProtocolKey(state)),
    },
  ];
}

const inTreeRemedy = "The in-tree controller builds nothing else: create the Service with a load balancer class.";
const inTreeSchemeRemedy =
  'The in-tree controller reads this alone: "true" is internal, and without it the scheme is internet-facing.';

function valueOr(otherwise: "unknown" | "invalid", value: string | undefined): InForce {
  return value === undefined ? otherwise : { is: value };
}

/** A value that stays in force is no new fault where an update merely says it by another annotation, or by none. */
function atOldField(setting: Setting, before: Setting | undefined): Setting {
  if (before === undefined || typeof setting.value === "string" || typeof before.value === "string") return setting;
  return setting.value.is === before.value.is ? { ...setting, field: before.field } : setting;
}

/** A Service that the type annotation hands to the AWS controller counts as one of its class. "" is none. */
function classInForce(
  { service, controller }: ServiceState,
  { facts }: ServiceContext,
): Pick<Setting, "value" | "field"> {
  const byType = controller.chosenBy === "type-annotation" && controller.name !== "cloud-controller-manager";
  if (byType) return { value: { is: facts.profile.loadBalancerClass }, field: annotationField(nlb.type) };
  return { value: { is: service.loadBalancerClass ?? "" }, field: "spec.loadBalancerClass" };
}

function schemeKey({ service: { annotations }, controller }: ServiceState): string {
  if (controller.name === "cloud-controller-manager") return nlb.internal;
  const readsInternal = controller.name === "aws-load-balancer-controller" && !(nlb.scheme in annotations);
  return readsInternal && nlb.internal in annotations ? nlb.internal : nlb.scheme;
}

/** The annotation that decides, else the one that would. An in-tree NLB and Auto Mode read the target group's attribute only. */
function proxyProtocolKey({ service: { annotations, ports }, controller }: ServiceState): string {
  const perPort = ports.map(({ port }) => `${nlb.targetGroupAttributes}.${port}`);
  const attributes = [...perPort, nlb.targetGroupAttributes].find(
    (key) => parseMap(annotations[key] ?? "")?.has("proxy_protocol_v2.enabled") === true,
  );
  if (controller.name === "cloud-controller-manager" && annotations[nlb.type] !== "nlb") return nlb.proxyProtocol;
  if (controller.name !== "aws-load-balancer-controller") return attributes ?? nlb.targetGroupAttributes;
  const keys = [nlb.proxyProtocol, nlb.proxyProtocolPerTargetGroup];
  return keys.find((key) => key in annotations) ?? attributes ?? nlb.proxyProtocol;
}

function ingressSettings(context: IngressContext): readonly Setting[] {
  const bounds = context.policy.policy?.spec.ingress;
  if (bounds === undefined) return [];
  const { scheme, ipAddressType, targetType } = bounds;
  return [
    ...sharedSetting({ key: alb.scheme, field: "scheme", allowed: scheme?.allowed }, context),
    ...frontendScheme(scheme?.allowed, context),
    ...sharedSetting({ key: alb.ipAddressType, field: "ipAddressType", allowed: ipAddressType?.allowed }, context),
    ...targetTypes(targetType?.allowed, context),
  ];
}

interface Bounded {
  readonly key: string;
  readonly field: "scheme" | "ipAddressType";
  readonly allowed: Setting["allowed"];
}

/** A setting of the load balancer, on which the class and each member of the group may have a word. */
function sharedSetting({ key, field, allowed }: Bounded, context: IngressContext): readonly Setting[] {
  if (allowed === undefined) return [];
  const { ingress, inForce, group } = context;
  const setting = { allowed, field: annotationField(key) };
  // Even where other members are not known: they agree with it, or nothing is built.
  const ofParams = paramsOf(context)?.[field];
  if (ofParams !== undefined) return [byClass(allowed, ofParams, context, key)];
  const state = group();
  if (state?.isKnown() !== true) {
    const value = writtenInForce(ingress, key, allowed, !isClassKnown(context));
    return [{ ...setting, value, remedy: sharedRemedy }];
  }
  const value = inForce[field];
  const isWritten = ingress.annotations[key] !== undefined;
  if (value === undefined) {
    // Nothing is built until they agree, and that may be on what is written here.
    return isWritten ? [{ ...setting, value: writtenInForce(ingress, key, allowed, true) }].map(certain) : [];
  }
  if (isWritten || state.others() === undefined) {
    return [{ ...setting, value: { is: value }, identity: `${key} ${value}` }];
  }
  return [byGroup(allowed, value, state, context, key)];
}

/** What may yet be overruled by others is no fault while they contradict each other. */
function certain(setting: Setting): Setting {
  return setting.value === "unknown" ? { ...setting, value: "invalid" } : setting;
}

/** The NLB in front has a scheme of its own: left open, it is the controller's default (model_build_frontend_nlb.go:97-107). */
function frontendScheme(allowed: Setting["allowed"], context: IngressContext): readonly Setting[] {
  if (allowed === undefined) return [];
  const { ingress, group } = context;
  const { annotations } = ingress;
  const key = alb.frontendNlbScheme;
  const isOwn = annotations[alb.enableFrontendNlb] !== undefined;
  const field = annotationField(isOwn && annotations[key] === undefined ? alb.enableFrontendNlb : key);
  const remedy = `Set ${key} to a scheme that the policy allows, or do without the NLB in front.`;
  const state = group();
  if (state?.isKnown() !== true) {
    if (parseBool(annotations[alb.enableFrontendNlb] ?? "") !== true) return [];
    return [{ allowed, field, remedy, value: writtenInForce(ingress, key, allowed, false) }];
  }
  const value = state.values().frontendScheme;
  if (value === undefined || value === "none") return [];
  if (isOwn || annotations[key] !== undefined) {
    return [{ allowed, field, remedy, value: { is: value }, identity: `${key} ${value}`, subject: frontend }];
  }
  return [{ ...byGroup(allowed, value, state, context, key), subject: frontend }];
}

const frontend = " for the NLB in front of the load balancer";

/** That of each backend: the class, the Service and the Ingress may state it, in this order. */
function targetTypes(allowed: Setting["allowed"], context: IngressContext): readonly Setting[] {
  if (allowed === undefined) return [];
  const { ingress, classification, facts, backends } = context;
  const key = alb.targetType;
  const ofParams = paramsOf(context)?.targetType;
  if (ofParams !== undefined) return [byClass(allowed, ofParams, context, key)];
  const field = annotationField(key);
  if (!isClassKnown(context)) {
    return [{ allowed, field, value: writtenInForce(ingress, key, allowed, true), remedy: sharedRemedy }];
  }
  const stated = backends().flatMap(({ target, service }) => {
    const value = service?.annotations[key];
    return value === undefined ? [] : [{ name: target.service, value }];
  });
  const byService = stated.map(({ name, value }): Setting => {
    const of = `of the Service ${quote(name)}`;
    return {
      allowed,
      field,
      value: isValue(key, value) ? { is: value } : "invalid",
      identity: `${key} ${value} ${name}`,
      subject: ` by the annotation ${of}`,
      remedy: `Change the annotation target-type ${of}, which goes before that of the Ingress.`,
    };
  });
  const isEachStated = backends().length > 0 && stated.length === backends().length;
  if (isEachStated) return byService;
  const isAutoMode = classification.outcome === "served" && classification.controller === "eks-auto-mode";
  const own = ingress.annotations[key] ?? (isAutoMode ? "ip" : facts.profile.defaultTargetType);
  const value: InForce = isValue(key, own) ? { is: own } : "invalid";
  return [{ allowed, field, value, identity: `${key} ${own}` }, ...byService];
}

type Group = NonNullable<ReturnType<IngressContext["group"]>>;
type Params = Extract<IngressContext["classification"], { readonly outcome: "served" }>["params"];

function paramsOf({ classification }: IngressContext): Params {
  return classification.outcome === "served" ? classification.params : undefined;
}

function isClassKnown({ classification }: IngressContext): boolean {
  return classification.outcome === "served" && classification.paramsKnown;
}

function byClass(allowed: readonly string[], value: string, context: IngressContext, key: string): Setting {
  return {
    allowed,
    value: { is: value },
    field: classField,
    identity: `${key} ${value}`,
    subject: ` by the IngressClassParams ${quote(paramsOf(context)?.name ?? "")}`,
    remedy: "Choose an IngressClass whose IngressClassParams the policy allows.",
  };
}

const classField = "spec.ingressClassName";

/** What others state is shown to those who may see them: an attempt must not be a look around. */
function byGroup(
  allowed: readonly string[],
  value: string,
  state: Group,
  context: IngressContext,
  key: string,
): Setting {
  const { namespace, facts } = context;
  const isByAnnotation = paramsOf(context)?.groupName === undefined;
  const isShown =
    facts.install.showOtherNamespaces === true ||
    state.members.every((member) => member.ingress.namespace === namespace);
  return {
    allowed,
    value: { is: value },
    isHidden: !isShown,
    field: isByAnnotation ? annotationField(alb.groupName) : classField,
    identity: `${key} ${value}`,
    subject: ` on the load balancer of the IngressGroup ${quote(state.id.name)}`,
    remedy: sharedRemedy,
  };
}

const sharedRemedy =
  "Use a value that the policy allows, and see that IngressClassParams and the other Ingresses of the group agree.";

/**
 * What is written counts, although others may have a say: they overrule it, so that it is ignored, or agree with it, or the
 * controller rejects the group. Only a value within the bounds may still be overruled by one outside them.
 */
function writtenInForce(
  { annotations }: IngressContext["ingress"],
  key: string,
  allowed: readonly string[],
  mayBeOverruled: boolean,
): InForce {
  const written = annotations[key];
  if (written === undefined) return "unknown";
  if (!isValue(key, written)) return "invalid";
  return mayBeOverruled && allowed.includes(written) ? "unknown" : { is: written };
}

function isValue(key: string, value: string): boolean {
  const type = catalogEntry(key, "Ingress")?.value;
  return type?.type === "enum" && type.values.includes(value);
}

function judged(setting: Setting, context: Context): readonly Problem[] {
  const { allowed, value, field, remedy, identity, subject = "", isHidden = false } = setting;
  if (allowed === undefined || value === "invalid") return [];
  const advice = remedy === undefined ? {} : { remedy };
  if (value === "unknown") {
    const message = `which value will be in force${subject} is not known here, and ${bound(allowed, context)}`;
    return [{ field, message, severity: "warn", ...advice }];
  }
  if (allowed.includes(value.is)) return [];
  const what = isHidden ? "another value" : quote(value.is);
  const fault = value.is === "" ? "no class is set" : `${what} would be in force${subject}`;
  const message = `${fault}, and ${bound(allowed, context)}`;
  return [{ field, message, ...advice, ...(identity === undefined ? {} : { identity }) }];
}

/** Joining a group is what the Ingress, or its class, does; without one, it keeps a load balancer of its own. */
function groupName(context: IngressContext): readonly Problem[] {
  const allowed = context.policy.policy?.spec.ingress.groupName?.allowed;
  if (allowed === undefined) return [];
  const group = context.group();
  const name = group === undefined ? context.ingress.annotations[alb.groupName] : nameOf(group);
  if (name === undefined || allowed.some((pattern) => matches(pattern, name))) return [];
  const message = `joins the IngressGroup ${quote(name)}, and ${bound(allowed, context)}`;
  const identity = `${alb.groupName} ${name}`;
  if (paramsOf(context)?.groupName !== undefined) {
    const remedy = "Choose an IngressClass whose IngressClassParams name no group, or one that the policy allows.";
    return [{ field: classField, message, remedy, identity }];
  }
  const remedy = "Join a group that the policy allows, or delete the annotation.";
  return [{ field: annotationField(alb.groupName), message, remedy, identity }];
}

function nameOf({ id }: Group): string | undefined {
  return id.kind === "explicit" ? id.name : undefined;
}

type Context = ServiceContext | IngressContext;

function bound(allowed: readonly string[], { policy: { policy } }: Context): string {
  return `policy ${policy?.metadata.name ?? ""} allows only ${allowed.toSorted().map(quote).join(", ")}`;
}

/** `*` stands for any characters. No regular expression: several of them take a long name quadratic time and worse. */
function matches(pattern: string, name: string): boolean {
  const [start = "", ...rest] = pattern.split("*");
  const end = rest.pop();
  if (end === undefined) return name === pattern;
  if (!name.startsWith(start)) return false;
  let at = start.length;
  for (const part of rest) {
    const found = name.indexOf(part, at);
    if (found === -1) return false;
    at = found + part.length;
  }
  return at + end.length <= name.length && name.endsWith(end);
}

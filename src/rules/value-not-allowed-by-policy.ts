import { alb, catalogEntry, nlb } from "../annotations/catalog.ts";
import { parseMap } from "../annotations/parse.ts";
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
  const { ingress, albClass, inForce, facts } = context;
  const bounds = context.policy.policy?.spec.ingress;
  if (bounds === undefined) return [];
  const params = albClass?.hasParams !== false;
  const shared = params || alb.groupName in ingress.annotations;
  const setting = (key: string, allowed: Setting["allowed"], value: string | undefined, unsure: boolean): Setting => ({
    allowed,
    value: unsure ? writtenInForce(ingress, key, allowed ?? [], params) : valueOr("invalid", value),
    field: annotationField(key),
    remedy: unsure ? sharedRemedy : undefined,
  });
  const targetType = ingress.annotations[alb.targetType] ?? facts.profile.defaultTargetType;
  return [
    setting(alb.scheme, bounds.scheme?.allowed, inForce.scheme, shared),
    setting(alb.ipAddressType, bounds.ipAddressType?.allowed, inForce.ipAddressType, shared),
    setting(
      alb.targetType,
      bounds.targetType?.allowed,
      isValue(alb.targetType, targetType) ? targetType : undefined,
      params,
    ),
  ];
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

function judged({ allowed, value, field, remedy }: Setting, context: Context): readonly Problem[] {
  if (allowed === undefined || value === "invalid") return [];
  if (value === "unknown") {
    const message = `which value will be in force is not known here, and ${bound(allowed, context)}`;
    return [{ field, message, severity: "warn", ...(remedy === undefined ? {} : { remedy }) }];
  }
  if (allowed.includes(value.is)) return [];
  const what = value.is === "" ? "no class is set" : `${quote(value.is)} would be in force`;
  return [{ field, message: `${what}, and ${bound(allowed, context)}`, ...(remedy === undefined ? {} : { remedy }) }];
}

/** Joining a group is what the author does; without one, the Ingress keeps a load balancer of its own. */
function groupName(context: IngressContext): readonly Problem[] {
  const allowed = context.policy.policy?.spec.ingress.groupName?.allowed;
  const name = context.ingress.annotations[alb.groupName];
  if (allowed === undefined || name === undefined || allowed.some((pattern) => matches(pattern, name))) return [];
  const message = `joins the IngressGroup ${quote(name)}, and ${bound(allowed, context)}`;
  const remedy = "Join a group that the policy allows, or delete the annotation.";
  return [{ field: annotationField(alb.groupName), message, remedy }];
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

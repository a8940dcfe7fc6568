import { alb, catalogEntry } from "../annotations/catalog.ts";
import { parseBool } from "../annotations/parse.ts";
import { annotationField, quote } from "../text/quoting.ts";
import type { BoundedSetting, InForceValue } from "./bounded-setting.ts";
import { defaultTargetTypeOf } from "./cluster/values.ts";
import type { GroupState } from "./cluster/group-state.ts";
import type { IngressContext } from "./rule.ts";

/** Those of the load balancer that the Ingress shares, of the NLB in front of it, and of its target groups. */
export function ingressSettings(context: IngressContext): readonly BoundedSetting[] {
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
  readonly allowed: BoundedSetting["allowed"];
}

/** A setting of the load balancer, on which the class and each member of the group may have a word. */
function sharedSetting({ key, field, allowed }: Bounded, context: IngressContext): readonly BoundedSetting[] {
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
function certain(setting: BoundedSetting): BoundedSetting {
  return setting.value === "unknown" ? { ...setting, value: "invalid" } : setting;
}

/** The NLB in front has a scheme of its own: left open, it is the controller's default (model_build_frontend_nlb.go:97-107). */
function frontendScheme(allowed: BoundedSetting["allowed"], context: IngressContext): readonly BoundedSetting[] {
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
function targetTypes(allowed: BoundedSetting["allowed"], context: IngressContext): readonly BoundedSetting[] {
  if (allowed === undefined) return [];
  const { ingress, classification, facts, backends } = context;
  const key = alb.targetType;
  const ofParams = paramsOf(context)?.targetType;
  if (ofParams !== undefined) return [byClass(allowed, ofParams, context, key)];
  const field = annotationField(key);
  if (classification.outcome !== "served" || !classification.paramsKnown) {
    return [{ allowed, field, value: writtenInForce(ingress, key, allowed, true), remedy: sharedRemedy }];
  }
  const stated = backends().flatMap(({ target, service }) => {
    const value = service?.annotations[key];
    return value === undefined ? [] : [{ name: target.service, value }];
  });
  const byService = stated.map(({ name, value }): BoundedSetting => {
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
  const own = ingress.annotations[key] ?? defaultTargetTypeOf(classification.controller, facts.profile);
  const value: InForceValue = isValue(key, own) ? { is: own } : "invalid";
  return [{ allowed, field, value, identity: `${key} ${own}` }, ...byService];
}

type Params = Extract<IngressContext["classification"], { readonly outcome: "served" }>["params"];

function paramsOf({ classification }: IngressContext): Params {
  return classification.outcome === "served" ? classification.params : undefined;
}

function isClassKnown({ classification }: IngressContext): boolean {
  return classification.outcome === "served" && classification.paramsKnown;
}

function byClass(allowed: readonly string[], value: string, context: IngressContext, key: string): BoundedSetting {
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
  state: GroupState,
  context: IngressContext,
  key: string,
): BoundedSetting {
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
): InForceValue {
  const written = annotations[key];
  if (written === undefined) return "unknown";
  if (!isValue(key, written)) return "invalid";
  return mayBeOverruled && allowed.includes(written) ? "unknown" : { is: written };
}

function isValue(key: string, value: string): boolean {
  const type = catalogEntry(key, "Ingress")?.value;
  return type?.type === "enum" && type.values.includes(value);
}

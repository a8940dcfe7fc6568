import { alb } from "../annotations/catalog.ts";
import { annotationField, defineRule, ingressSettings, quote, serviceSettings } from "../decision/rule.ts";
import type { BoundedSetting, IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

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

/** A value that stays in force is no new fault where an update merely says it by another annotation, or by none. */
function atOldField(setting: BoundedSetting, before: BoundedSetting | undefined): BoundedSetting {
  if (before === undefined || typeof setting.value === "string" || typeof before.value === "string") return setting;
  return setting.value.is === before.value.is ? { ...setting, field: before.field } : setting;
}

function judged(setting: BoundedSetting, context: Context): readonly Problem[] {
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
  if (group?.own.classification.params?.groupName !== undefined) {
    const remedy = "Choose an IngressClass whose IngressClassParams name no group, or one that the policy allows.";
    return [{ field: "spec.ingressClassName", message, remedy, identity }];
  }
  const remedy = "Join a group that the policy allows, or delete the annotation.";
  return [{ field: annotationField(alb.groupName), message, remedy, identity }];
}

function nameOf({ id }: NonNullable<ReturnType<IngressContext["group"]>>): string | undefined {
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

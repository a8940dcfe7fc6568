import { alb } from "./alb.ts";
import { nlb } from "./nlb.ts";
import { parseBool, parseMap } from "./parse.ts";

/**
 * The AWS controller deletes nothing of a Service that is no longer its own while this annotation forbids it, or cannot be
 * read: it fails before any clean-up, again and again (pkg/service/model_builder.go:246-258).
 */
export function forbidsDeletion(annotations: Readonly<Record<string, string>>): boolean {
  const raw = annotations[nlb.attributes];
  if (raw === undefined) return false;
  const attributes = parseMap(raw);
  if (attributes === undefined) return true;
  const value = attributes.get("deletion_protection.enabled");
  return value !== undefined && parseBool(value) !== false;
}

/** An ALB that nobody is to delete, as its Ingress says. The controller does so all the same where it replaces or no longer needs it. */
export function wantsToStay(annotations: Readonly<Record<string, string>>): boolean {
  const attributes = parseMap(annotations[alb.loadBalancerAttributes] ?? "");
  return parseBool(attributes?.get("deletion_protection.enabled") ?? "") === true;
}

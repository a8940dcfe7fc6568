import { catalog, nlb } from "../annotations/catalog.ts";
import { keysOf, mayGoUnread } from "../annotations/entry.ts";
import { parseJson } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const invalidJson = defineRule({
  id: "invalid-json",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "An annotation for JSON has a text that parses, and an action of an NLB is a forward action.",
  remediation: "Write valid JSON, with double quotes around names and texts, or delete the annotation.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_listener.go:214-229",
  onlyWith: keysOf(catalog, ({ type }) => type === "json"),
  service,
  ingress,
});

function service({ read, controller }: ServiceContext): readonly Problem[] {
  return read().flatMap(({ key, value, entry }): readonly Problem[] => {
    if (entry.value.type !== "json") return [];
    const json = parseJson(value);
    const fault = json === undefined ? { message: notJson(value) } : actionFault(key, json.value);
    return fault === undefined ? [] : [{ field: annotationField(key), ...fault, ...asFarAsKnown(controller) }];
  });
}

function ingress({ read }: IngressContext): readonly Problem[] {
  return read().flatMap(({ key, value, entry }): readonly Problem[] => {
    if (entry.value.type !== "json" || parseJson(value) !== undefined) return [];
    const problem = { field: annotationField(key), message: notJson(value) };
    return [mayGoUnread(entry) ? { ...problem, severity: "warn" } : problem];
  });
}

function notJson(value: string): string {
  return `${quote(value)} is not JSON`;
}

function actionFault(key: string, value: unknown): Pick<Problem, "message" | "remedy"> | undefined {
  const fault = key.startsWith(`${nlb.actions}.`) ? faultOf(value) : undefined;
  return fault === undefined ? undefined : { message: `the action cannot be used: ${fault}`, remedy: remedyOfAction };
}

const remedyOfAction =
  'Write an object with the type "forward" and a forwardConfig that lists targetGroups, or delete the annotation.';

/** What the controller's own types and checks refuse for certain (pkg/service/config_types.go); without forwardConfig it crashes. */
function faultOf(action: unknown): string | undefined {
  if (!isObject(action)) return "it is not an object";
  if (member(action, "type") !== "forward") return 'its type is not "forward"';
  const config = member(action, "forwardConfig");
  if (!isObject(config)) return "it has no forwardConfig";
  const misfit = misfitOf(config, configFields);
  if (misfit !== undefined) return misfit;
  const targets = member(config, "targetGroups") ?? [];
  if (!Array.isArray(targets)) return "targetGroups is not a list";
  const faulty: readonly (string | undefined)[] = targets.map((target: unknown) =>
    targetFault(isObject(target) ? target : {}, targets.length),
  );
  return faulty.find((fault) => fault !== undefined);
}

function targetFault(target: object, count: number): string | undefined {
  const misfit = misfitOf(target, targetFields);
  if (misfit !== undefined) return misfit;
  const weight = member(target, "weight");
  const isService = member(target, "serviceName") !== undefined;
  if (isService === (member(target, "targetGroupARN") !== undefined)) {
    return "each target group needs either a serviceName or a targetGroupARN";
  }
  if (isService && member(target, "servicePort") === undefined) return "a serviceName needs a servicePort";
  if (weight === undefined) return count > 1 ? "each of several target groups needs a weight" : undefined;
  return isWeight(weight) ? undefined : "a weight is not an integer from 0 to 999";
}

function isWeight(value: unknown): boolean {
  return isInteger(value) && value >= 0 && value <= 999;
}

interface Field {
  readonly name: string;
  readonly fits: (value: unknown) => boolean;
  readonly type: string;
}

const configFields: readonly Field[] = [
  { name: "baseServiceWeight", fits: isInt32, type: "an integer" },
  { name: "targetGroupStickinessConfig", fits: isStickiness, type: "an object whose enabled is true or false" },
];

const targetFields: readonly Field[] = [
  { name: "targetGroupARN", fits: isString, type: "a text" },
  { name: "serviceName", fits: isString, type: "a text" },
  { name: "servicePort", fits: (value) => isString(value) || isInt32(value), type: "a name or an integer" },
  { name: "decrypt", fits: isBoolean, type: "true or false" },
];

/** Go's decoder refuses the whole text for one value of another type. */
function misfitOf(object: object, fields: readonly Field[]): string | undefined {
  const found = fields.find(({ name, fits }) => {
    const value = member(object, name);
    return value !== undefined && !fits(value);
  });
  return found === undefined ? undefined : `${found.name} is not ${found.type}`;
}

function isStickiness(value: unknown): boolean {
  if (!isObject(value)) return false;
  const enabled = member(value, "enabled");
  return enabled === undefined || isBoolean(enabled);
}

function isInt32(value: unknown): boolean {
  return isInteger(value) && value >= -(2 ** 31) && value < 2 ** 31;
}

function isInteger(value: unknown): value is number {
  return typeof value === "number" && Number.isInteger(value);
}

function isString(value: unknown): boolean {
  return typeof value === "string";
}

function isBoolean(value: unknown): boolean {
  return typeof value === "boolean";
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** As Go's decoder has it: names are equal in any case, of several the last counts, and null is nothing. */
function member(object: object, name: string): unknown {
  const found: unknown = Object.entries(object).findLast(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];
  return found ?? undefined;
}

import type { JsonShape } from "./entry.ts";
import {
  firstOf,
  flag,
  integer,
  isInteger,
  isObject,
  member,
  misfitOf,
  nameOrInteger,
  objectOf,
  text,
} from "./json-shape.ts";

/** What the controller's own types and checks refuse for certain (pkg/service/config_types.go); without forwardConfig it crashes. */
export const nlbAction: JsonShape = {
  faultOf: actionFault,
  remedy:
    'Write an object with the type "forward" and a forwardConfig that lists targetGroups, or delete the annotation.',
};

function actionFault(action: unknown): string | undefined {
  if (!isObject(action)) return "it is not an object";
  if (member(action, "type") !== "forward") return 'its type is not "forward"';
  const config = member(action, "forwardConfig");
  if (!isObject(config)) return "it has no forwardConfig";
  const misfit = misfitOf(config, configFields);
  if (misfit !== undefined) return misfit;
  const targets = member(config, "targetGroups") ?? [];
  if (!Array.isArray(targets)) return "targetGroups is not a list";
  const items: readonly unknown[] = targets;
  return firstOf(items, (target) => targetFault(isObject(target) ? target : {}, items.length));
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

const configFields = [integer("baseServiceWeight"), objectOf("targetGroupStickinessConfig", flag("enabled"))];

const targetFields = [text("targetGroupARN"), text("serviceName"), nameOrInteger("servicePort"), flag("decrypt")];

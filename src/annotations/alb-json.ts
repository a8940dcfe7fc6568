import type { JsonShape } from "./entry.ts";
import {
  firstOf,
  flag,
  integer,
  isObject,
  member,
  misfitOf,
  nameOrInteger,
  objectOf,
  objectsIn,
  objectsOf,
  text,
  texts,
  textsByName,
} from "./json-shape.ts";
import type { Field } from "./json-shape.ts";

/** What the controller accepts in the JSON of an Ingress' annotations (pkg/ingress/config_types.go). */

export const albAction: JsonShape = {
  faultOf: actionFault,
  remedy:
    'Write an object with the type "forward", "redirect" or "fixed-response" and what it needs, or delete the annotation.',
};

export const albConditions: JsonShape = {
  faultOf: (value) => listFault(value, conditionFields, conditionFault),
  remedy: "Write a list of objects with a field and the config of that field, with values, or delete the annotation.",
};

export const albTransforms: JsonShape = {
  faultOf: (value) => listFault(value, transformFields, transformFault),
  remedy:
    'Write a list of objects with the type "url-rewrite" or "host-header-rewrite" and the rewrites, or delete the annotation.',
};

export const cognitoProvider: JsonShape = provider(
  text("userPoolARN"),
  text("userPoolClientID"),
  text("userPoolDomain"),
);

export const oidcProvider: JsonShape = provider(
  text("issuer"),
  text("authorizationEndpoint"),
  text("tokenEndpoint"),
  text("userInfoEndpoint"),
  text("secretName"),
);

export const tokenValidation: JsonShape = {
  faultOf: (value) =>
    objectFault(value, [
      text("jwksEndpoint"),
      text("issuer"),
      objectsOf("additionalClaims", text("format"), text("name"), texts("values")),
    ]),
  remedy: "Write an object with a jwksEndpoint and an issuer, or delete the annotation.",
};

/** How many target groups an action forwards to, be they Services' or not. */
export function forwardCount(action: unknown): number {
  if (!isObject(action) || member(action, "type") !== "forward") return 0;
  if (hasGroup(action)) return 1;
  const config = member(action, "forwardConfig");
  return isObject(config) ? (objectsIn(member(config, "targetGroups"))?.length ?? 0) : 0;
}

/** What a condition compares with: plain values, or patterns. */
export interface ConditionValues {
  readonly field: "host-header" | "path-pattern";
  readonly hasValues: boolean;
  readonly hasPatterns: boolean;
}

/** Of the conditions that are compared with host and path of a rule, too; [] where the controller refuses them. */
export function conditionValuesIn(value: unknown): readonly ConditionValues[] {
  if (albConditions.faultOf(value, "") !== undefined) return [];
  return (objectsIn(value ?? []) ?? []).flatMap((condition): readonly ConditionValues[] => {
    const field = member(condition, "field");
    if (field !== "host-header" && field !== "path-pattern") return [];
    const config = member(condition, field === "host-header" ? "hostHeaderConfig" : "pathPatternConfig") ?? {};
    if (!isObject(config)) return [];
    const [values, patterns] = [listOf(config, "values"), listOf(config, "regexValues")];
    return [{ field, hasValues: values.length > 0, hasPatterns: patterns.length > 0 }];
  });
}

function provider(...fields: readonly Field[]): JsonShape {
  const all = [...fields, textsByName("authenticationRequestExtraParams")];
  return {
    faultOf: (value) => objectFault(value, all),
    remedy: `Write an object with ${fields.map(({ name }) => name).join(", ")}, each a text, or delete the annotation.`,
  };
}

function objectFault(value: unknown, fields: readonly Field[]): string | undefined {
  const object = value ?? {};
  return isObject(object) ? misfitOf(object, fields) : "it is not an object";
}

function listFault(
  value: unknown,
  fields: readonly Field[],
  itemFault: (item: object) => string | undefined,
): string | undefined {
  const items = objectsIn(value ?? []);
  if (items === undefined) return "it is not a list of objects";
  return firstOf(items, (item) => misfitOf(item, fields)) ?? firstOf(items, itemFault);
}

function actionFault(action: unknown): string | undefined {
  const misfit = objectFault(action, actionFields);
  if (misfit !== undefined) return misfit;
  const object = isObject(action) ? action : {};
  switch (member(object, "type")) {
    case "fixed-response":
      return responseFault(object, "fixedResponseConfig");
    case "redirect":
      return responseFault(object, "redirectConfig");
    case "forward":
      return forwardFault(object);
    default:
      return 'its type is not "forward", "redirect" or "fixed-response"';
  }
}

function responseFault(action: object, name: string): string | undefined {
  const config = member(action, name);
  if (!isObject(config)) return `it has no ${name}`;
  return (member(config, "statusCode") ?? "") === "" ? `${name} has no statusCode` : undefined;
}

function forwardFault(action: object): string | undefined {
  const config = member(action, "forwardConfig");
  if (!isObject(config)) return hasGroup(action) ? undefined : "it has no forwardConfig, and names no target group";
  if (hasGroup(action)) return "it names a target group beside its forwardConfig";
  const targets = objectsIn(member(config, "targetGroups")) ?? [];
  return firstOf(targets, (target) => targetFault(target, targets.length));
}

function targetFault(target: object, count: number): string | undefined {
  const isService = member(target, "serviceName") !== undefined;
  if (isService === hasGroup(target)) {
    return "each target group needs either a serviceName or a targetGroupARN or targetGroupName";
  }
  if (isService && member(target, "servicePort") === undefined) return "a serviceName needs a servicePort";
  return count > 1 && member(target, "weight") === undefined
    ? "each of several target groups needs a weight"
    : undefined;
}

function hasGroup(object: object): boolean {
  return member(object, "targetGroupARN") !== undefined || member(object, "targetGroupName") !== undefined;
}

const actionFields = [
  text("type"),
  text("targetGroupARN"),
  text("targetGroupName"),
  objectOf("fixedResponseConfig", text("contentType"), text("messageBody"), text("statusCode")),
  objectOf(
    "redirectConfig",
    text("host"),
    text("path"),
    text("port"),
    text("protocol"),
    text("query"),
    text("statusCode"),
  ),
  objectOf(
    "forwardConfig",
    objectsOf(
      "targetGroups",
      text("targetGroupARN"),
      text("targetGroupName"),
      text("serviceName"),
      nameOrInteger("servicePort"),
      integer("weight"),
    ),
    objectOf("targetGroupStickinessConfig", flag("enabled"), integer("durationSeconds")),
  ),
];

/** A field that the controller does not know passes. */
function conditionFault(condition: object): string | undefined {
  const field = member(condition, "field");
  const kind = conditionKinds.find((each) => each.field === field);
  if (kind === undefined) return undefined;
  const config = member(condition, kind.config);
  if (!isObject(config)) return `the condition ${kind.field} has no ${kind.config}`;
  const values = listOf(config, "values");
  const patterns = kind.hasPatterns ? listOf(config, "regexValues") : [];
  if (values.length === 0 && patterns.length === 0) return `${kind.config} has no values`;
  if (values.length > 0 && patterns.length > 0) return `${kind.config} has both values and regexValues`;
  if (kind.field !== "query-string") return undefined;
  const isEmpty = (objectsIn(values) ?? []).some((pair) => (member(pair, "value") ?? "") === "");
  return isEmpty ? `${kind.config} has a pair without a value` : undefined;
}

function listOf(config: object, name: string): readonly unknown[] {
  const list = member(config, name);
  return Array.isArray(list) ? list : [];
}

const conditionKinds = [
  { field: "host-header", config: "hostHeaderConfig", hasPatterns: true },
  { field: "path-pattern", config: "pathPatternConfig", hasPatterns: true },
  { field: "http-header", config: "httpHeaderConfig", hasPatterns: true },
  { field: "http-request-method", config: "httpRequestMethodConfig", hasPatterns: false },
  { field: "query-string", config: "queryStringConfig", hasPatterns: false },
  { field: "source-ip", config: "sourceIPConfig", hasPatterns: false },
] as const;

const conditionFields = [
  text("field"),
  objectOf("hostHeaderConfig", texts("values"), texts("regexValues")),
  objectOf("pathPatternConfig", texts("values"), texts("regexValues")),
  objectOf("httpHeaderConfig", text("httpHeaderName"), texts("values"), texts("regexValues")),
  objectOf("httpRequestMethodConfig", texts("values")),
  objectOf("queryStringConfig", objectsOf("values", text("key"), text("value"))),
  objectOf("sourceIPConfig", texts("values")),
];

function transformFault(transform: object): string | undefined {
  const type = member(transform, "type");
  const name =
    type === "url-rewrite"
      ? "urlRewriteConfig"
      : type === "host-header-rewrite"
        ? "hostHeaderRewriteConfig"
        : undefined;
  if (name === undefined) return 'a type is not "url-rewrite" or "host-header-rewrite"';
  const config = member(transform, name);
  if (!isObject(config)) return `it has no ${name}`;
  return listOf(config, "rewrites").length === 0 ? `${name} has no rewrites` : undefined;
}

const rewrites = objectsOf("rewrites", text("regex"), text("replace"));

const transformFields = [
  text("type"),
  objectOf("urlRewriteConfig", rewrites),
  objectOf("hostHeaderRewriteConfig", rewrites),
];

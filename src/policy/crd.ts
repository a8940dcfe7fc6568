import * as z from "zod";
import { crdKeywords } from "./check.ts";
import { LoadBalancerPolicy, policyApiVersion, policyKind } from "./schema.ts";
import { acceptedCondition, PolicyStatus } from "./status.ts";

/** The names that the API server has for the resource. */
const policyResource = { group: "dualstack.dev", version: "v1alpha1", plural: "loadbalancerpolicies" } as const;

/** The CustomResourceDefinition, which says of the resource whatever our schema says and the API server can judge. */
export function policyCrd(): object {
  const { group, version, plural } = policyResource;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.${group}`, labels: { "app.kubernetes.io/name": "dualstack-webhook" } },
    spec: {
      group,
      scope: "Cluster",
      names: {
        plural,
        singular: policyKind.toLowerCase(),
        kind: policyKind,
        listKind: `${policyKind}List`,
        shortNames: ["lbpolicy"],
      },
      versions: [
        {
          name: version,
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns,
          schema: { openAPIV3Schema: objectSchema() },
        },
      ],
    },
  };
}

const accepted = `.status.conditions[?(@.type=="${acceptedCondition}")]`;

/** Those of priority 1 are for `kubectl get -o wide`. */
const columns = [
  { name: "Mode", type: "string", jsonPath: ".spec.mode" },
  { name: "Priority", type: "integer", jsonPath: ".spec.priority" },
  { name: "Selectable", type: "boolean", jsonPath: ".spec.selectable" },
  { name: "Accepted", type: "string", jsonPath: `${accepted}.status` },
  { name: "Reason", type: "string", jsonPath: `${accepted}.reason`, priority: 1 },
  { name: "Description", type: "string", jsonPath: ".spec.description", priority: 1 },
  { name: "Age", type: "date", jsonPath: ".metadata.creationTimestamp" },
];

function objectSchema(): Fields {
  const { description, properties } = jsonSchema(LoadBalancerPolicy);
  return {
    description,
    type: "object",
    required: ["spec"],
    properties: {
      apiVersion: { type: "string", description: `${policyApiVersion}.` },
      kind: { type: "string", description: `${policyKind}.` },
      // The API server has rules of its own for names, which are ours too.
      metadata: { type: "object" },
      spec: structural(fields(properties)["spec"], "spec"),
      status: structural(jsonSchema(PolicyStatus), "status"),
    },
  };
}

function jsonSchema(schema: z.ZodType): Fields {
  return fields(
    z.toJSONSchema(schema, {
      io: "input",
      override: ({ zodSchema, jsonSchema: written }) => {
        Object.assign(written, crdKeywords.get(zodSchema));
      },
    }),
  );
}

/** The same as a structural schema. Throws where it would say less: a new keyword has to be given a meaning here first. */
function structural(schema: unknown, path: string): Fields {
  const written = fields(schema);
  const result: Record<string, unknown> = {};
  for (const [keyword, value] of Object.entries(written)) Object.assign(result, translated(keyword, value, path));
  if (written["type"] === "integer")
    Object.assign(result, { format: written["maximum"] === int32Max ? "int32" : "int64" });
  if (written["type"] === "array") result["x-kubernetes-list-type"] ??= "atomic";
  // The API server has its own idea of each format.
  if (written["format"] !== undefined) delete result["pattern"];
  return result;
}

const int32Max = 2 ** 31 - 1;

function translated(keyword: string, value: unknown, path: string): Fields {
  switch (keyword) {
    case "type":
    case "description":
    case "enum":
    case "required":
    case "pattern":
    case "format":
    case "maxLength":
    case "minLength":
    case "minItems":
    case "maxItems":
    case "minProperties":
    case "maxProperties":
    case "minimum":
    case "nullable":
      return { [keyword]: value };
    case "x-kubernetes-validations":
    case "x-kubernetes-list-type":
    case "x-kubernetes-list-map-keys":
    case "x-kubernetes-map-type":
      return { [keyword]: value };
    case "$schema":
    // Of keys no structural schema can say what they are like: that is left to the webhook.
    case "propertyNames":
      return {};
    case "default":
      // An empty object as a default says nothing, and would stand in every stored policy.
      return typeof value === "object" ? {} : { default: value };
    case "maximum":
      // Of our own numbers, not of Kubernetes'.
      return value === Number.MAX_SAFE_INTEGER ? {} : { maximum: value };
    case "properties":
      if (Object.keys(fields(value)).length === 0) return {};
      return {
        properties: Object.fromEntries(
          Object.entries(fields(value)).map(([name, property]) => [name, structural(property, `${path}.${name}`)]),
        ),
      };
    case "items":
      return { items: structural(value, `${path}[]`) };
    case "additionalProperties":
      // What is not among the properties of a structural schema is unknown anyway.
      if (value === false) return {};
      if (Object.keys(fields(value)).length === 0) return { "x-kubernetes-preserve-unknown-fields": true };
      return { additionalProperties: structural(value, `${path}.*`) };
    default:
      throw new Error(`${path}: a CustomResourceDefinition has no ${keyword}`);
  }
}

type Fields = Readonly<Record<string, unknown>>;

function fields(value: unknown): Fields {
  return typeof value === "object" && value !== null ? Object.fromEntries(Object.entries(value)) : {};
}

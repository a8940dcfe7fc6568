import { describe, expect, it } from "vitest";
import { policyCrd } from "../../src/policy/crd.ts";
import { policyJsonSchema } from "../../src/policy/schema.ts";
import { at, list } from "../deploy/render.ts";

const schema = at(policyCrd(), "spec", "versions", 0, "schema", "openAPIV3Schema");

type Fields = Readonly<Record<string, unknown>>;

interface Part {
  readonly path: string;
  readonly schema: Fields;
}

/** Every schema within, by its path: spec.service, spec.rules.*, spec.ingress.scheme.allowed[]. */
function parts(within: unknown, path: string): readonly Part[] {
  const fields = within as Fields;
  const below = (value: unknown, step: string): readonly Part[] =>
    typeof value === "object" ? parts(value, `${path}${step}`) : [];
  return [
    { path, schema: fields },
    ...Object.entries((fields["properties"] ?? {}) as Fields).flatMap(([name, value]) =>
      below(value, path === "" ? name : `.${name}`),
    ),
    ...below(fields["items"], "[]"),
    ...below(fields["additionalProperties"], ".*"),
  ];
}

const all = parts(schema, "");
const ofSpec = all.filter(({ path }) => path.startsWith("spec"));

describe("the schema", () => {
  it("has the fields that the schema for editors has, and each with the same description", () => {
    const { properties } = policyJsonSchema();
    const described = ({ path, schema: { description } }: Part) => [path, description] as const;
    expect(new Map(ofSpec.map(described))).toEqual(new Map(parts(properties?.["spec"], "spec").map(described)));
  });

  it("says of every field what it is", () => {
    const fields = all.filter(({ path }) => /^(?:spec|status)\b/.test(path) && !/(?:\[\]|\.\*)$/.test(path));
    expect(fields.filter(({ schema: { description } }) => typeof description !== "string")).toEqual([]);
  });

  it("has a default where a policy that does not say has one, and nowhere else", () => {
    const defaults = ofSpec.filter(({ schema: { default: value } }) => value !== undefined);
    expect(Object.fromEntries(defaults.map(({ path, schema: { default: value } }) => [path, value]))).toEqual({
      "spec.priority": 0,
      "spec.selectable": false,
      "spec.overridable": true,
      "spec.mode": "Enforce",
      "spec.existing": "Preserve",
    });
  });

  it("bounds every list and map, so that the API server knows what judging it may cost", () => {
    const unbounded = ofSpec.filter(
      ({ schema: { type, maxItems, additionalProperties, maxProperties } }) =>
        (type === "array" && maxItems === undefined) ||
        (additionalProperties !== undefined && maxProperties === undefined),
    );
    expect(unbounded).toEqual([]);
  });

  it("leaves the keys of rules open: an id that this version does not know must not be invalid", () => {
    const rules = ofSpec.find(({ path }) => path === "spec.rules");
    expect(rules?.schema).not.toHaveProperty("x-kubernetes-validations");
    expect(rules?.schema).not.toHaveProperty("properties");
  });

  it("keeps a spec that is in force whole, whatever a later schema says of it", () => {
    const inForce = all.find(({ path }) => path === "status.inForce.spec");
    expect(inForce?.schema).toMatchObject({ type: "object", "x-kubernetes-preserve-unknown-fields": true });
  });

  it("has rules that stand where what they are about stands, so that what an update leaves alone is not judged again", () => {
    const places = all.filter(({ schema: part }) => "x-kubernetes-validations" in part).map(({ path }) => path);
    expect(places).not.toContain("");
    expect(places).not.toContain("spec");
    expect(places).toContain("spec.service");
    expect(places).toContain("spec.ingress.groupName.allowed");
  });

  it("has no word in its rules that needs a newer API server than we do", () => {
    for (const { rule } of all.flatMap(({ schema: part }) => (part["x-kubernetes-validations"] ?? []) as Fields[])) {
      expect(rule).not.toMatch(/optionalOldSelf|format\.|\bip\(|cidr\(|quantity\(|\.\?/);
    }
  });
});

it("the short name, the columns and the status are there", () => {
  expect(at(policyCrd(), "spec", "names", "shortNames")).toEqual(["lbpolicy"]);
  expect(at(policyCrd(), "spec", "versions", 0, "subresources")).toEqual({ status: {} });
  const columns = list(policyCrd(), "spec", "versions", 0, "additionalPrinterColumns");
  expect(columns.map((column) => at(column, "name"))).toEqual([
    "Mode",
    "Priority",
    "Selectable",
    "Accepted",
    "Reason",
    "Description",
    "Age",
  ]);
});

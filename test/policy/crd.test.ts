import { describe, expect, it } from "vitest";
import { policyCrd } from "../../src/policy/crd.ts";
import { policyJsonSchema } from "../../src/policy/schema.ts";
import { badPolicies } from "./bad-policies.ts";
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

describe("the rules in CEL", () => {
  interface Rule {
    readonly path: string;
    readonly message?: string;
    readonly messageExpression?: string;
    readonly fieldPath?: string;
  }
  const celRules: readonly Rule[] = all.flatMap(({ path, schema: part }) =>
    ((part["x-kubernetes-validations"] ?? []) as Omit<Rule, "path">[]).map((rule) => ({ ...rule, path })),
  );
  /** The fixed words of a message, in order. */
  const wordsOf = ({ message, messageExpression = "" }: Rule): readonly string[] => {
    if (message !== undefined) return [message];
    const withoutPatterns = messageExpression.replaceAll(/matches\("(?:[^"\\]|\\.)*"\)/g, "matches()");
    const literals = withoutPatterns.match(/"(?:[^"\\]|\\.)*"/g) ?? [];
    return literals.map((literal) => String(JSON.parse(literal)).trim());
  };
  const says = (rule: Rule, text: string): boolean => {
    const fixed = wordsOf(rule);
    return fixed.length > 0 && fixed.every((each) => text.includes(each)) && text.endsWith(fixed.at(-1) ?? "");
  };
  const claimed = badPolicies.filter(({ by }) => by === "cel");

  it.each(claimed)("say of $what what we say, of the same field", ({ field, message }) => {
    const place = field.replaceAll(/\[\d+\]/g, "[]");
    const owners = celRules.filter((rule) => says(rule, message)).map(({ path, fieldPath = "" }) => path + fieldPath);
    // What stands in a list or a map is a matter of the whole of it.
    expect(
      owners.some((owner) => place === owner || place.startsWith(`${owner}[`) || place.startsWith(`${owner}.`)),
    ).toBe(true);
  });

  it("are all among those that are tried on a real API server", () => {
    const untried = celRules.filter((rule) => !claimed.some(({ message }) => says(rule, message)));
    expect(untried).toEqual([]);
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

import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { policyJsonSchema, readPolicy, unknownRules } from "../../src/policy/schema.ts";
import { starterPolicies } from "../../src/policy/starter.ts";
import { leaves, replaced } from "../support/replaced.ts";
import { badPolicies } from "./bad-policies.ts";
import { atEveryBound, everything, policy, written } from "./policies.ts";

/** `field: message` of every problem. */
function problemsIn(raw: unknown): readonly string[] {
  const read = readPolicy(raw);
  return "problems" in read ? read.problems.map(({ field, message }) => `${field}: ${message}`) : [];
}

function fieldsIn(spec: unknown): readonly string[] {
  const read = readPolicy(written(spec));
  return "problems" in read ? read.problems.map(({ field }) => field) : [];
}

describe("defaults", () => {
  test("an empty spec selects nothing and does nothing", () => {
    expect(policy("a").spec).toEqual({
      priority: 0,
      selectable: false,
      overridable: true,
      mode: "Enforce",
      existing: "Preserve",
      service: { claim: "Leave" },
      ingress: {},
      rules: {},
    });
  });

  test("with a class to claim by, the claim is Class", () => {
    const { service } = policy("a", { service: { loadBalancerClass: { default: "x" } } }).spec;
    expect(service.claim).toBe("Class");
  });

  test("a list of allowed classes is no class to claim by", () => {
    const { service } = policy("a", { service: { loadBalancerClass: { allowed: ["x"] } } }).spec;
    expect(service.claim).toBe("Leave");
  });

  test("a claim that is written stays", () => {
    const { service } = policy("a", { service: { claim: "Refuse", loadBalancerClass: { default: "x" } } }).spec;
    expect(service.claim).toBe("Refuse");
  });
});

describe("what is valid", () => {
  test("a policy with every field is read as written", () => {
    expect(readPolicy(written(everything))).toEqual({ policy: written(everything) });
  });

  test("a policy may be as large as the bounds let it", () => {
    expect(problemsIn(written(atEveryBound))).toEqual([]);
  });

  test("what the API server adds to metadata and status is no problem", () => {
    const metadata = {
      name: "a",
      uid: "1",
      labels: { x: "y" },
      managedFields: [{ manager: "kubectl" }],
      generation: 2,
    };
    expect(problemsIn({ ...written({}), metadata, status: { conditions: [] } })).toEqual([]);
  });

  test("a rule id that this version does not know is named, not refused", () => {
    const read = policy("a", { rules: { "known-rule": "Warn", "later-rule": "Deny" } });
    expect(unknownRules(read, ["known-rule", "other-rule"])).toEqual(["later-rule"]);
  });

  test("the starter policies set no scheme and claim by class", () => {
    expect(starterPolicies.map(({ spec }) => [spec.service.scheme, spec.ingress.scheme])).toEqual([
      [undefined, undefined],
    ]);
    expect(starterPolicies.map(({ spec }) => [spec.namespaceSelector, spec.selectable, spec.service.claim])).toEqual([
      [{}, true, "Class"],
    ]);
  });
});

describe("problems", () => {
  test("all problems are reported at once", () => {
    expect(
      fieldsIn({
        mode: "enforce",
        priority: 1.5,
        namespaceSelector: { matchExpressions: [{ key: "a", operator: "In" }] },
        service: {
          claim: "Class",
          scheme: { default: "public" },
          targetType: { default: "ip", allowed: ["instance"] },
        },
        ingress: { scheem: {} },
        rules: { x: "deny" },
      }),
    ).toEqual([
      "spec.namespaceSelector.matchExpressions[0].values",
      "spec.priority",
      "spec.mode",
      "spec.service.scheme.default",
      "spec.service.targetType.default",
      "spec.service.claim",
      "spec.ingress.scheem",
      "spec.rules.x",
    ]);
  });

  test.each<[string, unknown, string]>([
    ["no mapping at all", "x", 'document: must be a mapping of fields, and is "x".'],
    ["an empty document", null, "document: is empty: write a mapping of fields, or remove the field."],
    [
      "another version",
      { ...written({}), apiVersion: "dualstack.dev/v2" },
      'apiVersion: "dualstack.dev/v2" is not allowed: use "dualstack.dev/v1alpha1".',
    ],
    ["no name", { ...written({}), metadata: {} }, "metadata.name: is missing: it must be a string."],
    [
      "a name with capitals",
      written({}, "Public"),
      'metadata.name: "Public" is not a valid name: use lower-case letters, digits, - and ., start and end with a letter or digit, at most 253 characters.',
    ],
    [
      "a selector left empty, which must not mean every namespace",
      written({ namespaceSelector: null }),
      "spec.namespaceSelector: is empty: write a mapping of fields, or remove the field.",
    ],
  ])("%s", (_, raw, problem) => {
    expect(problemsIn(raw)).toEqual([problem]);
  });

  test.each(badPolicies)("$what", ({ spec, field, message }) => {
    expect(problemsIn(written(spec))).toEqual([`${field}: ${message}`]);
  });

  test("a path leads to the field", () => {
    const read = readPolicy(written({ service: { scheme: { allowed: ["internal", "public"] } } }));
    expect("problems" in read && read.problems[0]?.path).toEqual(["spec", "service", "scheme", "allowed", 1]);
  });
});

describe("selectors", () => {
  test.each<[string, unknown, readonly string[]]>([
    ["In needs values", { operator: "In", values: [] }, ["values"]],
    ["NotIn needs values", { operator: "NotIn" }, ["values"]],
    ["Exists takes none", { operator: "Exists", values: ["x"] }, ["values"]],
    ["DoesNotExist takes none", { operator: "DoesNotExist", values: ["x"] }, ["values"]],
    ["operators are spelt as Kubernetes spells them", { operator: "in", values: ["x"] }, ["operator"]],
    ["a value has a label value's syntax", { operator: "In", values: ["a", "-b"] }, ["values[1]"]],
    ["the empty value is one", { operator: "In", values: [""] }, []],
  ])("%s", (_, expression, fields) => {
    const matchExpressions = [{ key: "team", ...(typeof expression === "object" ? expression : {}) }];
    expect(fieldsIn({ namespaceSelector: { matchExpressions } })).toEqual(
      fields.map((field) => `spec.namespaceSelector.matchExpressions[0].${field}`),
    );
  });

  test.each<[string, boolean]>([
    ["team", true],
    ["example.com/team", true],
    ["a".repeat(63), true],
    ["a".repeat(64), false],
    [`${"a".repeat(64)}/team`, true],
    ["Example.com/team", false],
    ["/team", false],
    ["team/", false],
    ["-team", false],
    ["constructor", true],
  ])("the label key %s: valid is %s", (key, valid) => {
    expect(fieldsIn({ namespaceSelector: { matchLabels: { [key]: "x" } } }).length === 0).toBe(valid);
  });

  test("a key that parsers skip is reported, since without its only label a selector matches everything", () => {
    const matchLabels: unknown = JSON.parse('{"__proto__": "x"}');
    expect(fieldsIn({ namespaceSelector: { matchLabels } })).toEqual([
      "spec.namespaceSelector.matchLabels",
      "spec.namespaceSelector.matchLabels.__proto__",
    ]);
    expect(fieldsIn(JSON.parse('{"__proto__": {}}'))).toEqual(["spec.__proto__"]);
  });
});

describe("contradictions", () => {
  const cls = { default: "service.k8s.aws/nlb" };
  const internal = { default: "internal" };
  const onlyInternal = { allowed: ["internal"] };
  const noPublicIPv4 = { default: "dualstack-without-public-ipv4" };

  test.each<[string, unknown, readonly string[]]>([
    ["Class without a class", { service: { claim: "Class" } }, ["spec.service.claim"]],
    ["Class with a class", { service: { claim: "Class", loadBalancerClass: cls } }, []],
    ["TypeAnnotation without a target type", { service: { claim: "TypeAnnotation" } }, ["spec.service.claim"]],
    [
      "TypeAnnotation with target types that are only allowed",
      { service: { claim: "TypeAnnotation", targetType: { allowed: ["ip"] } } },
      ["spec.service.claim"],
    ],
    ["TypeAnnotation with a target type", { service: { claim: "TypeAnnotation", targetType: { default: "ip" } } }, []],
    [
      "TypeAnnotation and a class",
      { service: { claim: "TypeAnnotation", targetType: { default: "ip" }, loadBalancerClass: cls } },
      ["spec.service.claim"],
    ],
    [
      "Leave with a class, to switch the claim off for a while",
      { service: { claim: "Leave", loadBalancerClass: cls } },
      [],
    ],
    [
      "no public IPv4 on internal load balancers",
      { ingress: { ipAddressType: noPublicIPv4, scheme: internal } },
      ["spec.ingress.ipAddressType.default"],
    ],
    [
      "no public IPv4 where only internal is allowed",
      { ingress: { ipAddressType: noPublicIPv4, scheme: onlyInternal } },
      ["spec.ingress.ipAddressType.default"],
    ],
    ["no public IPv4 with the scheme left open", { ingress: { ipAddressType: noPublicIPv4 } }, []],
    [
      "bounds that no Ingress can satisfy",
      { ingress: { ipAddressType: { allowed: ["dualstack-without-public-ipv4"] }, scheme: onlyInternal } },
      ["spec.ingress.ipAddressType.allowed"],
    ],
    [
      "bounds that one kind of Ingress satisfies",
      { ingress: { ipAddressType: { allowed: ["dualstack-without-public-ipv4", "ipv4"] }, scheme: onlyInternal } },
      [],
    ],
  ])("%s", (_, spec, fields) => {
    expect(fieldsIn(spec)).toEqual(fields);
  });
});

test("whatever stands in a field, reading ends with the policy or with problems", () => {
  const paths = leaves(written(everything), []);
  fc.assert(
    fc.property(
      fc.constantFrom(...paths),
      fc.oneof(fc.constantFrom(null, "", 0, false, [], {}), fc.jsonValue()),
      (path, value) => {
        const read = readPolicy(replaced(written(everything), path, value));
        // Read a second time, a policy is what it was: its defaults stand in it.
        const outcome =
          "problems" in read ? read.problems.length > 0 : isDeepStrictEqual(readPolicy(read.policy), read);
        expect(outcome).toBe(true);
      },
    ),
    { numRuns: 500 },
  );
});

test("the JSON Schema for editors describes every field, and asks for none that has a default", () => {
  const { properties } = policyJsonSchema();
  const { spec } = properties ?? {};
  if (typeof spec !== "object") throw new Error("no spec in the schema");
  expect(spec.required).toBeUndefined();
  expect(spec.additionalProperties).toBe(false);
  const descriptions = Object.values(spec.properties ?? {}).map(
    (field) => typeof field === "object" && field.description,
  );
  expect(descriptions).not.toContain(undefined);
  expect(spec.properties).toMatchObject({ mode: { enum: ["Enforce", "Warn", "Off"], default: "Enforce" } });
});

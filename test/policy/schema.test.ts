import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { policyJsonSchema, readPolicy, unknownRules } from "../../src/policy/schema.ts";
import { starterPolicies } from "../../src/policy/starter.ts";
import { policy, written } from "./policies.ts";

/** `field: message` of every problem. */
function problemsIn(raw: unknown): readonly string[] {
  const read = readPolicy(raw);
  return "problems" in read ? read.problems.map(({ field, message }) => `${field}: ${message}`) : [];
}

function fieldsIn(spec: unknown): readonly string[] {
  const read = readPolicy(written(spec));
  return "problems" in read ? read.problems.map(({ field }) => field) : [];
}

const everything = {
  description: "all fields",
  namespaceSelector: {
    matchLabels: { "kubernetes.io/metadata.name": "shop", tier: "" },
    matchExpressions: [
      { key: "team", operator: "In", values: ["web", "api"] },
      { key: "team", operator: "NotIn", values: ["db"] },
      { key: "team", operator: "Exists" },
      { key: "example.com/frozen", operator: "DoesNotExist", values: [] },
    ],
  },
  priority: -5,
  selectable: true,
  overridable: false,
  mode: "Warn",
  existing: "Migrate",
  service: {
    claim: "Class",
    loadBalancerClass: { default: "service.k8s.aws/nlb", allowed: ["service.k8s.aws/nlb", "eks.amazonaws.com/nlb"] },
    ipAddressType: { default: "dualstack", allowed: ["dualstack", "ipv4"] },
    scheme: { default: "internal", allowed: ["internal"] },
    targetType: { default: "ip", allowed: ["ip", "instance"] },
    proxyProtocol: { default: "Off", allowed: ["On", "Off"] },
  },
  ingress: {
    ipAddressType: { default: "dualstack-without-public-ipv4" },
    scheme: { default: "internet-facing" },
    targetType: { default: "instance" },
    groupName: { allowed: ["public-*", "shared", "*"] },
  },
  rules: { "scheme-conflicts-with-internal": "Off", "a-rule-of-a-later-version": "Deny" },
};

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
    ["no spec", written(undefined), "spec: is missing: it must be a mapping of fields."],
    [
      "a selector left empty, which must not mean every namespace",
      written({ namespaceSelector: null }),
      "spec.namespaceSelector: is empty: write a mapping of fields, or remove the field.",
    ],
    [
      "a misspelt field",
      written({ selectible: true }),
      'spec.selectible: there is no field "selectible" here: did you mean "selectable"? (known: description, namespaceSelector, priority, selectable, overridable, mode, existing, service, ingress, rules).',
    ],
    [
      "a field like no other",
      written({ ingress: { groupName: { allowed: ["a"], default: "a" } } }),
      'spec.ingress.groupName.default: there is no field "default" here: remove it (known: allowed).',
    ],
    [
      "a wrong value",
      written({ service: { scheme: { default: "public" } } }),
      'spec.service.scheme.default: "public" is not allowed: use "internal" or "internet-facing".',
    ],
    [
      "a wrong value beside bounds, once",
      written({ service: { scheme: { default: "public", allowed: ["internal"] } } }),
      'spec.service.scheme.default: "public" is not allowed: use "internal" or "internet-facing".',
    ],
    [
      "an ALB's value for an NLB",
      written({ service: { ipAddressType: { default: "dualstack-without-public-ipv4" } } }),
      'spec.service.ipAddressType.default: "dualstack-without-public-ipv4" is not allowed: use "ipv4" or "dualstack".',
    ],
    [
      "a bare Off",
      written({ service: { proxyProtocol: { default: false } } }),
      'spec.service.proxyProtocol.default: is the boolean false, which is how YAML reads a bare Off: write "Off" in quotes (allowed: On, Off).',
    ],
    [
      "a bare On",
      written({ service: { proxyProtocol: { allowed: [true] } } }),
      'spec.service.proxyProtocol.allowed[0]: is the boolean true, which is how YAML reads a bare On: write "On" in quotes (allowed: On, Off).',
    ],
    [
      "a boolean where no Off is known",
      written({ existing: false }),
      'spec.existing: the boolean false is not allowed: use "Preserve" or "Migrate".',
    ],
    [
      "one value where a list belongs",
      written({ service: { scheme: { allowed: "internal" } } }),
      'spec.service.scheme.allowed: must be a list, and is "internal". Write ["internal"].',
    ],
    [
      "a value where a setting belongs",
      written({ service: { scheme: "internal" } }),
      'spec.service.scheme: must be a mapping of fields, and is "internal".',
    ],
    [
      "an empty list",
      written({ service: { scheme: { allowed: [] } } }),
      "spec.service.scheme.allowed: the list is empty, so every object would be refused: name the allowed values, or remove the field.",
    ],
    [
      "a value twice",
      written({ ingress: { groupName: { allowed: ["a", "b", "a"] } } }),
      'spec.ingress.groupName.allowed[2]: "a" stands here twice: remove one.',
    ],
    [
      "a default out of its own bounds",
      written({ service: { targetType: { default: "ip", allowed: ["instance"] } } }),
      'spec.service.targetType.default: "ip" is not among this setting\'s own allowed values: add it there, or choose one of them.',
    ],
    [
      "a class that no Service can have",
      written({ service: { loadBalancerClass: { default: "a/b/c" } } }),
      'spec.service.loadBalancerClass.default: "a/b/c" is not a valid load balancer class: use a name such as service.k8s.aws/nlb or eks.amazonaws.com/nlb.',
    ],
    [
      "a pattern that no group name can match",
      written({ ingress: { groupName: { allowed: ["Public-*"] } } }),
      'spec.ingress.groupName.allowed[0]: "Public-*" can match no group name: use lower-case letters, digits, - and ., and * for any characters, at most 63.',
    ],
    [
      "a fraction of a priority",
      written({ priority: 1.5 }),
      "spec.priority: must be a whole number, and is the number 1.5.",
    ],
    [
      "a priority beyond 32 bits",
      written({ priority: 2 ** 31 }),
      "spec.priority: must be between -2147483648 and 2147483647.",
    ],
    [
      "what is no rule id",
      written({ rules: { Scheme_Conflicts: "Deny" } }),
      'spec.rules.Scheme_Conflicts: "Scheme_Conflicts" is not a rule id: use an id from the list of rules, such as scheme-conflicts-with-internal.',
    ],
    [
      "a bare Off for a rule",
      written({ rules: { x: false } }),
      'spec.rules.x: is the boolean false, which is how YAML reads a bare Off: write "Off" in quotes (allowed: Deny, Warn, Off).',
    ],
  ])("%s", (_, raw, problem) => {
    expect(problemsIn(raw)).toEqual([problem]);
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

type Path = readonly string[];

/** The path of every value within, containers included. */
function leaves(value: unknown, path: Path): readonly Path[] {
  if (typeof value !== "object" || value === null) return [path];
  return [path, ...Object.entries(value).flatMap(([key, item]) => leaves(item, [...path, key]))];
}

function replaced(value: unknown, [step, ...rest]: Path, by: unknown): unknown {
  if (step === undefined) return by;
  if (Array.isArray(value)) {
    return value.map((item: unknown, index) => (String(index) === step ? replaced(item, rest, by) : item));
  }
  if (typeof value !== "object" || value === null) return by;
  return Object.fromEntries(
    Object.entries(value).map(([key, item]) => [key, key === step ? replaced(item, rest, by) : item]),
  );
}

/**
 * One thing that can be wrong with a policy. In a cluster it is refused by what the API server knows of the resource, where
 * that can say it, and by our webhook where it cannot.
 */
export interface BadPolicy {
  readonly what: string;
  readonly spec: unknown;
  readonly field: string;
  readonly message: string;
  /** decoder: the field does not exist. schema: in the API server's words. cel: in ours. */
  readonly by: "decoder" | "schema" | "cel" | "webhook";
}

const noPublicIPv4 = { default: "dualstack-without-public-ipv4" };
const onlyInternal = { allowed: ["internal"] };

function many<T>(count: number, item: (index: number) => T): readonly T[] {
  return Array.from({ length: count }, (_, index) => item(index));
}

export const badPolicies: readonly BadPolicy[] = [
  {
    what: "a misspelt field",
    spec: { selectible: true },
    field: "spec.selectible",
    message:
      'there is no field "selectible" here: did you mean "selectable"? (known: description, namespaceSelector, priority, selectable, overridable, mode, existing, service, ingress, rules).',
    by: "decoder",
  },
  {
    what: "a field like no other",
    spec: { ingress: { groupName: { allowed: ["a"], default: "a" } } },
    field: "spec.ingress.groupName.default",
    message: 'there is no field "default" here: remove it (known: allowed).',
    by: "decoder",
  },
  {
    what: "a wrong value",
    spec: { service: { scheme: { default: "public" } } },
    field: "spec.service.scheme.default",
    message: '"public" is not allowed: use "internal" or "internet-facing".',
    by: "schema",
  },
  {
    what: "a wrong value beside bounds, once",
    spec: { service: { scheme: { default: "public", allowed: ["internal"] } } },
    field: "spec.service.scheme.default",
    message: '"public" is not allowed: use "internal" or "internet-facing".',
    by: "schema",
  },
  {
    what: "an ALB's value for an NLB",
    spec: { service: { ipAddressType: noPublicIPv4 } },
    field: "spec.service.ipAddressType.default",
    message: '"dualstack-without-public-ipv4" is not allowed: use "ipv4" or "dualstack".',
    by: "schema",
  },
  {
    what: "a bare Off",
    spec: { service: { proxyProtocol: { default: false } } },
    field: "spec.service.proxyProtocol.default",
    message: 'is the boolean false, which is how YAML reads a bare Off: write "Off" in quotes (allowed: On, Off).',
    by: "schema",
  },
  {
    what: "a bare On",
    spec: { service: { proxyProtocol: { allowed: [true] } } },
    field: "spec.service.proxyProtocol.allowed[0]",
    message: 'is the boolean true, which is how YAML reads a bare On: write "On" in quotes (allowed: On, Off).',
    by: "schema",
  },
  {
    what: "a bare Off for the mode",
    spec: { mode: false },
    field: "spec.mode",
    message:
      'is the boolean false, which is how YAML reads a bare Off: write "Off" in quotes (allowed: Enforce, Warn, Off).',
    by: "schema",
  },
  {
    what: "a boolean where no Off is known",
    spec: { existing: false },
    field: "spec.existing",
    message: 'the boolean false is not allowed: use "Preserve" or "Migrate".',
    by: "schema",
  },
  {
    what: "a word where a boolean belongs",
    spec: { overridable: "no" },
    field: "spec.overridable",
    message: 'must be a boolean, and is "no".',
    by: "schema",
  },
  {
    what: "one value where a list belongs",
    spec: { service: { scheme: { allowed: "internal" } } },
    field: "spec.service.scheme.allowed",
    message: 'must be a list, and is "internal". Write ["internal"].',
    by: "schema",
  },
  {
    what: "a value where a setting belongs",
    spec: { service: { scheme: "internal" } },
    field: "spec.service.scheme",
    message: 'must be a mapping of fields, and is "internal".',
    by: "schema",
  },
  {
    what: "an empty list",
    spec: { service: { scheme: { allowed: [] } } },
    field: "spec.service.scheme.allowed",
    message: "the list is empty, so every object would be refused: name the allowed values, or remove the field.",
    by: "schema",
  },
  {
    what: "more values than anybody reads",
    spec: { ingress: { groupName: { allowed: many(65, (index) => `group-${index}`) } } },
    field: "spec.ingress.groupName.allowed",
    message: "the list is longer than 64: name fewer values, or remove the field.",
    by: "schema",
  },
  {
    what: "a pattern twice",
    spec: { ingress: { groupName: { allowed: ["a", "b", "a"] } } },
    field: "spec.ingress.groupName.allowed[2]",
    message: '"a" stands here twice: remove one.',
    by: "cel",
  },
  {
    what: "a value twice",
    spec: { service: { targetType: { allowed: ["ip", "ip"] } } },
    field: "spec.service.targetType.allowed[1]",
    message: '"ip" stands here twice: remove one.',
    by: "cel",
  },
  {
    what: "a default out of its own bounds",
    spec: { service: { targetType: { default: "ip", allowed: ["instance"] } } },
    field: "spec.service.targetType.default",
    message: '"ip" is not among this setting\'s own allowed values: add it there, or choose one of them.',
    by: "cel",
  },
  {
    what: "a default class out of its own bounds",
    spec: { service: { loadBalancerClass: { default: "a/b", allowed: ["a/c", "a/d"] } } },
    field: "spec.service.loadBalancerClass.default",
    message: '"a/b" is not among this setting\'s own allowed values: add it there, or choose one of them.',
    by: "cel",
  },
  {
    what: "a class that no Service can have",
    spec: { service: { loadBalancerClass: { default: "a/b/c" } } },
    field: "spec.service.loadBalancerClass.default",
    message:
      '"a/b/c" is not a valid load balancer class: use a name such as service.k8s.aws/nlb or eks.amazonaws.com/nlb.',
    by: "schema",
  },
  {
    what: "a pattern that no group name can match",
    spec: { ingress: { groupName: { allowed: ["Public-*"] } } },
    field: "spec.ingress.groupName.allowed[0]",
    message:
      '"Public-*" can match no group name: use lower-case letters, digits, - and ., and * for any characters, at most 63.',
    by: "schema",
  },
  {
    what: "group names without the names that are allowed",
    spec: { ingress: { groupName: {} } },
    field: "spec.ingress.groupName.allowed",
    message: "is missing: it must be a list.",
    by: "schema",
  },
  {
    what: "a fraction of a priority",
    spec: { priority: 1.5 },
    field: "spec.priority",
    message: "must be a whole number, and is the number 1.5.",
    by: "schema",
  },
  {
    what: "a priority beyond 32 bits",
    spec: { priority: 2 ** 31 },
    field: "spec.priority",
    message: "must be between -2147483648 and 2147483647.",
    by: "schema",
  },
  {
    what: "a description that is a book",
    spec: { description: "é".repeat(1025) },
    field: "spec.description",
    message: "is longer than 1024 characters: shorten it.",
    by: "schema",
  },
  {
    what: "no spec",
    spec: undefined,
    field: "spec",
    message: "is missing: it must be a mapping of fields.",
    by: "schema",
  },
  {
    what: "a severity that there is not",
    spec: { rules: { x: "deny" } },
    field: "spec.rules.x",
    message: '"deny" is not allowed: use "Deny" or "Warn" or "Off".',
    by: "schema",
  },
  {
    what: "a bare Off for a rule",
    spec: { rules: { x: false } },
    field: "spec.rules.x",
    message:
      'is the boolean false, which is how YAML reads a bare Off: write "Off" in quotes (allowed: Deny, Warn, Off).',
    by: "schema",
  },
  {
    what: "more rules than there will ever be",
    spec: { rules: Object.fromEntries(many(1001, (index) => [`rule-${index}`, "Off"])) },
    field: "spec.rules",
    message: "has more than 1000 entries: keep the ones that matter.",
    by: "schema",
  },
  {
    what: "what is no rule id",
    spec: { rules: { Scheme_Conflicts: "Deny" } },
    field: "spec.rules.Scheme_Conflicts",
    message:
      '"Scheme_Conflicts" is not a rule id: use an id from the list of rules, such as scheme-conflicts-with-internal.',
    by: "webhook",
  },
  {
    what: "an operator that there is not",
    spec: selecting({ operator: "in", values: ["x"] }),
    field: "spec.namespaceSelector.matchExpressions[0].operator",
    message: '"in" is not allowed: use "In" or "NotIn" or "Exists" or "DoesNotExist".',
    by: "schema",
  },
  {
    what: "In without values",
    spec: selecting({ operator: "In", values: [] }),
    field: "spec.namespaceSelector.matchExpressions[0].values",
    message: "the operator In needs at least one value here.",
    by: "cel",
  },
  {
    what: "NotIn without values",
    spec: selecting({ operator: "NotIn" }),
    field: "spec.namespaceSelector.matchExpressions[0].values",
    message: "the operator NotIn needs at least one value here.",
    by: "cel",
  },
  {
    what: "Exists with values",
    spec: selecting({ operator: "Exists", values: ["x"] }),
    field: "spec.namespaceSelector.matchExpressions[0].values",
    message: "the operator Exists takes no values: remove them, or use In or NotIn.",
    by: "cel",
  },
  {
    what: "DoesNotExist with values",
    spec: selecting({ operator: "DoesNotExist", values: ["x"] }),
    field: "spec.namespaceSelector.matchExpressions[0].values",
    message: "the operator DoesNotExist takes no values: remove them, or use In or NotIn.",
    by: "cel",
  },
  {
    what: "a value that no label can have",
    spec: selecting({ operator: "In", values: ["a", "-b"] }),
    field: "spec.namespaceSelector.matchExpressions[0].values[1]",
    message:
      '"-b" is not a valid label value: use letters, digits, -, _ and ., start and end with a letter or digit, at most 63 characters.',
    by: "schema",
  },
  {
    what: "more conditions than anybody reads",
    spec: { namespaceSelector: { matchExpressions: many(65, (index) => ({ key: `k-${index}`, operator: "Exists" })) } },
    field: "spec.namespaceSelector.matchExpressions",
    message: "has more than 64 entries: keep the ones that matter.",
    by: "schema",
  },
  {
    what: "more values than there are namespaces",
    spec: selecting({ operator: "In", values: many(1001, (index) => `v-${index}`) }),
    field: "spec.namespaceSelector.matchExpressions[0].values",
    message: "has more than 1000 entries: keep the ones that matter.",
    by: "schema",
  },
  {
    what: "a key that no label can have",
    spec: { namespaceSelector: { matchLabels: { tier: "web", "/team": "x" } } },
    field: "spec.namespaceSelector.matchLabels[/team]",
    message:
      '"/team" is not a valid label key: use letters, digits, -, _ and ., at most 63, optionally after a DNS name and a /.',
    by: "cel",
  },
  {
    what: "a label whose value a template left empty, which must not mean every namespace",
    spec: { namespaceSelector: { matchLabels: { tier: "web", team: null } } },
    field: "spec.namespaceSelector.matchLabels.team",
    message: "is empty: write a string, or remove the field.",
    by: "cel",
  },
  {
    what: "labels none of which is left, which must not mean every namespace",
    spec: { namespaceSelector: { matchLabels: {} } },
    field: "spec.namespaceSelector.matchLabels",
    message: "is empty: name a label, or remove the field.",
    by: "schema",
  },
  {
    what: "more labels than anybody reads",
    spec: { namespaceSelector: { matchLabels: Object.fromEntries(many(65, (index) => [`k-${index}`, "x"])) } },
    field: "spec.namespaceSelector.matchLabels",
    message: "has more than 64 entries: keep the ones that matter.",
    by: "schema",
  },
  {
    what: "labels left empty",
    spec: { namespaceSelector: { matchLabels: null } },
    field: "spec.namespaceSelector.matchLabels",
    message: "is empty: write a mapping of fields, or remove the field.",
    by: "webhook",
  },
  {
    what: "conditions left empty",
    spec: { namespaceSelector: { matchExpressions: null } },
    field: "spec.namespaceSelector.matchExpressions",
    message: "is empty: write a list, or remove the field.",
    by: "webhook",
  },
  {
    what: "bounds left empty, which must not mean that every value may be",
    spec: { service: { scheme: { default: "internal", allowed: null } } },
    field: "spec.service.scheme.allowed",
    message: "is empty: write a list, or remove the field.",
    by: "webhook",
  },
  {
    what: "a severity left empty",
    spec: { rules: { x: null } },
    field: "spec.rules.x",
    message: 'is empty: use "Deny" or "Warn" or "Off", or remove the field.',
    by: "schema",
  },
  {
    what: "the claim Class without a class",
    spec: { service: { claim: "Class" } },
    field: "spec.service.claim",
    message: '"Class" needs a class to set: give spec.service.loadBalancerClass.default, or use "Leave".',
    by: "cel",
  },
  {
    what: "the claim Class with classes that are only allowed",
    spec: { service: { claim: "Class", loadBalancerClass: { allowed: ["a/b"] } } },
    field: "spec.service.claim",
    message: '"Class" needs a class to set: give spec.service.loadBalancerClass.default, or use "Leave".',
    by: "cel",
  },
  {
    what: "the claim TypeAnnotation with target types that are only allowed",
    spec: { service: { claim: "TypeAnnotation", targetType: { allowed: ["ip"] } } },
    field: "spec.service.claim",
    message:
      '"TypeAnnotation" needs a target type, since no controller builds a Service of type external without one: give spec.service.targetType.default, or use "Leave".',
    by: "cel",
  },
  {
    what: "the claim TypeAnnotation and a class",
    spec: {
      service: { claim: "TypeAnnotation", targetType: { default: "ip" }, loadBalancerClass: { default: "a/b" } },
    },
    field: "spec.service.claim",
    message:
      '"TypeAnnotation" and spec.service.loadBalancerClass.default are two ways to claim the same Service: remove the default, or use "Class".',
    by: "cel",
  },
  {
    what: "no public IPv4 on internal load balancers",
    spec: { ingress: { ipAddressType: noPublicIPv4, scheme: { default: "internal" } } },
    field: "spec.ingress.ipAddressType.default",
    message:
      '"dualstack-without-public-ipv4" exists on internet-facing load balancers only, and this policy\'s scheme is "internal": use "dualstack".',
    by: "cel",
  },
  {
    what: "no public IPv4 where only internal is allowed",
    spec: { ingress: { ipAddressType: noPublicIPv4, scheme: onlyInternal } },
    field: "spec.ingress.ipAddressType.default",
    message:
      '"dualstack-without-public-ipv4" exists on internet-facing load balancers only, and this policy\'s scheme is "internal": use "dualstack".',
    by: "cel",
  },
  {
    what: "bounds that no Ingress can satisfy",
    spec: { ingress: { ipAddressType: { allowed: ["dualstack-without-public-ipv4"] }, scheme: onlyInternal } },
    field: "spec.ingress.ipAddressType.allowed",
    message:
      'only "dualstack-without-public-ipv4" is allowed, which exists on internet-facing load balancers only, and only the scheme "internal" is: no Ingress can satisfy both. Allow "dualstack" or the scheme "internet-facing".',
    by: "cel",
  },
];

function selecting(expression: object): object {
  return { namespaceSelector: { matchExpressions: [{ key: "team", ...expression }] } };
}

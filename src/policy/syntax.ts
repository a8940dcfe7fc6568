import * as z from "zod";

/** The checks of a string with the sentence that follows its quoted value where it does not fit. */
function syntax(pattern: RegExp, longest: number, sentence: string) {
  const error = (issue: { readonly input?: unknown }) => `${JSON.stringify(issue.input)} ${sentence}.`;
  return z.string().max(longest, { error, abort: true }).regex(pattern, { error });
}

const dnsName = "[a-z0-9]([-a-z0-9]*[a-z0-9])?(\\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*";
const shortName = "[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?";

/** Kubernetes' rule for the names of most cluster-scoped objects (RFC 1123 subdomain). */
export const objectName = syntax(
  new RegExp(`^${dnsName}$`),
  253,
  "is not a valid name: use lower-case letters, digits, - and ., start and end with a letter or digit, at most 253 characters",
);

/** A prefix of at most 253 characters, a slash and 63 more. */
const longestQualifiedName = 253 + 1 + 63;

const qualifiedName = new RegExp(`^(${dnsName}/)?${shortName}$`);

/** What `labelKey` demands, for where the keys of a map are judged by other means. */
export const labelKeySyntax = {
  pattern: qualifiedName,
  longest: longestQualifiedName,
  sentence:
    "is not a valid label key: use letters, digits, -, _ and ., at most 63, optionally after a DNS name and a /",
} as const;

export const labelKey = syntax(labelKeySyntax.pattern, labelKeySyntax.longest, labelKeySyntax.sentence);

export const labelValue = syntax(
  new RegExp(`^(${shortName})?$`),
  63,
  "is not a valid label value: use letters, digits, -, _ and ., start and end with a letter or digit, at most 63 characters",
);

/** spec.loadBalancerClass of a Service has the syntax of a label key. */
export const loadBalancerClass = syntax(
  qualifiedName,
  longestQualifiedName,
  "is not a valid load balancer class: use a name such as service.k8s.aws/nlb or eks.amazonaws.com/nlb",
);

/** The AWS controller's rule for group names (facts: at most 63 of a-z, 0-9, - and ., the last one a letter or digit), and `*`. */
export const groupPattern = syntax(
  /^[-a-z0-9.*]*[a-z0-9*]$/,
  63,
  "can match no group name: use lower-case letters, digits, - and ., and * for any characters, at most 63",
);

export const ruleId = syntax(
  /^[a-z0-9]+(-[a-z0-9]+)*$/,
  100,
  "is not a rule id: use an id from the list of rules, such as scheme-conflicts-with-internal",
);

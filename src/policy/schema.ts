import * as z from "zod";
import { checked, crdKeywords, words } from "./check.ts";
import { type PolicyProblem, problemsOf } from "./problems.ts";
import { namespaceSelector } from "./selector-schema.ts";
import { allowed, setting } from "./setting.ts";
import { groupPattern, loadBalancerClass, objectName, ruleId } from "./syntax.ts";

export const policyApiVersion = "dualstack.dev/v1alpha1";
export const policyKind = "LoadBalancerPolicy";

const scheme = z.enum(["internal", "internet-facing"]);
const targetType = z.enum(["ip", "instance"]);
const nlbAddressType = z.enum(["ipv4", "dualstack"]);
const albAddressType = z.enum(["ipv4", "dualstack", "dualstack-without-public-ipv4"]);

const service = checked(
  z.strictObject({
    claim: z
      .enum(["Class", "TypeAnnotation", "Leave", "Refuse"])
      .optional()
      .describe(
        "What becomes of a LoadBalancer Service that no controller is chosen for: Class sets spec.loadBalancerClass, TypeAnnotation sets the type annotation to external, Leave leaves it to the in-tree controller, Refuse refuses it. Default: Class where loadBalancerClass.default is given, else Leave.",
      ),
    loadBalancerClass: setting(
      loadBalancerClass,
      "spec.loadBalancerClass: the controller that builds the load balancer.",
    ),
    ipAddressType: setting(nlbAddressType, "The IP address type of the NLB."),
    scheme: setting(scheme, "Whether the NLB is reachable from the internet."),
    targetType: setting(targetType, "Whether the NLB sends to pod addresses (ip) or to node ports (instance)."),
    proxyProtocol: setting(
      z.enum(["On", "Off"]),
      "Proxy protocol v2 towards the targets. On breaks backends that do not speak it. Off injects nothing. Write the values in quotes: YAML reads a bare On or Off as a boolean.",
    ),
  }),
  [
    {
      path: ["claim"],
      holds: ({ claim, loadBalancerClass: classes }) => claim !== "Class" || classes?.default !== undefined,
      cel: "!has(self.claim) || self.claim != 'Class' || (has(self.loadBalancerClass) && has(self.loadBalancerClass.default))",
      message: words`"Class" needs a class to set: give spec.service.loadBalancerClass.default, or use "Leave".`,
    },
    {
      path: ["claim"],
      holds: ({ claim, targetType: types }) => claim !== "TypeAnnotation" || types?.default !== undefined,
      cel: "!has(self.claim) || self.claim != 'TypeAnnotation' || (has(self.targetType) && has(self.targetType.default))",
      message: words`"TypeAnnotation" needs a target type, since no controller builds a Service of type external without one: give spec.service.targetType.default, or use "Leave".`,
    },
    {
      path: ["claim"],
      holds: ({ claim, loadBalancerClass: classes }) => claim !== "TypeAnnotation" || classes?.default === undefined,
      cel: "!has(self.claim) || self.claim != 'TypeAnnotation' || !has(self.loadBalancerClass) || !has(self.loadBalancerClass.default)",
      message: words`"TypeAnnotation" and spec.service.loadBalancerClass.default are two ways to claim the same Service: remove the default, or use "Class".`,
    },
  ],
).transform((written) => ({
  ...written,
  claim: written.claim ?? (written.loadBalancerClass?.default === undefined ? "Leave" : "Class"),
}));

const withoutPublicIPv4 = "dualstack-without-public-ipv4";

const ingress = checked(
  z.strictObject({
    ipAddressType: setting(albAddressType, "The IP address type of the ALB."),
    scheme: setting(scheme, "Whether the ALB is reachable from the internet."),
    targetType: setting(targetType, "Whether the ALB sends to pod addresses (ip) or to node ports (instance)."),
    groupName: z
      .strictObject({ allowed: allowed(groupPattern) })
      .optional()
      .describe("The IngressGroups that a namespace may join, as patterns with *. A group spans the whole cluster."),
  }),
  [
    {
      path: ["ipAddressType", "default"],
      holds: ({ ipAddressType, scheme: schemes }) =>
        ipAddressType?.default !== withoutPublicIPv4 ||
        (schemes?.default !== "internal" && !onlyValue(schemes?.allowed, "internal")),
      cel: `!has(self.ipAddressType) || !has(self.ipAddressType.default) || self.ipAddressType.default != '${withoutPublicIPv4}' || !has(self.scheme) || ((!has(self.scheme.default) || self.scheme.default != 'internal') && (!has(self.scheme.allowed) || self.scheme.allowed.exists(item, item != 'internal')))`,
      message: words`"dualstack-without-public-ipv4" exists on internet-facing load balancers only, and this policy's scheme is "internal": use "dualstack".`,
    },
    {
      path: ["ipAddressType", "allowed"],
      holds: ({ ipAddressType, scheme: schemes }) =>
        !onlyValue(schemes?.allowed, "internal") || !onlyValue(ipAddressType?.allowed, withoutPublicIPv4),
      cel: `!has(self.ipAddressType) || !has(self.ipAddressType.allowed) || self.ipAddressType.allowed.exists(item, item != '${withoutPublicIPv4}') || !has(self.scheme) || !has(self.scheme.allowed) || self.scheme.allowed.exists(item, item != 'internal')`,
      message: words`only "dualstack-without-public-ipv4" is allowed, which exists on internet-facing load balancers only, and only the scheme "internal" is: no Ingress can satisfy both. Allow "dualstack" or the scheme "internet-facing".`,
    },
  ],
);

function onlyValue(values: unknown, value: string): boolean {
  return Array.isArray(values) && values.length > 0 && values.every((item) => item === value);
}

/** An int32, as Kubernetes' own priorities are. */
const priorityRange = "must be between -2147483648 and 2147483647.";

const longestDescription = 1024;

/** In characters, as the API server counts them. */
const description = z
  .string()
  .refine(
    (text) => Array.from(text).length <= longestDescription,
    `is longer than ${longestDescription} characters: shorten it.`,
  )
  .describe("For readers: what this policy is for.");
crdKeywords.add(description, { maxLength: longestDescription });

const severity = z.enum(["Deny", "Warn", "Off"]);
// Else the API server would leave out what is null.
crdKeywords.add(severity, { nullable: true });

const mostRules = 1000;

const severities = z
  .record(ruleId, severity)
  .refine(
    (rules) => Object.keys(rules).length <= mostRules,
    `has more than ${mostRules} entries: keep the ones that matter.`,
  );
crdKeywords.add(severities, { maxProperties: mostRules });

const spec = z.strictObject({
  description: description.optional(),
  namespaceSelector: namespaceSelector
    .optional()
    .describe("The namespaces that get this policy by default: {} is every namespace, left out is none."),
  priority: z
    .int()
    .min(-(2 ** 31), priorityRange)
    .max(2 ** 31 - 1, priorityRange)
    .default(0)
    .describe("Where several policies select a namespace, the highest priority wins, then the first name."),
  selectable: z
    .boolean()
    .default(false)
    .describe("Whether a namespace may pick this policy with the label dualstack.dev/policy."),
  overridable: z
    .boolean()
    .default(true)
    .describe("false: a namespace that this policy is the default of may not pick another one."),
  mode: z
    .enum(["Enforce", "Warn", "Off"])
    .default("Enforce")
    .describe('Warn says what it would do and neither changes nor refuses anything. Write "Off" in quotes.'),
  existing: z
    .enum(["Preserve", "Migrate"])
    .default("Preserve")
    .describe("What an update may inject on a load balancer that exists: nothing, or what changes in place."),
  service: service.prefault({}).describe("For Services of type LoadBalancer."),
  ingress: ingress.prefault({}).describe("For Ingresses of an ALB class."),
  rules: severities
    .default({})
    .describe('What a rule does in these namespaces, by rule id, for staged roll-outs. Write "Off" in quotes.'),
});

export const LoadBalancerPolicy = z
  .strictObject({
    apiVersion: z.literal(policyApiVersion),
    kind: z.literal(policyKind),
    metadata: z.looseObject({ name: objectName.describe("The name by which a namespace picks the policy.") }),
    spec: spec.describe("Which values for which namespaces."),
    status: z.looseObject({}).optional().describe("Written by the cluster; ignored here."),
  })
  .describe("Which load balancer settings the Services and Ingresses of which namespaces get.");
export type LoadBalancerPolicy = z.infer<typeof LoadBalancerPolicy>;

/** The policy with its defaults filled in, or everything that is wrong with it. */
export function readPolicy(
  raw: unknown,
): { readonly policy: LoadBalancerPolicy } | { readonly problems: readonly PolicyProblem[] } {
  const read = LoadBalancerPolicy.safeParse(raw);
  const problems = problemsOf(read.error?.issues ?? [], raw, policyJsonSchema);
  return read.success && problems.length === 0 ? { policy: read.data } : { problems };
}

/** Ids under spec.rules that this version does not know: worth a warning, never invalid, so that a roll-back works. */
export function unknownRules(policy: LoadBalancerPolicy, knownIds: Iterable<string>): readonly string[] {
  const known = new Set(knownIds);
  return Object.keys(policy.spec.rules).filter((id) => !known.has(id));
}

/** What an author may write, for editors: fields with a default are optional. */
export function policyJsonSchema(): z.core.JSONSchema.JSONSchema {
  return z.toJSONSchema(LoadBalancerPolicy, { io: "input" });
}

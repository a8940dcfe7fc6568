import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { alb } from "../../src/annotations/catalog.ts";
import { bindingView } from "../../src/decision/cluster/views.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import { at, deploy, list, pick, renderOverlay } from "./render.ts";

const manifests = renderOverlay("cluster-wide");
const mutating = pick(manifests, "MutatingWebhookConfiguration");
const validating = pick(manifests, "ValidatingWebhookConfiguration");
const entries = [mutating, validating].flatMap((configuration) => list(configuration, "webhooks"));

const common = { sideEffects: "None", matchPolicy: "Equivalent", admissionReviewVersions: ["v1"] };
const services = [rule("", "services")];
const ingresses = [rule("networking.k8s.io", "ingresses")];
const policies = [{ ...rule("dualstack.dev", "loadbalancerpolicies"), apiVersions: ["v1alpha1"], scope: "Cluster" }];
const bindings = [
  { ...rule("elbv2.k8s.aws", "targetgroupbindings"), apiVersions: ["v1beta1"] },
  rule("eks.amazonaws.com", "targetgroupbindings"),
];

it("mutation fails open, in one entry per resource", () => {
  const entry = {
    ...common,
    failurePolicy: "Ignore",
    timeoutSeconds: 3,
    reinvocationPolicy: "IfNeeded",
    clientConfig: clientConfig("/mutate"),
  };
  expect(list(mutating, "webhooks").map(withoutMatching)).toEqual([
    { ...entry, name: "services.mutate.dualstack.dev", rules: services },
    { ...entry, name: "ingresses.mutate.dualstack.dev", rules: ingresses },
  ]);
});

it("validation fails closed for Services with a load balancer, and for Ingresses once the operator says so", () => {
  const entry = { ...common, timeoutSeconds: 5, clientConfig: clientConfig("/validate") };
  expect(list(validating, "webhooks").map(withoutMatching)).toEqual([
    { ...entry, name: "services.validate.dualstack.dev", failurePolicy: "Fail", rules: services },
    { ...entry, name: "ingresses.validate.dualstack.dev", failurePolicy: "Ignore", rules: ingresses },
    { ...entry, name: "targetgroupbindings.validate.dualstack.dev", failurePolicy: "Ignore", rules: bindings },
    {
      ...entry,
      name: "backends.validate.dualstack.dev",
      failurePolicy: "Ignore",
      rules: services.map((each) => ({ ...each, operations: ["UPDATE"] })),
    },
    { ...entry, name: "policies.validate.dualstack.dev", failurePolicy: "Ignore", rules: policies },
  ]);
});

it("policies come by the names that their CustomResourceDefinition gives them", () => {
  const definition = pick(manifests, "CustomResourceDefinition", "loadbalancerpolicies.dualstack.dev");
  expect(policies).toMatchObject([
    {
      apiGroups: [at(definition, "spec", "group")],
      apiVersions: list(definition, "spec", "versions").map((version) => at(version, "name")),
      resources: [at(definition, "spec", "names", "plural")],
      scope: at(definition, "spec", "scope"),
    },
  ]);
});

it("the API server calls the Service that exists, on the port that it has", () => {
  const service = pick(manifests, "Service");
  for (const entry of entries) {
    expect(at(entry, "clientConfig", "service")).toMatchObject({
      name: service.metadata.name,
      namespace: service.metadata.namespace,
      port: at(service, "spec", "ports", 0, "port"),
    });
  }
});

it("mutation comes after the AWS Load Balancer Controller's and before Gardener's: the order is that of the names", () => {
  const names = ["gardener-extension-provider-aws", mutating.metadata.name, "aws-load-balancer-webhook"];
  expect(names.toSorted()).toEqual([
    "aws-load-balancer-webhook",
    "dualstack-webhook",
    "gardener-extension-provider-aws",
  ]);
});

it("cert-manager fills in the CA of the certificate that exists, and no manifest holds one", () => {
  const { name, namespace } = pick(manifests, "Certificate").metadata;
  for (const configuration of [mutating, validating]) {
    expect(at(configuration, "metadata", "annotations")).toEqual({
      "cert-manager.io/inject-ca-from": `${namespace ?? ""}/${name}`,
    });
  }
  expect(JSON.stringify(manifests)).not.toContain('"caBundle"');
});

describe("conditions", () => {
  it("each entry has exactly these", () => {
    expect(entries.map((entry) => [at(entry, "name"), ...conditions(entry).map(({ name }) => name)])).toEqual([
      ["services.mutate.dualstack.dev", "type-is-load-balancer", "not-being-deleted", "spec-or-annotations-changed"],
      ["ingresses.mutate.dualstack.dev", "class-is-not-foreign", "not-being-deleted", "spec-or-annotations-changed"],
      [
        "services.validate.dualstack.dev",
        "type-is-or-was-load-balancer",
        "not-being-deleted",
        "spec-or-annotations-changed",
      ],
      [
        "ingresses.validate.dualstack.dev",
        "class-is-not-foreign-or-was-not",
        "not-being-deleted",
        "spec-or-annotations-changed",
      ],
      ["targetgroupbindings.validate.dualstack.dev", "not-made-by-a-controller", "not-being-deleted", "spec-changed"],
      [
        "backends.validate.dualstack.dev",
        "neither-is-nor-was-load-balancer",
        "not-being-deleted",
        "type-families-ports-or-target-type-changed",
      ],
      ["policies.validate.dualstack.dev", "not-being-deleted", "spec-changed"],
    ]);
  });

  it("those of one name are the same everywhere", () => {
    for (const name of ["not-being-deleted", "spec-or-annotations-changed", "spec-changed"]) {
      const all = entries.flatMap((entry) => condition(entry, name) ?? []);
      expect(all.length).toBeGreaterThan(1);
      expect(new Set(all).size).toBe(1);
    }
  });

  it("a Service comes by one entry only: what the one asks for, the other excludes", () => {
    const asked = conditionOf("services.validate.dualstack.dev", "type-is-or-was-load-balancer");
    const excluded = conditionOf("backends.validate.dualstack.dev", "neither-is-nor-was-load-balancer");
    const [is = "", was = ""] = asked.split("||\n").map((each) => each.trim());
    // There is no stored object to ask about on CREATE, which the second entry does not take.
    expect(excluded.split("&&\n").map((each) => each.trim())).toEqual([
      `!${is}`,
      `!${was.replace("oldObject != null && ", "")}`,
    ]);
  });

  it("the marks of controllers are those by which a TargetGroupBinding is left alone", () => {
    const expression = conditionOf("targetgroupbindings.validate.dualstack.dev", "not-made-by-a-controller");
    const prefixes = [...expression.matchAll(/'([\w.]+)'/g)].map(([, prefix = ""]) => prefix);
    expect(prefixes).toHaveLength(6);
    const isControllers = (labels: Readonly<Record<string, string>>): boolean =>
      bindingView({ metadata: { namespace: "shop", name: "web", labels } }).isControllers;
    for (const prefix of prefixes) {
      expect(isControllers({ [`${prefix}/stack`]: "g" })).toBe(true);
      expect(isControllers({ [`${prefix}/stack-namespace`]: "shop", [`${prefix}/stack-name`]: "web" })).toBe(true);
    }
  });

  it("the annotation of a Service that sends it to us is the one that Ingresses read", () => {
    const expression = conditionOf("backends.validate.dualstack.dev", "type-families-ports-or-target-type-changed");
    expect(new Set(expression.match(/alb\.ingress[^']*/g))).toEqual(new Set([alb.targetType]));
  });

  it("both Ingress entries have the same list of foreign classes, in order, and no class of an ALB is in it", () => {
    const [mutate, validate] = entries.flatMap((entry) =>
      conditions(entry).flatMap(({ name, expression }) =>
        name.startsWith("class-") ? [foreignClasses(expression)] : [],
      ),
    );
    expect(mutate).toEqual([
      "azure-application-gateway",
      "cilium",
      "contour",
      "gce",
      "haproxy",
      "istio",
      "kong",
      "nginx",
      "tailscale",
      "traefik",
    ]);
    expect(validate).toEqual(mutate);
    for (const { name } of defaultProfile.albClasses) expect(mutate).not.toContain(name);
  });

  it("none reads what the API server does not give to conditions: namespaceObject is always null there", () => {
    expect(readFileSync(join(deploy, "base/70-webhooks.yaml"), "utf8")).not.toContain("namespaceObject");
  });

  it("none reads an optional field without asking for it first", () => {
    const unguarded = entries.flatMap(conditions).flatMap(({ name, expression }) => {
      // spec, metadata.annotations and the like; metadata itself is always there.
      const fields = expression.match(/\b(?:object|oldObject|o)\.(?:spec(?:\.\w+)?|metadata\.\w+)/g) ?? [];
      const parents = fields.map((field) => field.replace(/\.spec\.\w+$/, ".spec"));
      return [...fields, ...parents]
        .filter((field) => !expression.includes(`has(${field})`))
        .map((field) => `${name}: ${field}`);
    });
    expect(unguarded).toEqual([]);
  });
});

interface Condition {
  readonly name: string;
  readonly expression: string;
}

function conditions(entry: unknown): readonly Condition[] {
  return list(entry, "matchConditions") as readonly Condition[];
}

function condition(entry: unknown, name: string): string | undefined {
  return conditions(entry).find((candidate) => candidate.name === name)?.expression;
}

function conditionOf(entryName: string, name: string): string {
  const entry = entries.find((candidate) => at(candidate, "name") === entryName);
  const expression = entry === undefined ? undefined : condition(entry, name);
  if (expression === undefined) throw new Error(`${entryName} has no condition ${name}`);
  return expression;
}

/** The names between `name in [` and `]`. */
function foreignClasses(expression: string): readonly string[] {
  const inside = /name in \[([^\]]*)\]/.exec(expression)?.[1] ?? "";
  return inside.split(",").map((item) => item.trim().replaceAll("'", ""));
}

/** Selectors are judged with the overlays, conditions above. */
function withoutMatching(entry: unknown): unknown {
  return Object.fromEntries(
    Object.entries(entry as Readonly<Record<string, unknown>>).filter(
      ([key]) => key !== "namespaceSelector" && key !== "matchConditions",
    ),
  );
}

function rule(group: string, resource: string) {
  return {
    apiGroups: [group],
    apiVersions: ["v1"],
    resources: [resource],
    operations: ["CREATE", "UPDATE"],
    scope: "Namespaced",
  };
}

function clientConfig(path: string) {
  return { service: { namespace: "dualstack-system", name: "dualstack-webhook", port: 443, path } };
}

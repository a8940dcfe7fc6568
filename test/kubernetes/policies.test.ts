import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { loadPolicies } from "../../src/kubernetes/policies.ts";

const header = "apiVersion: dualstack.dev/v1alpha1\nkind: LoadBalancerPolicy\n";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "policies-"));
});
afterEach(async () => {
  await rm(folder, { recursive: true });
});

async function load(files: Readonly<Record<string, string>>, paths: readonly string[] = [""]) {
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), content);
  const { policies, problems } = await loadPolicies(paths.map((path) => join(folder, path)));
  return {
    names: policies.ordered.map(({ metadata }) => metadata.name),
    problems: problems.map((problem) => problem.replaceAll(`${folder}/`, "")),
  };
}

test("the example is valid and says what the documentation says", async () => {
  const { policies, problems } = await loadPolicies([join(import.meta.dirname, "../../examples/policy.yaml")]);
  expect(problems).toEqual([]);
  expect(policies.ordered.map(({ spec }) => spec)).toEqual([
    {
      description: "Internet-facing and dual-stack unless a team says otherwise",
      namespaceSelector: {},
      priority: 0,
      selectable: true,
      overridable: true,
      mode: "Enforce",
      existing: "Preserve",
      service: {
        claim: "Class",
        loadBalancerClass: { default: "service.k8s.aws/nlb" },
        ipAddressType: { default: "dualstack", allowed: ["dualstack", "ipv4"] },
        scheme: { default: "internet-facing", allowed: ["internet-facing", "internal"] },
        targetType: { default: "ip" },
        proxyProtocol: { default: "Off" },
      },
      ingress: {
        ipAddressType: { default: "dualstack" },
        scheme: { default: "internet-facing" },
        targetType: { default: "ip" },
        groupName: { allowed: ["public-*"] },
      },
      rules: { "dualstack-needs-ipv6-subnets": "Warn" },
    },
  ]);
});

test("several documents a file, several files and a List make one set, in the order in which they win", async () => {
  const loaded = await load({
    "a.yaml": `${header}metadata: {name: low}\nspec: {}\n---\n${header}metadata: {name: high}\nspec: {priority: 2}\n`,
    "b.json": JSON.stringify({
      apiVersion: "v1",
      kind: "List",
      items: [
        { apiVersion: "dualstack.dev/v1alpha1", kind: "LoadBalancerPolicy", metadata: { name: "listed" }, spec: {} },
      ],
    }),
  });
  expect(loaded).toEqual({ names: ["high", "listed", "low"], problems: [] });
});

describe("problems", () => {
  test("all of all files are reported with file, line and field, and what is valid is kept", async () => {
    const { names, problems } = await load({
      "a.yaml": `${header}metadata:\n  name: a\nspec:\n  prio: 1\n  service:\n    claim: Class\n    scheme:\n      default: public\n`,
      "b.yaml": `${header}metadata: {name: b}\nspec: {}\n---\nkind: [\n`,
      "c.yaml": `${header}metadata: {name: c}\nspec:\n  namespaceSelector:\n    matchExpressions:\n      - {key: a, operator: In}\n`,
    });
    expect(names).toEqual(["b"]);
    expect(problems.map((problem) => problem.split(": ", 2).join(": "))).toEqual([
      "b.yaml:7: is not valid YAML",
      "a.yaml:10: spec.service.scheme.default",
      "a.yaml:8: spec.service.claim",
      "a.yaml:6: spec.prio",
      "c.yaml:7: spec.namespaceSelector.matchExpressions[0].values",
    ]);
    expect(problems[1]).toBe(
      'a.yaml:10: spec.service.scheme.default: "public" is not allowed: use "internal" or "internet-facing".',
    );
  });

  test("two policies of one name are refused, with both places", async () => {
    const one = `${header}metadata:\n  name: same\nspec: {}\n`;
    expect(await load({ "a.yaml": one, "b.yaml": `# comment\n${one}` })).toEqual({
      names: ["same"],
      problems: ['b.yaml:5: metadata.name: "same" is taken at a.yaml:4: rename one of them.'],
    });
  });

  test("an object of another kind is refused with one sentence", async () => {
    const { problems } = await load({
      "a.yaml": "apiVersion: v1\nkind: ConfigMap\nmetadata: {name: a}\n",
      "b.yaml": "apiVersion: dualstack.dev/v2\nkind: LoadBalancerPolicy\nmetadata: {name: b}\nspec: {}\n",
    });
    expect(problems).toEqual([
      'a.yaml:2: kind: "ConfigMap" does not belong among the policies: move it elsewhere, or make it a LoadBalancerPolicy of dualstack.dev/v1alpha1.',
      'b.yaml:1: apiVersion: "dualstack.dev/v2" does not belong among the policies: move it elsewhere, or make it a LoadBalancerPolicy of dualstack.dev/v1alpha1.',
    ]);
  });

  test("a bare Off is refused here as the API server refuses it", async () => {
    const { problems } = await load({ "a.yaml": `${header}metadata: {name: a}\nspec:\n  mode: Off\n` });
    expect(problems).toEqual([
      'a.yaml:5: spec.mode: is the boolean false, which is how YAML reads a bare Off: write "Off" in quotes (allowed: Enforce, Warn, Off).',
    ]);
  });

  test("a path without a policy, and one that does not exist, are problems", async () => {
    expect(await load({ "empty.yaml": "# nothing yet\n" }, ["empty.yaml", "gone"])).toEqual({
      names: [],
      problems: [
        "empty.yaml: holds no LoadBalancerPolicy: write one, or leave the path out.",
        "gone: does not exist: check the path.",
      ],
    });
  });
});

/** LoadBalancerPolicy as a resource of a real API server: its CustomResourceDefinition, and the webhook's entry for it. */
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import fc from "fast-check";
import { beforeAll, describe, expect, it } from "vitest";
import { connect } from "../../src/kubernetes/client.ts";
import type { ApiClient } from "../../src/kubernetes/client.ts";
import { readManifests } from "../../src/kubernetes/manifests.ts";
import { readPolicy } from "../../src/policy/schema.ts";
import { starterPolicies } from "../../src/policy/starter.ts";
import { at, deploy, list } from "../deploy/render.ts";
import { badPolicies } from "../policy/bad-policies.ts";
import type { BadPolicy } from "../policy/bad-policies.ts";
import { atEveryBound, everything, written } from "../policy/policies.ts";
import { policySpec } from "../support/arbitraries.ts";
import { leaves, replaced } from "../support/replaced.ts";
import { expectSuccess } from "./kubernetes.ts";
import { poll } from "./processes.ts";
import type { Result } from "./processes.ts";
import { startControlPlane } from "./start.ts";
import type { ControlPlane } from "./start.ts";
import { startWebhook } from "./webhook.ts";
import type { Webhook } from "./webhook.ts";

const root = join(import.meta.dirname, "..", "..");
const crdFile = join(deploy, "base", "00-crd.yaml");
const collection = "/apis/dualstack.dev/v1alpha1/loadbalancerpolicies";

let plane: ControlPlane;
let client: ApiClient;
beforeAll(async () => {
  plane = await startControlPlane();
  client = await connect({ kubeconfig: plane.kubeconfigPath });
  await expectSuccess(plane.kubectl(["apply", "--validate=strict", "-f", crdFile]));
  await established();
  return async () => {
    client.close();
    await plane.stop();
  };
});

async function established(): Promise<void> {
  const crd = "crd/loadbalancerpolicies.dualstack.dev";
  await expectSuccess(plane.kubectl(["wait", "--for=condition=Established", "--timeout=30s", crd]));
  const served = async (): Promise<boolean> => (await client.get(collection)).status === 200;
  if (!(await poll(served, { every: 50, within: 30_000 }))) throw new Error("The resource is not served");
}

function kubectl(verb: string, spec: unknown, { name = "a", args = [] }: KubectlOptions = {}): Promise<Result> {
  return plane.kubectl([verb, ...args, "-f", "-"], { stdin: JSON.stringify(written(spec, name)) });
}

interface KubectlOptions {
  readonly name?: string;
  readonly args?: readonly string[];
}

/** The answer to the creation of a policy that is not kept. */
async function dryRun(raw: object): Promise<{ readonly status: number; readonly body: unknown }> {
  const path = `${collection}?dryRun=All&fieldValidation=Strict`;
  const { status, body } = await client.write("POST", path, { body: JSON.stringify(raw) });
  return { status, body: JSON.parse(body) as unknown };
}

/** Its spec as we understand it, or what is wrong with it. */
function understood(raw: unknown): unknown {
  const read = readPolicy(raw);
  return "policy" in read ? read.policy.spec : { problems: read.problems };
}

describe("what is installed", () => {
  it("is taken again without a change, by both kinds of kubectl apply", async () => {
    expect(await plane.kubectl(["apply", "--validate=strict", "-f", crdFile])).toMatchObject({
      code: 0,
      stdout: expect.stringContaining("unchanged"),
      stderr: "",
    });
    const serverSide = ["apply", "--server-side", "--force-conflicts", "--validate=strict", "-f", crdFile];
    expect(await plane.kubectl(serverSide)).toMatchObject({ code: 0, stderr: "" });
  });

  it("shows a policy in columns, by its short name", async () => {
    await expectSuccess(
      kubectl("create", { mode: "Warn", priority: 7, description: "for a while" }, { name: "columns" }),
    );
    const condition = { type: "Accepted", status: "False", lastTransitionTime: "2026-01-01T00:00:00Z" };
    const status = { conditions: [{ ...condition, reason: "Invalid", message: "spec.mode: is wrong" }] };
    await expectSuccess(
      plane.kubectl([
        "patch",
        "lbpolicy",
        "columns",
        "--subresource=status",
        "--type=merge",
        `--patch=${JSON.stringify({ status })}`,
      ]),
    );
    const { stdout } = await expectSuccess(plane.kubectl(["get", "lbpolicy", "columns"]));
    const [head, row] = stdout
      .trimEnd()
      .split("\n")
      .map((text) => text.split(/ {2,}/));
    expect(head).toEqual(["NAME", "MODE", "PRIORITY", "SELECTABLE", "ACCEPTED", "AGE"]);
    expect(row?.slice(0, -1)).toEqual(["columns", "Warn", "7", "false", "False"]);
    const wide = await expectSuccess(plane.kubectl(["get", "lbpolicy", "columns", "-o", "wide"]));
    expect(wide.stdout).toMatch(/REASON +DESCRIPTION +AGE\ncolumns .* Invalid +for a while/);
  });

  it("explains every field", async () => {
    const explain = async (field: string) =>
      (await expectSuccess(plane.kubectl(["explain", `lbpolicy.${field}`]))).stdout.replaceAll(/\s+/g, " ");
    expect(await explain("spec.service")).toContain("For Services of type LoadBalancer.");
    expect(await explain("spec.service")).toContain("enum: Class, TypeAnnotation, Leave, Refuse");
    expect(await explain("spec.service.scheme.allowed")).toContain("any other is refused");
    expect(await explain("spec.namespaceSelector")).toContain("{} is every namespace, left out is none");
    expect(await explain("status.inForce")).toContain("The last spec that could be used");
  });
});

describe("a good policy", () => {
  it.each([
    ["every field", everything],
    ["none", {}],
    ["as much of everything as there may be", atEveryBound],
    ["the starter's", starterPolicies[0]?.spec],
  ])("with %s is stored and means what it meant", async (_, spec) => {
    await expectSuccess(kubectl("apply", spec, { name: "good", args: ["--validate=strict"] }));
    const { stdout } = await expectSuccess(plane.kubectl(["get", "lbpolicy", "good", "-o", "json"]));
    expect(understood(JSON.parse(stdout))).toEqual(understood(written(spec)));
    await expectSuccess(plane.kubectl(["delete", "lbpolicy", "good"]));
  });

  it("of the examples and of the rules' fixtures does, too", async () => {
    const { documents } = await readManifests([join(root, "examples"), join(root, "test", "fixtures")]);
    const policies = documents.filter(({ raw }) => raw["kind"] === "LoadBalancerPolicy");
    expect(policies.length).toBeGreaterThan(20);
    for (const { raw, source } of policies) {
      const { status, body } = await dryRun(raw);
      expect({ source, status, spec: understood(body) }).toEqual({ source, status: 201, spec: understood(raw) });
    }
  });

  it("has its defaults filled in, and no others", async () => {
    const { body } = await dryRun(written({}));
    expect(at(body, "spec")).toEqual({
      priority: 0,
      selectable: false,
      overridable: true,
      mode: "Enforce",
      existing: "Preserve",
    });
  });
});

describe("a bad policy", () => {
  it.each(badPolicies.filter(({ by }) => by !== "webhook"))(
    "is refused by the API server alone, with the field: $what",
    async (bad) => {
      const { code, stderr } = await kubectl("create", bad.spec, { args: ["--dry-run=server"] });
      expect(code).toBe(1);
      for (const said of saidOf(bad)) expect(stderr).toMatch(said);
    },
  );

  it.each(badPolicies.filter(({ by }) => by === "webhook"))(
    "is left to our webhook, and comes as it was written: $what",
    async ({ spec }) => {
      const { status, body } = await dryRun(written(spec));
      expect(status).toBe(201);
      expect(understood(body)).toEqual(understood(written(spec)));
    },
  );

  it("is refused for all that CEL finds at once", async () => {
    const faults = {
      service: { claim: "Class", scheme: { default: "internal", allowed: ["internet-facing"] } },
      ingress: { groupName: { allowed: ["a", "a"] } },
    };
    const { stderr } = await kubectl("create", faults, { args: ["--dry-run=server"] });
    for (const field of ["service.claim", "service.scheme.default", "ingress.groupName.allowed"]) {
      expect(stderr).toContain(`* spec.${field}: Invalid value: `);
    }
  });

  it("of any other kind is refused too: the API server and we agree", async () => {
    const paths = leaves(everything, []).filter((path) => path.length > 0);
    const anything = fc.oneof(
      fc.constantFrom<unknown[]>("", 0, false, [], {}, "Off", "internal", ["internal", "internal"]),
      fc.jsonValue(),
    );
    const spec = fc.oneof(
      policySpec,
      fc
        .record({ path: fc.constantFrom(...paths), value: anything })
        .map(({ path, value }) => replaced(everything, path, value)),
      fc
        .record({ path: fc.constantFrom(...paths), value: anything, other: policySpec })
        .map(({ path, value, other }) => replaced({ ...everything, ...other }, path, value)),
    );
    await fc.assert(
      fc.asyncProperty(spec, async (each) => {
        const sent = written(each);
        expect(disagreement(sent, await dryRun(sent))).toBeUndefined();
      }),
      { numRuns: 400 },
    );
  });
});

describe("what is null", () => {
  it("counts as left out, as everywhere in Kubernetes", async () => {
    const { status, body } = await dryRun(written({ mode: null, namespaceSelector: null, service: { scheme: null } }));
    expect({ status, spec: understood(body) }).toEqual({ status: 201, spec: understood(written({})) });
  });

  it("but for what a selector demands and a bound allows, which would be wider without it", async () => {
    for (const spec of [
      { namespaceSelector: { matchLabels: null } },
      { namespaceSelector: { matchExpressions: null } },
      { ingress: { scheme: { allowed: null } } },
    ]) {
      expect(understood((await dryRun(written(spec))).body)).toHaveProperty("problems");
    }
    expect((await dryRun(written({ namespaceSelector: { matchLabels: { team: null } } }))).status).toBe(422);
  });
});

describe("the status", () => {
  const inForce = { generation: 1, spec: { mode: "Enforce", ofAnotherVersion: { nested: [1, { deep: "x" }] } } };
  const patch = (status: object) =>
    plane.kubectl([
      "patch",
      "lbpolicy",
      "status",
      "--subresource=status",
      "--type=merge",
      `--patch=${JSON.stringify({ status })}`,
    ]);
  const stored = async (): Promise<unknown> =>
    JSON.parse((await expectSuccess(plane.kubectl(["get", "lbpolicy", "status", "-o", "json"]))).stdout);

  it("keeps the spec that is in force whole, and only its own subresource changes it", async () => {
    await expectSuccess(kubectl("apply", { priority: 1 }, { name: "status" }));
    await expectSuccess(patch({ observedGeneration: 1, inForce }));
    expect(at(await stored(), "status", "inForce")).toEqual(inForce);
    const forged = { ...written({ priority: 2 }, "status"), status: { observedGeneration: 99 } };
    await expectSuccess(plane.kubectl(["replace", "-f", "-"], { stdin: JSON.stringify(forged) }));
    expect(at(await stored(), "status")).toEqual({ observedGeneration: 1, inForce });
    expect(at(await stored(), "metadata", "generation")).toBe(2);
    await expectSuccess(patch({ observedGeneration: 2 }));
    expect(at(await stored(), "metadata", "generation")).toBe(2);
  });

  it("has conditions as other resources have them", async () => {
    const condition = { type: "Accepted", status: "True", lastTransitionTime: "2026-01-01T00:00:00Z" };
    expect(await patch({ conditions: [{ ...condition, reason: "two words", message: "" }] })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("status.conditions[0].reason"),
    });
    const twice = { ...condition, reason: "Valid", message: "in force" };
    expect(await patch({ conditions: [twice, twice] })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("status.conditions[1]: Duplicate value"),
    });
    await expectSuccess(patch({ conditions: [twice] }));
    const waited = ["wait", "--for=condition=Accepted", "lbpolicy/status", "--timeout=10s"];
    expect(await plane.kubectl(waited)).toMatchObject({ code: 0 });
  });
});

describe("kubectl dualstack preview -o yaml", () => {
  it("prints policies that kubectl applies, and that mean the same", async () => {
    const preview = [
      "preview",
      "-f",
      join(root, "examples", "policy.yaml"),
      "-f",
      join(root, "examples", "10-service.yaml"),
      "-o",
      "yaml",
    ];
    const { stdout } = await expectSuccess(plane.run(process.execPath, [join(root, "src", "cli.ts"), ...preview]));
    expect(stdout).toContain("kind: LoadBalancerPolicy");
    await expectSuccess(plane.kubectl(["create", "namespace", "shop"]));
    await expectSuccess(plane.kubectl(["apply", "--validate=strict", "-f", "-"], { stdin: stdout }));
    const live = await expectSuccess(plane.kubectl(["get", "lbpolicy", "public-dualstack", "-o", "json"]));
    const { documents } = await readManifests([join(root, "examples", "policy.yaml")]);
    expect(understood(JSON.parse(live.stdout))).toEqual(understood(documents[0]?.raw));
  });
});

describe("with our webhook", () => {
  let webhook: Webhook;
  beforeAll(async () => {
    webhook = await startWebhook(plane);
    await webhook.configure();
    return () => webhook.remove();
  });

  it.each(badPolicies.filter(({ by }) => by === "webhook"))(
    "is refused at kubectl create, with the field: $what",
    async ({ spec, field, message }) => {
      expect(await kubectl("create", spec, { args: ["--dry-run=server"] })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining(
          `admission webhook "policies.validate.dualstack.dev" denied the request: 1 problem in LoadBalancerPolicy a:\n- ${field}: ${message}`,
        ),
      });
    },
  );

  it("all problems of one are told at once, and in the log with their fields", async () => {
    const spec = { rules: { "Not An Id": "Deny", nor_this: "Off" }, service: { scheme: { allowed: null } } };
    const { stderr } = await kubectl("create", spec, { name: "all", args: ["--dry-run=server"] });
    expect(stderr).toContain("3 problems in LoadBalancerPolicy all:\n- spec.service.scheme.allowed: ");
    expect(stderr).toContain("\n- spec.rules[Not An Id]: ");
    expect(stderr).toContain("\n- spec.rules.nor_this: ");
    const line = (await webhook.decisions("")).find(({ name }) => name === "all");
    expect(line).toMatchObject({
      kind: "LoadBalancerPolicy",
      webhook: "validate",
      outcome: "denied",
      dryRun: true,
      refusedFields: ["spec.service.scheme.allowed", "spec.rules[Not An Id]", "spec.rules.nor_this"],
    });
    expect(await (await fetch(`${webhook.healthUrl}/metrics`)).text()).toContain(
      'dualstack_admission_requests_total{webhook="validate",operation="CREATE",kind="LoadBalancerPolicy",decision="denied",dry_run="true"} ',
    );
  });

  it("a rule that this version does not know is a warning at kubectl apply", async () => {
    const { code, stderr } = await kubectl("apply", { rules: { "rule-of-tomorrow": "Deny" } }, { name: "tomorrow" });
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "Warning: spec.rules.rule-of-tomorrow: this version knows no such rule, and leaves it alone\n",
    });
  });

  it("what was stored before anybody judged it can be switched off, labelled and deleted, and not made worse", async () => {
    const crd = JSON.parse(
      (await expectSuccess(plane.kubectl(["get", "crd", "loadbalancerpolicies.dualstack.dev", "-o", "json"]))).stdout,
    ) as object;
    const version = list(crd, "spec", "versions")[0] as object;
    const lax = { openAPIV3Schema: { type: "object", "x-kubernetes-preserve-unknown-fields": true } };
    const spec = { ...(at(crd, "spec") as object), versions: [{ ...version, schema: lax }] };
    await webhook.stop();
    await expectSuccess(plane.kubectl(["replace", "-f", "-"], { stdin: JSON.stringify({ ...crd, spec }) }));
    const bad = { mode: "Enforce", service: { claim: "Class" }, rules: { "Not An Id": "Deny" } };
    await expect.poll(async () => (await kubectl("apply", bad, { name: "old" })).code, { timeout: 30_000 }).toBe(0);
    await expectSuccess(plane.kubectl(["apply", "--server-side", "--force-conflicts", "-f", crdFile]));
    await expect
      .poll(async () => (await kubectl("create", bad, { args: ["--dry-run=server"] })).code, { timeout: 30_000 })
      .toBe(1);
    await webhook.start();
    await webhook.configure();

    const off = await kubectl("apply", { ...bad, mode: "Off" }, { name: "old" });
    expect(off).toMatchObject({
      code: 0,
      stderr: expect.stringContaining("already so before this update: spec.service.claim"),
    });
    await expectSuccess(plane.kubectl(["label", "lbpolicy", "old", "team=web"]));
    await expectSuccess(
      plane.kubectl([
        "patch",
        "lbpolicy",
        "old",
        "--type=merge",
        '--patch={"metadata":{"finalizers":["example.com/mine"]}}',
      ]),
    );
    const worse = { ...bad, mode: "Off", rules: { "Not An Id": "Deny", nor_this: "Off" } };
    expect(await kubectl("apply", worse, { name: "old" })).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("1 problem in LoadBalancerPolicy old:\n- spec.rules.nor_this: "),
    });
    await expectSuccess(plane.kubectl(["delete", "lbpolicy", "old", "--wait=false"]));
    await expectSuccess(
      plane.kubectl(["patch", "lbpolicy", "old", "--type=merge", '--patch={"metadata":{"finalizers":null}}']),
    );
    expect(await plane.kubectl(["get", "lbpolicy", "old"])).toMatchObject({ code: 1 });
  });

  it("while it is down, policies can be installed, changed and switched off", async () => {
    await webhook.stop();
    await expectSuccess(kubectl("apply", { mode: "Enforce" }, { name: "meanwhile" }));
    const { stdout } = await expectSuccess(kubectl("apply", { mode: "Off" }, { name: "meanwhile" }));
    expect(stdout).toContain("configured");
    await expectSuccess(plane.kubectl(["delete", "lbpolicy", "meanwhile"]));
    await webhook.start();
  });
});

/** What the API server's message has. */
function saidOf({ by, field, message }: BadPolicy): readonly RegExp[] {
  const place = escaped(field.replaceAll(/\[(?!\d)(.*?)\]/g, ".$1"));
  switch (by) {
    case "decoder":
      return [new RegExp(`unknown field "${place}"`)];
    case "schema":
      return [new RegExp(`(?:\\* |: )${place}: `)];
    case "cel": {
      // What stands in a list or a map is a matter of the whole of it.
      const whole = escaped(field.replace(field.endsWith("]") ? /\[[^\]]*\]$/ : /\.[^.]*$/, ""));
      return [new RegExp(` (?:${place}|${whole}): Invalid value: .*${escaped(message)}`)];
    }
    case "webhook":
      return [];
  }
}

/** What stands between the API server's word and ours. undefined: nothing. */
function disagreement(sent: object, { status, body }: Awaited<ReturnType<typeof dryRun>>): unknown {
  const read = readPolicy(sent);
  if ("policy" in read) {
    return status === 201 && isDeepStrictEqual(understood(body), read.policy.spec) ? undefined : { status, body };
  }
  if (status !== 201) return status === 400 || status === 422 ? undefined : { status, body };
  // Left out, as null always is, or left to the webhook.
  const excused = /^is empty: |is not a rule id|^"__proto__"/;
  return read.problems.find(({ message }) => !excused.test(message));
}

function escaped(text: string): string {
  return text.replaceAll(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`);
}

/** LoadBalancerPolicies of a real API server, and what the real program makes of them. The tests run in order. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { list, pick } from "../deploy/render.ts";
import { expectSuccess, nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster } from "./kubernetes.ts";
import { readOverlay, toYaml } from "./overlay.ts";
import { webhookUser } from "./start.ts";
import { startWebhook } from "./webhook.ts";
import type { Webhook } from "./webhook.ts";

const crdName = "loadbalancerpolicies.dualstack.dev";
const patiently = { timeout: 30_000, interval: 100 };
const flags = ["--controllers=aws-load-balancer-controller"];

let cluster: Cluster;
let anyCrd: string;
beforeAll(async () => {
  anyCrd = await readFile(join(import.meta.dirname, "crds", "loadbalancerpolicies-of-another-version.yaml"), "utf8");
  cluster = await startCluster({ policies: "cluster", flags });
  await cluster.namespace("shop");
  return () => cluster.stop();
});

describe("a policy that is applied", () => {
  it("is in force within a second, and says so everywhere", async () => {
    expect(await readyz()).toContain("[+]policies ok: 0 in force");
    expect(await injectedScheme()).toBe("");
    await expectInForce("public", await apply("public", { ...everywhere, service: scheme("internet-facing") }));
    expect(await injectedScheme()).toBe("internet-facing");
    expect(await readyz()).toContain("[+]policies ok: 1 in force\n");
    expect(await metrics()).toContain('dualstack_policies{state="accepted"} 1\n');
    await expect
      .poll(() => status("public"), patiently)
      .toMatchObject({
        observedGeneration: 1,
        conditions: [{ type: "Accepted", status: "True", observedGeneration: 1, reason: "Valid" }],
        inForce: { generation: 1, spec: { service: scheme("internet-facing") } },
      });
  });

  it("is in force as it is edited", async () => {
    await expectInForce("public", await apply("public", { ...everywhere, service: scheme("internal") }));
    expect(await injectedScheme()).toBe("internal");
    // What an earlier spec had is gone from the status, too.
    const rules = { "tls-not-applied": "Warn" };
    await untilObserved("public", await apply("public", { ...everywhere, service: scheme("internal"), rules }));
    expect((await status("public")).inForce?.spec["rules"]).toEqual(rules);
    await untilObserved("public", await apply("public", { ...everywhere, service: scheme("internal") }));
    expect((await status("public")).inForce?.spec["rules"] ?? {}).toEqual({});
  });

  it("may name rules of another version", async () => {
    await untilObserved("staged", await apply("staged", { rules: { "a-rule-of-tomorrow": "Warn" } }));
    expect(await status("staged")).toMatchObject({
      conditions: [{ status: "True", reason: "UnknownRules", message: expect.stringContaining("a-rule-of-tomorrow") }],
    });
    await expectSuccess(cluster.plane.kubectl(["delete", "lbpolicy", "staged"]));
    await expect.poll(readyz, patiently).toContain("[+]policies ok: 1 in force\n");
  });
});

describe("a policy that the API server takes and we cannot use", () => {
  let good: number;
  let bad: number;

  it("stays in force as it was, and the fault is visible everywhere", async () => {
    good = await apply("public", { ...everywhere, service: scheme("internal"), priority: 1 });
    await untilObserved("public", good);
    await takeAnySpec();
    bad = await apply("public", { ...everywhere, service: scheme("inetrnal") });
    await untilObserved("public", bad);
    expect(await status("public")).toMatchObject({
      conditions: [{ status: "False", observedGeneration: bad, reason: "Invalid" }],
      inForce: { generation: good, spec: { service: scheme("internal") } },
    });
    expect((await status("public")).conditions?.[0]?.message).toBe(
      `spec.service.scheme.default: "inetrnal" is not allowed: use "internal" or "internet-facing". Generation ${good} stays in force.`,
    );
    expect(await injectedScheme()).toBe("internal");
    expect(await readyz()).toContain(notAccepted());
    expect(await readiness()).toBe(200);
    expect(await metrics()).toContain('dualstack_policies{state="last-good"} 1\n');
    const said = (await logged()).filter(({ msg }) => msg.startsWith("policy cannot be used"));
    expect(said).toMatchObject([{ level: 40, policy: "public", generation: bad, inForce: good }]);
  });

  it("stays in force as it was when the program starts again", async () => {
    await cluster.webhook.stop();
    await cluster.webhook.start();
    expect(await injectedScheme()).toBe("internal");
    expect(await readyz()).toContain(notAccepted());
    expect(await status("public")).toMatchObject({ observedGeneration: bad, inForce: { generation: good } });
  });

  it("of which no version was ever good does nothing", async () => {
    await untilObserved("odd", await apply("odd", { ...everywhere, priority: 7, mode: "Perhaps" }));
    const { conditions, inForce } = await status("odd");
    expect(conditions).toMatchObject([
      { status: "False", message: expect.stringContaining("No version of this policy is in force.") },
    ]);
    expect(inForce).toBeUndefined();
    expect(await injectedScheme()).toBe("internal");
    await expectSuccess(cluster.plane.kubectl(["delete", "lbpolicy", "odd"]));
  });

  it("is in force again once it is mended", async () => {
    const mended = await apply("public", { ...everywhere, service: scheme("internal"), priority: 1 });
    await expectInForce("public", mended);
    await untilObserved("public", mended);
    expect(await status("public")).toMatchObject({ conditions: [{ status: "True" }] });
  });

  function notAccepted(): string {
    return `1 in force; not accepted: public (generation ${bad} cannot be used, generation ${good} stays)\n`;
  }
});

describe("of several replicas", () => {
  let other: Webhook;
  beforeAll(async () => {
    other = await startWebhook(cluster.plane, { policies: "cluster", flags });
    // It has been installed with its own CRD.
    await takeAnySpec();
    return () => other.remove();
  });

  it("one writes the status, and another one once that is killed", async () => {
    const holder = await leaseHolder();
    const good = await apply("public", { ...everywhere, service: scheme("internet-facing") });
    await untilObserved("public", good);
    await expect.poll(() => inForceOf(other, "public"), patiently).toBe(good);
    expect(await writes(other)).toBe(0);
    expect(await leaseHolder()).toBe(holder);

    await cluster.webhook.kill();
    const bad = await apply("public", { ...everywhere, service: scheme("nowhere") });
    await untilObserved("public", bad);
    expect(await status("public")).toMatchObject({ inForce: { generation: good } });
    expect(await leaseHolder()).not.toBe(holder);
    expect(await writes(other)).toBeGreaterThan(0);

    await cluster.webhook.start();
    expect(await injectedScheme()).toBe("internet-facing");
  });
});

describe("without the right to write", () => {
  it("a status, policies are in force all the same", async () => {
    const role = pick((await readOverlay(cluster.plane, "cluster-wide")).manifests, "ClusterRole", "dualstack-webhook");
    const less = list(role, "rules").filter((rule) => !JSON.stringify(rule).includes("loadbalancerpolicies/status"));
    expect(less.length).toBe(list(role, "rules").length - 1);
    await expectSuccess(cluster.plane.kubectl(["apply", "-f", "-"], { stdin: toYaml([{ ...role, rules: less }]) }));
    const verb = ["auth", "can-i", "--quiet", "patch", "loadbalancerpolicies", "--subresource=status"];
    const can = () => cluster.plane.kubectl(verb, { user: webhookUser });
    await expect.poll(can, patiently).toMatchObject({ code: 1 });

    const { observedGeneration } = await status("public");
    const applied = await apply("public", { ...everywhere, service: scheme("internal"), priority: 2 });
    await expectInForce("public", applied);
    expect(await injectedScheme()).toBe("internal");
    const said = "the status of a policy cannot be written: what is in force does not depend on it";
    await expect.poll(messages, patiently).toContain(said);
    expect(await readiness()).toBe(200);
    expect(await status("public")).toMatchObject({ observedGeneration });

    await expectSuccess(cluster.plane.kubectl(["apply", "-f", "-"], { stdin: toYaml([role]) }));
    await untilObserved("public", applied);
  });

  it("the Lease, too", async () => {
    await expectSuccess(cluster.plane.kubectl(["-n", "dualstack-system", "delete", "lease", "dualstack-webhook"]));
    await expect.poll(messages, patiently).toContain("the lease cannot be used: this replica writes nothing");
    const applied = await apply("public", { ...everywhere, service: scheme("internet-facing"), priority: 3 });
    await expectInForce("public", applied);
    expect(await injectedScheme()).toBe("internet-facing");
    expect(await readiness()).toBe(200);
  });
});

describe("a policy that is gone", () => {
  it("because somebody deleted it is not in force", async () => {
    await apply("second", { ...everywhere, priority: 10, service: scheme("internal") });
    await expect.poll(injectedScheme, patiently).toBe("internal");
    await expectSuccess(cluster.plane.kubectl(["delete", "lbpolicy", "second"]));
    await expect.poll(injectedScheme, patiently).toBe("internet-facing");
    expect(await readyz()).toContain("[+]policies ok: 1 in force\n");
  });

  it("because the CRD was deleted stays in force", async () => {
    await deleteCrd();
    // The watch has asked for the collection, too.
    await expect.poll(messages, patiently).toContain("the kind does not exist");
    await expect.poll(readyz, patiently).toContain(`the CRD ${crdName} is not installed; kept although`);
    expect(await injectedScheme()).toBe("internet-facing");
    expect(await metrics()).toContain('dualstack_policies{state="orphan"} 1\n');
    expect(await readiness()).toBe(200);
  });

  it("is not in force where a program starts without the CRD, and is once both are there", async () => {
    await cluster.webhook.stop();
    await cluster.webhook.start();
    expect(await readyz()).toContain(`[+]policies ok: 0 in force; the CRD ${crdName} is not installed\n`);
    expect(await injectedScheme()).toBe("");
    await takeAnySpec();
    await apply("public", { ...everywhere, service: scheme("internal") });
    await expect.poll(injectedScheme, patiently).toBe("internal");
  });

  it("follows a CRD that comes back without it", async () => {
    await deleteCrd();
    await takeAnySpec();
    await expect.poll(readyz, patiently).toContain("[+]policies ok: 0 in force\n");
    expect(await injectedScheme()).toBe("");
    await apply("public", { ...everywhere, service: scheme("internet-facing") });
    await expect.poll(injectedScheme, patiently).toBe("internet-facing");
  });
});

/** Puts a CRD in place that takes what this version cannot use, and leaves our own check of policies out. */
async function takeAnySpec(): Promise<void> {
  await cluster.plane.kubectl(["delete", "validatingwebhookconfiguration", "dualstack-webhook"]);
  await expectSuccess(cluster.plane.kubectl(["apply", "-f", "-"], { stdin: anyCrd }));
  const probe = toYaml([policy("probe", { mode: "Perhaps", priority: "no number" })]);
  const isTaken = () => cluster.plane.kubectl(["create", "--dry-run=server", "-f", "-"], { stdin: probe });
  await vi.waitFor(async () => expect(await isTaken()).toMatchObject({ code: 0 }), patiently);
}

async function deleteCrd(): Promise<void> {
  await expectSuccess(cluster.plane.kubectl(["delete", "crd", crdName]));
  await expect.poll(readyz, patiently).toContain("kept although their CRD has vanished: public\n");
}

const everywhere = { namespaceSelector: {} };

function scheme(value: string): object {
  return { scheme: { default: value } };
}

/** Gives the generation that it has by now. */
async function apply(name: string, spec: object): Promise<number> {
  const args = ["apply", "-f", "-", "-o", "jsonpath={.metadata.generation}"];
  return Number((await expectSuccess(cluster.plane.kubectl(args, { stdin: toYaml([policy(name, spec)]) }))).stdout);
}

function policy(name: string, spec: object): object {
  return { apiVersion: "dualstack.dev/v1alpha1", kind: "LoadBalancerPolicy", metadata: { name }, spec };
}

interface Status {
  readonly observedGeneration?: number;
  readonly conditions?: readonly { readonly message: string }[];
  readonly inForce?: { readonly spec: Readonly<Record<string, unknown>> };
}

async function status(name: string): Promise<Status> {
  const { stdout } = await expectSuccess(cluster.plane.kubectl(["get", "lbpolicy", name, "-o", "json"]));
  return (JSON.parse(stdout) as { readonly status?: Status }).status ?? {};
}

async function untilObserved(name: string, generation: number): Promise<void> {
  const observed = async () => (await status(name)).observedGeneration;
  await expect.poll(observed, { timeout: 50_000, interval: 200 }).toBe(generation);
}

/** What a new Service would get. */
async function injectedScheme(): Promise<string> {
  const path = `jsonpath={.metadata.annotations.${nlb.replaceAll(".", "\\.")}-scheme}`;
  const web = service("shop", { spec: { loadBalancerClass: "service.k8s.aws/nlb" } });
  return (await expectSuccess(cluster.create(web, "--dry-run=server", "-o", path))).stdout;
}

interface Line {
  readonly level: number;
  readonly time: number;
  readonly msg: string;
  readonly policy?: string;
  readonly generation?: number;
}

async function logged(webhook: Webhook = cluster.webhook): Promise<readonly Line[]> {
  const lines = (await webhook.log()).split("\n").filter((line) => line.startsWith("{"));
  return lines.map((line) => JSON.parse(line) as Line);
}

async function messages(): Promise<readonly string[]> {
  return (await logged()).map(({ msg }) => msg);
}

/** Right after kubectl has applied it. By the program's own clock, since how long this test takes is another matter. */
async function expectInForce(name: string, generation: number): Promise<void> {
  const appliedAt = Date.now();
  const find = async () => (await logged()).find((line) => isInForce(line, name) && line.generation === generation);
  await expect.poll(find, patiently).toBeDefined();
  expect(((await find())?.time ?? Infinity) - appliedAt).toBeLessThan(1_000);
}

function isInForce({ msg, policy: about }: Line, name: string): boolean {
  return msg.startsWith("policy is in force") && about === name;
}

async function inForceOf(webhook: Webhook, name: string): Promise<number | undefined> {
  const lines = (await logged(webhook)).filter((line) => isInForce(line, name));
  return lines.at(-1)?.generation;
}

async function readyz(): Promise<string> {
  return (await fetch(`${cluster.webhook.healthUrl}/readyz?verbose`)).text();
}

async function readiness(): Promise<number> {
  return (await fetch(`${cluster.webhook.healthUrl}/readyz`)).status;
}

async function metrics(webhook: Webhook = cluster.webhook): Promise<string> {
  return (await fetch(`${webhook.healthUrl}/metrics`)).text();
}

async function writes(webhook: Webhook): Promise<number> {
  const [, count] = /^dualstack_status_writes_total\{result="success"\} (\d+)$/m.exec(await metrics(webhook)) ?? [];
  return Number(count);
}

async function leaseHolder(): Promise<string> {
  const path = "jsonpath={.spec.holderIdentity}";
  const args = ["-n", "dualstack-system", "get", "lease", "dualstack-webhook", "-o", path];
  return (await expectSuccess(cluster.plane.kubectl(args))).stdout;
}

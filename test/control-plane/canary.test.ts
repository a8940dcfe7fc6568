/** The proof that the API server calls the webhook, and what it says where it does not. The tests run in order. */
import { beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectSuccess, startCluster } from "./kubernetes.ts";
import type { Cluster } from "./kubernetes.ts";
import { readOverlay, toYaml } from "./overlay.ts";
import { webhookUser } from "./start.ts";

const namespace = "dualstack-canary";
const patience = { timeout: 45_000, interval: 200 };

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    policies: {
      internal: {
        namespaceSelector: {},
        service: { loadBalancerClass: { default: "service.k8s.aws/nlb" }, scheme: { default: "internal" } },
      },
      shadow: { selectable: true, mode: "Warn", service: { scheme: { default: "internal" } } },
      off: { selectable: true, mode: "Off" },
      bounded: {
        selectable: true,
        service: {
          claim: "Refuse",
          loadBalancerClass: { allowed: ["service.k8s.aws/nlb"] },
          ipAddressType: { allowed: ["dualstack"] },
        },
      },
    },
    flags: ["--controllers=aws-load-balancer-controller"],
  });
  return () => cluster.stop();
});

/** It runs again a minute after a failure, and minutes after a success. */
async function restart(): Promise<void> {
  await cluster.webhook.stop();
  await cluster.webhook.start();
}

async function kubectl(...args: readonly string[]): Promise<void> {
  await expectSuccess(cluster.plane.kubectl(args));
}

/** As the installation has it. */
async function applyAgain(kind: string): Promise<void> {
  const { manifests } = await readOverlay(cluster.plane, "cluster-wide");
  const found = manifests.filter(
    ({ kind: each, metadata }) => each === kind && [metadata.namespace, metadata.name].includes(namespace),
  );
  expect(found).toHaveLength(1);
  await expectSuccess(cluster.plane.kubectl(["apply", "-f", "-"], { stdin: toYaml(found) }));
}

async function note(): Promise<string> {
  const response = await fetch(`${cluster.webhook.healthUrl}/readyz?verbose`);
  expect(response.status).toBe(200);
  return /^\[\+\]canary ok: (.*)$/m.exec(await response.text())?.[1] ?? "";
}

async function metric(name: string): Promise<readonly string[]> {
  const text = await (await fetch(`${cluster.webhook.healthUrl}/metrics`)).text();
  return text.split("\n").filter((line) => line.startsWith(name));
}

/** What the last run has found, by the metric; where /readyz?verbose does not say the same in these words, what it says. */
async function finding(words: string): Promise<string> {
  const [, result = "", success] =
    /\{result="([a-z-]+)"\} ([01])$/.exec((await metric("dualstack_canary_success")).join()) ?? [];
  const said = await note();
  const head = success === "1" ? `${result} at ` : `NOT PROVED (${result}) at `;
  return said.startsWith(head) && said.includes(words) ? result : said;
}

const injected = "A good one was admitted and got what its policy injects.";

describe("the API server calls the webhook", () => {
  it("which is proved, with what the policy injects, and no alert would count it", async () => {
    await expect.poll(() => finding(`${injected} Called was this replica.`), patience).toBe("proved");
    const [, at = ""] = /^\S+ at (\S+): /.exec(await note()) ?? [];
    const [line = ""] = await metric("dualstack_canary_last_run_timestamp_seconds");
    expect(Number(line.split(" ")[1])).toBe(Date.parse(at) / 1000);

    const seen = await cluster.webhook.decisions(namespace);
    const outcomes = seen.map(({ webhook, outcome, dryRun }) => `${webhook} ${outcome}${dryRun ? "" : " for real"}`);
    expect(new Set(outcomes)).toEqual(
      new Set(["mutate patched", "mutate allowed", "validate denied", "validate allowed"]),
    );
    expect(await metric("dualstack_policy_violations_total{")).toEqual([]);
    expect(await metric("dualstack_injected_values_total{")).toEqual([]);
    expect((await cluster.plane.kubectl(["get", "services", "-n", namespace])).stderr).toContain("No resources found");
  });

  it("and again when the certificate has been renewed", async () => {
    await expect.poll(() => finding(""), patience).toBe("proved");
    const [before = ""] = await metric("dualstack_canary_last_run_timestamp_seconds");
    await cluster.webhook.renewCertificate();
    await cluster.webhook.configure();
    await expect.poll(() => metric("dualstack_canary_last_run_timestamp_seconds"), patience).not.toEqual([before]);
    await expect.poll(() => finding(""), patience).toBe("proved");
  });
});

describe("the namespace of the canary", () => {
  it("takes nothing but dry runs, also from those who may do everything", async () => {
    const refused = await cluster.plane.kubectl(["create", "service", "clusterip", "web", "--tcp=80", "-n", namespace]);
    expect(refused).toMatchObject({ code: 1 });
    expect(refused.stderr).toContain("This namespace stays empty, for dry runs of the dualstack-webhook only.");
  });

  it("is the only one in which the webhook may create anything, and there it may nothing else", async () => {
    const can = async (...what: readonly string[]): Promise<boolean> =>
      (await cluster.plane.kubectl(["auth", "can-i", "--quiet", ...what], { user: webhookUser })).code === 0;
    expect(await can("create", "services", "-n", namespace)).toBe(true);
    expect(await can("create", "services", "-n", "default")).toBe(false);
    for (const verb of ["get", "update", "patch", "delete"]) {
      expect(await can(verb, "services", "-n", namespace)).toBe(false);
    }
    for (const kind of ["pods", "configmaps", "secrets", "endpoints"]) {
      expect(await can("create", kind, "-n", namespace)).toBe(false);
    }
  });
});

describe("under every policy", () => {
  it.each([
    { policy: "shadow", result: "shadow", words: "in shadow mode: a bad Service was admitted with its warning" },
    { policy: "off", result: "not-judged", words: "the policy in force in the canary's namespace judges nothing" },
    { policy: "bounded", result: "proved", words: "nothing is injected there, so the mutating call is not proved." },
  ])("$policy: $result", async ({ policy, result, words }) => {
    await kubectl("label", "namespace", namespace, `dualstack.dev/policy=${policy}`);
    try {
      await restart();
      await expect.poll(() => finding(words), patience).toBe(result);
    } finally {
      await kubectl("label", "namespace", namespace, "dualstack.dev/policy-");
    }
  });
});

describe("something is wrong: it is shown and logged, the webhook is ready all the same, and it heals by itself", () => {
  /** The last line of the canary, which is written a moment after the note and the metric. */
  async function lastLine(): Promise<{ level?: number; result?: string; why?: string }> {
    const said = (await cluster.webhook.log()).split("\n").findLast((line) => line.includes('"canary: '));
    return JSON.parse(said ?? "{}");
  }

  /** Without a restart: why the last line of the canary was logged. */
  async function healed(): Promise<string> {
    if ((await finding(injected)) !== "proved") return "no";
    const { level, result, why } = await lastLine();
    return `${level} ${result} ${why}`;
  }

  // What a failed test has left broken must not fail the next one.
  beforeEach(async () => {
    await cluster.webhook.configure();
  });

  it("the configurations trust another CA", async () => {
    const { caPem } = cluster.plane;
    const caBundle = `"caBundle":"${Buffer.from(caPem).toString("base64")}"`;
    await cluster.webhook.configure({
      change: (manifests) =>
        manifests.map((manifest) => JSON.parse(JSON.stringify(manifest).replaceAll(/"caBundle":"[^"]*"/g, caBundle))),
      until: [],
    });
    await restart();
    await expect
      .poll(
        () => finding("It does not trust the serving certificate: the caBundle of the webhook configurations"),
        patience,
      )
      .toBe("call-failed");
    expect(await note()).toContain("x509: certificate signed by unknown authority");
    await cluster.webhook.configure();
    await expect.poll(healed, patience).toBe("30 proved retry");
  });

  it("there are no webhook configurations", async () => {
    await expect.poll(() => finding(""), patience).toBe("proved");
    const both = "mutatingwebhookconfiguration,validatingwebhookconfiguration";
    await kubectl("delete", both, "dualstack-webhook");
    await cluster.webhook.renewCertificate();
    await expect
      .poll(() => finding("Apply deploy/ again: the webhook configurations are missing or changed"), patience)
      .toBe("not-called");
    await expect.poll(lastLine, patience).toMatchObject({
      level: 50,
      msg: "canary: it is not proved that the API server calls the webhook",
      result: "not-called",
      why: "certificate",
      problem: expect.stringContaining("Apply deploy/ again: "),
    });
    await cluster.webhook.configure();
    await expect.poll(healed, patience).toBe("30 proved retry");
  });

  it("only the mutating one is missing", async () => {
    await kubectl("delete", "mutatingwebhookconfiguration", "dualstack-webhook");
    await restart();
    await expect
      .poll(() => finding("Look at the MutatingWebhookConfiguration dualstack-webhook and its caBundle."), patience)
      .toBe("not-mutated");
    await cluster.webhook.configure();
    await expect.poll(healed, patience).toBe("30 proved retry");
  });

  it("the selectors no longer reach the namespace", async () => {
    await kubectl("label", "namespace", namespace, "dualstack.dev/inject=disabled", "--overwrite");
    await restart();
    await expect
      .poll(() => finding(`namespace ${namespace} has lost its label dualstack.dev/inject: enabled.`), patience)
      .toBe("not-called");
    await kubectl("label", "namespace", namespace, "dualstack.dev/inject=enabled", "--overwrite");
    await expect.poll(healed, patience).toBe("30 proved retry");
  });

  it("it has no right", async () => {
    await kubectl("delete", "rolebinding", namespace, "-n", namespace);
    await restart();
    await expect.poll(() => finding("apply its Role and RoleBinding from deploy/ again."), patience).toBe("forbidden");
    await applyAgain("RoleBinding");
    await expect.poll(healed, patience).toBe("30 proved retry");
  });

  it("somebody else refuses it", async () => {
    const validations = [{ expression: "request.userInfo.username == 'nobody'" }];
    const patch = JSON.stringify({ spec: { validations } });
    await kubectl("patch", "validatingadmissionpolicy", namespace, "--type=merge", `--patch=${patch}`);
    await restart();
    await expect
      .poll(() => finding("Somebody else than this webhook refused a Service of the canary"), patience)
      .toBe("refused-by-another");
    await applyAgain("ValidatingAdmissionPolicy");
    await expect.poll(healed, patience).toBe("30 proved retry");
  });

  it("the namespace is gone", async () => {
    await kubectl("delete", "namespace", namespace, "--wait=false");
    await restart();
    await expect.poll(() => finding("because it is being terminated"), patience).toBe("namespace-missing");
    const { stdout } = await expectSuccess(cluster.plane.kubectl(["get", "namespace", namespace, "-o", "json"]));
    const finalized = JSON.stringify({ ...JSON.parse(stdout), spec: { finalizers: [] } });
    // No controller does it here.
    await expectSuccess(
      cluster.plane.kubectl(["replace", "--raw", `/api/v1/namespaces/${namespace}/finalize`, "-f", "-"], {
        stdin: finalized,
      }),
    );
    await expect.poll(() => finding("this replica knows of no such namespace"), patience).toBe("namespace-missing");
    await applyAgain("Namespace");
    await expect.poll(healed, patience).toBe("30 proved retry");
  });
});

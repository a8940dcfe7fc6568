/** Certificates without cert-manager: the real program, with exactly the rights of the component, in front of a real API server. */
import { X509Certificate } from "node:crypto";
import { request } from "node:https";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { queries } from "../deploy/monitoring.ts";
import { at, list, pick } from "../deploy/render.ts";
import { readQuery, readSamples, unknownTo } from "../support/promql.ts";
import { annotationsOf, expectSuccess, nlb, service } from "./kubernetes.ts";
import type { Stored } from "./kubernetes.ts";
import { needsCertManager, toYaml } from "./overlay.ts";
import { host, prepareSelfManaged } from "./self-managed.ts";
import type { Replica, SelfManagedInstallation } from "./self-managed.ts";
import { startControlPlane, webhookUser } from "./start.ts";
import type { ControlPlane } from "./start.ts";

const within = { timeout: 40_000, interval: 200 };
const allReady = ["ready", "ready"];
const kinds = ["mutatingwebhookconfiguration", "validatingwebhookconfiguration"] as const;

let plane: ControlPlane;
let installation: SelfManagedInstallation;
let replicas: Replica[] = [];
beforeAll(async () => {
  plane = await startControlPlane();
  installation = await prepareSelfManaged(plane);
  return async () => {
    await installation.remove();
    await plane.stop();
  };
});

const apply = (objects: readonly object[]) =>
  plane.kubectl(["apply", "--validate=strict", "-f", "-"], { stdin: toYaml(objects) });
const emptySecret = () => pick(installation.manifests, "Secret", "dualstack-webhook-ca");

it("the component leaves nothing of cert-manager, and the program is told", () => {
  const { manifests } = installation;
  expect(manifests.filter(needsCertManager)).toEqual([]);
  expect(JSON.stringify(manifests)).not.toMatch(/inject-ca-from|dualstack-webhook-tls|caBundle/);
  const pod = at(pick(manifests, "Deployment"), "spec", "template", "spec");
  expect(list(pod, "containers", 0, "args")).toContain("--self-managed-certificate");
  expect(JSON.stringify(pod)).not.toContain("tls-dir");
  expect(emptySecret()).not.toHaveProperty("data");
});

it("the API server takes all of it strictly, and from an empty Secret two replicas become ready", async () => {
  await expectSuccess(apply([pick(installation.manifests, "Namespace", "dualstack-system")]));
  expect(await apply(installation.local)).toMatchObject({ code: 0, stderr: "" });
  replicas = [await installation.launch("main"), await installation.launch("main")];
  await expect.poll(readiness, within).toEqual(allReady);
});

describe("with two replicas", () => {
  it("a kubectl apply goes through both webhook configurations: one is completed, one is refused", async () => {
    await expectSuccess(plane.kubectl(["create", "namespace", "shop"]));
    await expectSuccess(apply([service("shop")]));
    const { stdout } = await expectSuccess(plane.kubectl(["get", "service", "web", "-n", "shop", "-o", "json"]));
    expect(annotationsOf(JSON.parse(stdout) as Stored)).toMatchObject({ [`${nlb}-scheme`]: "internal" });
    const bad = service("shop", { metadata: { name: "bad", annotations: { [`${nlb}-scheme`]: "public" } } });
    const refused = await apply([bad]);
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining("denied the request") });
  });

  it("both serve the same certificate, of the CA that every entry trusts", async () => {
    const [a, b] = await Promise.all(replicas.map((each) => each.served()));
    expect(a?.fingerprint256).toBe(b?.fingerprint256);
    expect(a?.checkHost(host, { subject: "never" })).toBe(host);
    const ca = new X509Certificate((await secretData())["ca.crt"] ?? "");
    expect(a?.verify(ca.publicKey)).toBe(true);
    const entries = list(pick(installation.manifests, "MutatingWebhookConfiguration"), "webhooks").length;
    expect(await bundles("mutatingwebhookconfiguration")).toEqual(Array(entries).fill(ca.toString()));
  });

  it("both say so in their metrics, for all that alerts and dashboard ask of a certificate", async () => {
    const ca = new X509Certificate((await secretData())["ca.crt"] ?? "");
    const asked = queries.filter(({ query }) => query.includes("dualstack_certificate_"));
    expect(asked.length).toBeGreaterThan(6);
    for (const { healthUrl } of replicas) {
      const text = await (await fetch(`${healthUrl}/metrics`)).text();
      expect(text).toContain("\ndualstack_certificate_trusted 1\n");
      const expiry = ca.validToDate.getTime() / 1000;
      expect(text).toContain(`\ndualstack_certificate_authority_expiry_timestamp_seconds ${expiry}\n`);
      const problems = asked.flatMap(({ query }) => unknownTo(readSamples(text), readQuery(query)));
      expect(problems).toEqual([]);
    }
  });

  it("its rights are to this Secret and these two configurations, and no others", async () => {
    const can = async (...what: readonly string[]): Promise<boolean> =>
      (await plane.kubectl(["auth", "can-i", "--quiet", ...what], { user: webhookUser })).code === 0;
    const namespace = ["-n", "dualstack-system"];
    for (const verb of ["get", "update"])
      expect(await can(verb, "secret/dualstack-webhook-ca", ...namespace)).toBe(true);
    for (const verb of ["create", "list", "watch", "delete", "patch"])
      expect(await can(verb, "secret/dualstack-webhook-ca", ...namespace)).toBe(false);
    for (const verb of ["get", "update"]) expect(await can(verb, "secret/other", ...namespace)).toBe(false);
    expect(await can("get", "secret/dualstack-webhook-ca", "-n", "default")).toBe(false);
    for (const kind of kinds) {
      for (const verb of ["get", "patch"]) expect(await can(verb, `${kind}/dualstack-webhook`)).toBe(true);
      for (const verb of ["create", "update", "delete", "list"])
        expect(await can(verb, `${kind}/dualstack-webhook`)).toBe(false);
      expect(await can("patch", `${kind}/other`)).toBe(false);
    }
  });

  it("a caBundle that was removed by hand is put back, and nothing else of the configuration changes", async () => {
    const before = await configuration("validatingwebhookconfiguration");
    const remove = before.webhooks.map((_, index) => ({
      op: "remove",
      path: `/webhooks/${index}/clientConfig/caBundle`,
    }));
    await expectSuccess(
      plane.kubectl([
        "patch",
        "validatingwebhookconfiguration",
        "dualstack-webhook",
        "--type=json",
        `-p=${JSON.stringify(remove)}`,
      ]),
    );
    await expect
      .poll(async () => (await configuration("validatingwebhookconfiguration")).webhooks, within)
      .toEqual(before.webhooks);
  });

  it("applying the installation again takes neither the certificate nor the trust away", async () => {
    const before = await secretData();
    await expectSuccess(apply(installation.local));
    expect(await secretData()).toEqual(before);
    expect(new Set(await bundles("mutatingwebhookconfiguration")).size).toBe(1);
  });

  it("a Secret that was deleted is said; calls go on; applied again, it is filled, and no call is lost", async () => {
    const before = await replicas[0]?.served();
    const calls = callOnAndOn();
    await expectSuccess(plane.kubectl(["delete", "secret", "dualstack-webhook-ca", "-n", "dualstack-system"]));
    for (const replica of replicas) {
      const verbose = async (): Promise<string> => (await fetch(`${replica.healthUrl}/readyz?verbose`)).text();
      await expect.poll(verbose, within).toMatch(/\[\+\]certificate ok: .*dualstack-webhook-ca does not exist/);
      await expect.poll(() => replica.log(), within).toContain("dualstack-webhook-ca does not exist");
    }
    expect((await replicas[0]?.served())?.fingerprint256).toBe(before?.fingerprint256);
    await expectSuccess(apply([emptySecret()]));
    await expect.poll(async () => Object.keys(await secretData()), within).toContain("retired.crt");
    const trusted = [(await secretData())["ca.crt"] ?? "", before].map(
      (each) => new X509Certificate(each?.toString() ?? ""),
    );
    await expect
      .poll(async () => (await bundles("mutatingwebhookconfiguration"))[0], within)
      .toContain(trusted[0]?.toString());
    await expect.poll(readiness, within).toEqual(allReady);
    expect(await calls.stop()).toMatchObject({ lost: [] });
  });

  it("no key is in any log", async () => {
    const keys = Object.entries(await secretData()).filter(([key]) => key.endsWith(".key"));
    expect(keys).toHaveLength(2);
    for (const replica of replicas) {
      const log = await replica.log();
      expect(log).not.toContain("PRIVATE KEY");
      for (const [, pem] of keys) expect(log).not.toContain(pem.split("\n")[1]);
    }
  });
});

describe("renewal", () => {
  it("two replicas whose certificates live for a minute and a half become ready, from an empty Secret", async () => {
    await Promise.all(replicas.map((each) => each.stop()));
    await expectSuccess(plane.kubectl(["delete", "secret", "dualstack-webhook-ca", "-n", "dualstack-system"]));
    await expectSuccess(apply([emptySecret()]));
    replicas = [await installation.launch("short-lived"), await installation.launch("short-lived")];
    await expect.poll(readiness, within).toEqual(allReady);
  });

  it("of the certificate and of the CA under load: no call is lost", { timeout: 240_000 }, async () => {
    const calls = callOnAndOn();
    const first = await served();
    const ca = (await secretData())["ca.crt"];
    const long = { timeout: 120_000, interval: 300 };
    await expect.poll(served, long).not.toEqual(first);
    expect((await secretData())["ca.crt"]).toBe(ca);
    await expect.poll(async () => (await secretData())["ca.crt"], long).not.toBe(ca);
    const renewed = new X509Certificate((await secretData())["ca.crt"] ?? "");
    const isOfNew = async (): Promise<boolean> =>
      (await Promise.all(replicas.map((each) => each.served()))).every((each) => each.verify(renewed.publicKey));
    expect(await isOfNew()).toBe(false);
    await expect.poll(isOfNew, long).toBe(true);
    const outcome = await calls.stop();
    expect(outcome.lost).toEqual([]);
    expect(outcome.answered).toBeGreaterThan(200);
    expect((await bundles("mutatingwebhookconfiguration"))[0]).toContain(new X509Certificate(ca ?? "").toString());
  });
});

afterAll(() => Promise.all(replicas.map((each) => each.stop())));

async function served(): Promise<readonly string[]> {
  return Promise.all(replicas.map(async (each) => (await each.served()).fingerprint256));
}

/** Of each replica: "ready", without a word about the certificate, or what /readyz says. */
function readiness(): Promise<readonly string[]> {
  return Promise.all(
    replicas.map(async ({ healthUrl }) => {
      const answer = await fetch(`${healthUrl}/readyz?verbose`).then((response) => response.text(), String);
      return /\[\+\]certificate ok\n[^]*readyz check passed/.test(answer) ? "ready" : answer;
    }),
  );
}

interface Configuration {
  readonly webhooks: readonly { readonly clientConfig: { readonly caBundle?: string } }[];
}

async function configuration(kind: (typeof kinds)[number]): Promise<Configuration> {
  const { stdout } = await expectSuccess(plane.kubectl(["get", kind, "dualstack-webhook", "-o", "json"]));
  return JSON.parse(stdout) as Configuration;
}

/** The caBundle of each entry, decoded. */
async function bundles(kind: (typeof kinds)[number]): Promise<readonly string[]> {
  const { webhooks } = await configuration(kind);
  return webhooks.map(({ clientConfig }) => Buffer.from(clientConfig.caBundle ?? "", "base64").toString());
}

async function secretData(): Promise<Readonly<Record<string, string>>> {
  const { stdout } = await expectSuccess(
    plane.kubectl(["get", "secret", "dualstack-webhook-ca", "-n", "dualstack-system", "-o", "json"]),
  );
  const { data = {} } = JSON.parse(stdout) as { readonly data?: Readonly<Record<string, string>> };
  return Object.fromEntries(Object.entries(data).map(([key, text]) => [key, Buffer.from(text, "base64").toString()]));
}

/**
 * Creates Services in dry runs, two at a time, until it is stopped. One that is refused was lost by /validate, whose failure
 * policy is Fail; one that comes back without our annotation was lost by /mutate, whose is Ignore.
 */
function callOnAndOn() {
  const lost: string[] = [];
  let answered = 0;
  let stopped = false;
  const caller = async (): Promise<void> => {
    while (!stopped) {
      const { status, body } = await dryRun().catch((error: unknown) => ({ status: 0, body: String(error) }));
      if (status === 201 && body.includes(`${nlb}-scheme`)) answered += 1;
      else lost.push(`${status} ${body.slice(0, 400)}`);
    }
  };
  const callers = [caller(), caller()];
  return {
    async stop() {
      stopped = true;
      await Promise.all(callers);
      return { answered, lost };
    },
  };
}

function dryRun(): Promise<{ readonly status: number; readonly body: string }> {
  const { metadata, ...rest } = service("shop");
  return new Promise((resolve, reject) => {
    const outgoing = request(
      `${plane.url}/api/v1/namespaces/shop/services?dryRun=All`,
      {
        method: "POST",
        ca: plane.caPem,
        headers: { authorization: `Bearer ${plane.token}`, "content-type": "application/json" },
      },
      (answer) => {
        let body = "";
        answer.setEncoding("utf8").on("data", (text: string) => (body += text));
        answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
      },
    );
    outgoing.once("error", reject);
    outgoing.end(JSON.stringify({ ...rest, metadata: { ...metadata, name: "probe" } }));
  });
}

/** The real program, over TLS, while its certificate is renewed under load. */
import { X509Certificate } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { Agent } from "node:https";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "node:tls";
import { afterAll, beforeAll, expect, it, vi } from "vitest";
import { issue } from "../../../src/server/issuance.ts";
import type { NewLeaf, Pair } from "../../../src/server/issuance.ts";
import { mountSecret } from "../../support/mounted-secret.ts";
import { post, start } from "../../support/program.ts";
import type { Running } from "../../support/program.ts";
import { rawService } from "../../support/subjects.ts";
import { reviewOf } from "../../support/webhook-app.ts";

const reloads = 10;
const calls = 1_000;
const name = "dualstack-webhook.dualstack-system.svc";
const dayMs = 24 * 60 * 60 * 1000;
const within = { timeout: 20_000, interval: 50 };

let authority: Pair;
let folder: string;
let program: Running;
let port: number;
let healthUrl: string;
let version = 0;

beforeAll(async () => {
  const newAuthority = { commonName: "test", validMs: dayMs };
  ({ authority } = await issue({ authority: newAuthority, leaf: undefined, now: Date.now() }));
  folder = mkdtempSync(join(tmpdir(), "dualstack-reload-"));
  await mount(await newPair());
  healthUrl = `http://127.0.0.1:${await freePort()}`;
  program = start([
    "--listen=127.0.0.1:0",
    `--health-listen=${new URL(healthUrl).host}`,
    `--tls-dir=${folder}`,
    `--tls-name=${name}`,
  ]);
  const [, url = ""] = await program.printed(/"url":"(https:[^"]+)"/);
  port = Number(new URL(url).port);
});
afterAll(async () => {
  program.signal("SIGTERM");
  await program.finished;
  rmSync(folder, { recursive: true });
});

it(
  "1,000 calls across ten reloads: none is lost, on new connections and on kept ones",
  { timeout: 90_000 },
  async () => {
    const kept = new Agent({ keepAlive: true });
    const perCall = new Agent({ keepAlive: false });
    const outcomes = new Map<string, number>();
    let done = false;
    const count = (outcome: string): void => void outcomes.set(outcome, (outcomes.get(outcome) ?? 0) + 1);
    const caller = async (agent: Agent, kind: string): Promise<void> => {
      while (!done) {
        await post(`https://127.0.0.1:${port}/mutate`, authority.cert, reviewOf(rawService({})), agent).then(
          ({ status, body }) => count(status === 200 && body.includes('"allowed":true') ? kind : `${status}: ${body}`),
          (error: unknown) => count(String(error)),
        );
      }
    };
    const callers = [kept, kept, perCall, perCall].map((agent) => caller(agent, agent === kept ? "kept" : "new"));

    const served = [await servedFingerprint()];
    for (let reload = 1; reload <= reloads; reload += 1) {
      const pair = await newPair();
      await mount(pair);
      const { fingerprint256 } = new X509Certificate(pair.cert);
      await vi.waitFor(async () => expect(await servedFingerprint()).toBe(fingerprint256), within);
      served.push(fingerprint256);
    }
    const total = (): number => [...outcomes.values()].reduce((sum, some) => sum + some, 0);
    await vi.waitFor(() => expect(total()).toBeGreaterThanOrEqual(calls), { ...within, timeout: 60_000 });
    done = true;
    await Promise.all(callers);
    kept.destroy();

    expect([...outcomes.keys()].toSorted()).toEqual(["kept", "new"]);
    expect(new Set(served).size).toBe(reloads + 1);
    expect(await metric("dualstack_certificate_reload_total")).toEqual({ success: reloads, failure: 0 });
  },
);

it.each<readonly [string, () => Promise<Pair>, string]>([
  [
    "a pair that does not match",
    async () => ({ ...(await newPair()), key: (await newPair()).key }),
    "is not the key of",
  ],
  ["an empty file", async () => ({ ...(await newPair()), cert: "" }), "tls.crt is empty"],
  ["one that has expired", () => newPair({ validMs: -1 }), "expired on"],
  ["one for another name", () => newPair({ dnsNames: ["other.svc"] }), `must carry the DNS name ${name}`],
  ["one that is not valid yet", () => newPair({}, Date.now() + dayMs / 2), "valid only from"],
])("%s: the old one stays in use, and log, metric and /readyz say so", async (_, faulty, complaint) => {
  const before = await servedFingerprint();
  const failures = (await metric("dualstack_certificate_reload_total"))["failure"] ?? 0;
  await mount(await faulty());
  const verbose = async (): Promise<string> => (await fetch(`${healthUrl}/readyz?verbose`)).text();
  await vi.waitFor(async () => expect(await verbose()).toContain(complaint), within);
  expect(await verbose()).toMatch(/\[\+\]certificate ok: .+ The one until .+ stays in use\./);
  expect((await fetch(`${healthUrl}/readyz`)).status).toBe(200);
  expect(await metric("dualstack_certificate_reload_total")).toMatchObject({ failure: failures + 1 });
  const complaints = (): readonly string[] =>
    program
      .stdout()
      .split("\n")
      .filter((line) => line.includes("certificate not reloaded") && line.includes(complaint));
  // Lines are written in chunks.
  await vi.waitFor(() => expect(complaints()).toHaveLength(1), within);
  expect(await servedFingerprint()).toBe(before);

  const mended = await newPair();
  await mount(mended);
  const { fingerprint256 } = new X509Certificate(mended.cert);
  await vi.waitFor(async () => expect(await servedFingerprint()).toBe(fingerprint256), within);
  expect(await verbose()).toContain("[+]certificate ok\n");
});

it("no private key is ever logged", () => {
  expect(program.stdout()).toContain("certificate reloaded");
  expect(program.stdout()).not.toContain("PRIVATE KEY");
});

async function newPair(change: Partial<NewLeaf> = {}, now = Date.now()): Promise<Pair> {
  const leaf = { commonName: name, dnsNames: [name], ipAddresses: ["127.0.0.1"], validMs: dayMs, ...change };
  const issued = await issue({ authority, leaf, now });
  if (issued.leaf === undefined) throw new Error("no leaf");
  return issued.leaf;
}

function mount(pair: Pair): Promise<void> {
  version += 1;
  return mountSecret(folder, String(version), pair);
}

function servedFingerprint(): Promise<string> {
  return new Promise((resolve, reject) => {
    const socket = connect({ port, host: "127.0.0.1", ca: authority.cert, servername: name }, () => {
      resolve(socket.getPeerX509Certificate()?.fingerprint256 ?? "");
      socket.destroy();
    });
    socket.on("error", reject);
  });
}

/** The values of a counter by the value of its only label. */
async function metric(metricName: string): Promise<Readonly<Record<string, number>>> {
  const page = await (await fetch(`${healthUrl}/metrics`)).text();
  const lines = page.matchAll(new RegExp(`^${metricName}\\{[^"]+"([^"]+)"\\} (\\S+)$`, "gm"));
  return Object.fromEntries([...lines].map(([, label = "", value]) => [label, Number(value)]));
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const probe = createServer();
    probe.listen(0, "127.0.0.1", () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => resolve(free));
    });
  });
}

import { X509Certificate } from "node:crypto";
import { afterEach, beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { certificatesIn, isSignedBy } from "../../../src/server/authority/pem.ts";
import { startSelfManaged } from "../../../src/server/authority/self-managed.ts";
import type { SelfManagedCertificate } from "../../../src/server/authority/self-managed.ts";
import type { Lifetimes } from "../../../src/server/authority/plan.ts";
import { issueHere } from "../../../src/server/issuance.ts";
import { certificateCluster } from "../../support/certificate-cluster.ts";
import type { CertificateCluster } from "../../support/certificate-cluster.ts";
import { fastClock } from "../../support/fast-clock.ts";
import type { FastClock } from "../../support/fast-clock.ts";

const dayMs = 24 * 60 * 60 * 1000;
const lifetimes: Lifetimes = { authority: 900 * dayMs, leaf: 90 * dayMs, settle: 5 * 60 * 1000 };
const name = "dualstack-webhook.dualstack-system.svc";

interface Replica extends SelfManagedCertificate {
  readonly lease: { held: boolean };
  readonly reloads: readonly string[];
  readonly faults: readonly string[];
  readonly lines: readonly string[];
}

let cluster: CertificateCluster;
let clock: FastClock;
let replicas: Replica[];
/** Signers of what a replica served that some entry no longer trusted after a write of ours. */
let cutOff: string[];

beforeEach(() => {
  cluster = certificateCluster();
  clock = fastClock();
  replicas = [];
  cutOff = [];
});

afterEach(() => {
  if (cutOff.length > 0) throw new Error("a replica served what was no longer trusted");
});

describe("from an empty Secret", () => {
  it("a CA and a certificate are made, and the webhook configurations trust them", async () => {
    const replica = start();
    await replica.first;
    await ready(replica);
    const { "ca.crt": ca = "", "tls.crt": leaf = "", ...keys } = cluster.secret() ?? {};
    expect(Object.keys(keys).toSorted()).toEqual(["ca.key", "tls.key"]);
    expect(cluster.bundles()).toEqual(Array(4).fill(certificatesIn(ca).join("")));
    expect(replica.current()?.cert).toBe(leaf);
    const certificate = new X509Certificate(leaf);
    expect(certificate.subjectAltName).toBe(`DNS:${name}`);
    expect(lifeOf(leaf)).toBe(lifetimes.leaf);
    expect(lifeOf(ca)).toBe(lifetimes.authority);
    expect(certificate.publicKey.asymmetricKeyDetails?.namedCurve).toBe("prime256v1");
    expect(replica.lines.join()).not.toContain("PRIVATE");
    expect(replica.faults).toEqual([]);
  });

  it("of two that both believe that they write, one makes the CA, and both serve it", async () => {
    const [a, b] = [start(), start()];
    await ready(a, b);
    expect(a.current()?.cert).toBe(b.current()?.cert);
    expect(new Set(cluster.bundles().flatMap(certificatesIn)).size).toBe(1);
    expect([...a.lines, ...b.lines].filter((line) => line.includes("Secret written"))).toHaveLength(1);
  });

  it("one that does not write waits, says for what, and writes nothing", async () => {
    const waiting = start(false);
    await rounds(3);
    expect(waiting.check()).toBe("there is no certificate yet: the replica that holds the Lease makes one");
    expect(cluster.calls.filter((call) => !call.startsWith("GET"))).toEqual([]);
    start();
    await ready(waiting);
    expect(waiting.current()?.cert).toBe(cluster.secret()?.["tls.crt"]);
  });

  it("is not ready before the webhook configurations trust it, for once", async () => {
    const patches = /^PATCH/;
    cluster.refuse(patches, 403);
    const replica = start();
    await replica.first;
    await rounds(3);
    expect(replica.check()).toMatch(/^the webhook configurations do not trust the certificate yet: caBundle of the /);
    cluster.refuse(patches, undefined);
    await ready(replica);
    expect(replica.trusted()).toBe(true);
    cluster.refuse(patches, 403);
    cluster.setBundles("");
    await until(() => expect(replica.trusted()).toBe(false));
    expect(replica.check()).toBe(true);
  });

  it("is ready without the webhook configurations, which may be applied later", async () => {
    cluster.removeConfigurations();
    const replica = start();
    await ready(replica);
    expect(replica.faults).toEqual([]);
  });
});

describe("whoever holds the Lease makes none", () => {
  const patienceMs = 20_000;

  it("a replica that has no certificate makes one after twenty seconds, has it trusted, and says so once", async () => {
    const before = await newAuthority();
    cluster.setBundles(before);
    const replica = start(false);
    await rounds(2);
    clock.advance(patienceMs - 1);
    await rounds(2);
    expect(cluster.calls.filter((call) => !call.startsWith("GET"))).toEqual([]);
    clock.advance(1);
    await ready(replica);
    expect(trustedNow()).toEqual([authority(), before]);
    expect(replica.lines.filter((line) => line.includes("whoever holds the Lease makes none"))).toHaveLength(1);
  });

  it("of two such replicas one makes the CA, and both serve it", async () => {
    const [a, b] = [start(false), start(false)];
    await rounds(2);
    clock.advance(patienceMs);
    await ready(a, b);
    expect([...a.lines, ...b.lines].filter((line) => line.includes("Secret written"))).toHaveLength(1);
  });

  it("a trust that is lost is put back, though not at once, and after that it is the holder's turn again", async () => {
    const [writer, other] = [start(), start(false)];
    await ready(writer, other);
    writer.lease.held = false;
    cluster.setBundles("");
    await until(() => expect([writer, other].map((each) => each.trusted())).toEqual([false, false]));
    const patches = patchCount();
    await rounds(3);
    expect(patchCount()).toBe(patches);
    clock.advance(patienceMs);
    await until(() => expect([writer, other].map((each) => each.trusted())).toEqual([true, true]));
    const writes = cluster.calls.filter((call) => !call.startsWith("GET")).length;
    clock.advance(61 * dayMs);
    await rounds(5);
    expect(cluster.calls.filter((call) => !call.startsWith("GET"))).toHaveLength(writes);
  });

  it("an expired certificate is renewed", async () => {
    const replica = start();
    await ready(replica);
    replica.lease.held = false;
    const expired = replica.current()?.cert;
    clock.advance(91 * dayMs);
    await rounds(3);
    expect(cluster.secret()?.["tls.crt"]).toBe(expired);
    expect(replica.check()).not.toBe(true);
    clock.advance(patienceMs);
    await ready(replica);
    expect(replica.current()?.cert).not.toBe(expired);
  });
});

describe("renewal", () => {
  it("of the certificate: when a third of its life is left, by the same CA, and no caBundle is touched", async () => {
    const [writer, other] = [start(), start(false)];
    await ready(writer, other);
    const { "ca.crt": ca, "tls.crt": leaf = "" } = cluster.secret() ?? {};
    const patches = patchCount();
    clock.advance(59 * dayMs);
    await rounds(3);
    expect(cluster.secret()?.["tls.crt"]).toBe(leaf);
    clock.advance(2 * dayMs);
    await until(() => expect(other.current()?.cert).not.toBe(leaf));
    await until(() => expect(writer.current()?.cert).toBe(other.current()?.cert));
    expect(cluster.secret()?.["ca.crt"]).toBe(ca);
    expect(patchCount()).toBe(patches);
    expect(other.reloads).toEqual(["success"]);
  });

  it(
    "of the CA: both are trusted until nobody can serve a certificate of the old one",
    { timeout: 60_000 },
    async () => {
      const [writer, other] = [start(), start(false)];
      await ready(writer, other);
      const old = authority();
      let leaf = writer.current()?.cert;
      // Up to the moment at which a third of the CA's life is left.
      for (let day = 0; day < 600; day += 60) {
        clock.advance(60 * dayMs);
        if (day < 540) await until(() => haveOtherThan(leaf));
        leaf = writer.current()?.cert;
      }
      await until(() => expect(trustedNow()).toHaveLength(2));
      const renewed = authority();
      expect(renewed).not.toBe(old);
      expect(trustedNow()).toEqual([renewed, old]);
      // Nothing is signed by the new one before it has settled.
      await rounds(5);
      expect(signers()).toEqual([old, old]);
      clock.advance(lifetimes.settle);
      await until(() => expect(signers()).toEqual([renewed, renewed]));
      clock.advance(80 * dayMs);
      await rounds(5);
      expect(trustedNow()).toEqual([renewed, old]);
      clock.advance(11 * dayMs);
      await until(() => expect(cluster.secret()).not.toHaveProperty(["retired.crt"]));
      await rounds(3);
      clock.advance(lifetimes.settle);
      await until(() => expect(trustedNow()).toEqual([renewed]));
      expect(cluster.secret()).not.toHaveProperty(["retired.crt"]);
      expect([...writer.faults, ...other.faults]).toEqual([]);
    },
  );
});

describe("a caBundle", () => {
  it("that was emptied is put back, and an authority that somebody added goes, but not at once", async () => {
    const replica = start();
    await ready(replica);
    cluster.setBundles("");
    await until(() => expect(trustedNow()).toEqual([authority()]));
    const foreign = await newAuthority();
    cluster.setBundles(`${authority()}${foreign}`);
    await rounds(5);
    expect(trustedNow()).toEqual([authority(), foreign]);
    clock.advance(lifetimes.settle);
    await until(() => expect(trustedNow()).toEqual([authority()]));
  });

  it("that cert-manager writes is left to it, and said", async () => {
    cluster.annotateConfigurations({ "cert-manager.io/inject-ca-from": "dualstack-system/dualstack-webhook" });
    const replica = start();
    await replica.first;
    await until(() => expect(replica.check()).toContain("cert-manager writes its caBundle"));
    expect(patchCount()).toBe(0);
    cluster.annotateConfigurations({});
    await ready(replica);
  });

  it("in use when this mode is switched on stays trusted beside ours, for the replicas of before", async () => {
    const before = await newAuthority();
    cluster.setBundles(before);
    await ready(start());
    expect(trustedNow()).toEqual([authority(), before]);
    clock.advance(lifetimes.settle);
    await rounds(5);
    expect(trustedNow()).toEqual([authority(), before]);
  });

  it("is not written on what has changed since it was read", async () => {
    const replica = start();
    await ready(replica);
    // Each read is followed by somebody else's change.
    const read = cluster.client.get.bind(cluster.client);
    let touched = 0;
    Object.assign(cluster.client, {
      get: async (path: string) => {
        const answer = await read(path);
        if (path.includes("secrets") && touched < 3) {
          touched += 1;
          cluster.touch();
        }
        return answer;
      },
    });
    cluster.setBundles("");
    await until(() => expect(touched).toBe(3));
    await until(() => expect(trustedNow()).toEqual([authority()]));
    expect(replica.faults).toEqual([]);
  });
});

describe("a Secret", () => {
  it("that was emptied is filled with a new CA, beside the old one, and what is served stays until that has settled", async () => {
    const [writer, other] = [start(), start(false)];
    await ready(writer, other);
    const old = authority();
    const served = writer.current()?.cert;
    cluster.putSecret({});
    await until(() => expect(cluster.secret()).toHaveProperty(["ca.crt"]));
    const renewed = authority();
    await until(() => expect(trustedNow()).toEqual([renewed, old]));
    expect([writer, other].map((each) => each.current()?.cert)).toEqual([served, served]);
    expect(writer.faults).toEqual([expect.stringContaining("is empty")]);
    await rounds(3);
    expect(signers()).toEqual([old, old]);
    clock.advance(lifetimes.settle);
    await until(() => expect(signers()).toEqual([renewed, renewed]));
    await until(() => expect(writer.fault()).toBeUndefined());
  });

  it("that was deleted is said, and what is served stays in use and trusted; applied again, it is filled", async () => {
    const replica = start();
    await ready(replica);
    const served = replica.current()?.cert;
    const old = authority();
    cluster.putSecret(undefined);
    cluster.setBundles("");
    await until(() => expect(replica.fault()).toContain("dualstack-system/dualstack-webhook-ca does not exist"));
    await until(() => expect(trustedNow()).toEqual([old]));
    expect(replica.check()).toBe(true);
    expect(replica.current()?.cert).toBe(served);
    expect(cluster.calls.filter((call) => /^(POST|PUT)/.test(call))).toHaveLength(1);
    cluster.putSecret({});
    await until(() => expect(trustedNow()).toEqual([authority(), old]));
    await until(() => expect(replica.fault()).toBeUndefined());
    expect(replica.faults).toHaveLength(2);
  });

  it.each<readonly [string, Readonly<Record<string, string>>, object, string]>([
    ["with a key of its own", { "password.txt": "x" }, { type: "Opaque" }, "it holds password.txt, which this program"],
    [
      "of another type",
      { "tls.crt": "x", "tls.key": "y" },
      { type: "kubernetes.io/tls" },
      'its type is "kubernetes.io/tls"',
    ],
    [
      "of cert-manager",
      { "tls.crt": "x" },
      { type: "Opaque", metadata: { annotations: { "cert-manager.io/certificate-name": "ca" } } },
      "cert-manager keeps it",
    ],
  ])("%s is somebody else's: it is said and left alone", async (_, data, fields, complaint) => {
    const replica = start();
    await ready(replica);
    const writes = cluster.calls.filter((call) => call.startsWith("PUT")).length;
    cluster.putSecret(data, fields);
    await until(() => expect(replica.fault()).toContain(complaint));
    await rounds(3);
    expect(cluster.secret()).toEqual(data);
    expect(cluster.calls.filter((call) => call.startsWith("PUT"))).toHaveLength(writes);
    expect(replica.check()).toBe(true);
    expect(replica.reloads).toEqual(["failure"]);
  });

  const damages: readonly (readonly [
    string,
    (good: Readonly<Record<string, string>>) => Promise<object> | object,
    string,
  ])[] = [
    ["without the CA's key", (good) => without(good, "ca.key"), "ca.key is missing."],
    [
      "with another CA's key",
      async (good) => ({ ...good, "ca.key": (await newPair()).key }),
      "ca.key is not the key of",
    ],
    ["with a CA that is none", (good) => ({ ...good, "ca.crt": "hello" }), "ca.crt cannot be read as PEM."],
    ["without the certificate", (good) => without(good, "tls.crt"), "tls.crt is missing."],
    ["with half a certificate", (good) => ({ ...good, "tls.crt": good["tls.crt"]?.slice(0, 200) }), "tls.crt is not a"],
    [
      "with another certificate's key",
      async (good) => ({ ...good, "tls.key": (await newPair()).key }),
      "tls.key is not the key",
    ],
    ["with another CA's certificate", async (good) => ({ ...good, ...(await foreignLeaf()) }), "signed by no CA"],
  ];
  it.each(damages)("%s is damaged: it is said, mended, and nobody is cut off", async (_, damage, complaint) => {
    const [writer, other] = [start(), start(false)];
    await ready(writer, other);
    cluster.putSecret((await damage(cluster.secret() ?? {})) as Record<string, string>);
    await until(() => expect(writer.faults.join()).toContain(complaint));
    await until(() =>
      expect(Object.keys(cluster.secret() ?? {})).toEqual(expect.arrayContaining(["ca.key", "tls.key"])),
    );
    await until(() => expect([writer.fault(), other.fault()]).toEqual([undefined, undefined]));
    clock.advance(lifetimes.settle);
    await until(() => expect(signers()).toEqual([authority(), authority()]));
    await until(() => expect(writer.current()?.cert).toBe(cluster.secret()?.["tls.crt"]));
    expect([...writer.lines, ...other.lines].join()).not.toContain("PRIVATE");
  });

  it("that may not be written is said once", async () => {
    cluster.refuse(/^PUT/, 403);
    const replica = start();
    await until(() => expect(replica.check()).toMatch(/^there is no certificate yet: writing the Secret: .+ 403/));
    await rounds(5);
    expect(replica.faults).toHaveLength(1);
  });
});

function start(held = true): Replica {
  const lease = { held, onHeld: () => {} };
  const reloads: string[] = [];
  const faults: string[] = [];
  const lines: string[] = [];
  const line = (fields: object, message: string): void => void lines.push(`${message} ${JSON.stringify(fields)}`);
  const started = startSelfManaged({
    issue: issueHere,
    client: checkedClient(),
    clock,
    random: () => 0.5,
    log: {
      info: line,
      warn: line,
      error(fields, message) {
        line(fields, message);
        faults.push("problem" in fields ? String(fields.problem) : message);
      },
    },
    namespace: "dualstack-system",
    names: [name],
    lease,
    lifetimes,
    onChange: () => {},
    onReload: (result) => reloads.push(result),
  });
  const replica = { ...started, lease, reloads, faults, lines };
  replicas.push(replica);
  onTestFinished(() => started.stop());
  return replica;
}

/** Whatever is written: who was trusted before is trusted after it. */
function checkedClient(): CertificateCluster["client"] {
  return {
    ...cluster.client,
    get: (path, options) => cluster.client.get(path, options),
    async write(method, path, options) {
      const before = replicas.filter((each) => each.trusted() === true);
      const answer = await cluster.client.write(method, path, options);
      const signersBefore = before.flatMap((each) => each.current()?.signedBy ?? []);
      if (method === "PATCH") cutOff.push(...signersBefore.filter((signer) => !everyEntryTrusts(signer)));
      return answer;
    },
  };
}

function ready(...some: readonly Replica[]): Promise<void> {
  return until(() => {
    for (const each of some) expect(each.check()).toBe(true);
    // A change that is under way has arrived.
    for (const each of some) expect(each.current()?.cert).toBe(cluster.secret()?.["tls.crt"]);
  });
}

function until(check: () => void): Promise<void> {
  return expect.poll(() => attempt(check), { timeout: 15_000, interval: 5 }).toBe("holds");
}

function attempt(check: () => void): string {
  try {
    check();
    return "holds";
  } catch (error) {
    return String(error);
  }
}

/** So many more rounds of the replica that started first. */
async function rounds(count: number): Promise<void> {
  const reads = (): number => cluster.calls.filter((call) => call.includes("/secrets/")).length;
  const before = reads();
  await until(() => expect(reads()).toBeGreaterThanOrEqual(before + count * Math.max(1, replicas.length)));
}

/** The newest, as the Secret has it. */
function authority(): string {
  return certificatesIn(cluster.secret()?.["ca.crt"] ?? "")[0] ?? "";
}

function trustedNow(): readonly string[] {
  const [first = "", ...rest] = cluster.bundles();
  for (const each of rest) if (each !== first) throw new Error("the entries trust different authorities");
  return certificatesIn(first);
}

function everyEntryTrusts(signer: string): boolean {
  return cluster.bundles().every((bundle) => certificatesIn(bundle).includes(signer));
}

function haveOtherThan(leaf: string | undefined): void {
  for (const each of replicas) expect(each.current()?.cert).not.toBe(leaf);
}

function without(data: Readonly<Record<string, string>>, key: string): object {
  return Object.fromEntries(Object.entries(data).filter(([other]) => other !== key));
}

function signers(): readonly (string | undefined)[] {
  return replicas.map((each) => {
    const leaf = each.current();
    if (leaf !== undefined && !isSignedBy(leaf.cert, leaf.signedBy)) throw new Error("signedBy is wrong");
    return leaf?.signedBy;
  });
}

function patchCount(): number {
  return cluster.calls.filter((call) => call.startsWith("PATCH")).length;
}

/** Certificates begin five minutes before they are made. */
function lifeOf(cert: string): number {
  const { validFromDate, validToDate } = new X509Certificate(cert);
  return validToDate.getTime() - validFromDate.getTime() - 5 * 60 * 1000;
}

async function newPair() {
  const validMs = 900 * dayMs;
  const leaf = { commonName: "x", dnsNames: [name], ipAddresses: [], validMs };
  const made = await issueHere({ authority: { commonName: "somebody", validMs }, leaf, now: clock.now() });
  return { ...made.authority, leaf: made.leaf };
}

async function newAuthority(): Promise<string> {
  return certificatesIn((await newPair()).cert)[0] ?? "";
}

async function foreignLeaf() {
  const { leaf } = await newPair();
  return { "tls.crt": leaf?.cert ?? "", "tls.key": leaf?.key ?? "" };
}

/** The webhook itself fails: it dies in the middle of a call, or its certificate expires. */
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { beforeAll, describe, expect, it } from "vitest";
import { annotationsOf, nlb, service } from "../kubernetes.ts";
import type { Result } from "../processes.ts";
import { newAuthority } from "./authority.ts";
import type { Authority } from "./authority.ts";
import { inFlight, picking, readiness, schemeIn, startFaultyCluster } from "./faulty-cluster.ts";
import type { FaultyCluster } from "./faulty-cluster.ts";

let cluster: FaultyCluster;
let authority: Authority;
beforeAll(async () => {
  authority = await newAuthority();
  cluster = await startFaultyCluster({ certificate: (tlsDir) => writeCertificate(tlsDir, 3600) });
  return () => cluster.stop();
});

const heals = { timeout: 30_000, interval: 100 };
const validateFailed =
  'Error from server (InternalError): error when creating "STDIN": Internal error occurred: failed calling webhook "services.validate.dualstack.dev": failed to call webhook: Post "https://dualstack-webhook.dualstack-system.svc:';

/** Gives the CA. */
async function writeCertificate(tlsDir: string, seconds: number): Promise<string> {
  const { cert, key } = await authority.issue(seconds);
  await writeFile(join(tlsDir, "tls.key"), key);
  await writeFile(join(tlsDir, "tls.crt"), cert);
  return authority.caPem;
}

/**
 * Sends a Service whose mutation hangs, since its namespace is asked for where nobody answers, and kills the webhook then.
 * Gives what kubectl says in the end.
 */
async function killedWhileMutating(namespace: string, whenKilled: () => void): Promise<Result> {
  cluster.link.stall("all");
  await picking(cluster, namespace, "internal");
  const creating = cluster.create(service(namespace));
  await expect.poll(() => inFlight(cluster), { timeout: 10_000, interval: 5 }).toBe(1);
  const killed = cluster.webhook.kill();
  whenKilled();
  await killed;
  const said = await creating;
  cluster.link.flow();
  return said;
}

describe("the webhook is killed in the middle of a call", () => {
  it("and there is no other: the Service is refused, and passes once it is back", async () => {
    const said = await killedWhileMutating("alone", () => {});
    try {
      expect(said).toEqual({ code: 1, stdout: "", stderr: expect.stringContaining(validateFailed) });
      expect(await cluster.read(service("alone"))).toBeUndefined();
      const plain = service("alone", { metadata: { name: "plain" }, spec: { type: "ClusterIP" } });
      expect(await cluster.create(plain)).toMatchObject({ code: 0, stderr: "" });
    } finally {
      await cluster.webhook.start();
    }
    await expect.poll(() => cluster.create(service("alone")), heals).toMatchObject({ code: 0, stderr: "" });
    expect(annotationsOf(await cluster.read(service("alone")))).toMatchObject({ [`${nlb}-scheme`]: "internal" });
  });

  it("and another one validates: what missed its mutation is refused, and passes when it is sent again", async () => {
    const other = await cluster.webhook.another();
    const said = await killedWhileMutating("replicated", () => {
      cluster.link.flow();
      cluster.front.leadTo(other);
    });
    expect(said).toEqual({
      code: 1,
      stdout: "",
      stderr: `Error from server (Forbidden): error when creating "STDIN": admission webhook "services.validate.dualstack.dev" denied the request: 2 problems in Service replicated/web (policy internal):
- policy-not-applied: spec.loadBalancerClass: policy internal sets "service.k8s.aws/nlb", and the object arrived without it. Try again: the mutating webhook was not called or did not answer.
- policy-not-applied: metadata.annotations[…/aws-load-balancer-scheme]: policy internal sets "internal", and the object arrived without it. Try again: the mutating webhook was not called or did not answer.
`,
    });
    expect(await cluster.create(service("replicated"))).toMatchObject({ code: 0, stderr: "" });
    expect(annotationsOf(await cluster.read(service("replicated")))).toMatchObject({ [`${nlb}-scheme`]: "internal" });
    await cluster.webhook.start();
    cluster.front.leadTo(cluster.webhook.port);
    cluster.front.cut();
  });
});

describe("the serving certificate", () => {
  it("expires: not ready, and the API server refuses it in words; a new one heals both", async () => {
    const name = await picking(cluster, "expired", "internal");
    await expect.poll(() => schemeIn(cluster, name), heals).toBe("internal");
    const seconds = 4;
    await writeCertificate(cluster.webhook.tlsDir, seconds);
    await sleep(seconds * 1000);
    await expect.poll(async () => (await readiness(cluster)).status, heals).toBe(503);
    expect((await readiness(cluster)).body).toMatch(
      /^\[-\]certificate failed: the certificate expired on \S+ and must be renewed$/m,
    );

    // A connection that is open goes on; each new one meets the certificate.
    cluster.front.cut();
    const refused = await cluster.create(service(name));
    expect(refused).toMatchObject({ code: 1, stdout: "" });
    expect(refused.stderr).toContain(validateFailed);
    expect(refused.stderr).toMatch(
      /tls: failed to verify certificate: x509: certificate has expired or is not yet valid: current time \S+ is after \S+\n$/,
    );

    await writeCertificate(cluster.webhook.tlsDir, 3600);
    await expect.poll(() => readiness(cluster), heals).toEqual({ status: 200, body: "ok" });
    expect(await cluster.create(service(name))).toMatchObject({ code: 0, stderr: "" });
  });
});

/** What stands in certs/, against cert-manager's own CRDs, which is where a misspelt field would be lost without a word. */
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { certs, pick } from "../deploy/render.ts";
import { expectSuccess } from "./kubernetes.ts";
import { needsCertManager, readOverlay, toYaml } from "./overlay.ts";
import { findCertManagerCrds } from "./published-crds.ts";
import { startControlPlane } from "./start.ts";
import type { ControlPlane } from "./start.ts";

/** A first call on this machine downloads the module, unless run.ts has done so. */
const downloadWithin = 300_000;

let plane: ControlPlane;
beforeAll(async () => {
  const crds = (await findCertManagerCrds()).flatMap((file) => ["-f", file]);
  plane = await startControlPlane();
  // By the server: the annotation that a client's apply keeps is too small for them.
  await expectSuccess(plane.kubectl(["apply", "--server-side", ...crds]));
  await expectSuccess(plane.kubectl(["wait", "--for=condition=Established", ...crds]));
  const { manifests } = await readOverlay(plane, "cluster-wide");
  const namespaces = ["dualstack-system", "dualstack-canary"].map((name) => pick(manifests, "Namespace", name));
  await expectSuccess(plane.kubectl(["apply", "-f", "-"], { stdin: toYaml(namespaces) }));
  return () => plane.stop();
}, downloadWithin);

it("kubectl apply -k certs: every field is cert-manager's, and every value one that it takes", async () => {
  const applied = await plane.kubectl(["apply", "-k", certs, "--validate=strict"]);
  expect(applied).toMatchObject({ code: 0, stderr: "" });
  const stored = await expectSuccess(
    plane.kubectl(["get", "issuers,certificates", "-n", "dualstack-system", "-o", "name"]),
  );
  expect(stored.stdout.trim().split("\n").toSorted()).toEqual([
    "certificate.cert-manager.io/dualstack-webhook",
    "certificate.cert-manager.io/dualstack-webhook-ca",
    "issuer.cert-manager.io/dualstack-webhook-ca",
    "issuer.cert-manager.io/dualstack-webhook-selfsigned",
  ]);
});

describe("what would be noticed", () => {
  it.each([
    [
      "a field that does not exist",
      "rotationPolicy:",
      "rotationPolicies:",
      'unknown field "spec.privateKey.rotationPol',
    ],
    ["a value that is none", "rotationPolicy: Never", "rotationPolicy: Newer", "supported values: "],
  ])("%s", async (_, from, to, complaint) => {
    const issuer = await readFile(join(certs, "issuer.yaml"), "utf8");
    expect(issuer).toContain(from);
    const stdin = issuer.replace(from, to);
    const refused = await plane.kubectl(["apply", "--dry-run=server", "--validate=strict", "-f", "-"], { stdin });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringMatching(escaped(complaint)) });
  });
});

describe.each(["cluster-wide", "opt-in"] as const)("%s", (name) => {
  it("the whole overlay is taken strictly, cert-manager's objects among it", async () => {
    const { manifests } = await readOverlay(plane, name);
    const applied = await plane.kubectl(["apply", "--dry-run=server", "--validate=strict", "-f", "-"], {
      stdin: toYaml(manifests),
    });
    expect(applied).toMatchObject({ code: 0, stderr: "" });
    expect(applied.stdout.trimEnd().split("\n")).toHaveLength(manifests.length);
    expect(manifests.filter(needsCertManager)).toHaveLength(4);
  });
});

function escaped(text: string): RegExp {
  return new RegExp(text.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&"));
}

/** The manifests in deploy/, as the real kubectl renders them and the real API server takes them. */
import { beforeAll, describe, expect, it } from "vitest";
import { at, overlays, pick, renderOverlay } from "../deploy/render.ts";
import { expectSuccess } from "./kubernetes.ts";
import { needsCertManager, readOverlay, toYaml } from "./overlay.ts";
import type { OverlayName } from "./overlay.ts";
import { startControlPlane, webhookUser } from "./start.ts";
import type { ControlPlane } from "./start.ts";
import { startWebhook } from "./webhook.ts";

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
  return () => plane.stop();
});

const names: readonly OverlayName[] = ["cluster-wide", "opt-in"];

it("these are the overlays that there are", () => {
  expect(overlays.toSorted()).toEqual(names);
});

it.each(names)("%s: kubectl kustomize prints what the other tests look at", async (name) => {
  const { manifests } = await readOverlay(plane, name);
  expect(manifests).toEqual(renderOverlay(name));
});

it("without RBAC the webhook never becomes ready; with exactly ours it does", async () => {
  const binding = ["clusterrolebinding", "dualstack-webhook"];
  const webhook = await startWebhook(plane);
  const ready = async (): Promise<number> => (await fetch(`${webhook.healthUrl}/readyz`)).status;
  try {
    expect(await ready()).toBe(200);
    const can = (...what: readonly string[]) =>
      plane.kubectl(["auth", "can-i", "--quiet", ...what], { user: webhookUser });
    for (const verb of ["get", "list", "watch"]) expect(await can(verb, "namespaces")).toMatchObject({ code: 0 });
    for (const verb of ["create", "update", "patch", "delete"])
      expect(await can(verb, "namespaces")).toMatchObject({ code: 1 });
    for (const kind of ["secrets", "configmaps", "services", "ingresses.networking.k8s.io"]) {
      expect(await can("get", kind, "--all-namespaces")).toMatchObject({ code: 1 });
    }
    const stored = await expectSuccess(plane.kubectl(["get", ...binding, "-o", "json"]));
    await webhook.stop();
    await expectSuccess(plane.kubectl(["delete", ...binding]));
    await expect.poll(() => can("list", "namespaces"), { timeout: 10_000 }).toMatchObject({ code: 1 });
    await webhook.launch();
    const answer = async (): Promise<string> => (await fetch(`${webhook.healthUrl}/readyz`)).text();
    await expect.poll(() => answer().catch(() => ""), { timeout: 30_000 }).toContain("[-]namespaces failed: ");
    await expect.poll(() => webhook.log(), { timeout: 30_000 }).toContain("namespaces is forbidden");
    expect(await ready()).toBe(503);
    await expectSuccess(plane.kubectl(["apply", "-f", "-"], { stdin: stored.stdout }));
    await expect.poll(ready, { timeout: 60_000 }).toBe(200);
  } finally {
    await webhook.remove();
  }
});

describe.each(names)("%s", (name) => {
  it("the API server takes every manifest strictly and without a warning", async () => {
    const { manifests } = await readOverlay(plane, name);
    const ours = manifests.filter((manifest) => !needsCertManager(manifest));
    // In a dry run their own namespaces would not exist for the others.
    const namespaces = ours.filter(({ kind }) => kind === "Namespace");
    await expectSuccess(plane.kubectl(["apply", "-f", "-"], { stdin: toYaml(namespaces) }));
    const applied = await plane.kubectl(["apply", "--dry-run=server", "--validate=strict", "-f", "-"], {
      stdin: toYaml(ours),
    });
    expect(applied).toMatchObject({ code: 0, stderr: "" });
    expect(applied.stdout.trimEnd().split("\n")).toHaveLength(ours.length);
    expect(ours.map(({ kind }) => kind)).toEqual([
      "CustomResourceDefinition",
      "Namespace",
      "Namespace",
      "Role",
      "RoleBinding",
      "ValidatingAdmissionPolicy",
      "ValidatingAdmissionPolicyBinding",
      "ServiceAccount",
      "Lease",
      "ClusterRole",
      "ClusterRoleBinding",
      "Role",
      "RoleBinding",
      "Role",
      "RoleBinding",
      "Deployment",
      "PodDisruptionBudget",
      "Service",
      "NetworkPolicy",
      "MutatingWebhookConfiguration",
      "ValidatingWebhookConfiguration",
    ]);
  });

  it("a field that does not exist would be noticed", async () => {
    const { manifests } = await readOverlay(plane, name);
    const misspelt = { ...pick(manifests, "PodDisruptionBudget"), spec: { maxUnavailabel: 1 } };
    const refused = await plane.kubectl(["apply", "--dry-run=server", "--validate=strict", "-f", "-"], {
      stdin: toYaml([misspelt]),
    });
    expect(refused).toMatchObject({ code: 1, stderr: expect.stringContaining('unknown field "spec.maxUnavailabel"') });
  });

  it("a pod of the Deployment is allowed in the namespace, whose pod security is restricted", async () => {
    const { manifests } = await readOverlay(plane, name);
    await expectSuccess(
      plane.kubectl(["apply", "-f", "-"], { stdin: toYaml([pick(manifests, "Namespace", "dualstack-system")]) }),
    );
    const metadata = { name: "dualstack-webhook-0", namespace: "dualstack-system" };
    const spec = at(pick(manifests, "Deployment"), "spec", "template", "spec");
    const pod = (podSpec: unknown) => toYaml([{ apiVersion: "v1", kind: "Pod", metadata, spec: podSpec }]);
    const create = (stdin: string) =>
      plane.kubectl(["create", "--dry-run=server", "--validate=strict", "-f", "-"], { stdin });
    expect(await create(pod(spec))).toMatchObject({ code: 0, stderr: "" });
    const asRoot = { ...(spec as object), securityContext: { runAsUser: 0 } };
    expect(await create(pod(asRoot))).toMatchObject({
      code: 1,
      stderr: expect.stringContaining("violates PodSecurity"),
    });
  });
});

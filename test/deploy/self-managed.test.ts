import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { readSettings } from "../../src/settings.ts";
import { at, deploy, list, overlays, pick, readKustomization, renderComponent, renderOverlay } from "./render.ts";

const component = "self-managed-certificates";
const configurations = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"];
const certificate = "dualstack-webhook-certificate";

it("every manifest of the component is listed", () => {
  const dir = join(deploy, "components", component);
  const files = readdirSync(dir).filter((file) => file !== "kustomization.yaml");
  expect(readKustomization(dir).resources).toEqual(files.toSorted());
});

describe.each(overlays)("with the overlay %s", (overlay) => {
  const manifests = renderComponent(overlay, component);
  const before = renderOverlay(overlay);
  const deployment = pick(manifests, "Deployment");

  it("what is cert-manager's goes, a Secret and rights come, and all other objects stay", () => {
    const names = (some: typeof manifests) => some.map(({ kind, metadata }) => `${kind} ${metadata.name}`);
    const gone = before.filter(({ apiVersion }) => apiVersion.startsWith("cert-manager.io/"));
    expect(gone).toHaveLength(4);
    expect(names(before).filter((name) => !names(manifests).includes(name))).toEqual(names(gone));
    expect(names(manifests).filter((name) => !names(before).includes(name))).toEqual([
      "Secret dualstack-webhook-ca",
      `Role ${certificate}`,
      `RoleBinding ${certificate}`,
      `ClusterRole ${certificate}`,
      `ClusterRoleBinding ${certificate}`,
    ]);
    expect(JSON.stringify(manifests)).not.toContain("cert-manager.io");
    for (const { metadata } of manifests)
      expect(metadata.labels).toMatchObject({ "app.kubernetes.io/name": "dualstack-webhook" });
  });

  it("the Secret is empty in a way that leaves what stands in it", () => {
    const secret = pick(manifests, "Secret", "dualstack-webhook-ca");
    expect(secret).toMatchObject({ type: "Opaque", metadata: { namespace: "dualstack-system" } });
    for (const key of ["data", "stringData", "immutable"]) expect(secret).not.toHaveProperty(key);
  });

  it("the rights are to that Secret and to our two configurations, each by its name", () => {
    expect(at(pick(manifests, "Role", certificate), "rules")).toEqual([
      { apiGroups: [""], resources: ["secrets"], resourceNames: ["dualstack-webhook-ca"], verbs: ["get", "update"] },
    ]);
    expect(at(pick(manifests, "ClusterRole", certificate), "rules")).toEqual([
      {
        apiGroups: ["admissionregistration.k8s.io"],
        resources: ["mutatingwebhookconfigurations", "validatingwebhookconfigurations"],
        resourceNames: [...new Set(configurations.map((kind) => pick(manifests, kind).metadata.name))],
        verbs: ["get", "patch"],
      },
    ]);
    for (const kind of ["Role", "ClusterRole"]) {
      expect(pick(manifests, `${kind}Binding`, certificate)).toMatchObject({
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: certificate },
        subjects: [{ kind: "ServiceAccount", name: "dualstack-webhook", namespace: "dualstack-system" }],
      });
    }
  });

  it("the program is told, and has no files to read; nothing else of its pod changes", () => {
    const container = at(deployment, "spec", "template", "spec", "containers", 0);
    const result = readSettings(list(container, "args").map(String), {});
    expect(result).toMatchObject({
      settings: { tls: { dir: undefined, selfManaged: true, names: ["dualstack-webhook.dualstack-system.svc"] } },
    });
    const tls = /tls/;
    const pod = at(pick(before, "Deployment"), "spec", "template", "spec");
    const others = (some: unknown) => list(some).filter((each) => !tls.test(String(at(each, "name"))));
    expect(at(container, "volumeMounts")).toEqual(others(at(pod, "containers", 0, "volumeMounts")));
    expect(at(deployment, "spec", "template", "spec", "volumes")).toEqual(others(at(pod, "volumes")));
    const args = list(pod, "containers", 0, "args").map((arg) =>
      String(arg).startsWith("--tls-dir=") ? "--self-managed-certificate" : arg,
    );
    expect(list(container, "args")).toEqual(args);
  });

  it("the configurations differ in the annotation alone", () => {
    for (const kind of configurations) {
      const { metadata, ...rest } = pick(manifests, kind);
      const { metadata: metadataBefore, ...restBefore } = pick(before, kind);
      expect(rest).toEqual(restBefore);
      expect(metadata).toEqual({ ...metadataBefore, annotations: {} });
    }
  });
});

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { injectKey } from "../../src/annotations/own.ts";
import { readSettings } from "../../src/settings.ts";
import { at, certs, deploy, list, overlays, pick, readKustomization, renderOverlay, type Manifest } from "./render.ts";

/** With how many entries each has. */
const configurations = { MutatingWebhookConfiguration: 2, ValidatingWebhookConfiguration: 5 };
/** Its objects are in no namespace. */
const ofNoNamespace = "policies.validate.dualstack.dev";

/** The selector's second expression by the --scope that has to go with it. */
const expected = {
  "cluster-wide": { scope: "ClusterWide", expression: { key: injectKey, operator: "NotIn", values: ["disabled"] } },
  "opt-in": { scope: "OptIn", expression: { key: injectKey, operator: "In", values: ["enabled"] } },
};

it("there are two overlays", () => {
  expect([...overlays].toSorted()).toEqual(Object.keys(expected));
});

it("every manifest is listed, the numbered ones in the order of their names", () => {
  const { resources } = readKustomization(join(deploy, "base"));
  const numbered = resources.filter((resource) => resource.endsWith(".yaml"));
  expect(numbered).toEqual(manifestFiles(join(deploy, "base")));
  expect(resources.indexOf("../../certs")).toBe(resources.indexOf("50-deployment.yaml") - 1);
  expect([...readKustomization(certs).resources].toSorted()).toEqual(manifestFiles(certs));
});

describe.each(Object.entries(expected))("the overlay %s", (overlay, { scope, expression }) => {
  const manifests = renderOverlay(overlay);
  const kustomization = readKustomization(join(deploy, "overlays", overlay));

  it("installs exactly these objects, in this order, and no policy", () => {
    expect(manifests.map(({ kind, metadata }) => `${kind} ${metadata.name}`)).toEqual([
      "CustomResourceDefinition loadbalancerpolicies.dualstack.dev",
      "Namespace dualstack-system",
      "Namespace dualstack-canary",
      "Role dualstack-canary",
      "RoleBinding dualstack-canary",
      "ValidatingAdmissionPolicy dualstack-canary",
      "ValidatingAdmissionPolicyBinding dualstack-canary",
      "ServiceAccount dualstack-webhook",
      "Lease dualstack-webhook",
      "ClusterRole dualstack-webhook",
      "ClusterRoleBinding dualstack-webhook",
      "Role dualstack-webhook",
      "RoleBinding dualstack-webhook",
      "Role dualstack-webhook",
      "RoleBinding dualstack-webhook",
      "Issuer dualstack-webhook-selfsigned",
      "Certificate dualstack-webhook-ca",
      "Issuer dualstack-webhook-ca",
      "Certificate dualstack-webhook",
      "Deployment dualstack-webhook",
      "PodDisruptionBudget dualstack-webhook",
      "Service dualstack-webhook",
      "NetworkPolicy dualstack-webhook",
      "MutatingWebhookConfiguration dualstack-webhook",
      "ValidatingWebhookConfiguration dualstack-webhook",
    ]);
    expect(kustomization.sortOptions).toEqual({ order: "fifo" });
  });

  it("gives the program the scope and the excluded namespaces of every selector", () => {
    const install = settingsOf(manifests).install;
    expect(install.scope).toBe(scope);
    expect(install.excludedNamespaces).toEqual(["kube-system", "kube-node-lease", "dualstack-system"]);
    for (const [kind, count] of Object.entries(configurations)) {
      const entries = list(pick(manifests, kind), "webhooks");
      expect(entries).toHaveLength(count);
      for (const entry of entries) {
        const selector = {
          matchExpressions: [
            { key: "kubernetes.io/metadata.name", operator: "NotIn", values: install.excludedNamespaces },
            expression,
          ],
        };
        expect(at(entry, "namespaceSelector")).toEqual(at(entry, "name") === ofNoNamespace ? undefined : selector);
      }
    }
  });

  it("keeps every object in the one namespace, but for a right in another one, under the one label", () => {
    const policies = ["ValidatingAdmissionPolicy", "ValidatingAdmissionPolicyBinding"];
    const clusterRoles = ["ClusterRole", "ClusterRoleBinding"];
    const clusterScoped = [
      "CustomResourceDefinition",
      "Namespace",
      ...policies,
      ...clusterRoles,
      ...Object.keys(configurations),
    ];
    const elsewhere = manifests.filter(({ metadata }) =>
      ["default", "dualstack-canary"].includes(metadata.namespace ?? ""),
    );
    for (const name of ["default", "dualstack-canary"]) {
      const there = elsewhere.filter(({ metadata }) => metadata.namespace === name);
      expect(there.map(({ kind }) => kind)).toEqual(["Role", "RoleBinding"]);
    }
    const inNamespace = manifests.filter((each) => !clusterScoped.includes(each.kind) && !elsewhere.includes(each));
    const outside = manifests.filter(({ kind }) => clusterScoped.includes(kind));
    expect(new Set(inNamespace.map(({ metadata }) => metadata.namespace))).toEqual(new Set(["dualstack-system"]));
    expect(new Set(outside.map(({ metadata }) => metadata.namespace))).toEqual(new Set([undefined]));
    const labels = manifests.map(({ metadata }) => metadata.labels["app.kubernetes.io/name"]);
    expect(new Set(labels)).toEqual(new Set(["dualstack-webhook"]));
  });

  it("runs the image of this version", () => {
    const { version } = JSON.parse(readFileSync(join(deploy, "../package.json"), "utf8")) as { version: string };
    expect(kustomization.images).toEqual([
      { name: "dualstack-webhook", newName: "dualstack-webhook", newTag: version },
    ]);
    const image = at(pick(manifests, "Deployment"), "spec", "template", "spec", "containers", 0, "image");
    expect(image).toBe(`dualstack-webhook:${version}`);
  });
});

function manifestFiles(dir: string): readonly string[] {
  return readdirSync(dir)
    .filter((file) => file.endsWith(".yaml") && file !== "kustomization.yaml")
    .toSorted();
}

function settingsOf(manifests: readonly Manifest[]) {
  const args = list(pick(manifests, "Deployment"), "spec", "template", "spec", "containers", 0, "args");
  const result = readSettings(args.map(String), {});
  if (result.outcome !== "settings") throw new Error(`the program refuses its arguments: ${JSON.stringify(result)}`);
  return result.settings;
}

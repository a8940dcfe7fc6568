import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { clusterAccess } from "../../src/commands/cluster-access.ts";

test("the flag wins, then KUBECONFIG, then the file in the home folder, then the pod", () => {
  const { home, config } = homeFolder();
  const pod = { KUBERNETES_SERVICE_HOST: "10.0.0.1" };
  const env = { ...pod, HOME: home, KUBECONFIG: "/a" };
  expect(clusterAccess("/flag", env)).toEqual({ kubeconfig: "/flag" });
  expect(clusterAccess(undefined, env)).toEqual({ kubeconfig: "/a" });
  expect(clusterAccess(undefined, { ...pod, HOME: home, KUBECONFIG: "" })).toEqual({ kubeconfig: config });
  expect(clusterAccess(undefined, { ...pod, HOME: join(home, "nobody") })).toEqual({ kubeconfig: undefined });
});

test("of several files in KUBECONFIG one may exist, as is often so; two cannot be told apart", () => {
  const { home, config } = homeFolder();
  const other = join(home, "other");
  const env = { HOME: home, KUBECONFIG: `${join(home, "missing")}:${config}` };
  expect(clusterAccess(undefined, env)).toEqual({ kubeconfig: config });
  writeFileSync(other, "");
  expect(clusterAccess(undefined, { KUBECONFIG: `${config}:${other}` })).toEqual({
    problem:
      "KUBECONFIG names several files, and they are not merged here: name one with --kubeconfig, or merge them with: kubectl config view --flatten",
  });
});

test("with nothing of all that, it is said what to do", () => {
  expect(clusterAccess(undefined, { HOME: "/nobody" })).toEqual({
    problem: "--cluster finds no kubeconfig: name one with --kubeconfig, or with the variable KUBECONFIG.",
  });
});

function homeFolder(): { readonly home: string; readonly config: string } {
  const home = mkdtempSync(join(tmpdir(), "home-"));
  onTestFinished(() => rmSync(home, { recursive: true }));
  mkdirSync(join(home, ".kube"));
  const config = join(home, ".kube", "config");
  writeFileSync(config, "");
  return { home, config };
}

import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import type { Environment } from "../settings/table.ts";

/** How to reach the cluster. No file: with the service account of the Pod that this runs in. */
export type ClusterAccess =
  { readonly kubeconfig: string | undefined; readonly problem?: undefined } | { readonly problem: string };

/** The file that kubectl would take: the flag's, that of KUBECONFIG, or the one in the home folder. */
export function clusterAccess(flag: string | undefined, env: Environment): ClusterAccess {
  if (flag !== undefined) return { kubeconfig: flag };
  const files = (env["KUBECONFIG"] ?? "").split(delimiter).filter((path) => path !== "");
  const [first, second] = files.length > 1 ? files.filter((path) => existsSync(path)) : files;
  if (second !== undefined) {
    return {
      problem:
        "KUBECONFIG names several files, and they are not merged here: name one with --kubeconfig, or merge them with: kubectl config view --flatten",
    };
  }
  if (first !== undefined) return { kubeconfig: first };
  const home = join(env["HOME"] ?? env["USERPROFILE"] ?? "", ".kube", "config");
  if (existsSync(home)) return { kubeconfig: home };
  if (env["KUBERNETES_SERVICE_HOST"] !== undefined) return { kubeconfig: undefined };
  return { problem: "--cluster finds no kubeconfig: name one with --kubeconfig, or with the variable KUBECONFIG." };
}

/** CRDs of the programs that ours works with, from their published Go modules: the same that their own installations apply. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { go } from "./assets.ts";

/** The files of the CRDs for what certs/ has. The first call on a machine downloads the module. */
export function findCertManagerCrds(): Promise<readonly string[]> {
  return filesOf({
    pinnedIn: "cert-manager",
    module: "github.com/cert-manager/cert-manager",
    folder: "deploy/crds",
    files: ["cert-manager.io_issuers.yaml", "cert-manager.io_certificates.yaml"],
  });
}

/** The files of the CRDs for what deploy/monitoring has. The first call on a machine downloads the module. */
export function findPrometheusOperatorCrds(): Promise<readonly string[]> {
  return filesOf({
    pinnedIn: "prometheus-operator",
    module: "github.com/prometheus-operator/prometheus-operator",
    folder: "example/prometheus-operator-crd",
    files: ["monitoring.coreos.com_servicemonitors.yaml", "monitoring.coreos.com_prometheusrules.yaml"],
  });
}

interface Published {
  /** The folder here whose go.mod and go.sum say which version. */
  readonly pinnedIn: string;
  readonly module: string;
  readonly folder: string;
  readonly files: readonly string[];
}

async function filesOf({ pinnedIn, module, folder, files }: Published): Promise<readonly string[]> {
  // Fails where the module's contents are not those of go.sum.
  const downloaded = await go(join(import.meta.dirname, pinnedIn), ["mod", "download", "-json", module]);
  const { Dir: dir } = JSON.parse(downloaded) as { readonly Dir: string };
  const paths = files.map((file) => join(dir, folder, file));
  await Promise.all(paths.map((path) => access(path)));
  return paths;
}

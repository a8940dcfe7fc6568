/** cert-manager's CRDs, from its published Go module: the same that its own installation applies. */
import { access } from "node:fs/promises";
import { join } from "node:path";
import { go } from "./assets.ts";

const folder = join(import.meta.dirname, "cert-manager");
const module = "github.com/cert-manager/cert-manager";

/** The files of the CRDs for what certs/ has. The first call on a machine downloads the module. */
export async function findCertManagerCrds(): Promise<readonly string[]> {
  // Fails where the module's contents are not those of go.sum.
  const { Dir: dir } = JSON.parse(await go(folder, ["mod", "download", "-json", module])) as { readonly Dir: string };
  const files = ["issuers", "certificates"].map((name) => join(dir, "deploy", "crds", `cert-manager.io_${name}.yaml`));
  await Promise.all(files.map((file) => access(file)));
  return files;
}

import { mkdir, rename, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";

/** Writes a Secret's files as the kubelet does: a new folder, a link to it, and a rename of that link over ..data. */
export async function mountSecret(
  dir: string,
  version: string,
  { cert, key }: { readonly cert: string; readonly key: string },
): Promise<void> {
  const folder = `..2026_${version}`;
  await mkdir(join(dir, folder));
  await writeFile(join(dir, folder, "tls.crt"), cert);
  await writeFile(join(dir, folder, "tls.key"), key);
  await symlink(folder, join(dir, "..data_tmp"));
  await rename(join(dir, "..data_tmp"), join(dir, "..data"));
  if (version !== "1") return;
  await symlink("..data/tls.crt", join(dir, "tls.crt"));
  await symlink("..data/tls.key", join(dir, "tls.key"));
}

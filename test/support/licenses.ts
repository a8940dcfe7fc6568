import { readFileSync } from "node:fs";
import { join } from "node:path";
import { format } from "prettier";

interface LockedPackage {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  readonly license?: string;
  readonly dev?: boolean;
  readonly link?: boolean;
  readonly hasInstallScript?: boolean;
  readonly cpu?: readonly string[];
  readonly os?: readonly string[];
}

/** Those of the lock file by the folder that each is installed to, without the project itself. */
export const lockedPackages: readonly (readonly [path: string, entry: LockedPackage])[] = Object.entries(
  readLock().packages,
).filter(([path]) => path !== "");

/** Those of them that the image holds. */
export const shippedPackages = lockedPackages.filter(([, { dev }]) => dev !== true);

export function packageName(path: string): string {
  return path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
}

/** The document that lists the licences of what is shipped. */
export async function licenseList(): Promise<string> {
  const rows = shippedPackages.map(
    ([path, { version = "", license = "" }]) => `| ${packageName(path)} | ${version} | ${license} |\n`,
  );
  const text = [
    "# Third-party licences\n\n",
    "What the image holds beside this program and the base image, written by `npm run generate` from the lock file. The text " +
      "of each licence is in the package's own folder under `/app/node_modules`.\n\n",
    "| Package | Version | Licence |\n| --- | --- | --- |\n",
    ...new Set(rows),
  ].join("");
  return format(text, { parser: "markdown", printWidth: 120 });
}

function readLock(): { readonly packages: Readonly<Record<string, LockedPackage>> } {
  const text = readFileSync(join(import.meta.dirname, "..", "..", "package-lock.json"), "utf8");
  return JSON.parse(text) as { readonly packages: Readonly<Record<string, LockedPackage>> };
}

import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { promisify } from "node:util";
import { describe, expect, it } from "vitest";
import { lockedPackages, packageName, shippedPackages } from "./support/licenses.ts";

/** What is built from is named exactly, checked by its hash, and under a licence that we may ship. */

const { dependencies, devDependencies, allowScripts } = JSON.parse(readFileSync("package.json", "utf8")) as {
  readonly dependencies: Readonly<Record<string, string>>;
  readonly devDependencies: Readonly<Record<string, string>>;
  readonly allowScripts: Readonly<Record<string, boolean>>;
};
const exact = /^\d+\.\d+\.\d+(?:-[\w.]+)?$/;

describe("the lock file", () => {
  it("has every package in one exact version, with the hash of its archive, and from nowhere but a registry", () => {
    expect(lockedPackages.length).toBeGreaterThan(100);
    const loose = lockedPackages.filter(
      ([, entry]) =>
        !exact.test(entry.version ?? "") ||
        !/^sha512-[\w+/]{86}==$/.test(entry.integrity ?? "") ||
        // .npmrc leaves the address out where it is a registry's, so one that is there is a repository's or an archive's.
        entry.resolved !== undefined ||
        entry.link === true,
    );
    expect(loose).toEqual([]);
  });

  it("is that of package.json, which names exact versions too", () => {
    const lock = JSON.parse(readFileSync("package-lock.json", "utf8")) as { packages: Record<string, object> };
    expect(lock.packages[""]).toMatchObject({ dependencies, devDependencies });
    const ranges = Object.values({ ...dependencies, ...devDependencies }).filter((version) => !exact.test(version));
    expect(ranges).toEqual([]);
  });

  it("has no package that runs a script when it is installed, but those that we allow", () => {
    const running = lockedPackages.filter(([, entry]) => entry.hasInstallScript === true);
    expect(running.map(([path]) => packageName(path))).toEqual(Object.keys(allowScripts));
  });

  it("ships nothing that is for one processor or system only: the image is built once for all", () => {
    expect(shippedPackages.filter(([, { cpu, os }]) => cpu !== undefined || os !== undefined)).toEqual([]);
  });
});

describe("licences", () => {
  /** Ask for no more than their own text and notice beside the program. */
  const permissive = ["0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "ISC", "MIT", "PSF-2.0", "Unlicense"];
  /** Of tools, which are not in the image: binds who changes their files. */
  const ofTools = [...permissive, "MPL-2.0"];

  it("of what the image holds are permissive", () => {
    expect(shippedPackages.filter(([, { license }]) => !permissive.includes(license ?? ""))).toEqual([]);
  });

  it("of tools are known", () => {
    expect(lockedPackages.filter(([, { license }]) => !ofTools.includes(license ?? ""))).toEqual([]);
  });
});

it("npm run sbom lists exactly what the image holds, each with hash and licence", { timeout: 60_000 }, async () => {
  const { stdout } = await promisify(execFile)("npm", ["run", "--silent", "sbom"], { maxBuffer: 64 * 1024 * 1024 });
  const bom = JSON.parse(stdout) as {
    readonly components: readonly {
      readonly name: string;
      readonly version: string;
      readonly purl: string;
      readonly hashes?: readonly { readonly alg: string }[];
      readonly licenses?: readonly object[];
    }[];
  };
  expect(bom).toMatchObject({ bomFormat: "CycloneDX", metadata: { component: { name: "dualstack-webhook" } } });
  const shipped = shippedPackages.map(([path, { version }]) => `${packageName(path)}@${version ?? ""}`);
  expect(new Set(bom.components.map(({ name, version }) => `${name}@${version}`))).toEqual(new Set(shipped));
  for (const { purl, hashes = [], licenses = [] } of bom.components) {
    expect(purl).toMatch(/^pkg:npm\//);
    expect(hashes.map(({ alg }) => alg)).toEqual(["SHA-512"]);
    expect(licenses).toHaveLength(1);
  }
});

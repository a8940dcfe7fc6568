import { execFile } from "node:child_process";
import { rmSync } from "node:fs";
import { copyFile, mkdir, mkdtemp, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const root = fileURLToPath(new URL("..", import.meta.url));
const tsc = join(root, "node_modules/typescript/bin/tsc");

export interface Programs {
  /** Everything that the run writes; it is deleted when this process ends, however it ends. */
  readonly folder: string;
  readonly webhook: string;
  readonly bareServer: string;
  readonly apiServer: string;
}

/**
 * Builds both servers into a temporary folder that is laid out like the repository: what is measured is the program that
 * ships, not one with Node's type stripper in its memory.
 */
export async function build(): Promise<Programs> {
  const folder = await mkdtemp(join(tmpdir(), "dualstack-bench-"));
  process.on("exit", () => {
    // The servers have just been killed and may still be writing their last line.
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  // Where the program leaves its temporary files.
  await mkdir(join(folder, "tmp"));
  await copyFile(join(root, "package.json"), join(folder, "package.json"));
  await symlink(join(root, "node_modules"), join(folder, "node_modules"));
  const plainOptions =
    "--ignoreConfig --module nodenext --target es2024 --types node --strict --skipLibCheck --rewriteRelativeImportExtensions".split(
      " ",
    );
  await Promise.all([
    compile(["--project", root, "--outDir", join(folder, "dist")]),
    compile([
      ...plainOptions,
      "--outDir",
      join(folder, "bench"),
      join(root, "bench/bare-server.ts"),
      join(root, "bench/api-server.ts"),
    ]),
  ]);
  const inBench = (file: string): string => join(folder, "bench", file);
  return {
    folder,
    webhook: join(folder, "dist/main.js"),
    bareServer: inBench("bare-server.js"),
    apiServer: inBench("api-server.js"),
  };
}

async function compile(options: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)(process.execPath, [tsc, ...options], { cwd: root });
  } catch (error) {
    const output = error instanceof Error && "stdout" in error ? String(error.stdout) : String(error);
    throw new Error(`the program does not compile, so there is nothing to measure:\n${output}`, { cause: error });
  }
}

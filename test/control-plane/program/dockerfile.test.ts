import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const root = fileURLToPath(new URL("../../..", import.meta.url));
const stages = readStages(readFileSync(join(root, "Dockerfile"), "utf8"));
const admitted = readDockerignore(readFileSync(join(root, ".dockerignore"), "utf8"));
const [build, runtime] = stages;

it("has two stages", () => {
  expect(stages.map(({ name }) => name)).toEqual(["build", undefined]);
});

it("both bases are pinned by default to a tag that is not latest, and a release can pin the digest", () => {
  expect(stages.map(({ from }) => from)).toEqual([
    { argument: "BUILD_IMAGE", image: "node:24.21.0-bookworm-slim" },
    { argument: "RUNTIME_IMAGE", image: "gcr.io/distroless/nodejs24-debian12:nonroot" },
  ]);
});

it("builds on the Node that the tests run on", () => {
  const { devDependencies } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as {
    devDependencies: { node: string };
  };
  expect(build?.from.image).toBe(`node:${devDependencies.node}-bookworm-slim`);
});

it("the runtime stage runs nothing while it is built, and as a numbered user afterwards", () => {
  expect(runtime?.steps.map(({ instruction }) => instruction)).toEqual([
    "WORKDIR",
    "COPY",
    "COPY",
    "COPY",
    "COPY",
    "USER",
    "ENTRYPOINT",
  ]);
  expect(step("USER")).toBe("65532:65532");
});

it("a Deployment's args become the program's, since all of the command is the entry point", () => {
  expect(JSON.parse(step("ENTRYPOINT"))).toEqual([
    "/nodejs/bin/node",
    "--max-semi-space-size=16",
    "--heap-growing-percent=25",
    "--no-concurrent-recompilation",
    "dist/main.js",
  ]);
});

it("the build sees these files and no others", () => {
  expect(admitted).toEqual(["package.json", "package-lock.json", ".npmrc", "tsconfig.json", "LICENSE", "src"]);
});

describe("its steps in a clean copy of the tree", () => {
  const scratch = mkdtempSync(join(tmpdir(), "dualstack-image-"));
  const app = join(scratch, "app");
  const built: string[] = [];

  beforeAll(() => {
    mkdirSync(app);
    for (const { instruction, rest } of build?.steps ?? []) {
      runBuildStep(scratch, instruction, rest);
      if (rest !== "npm run build") continue;
      const dist = join(buildFolder(scratch), "dist");
      built.push(hashOf(dist));
      rmSync(dist, { recursive: true });
      runBuildStep(scratch, instruction, rest);
      built.push(hashOf(dist));
    }
    for (const { instruction, rest } of runtime?.steps ?? []) {
      if (instruction === "COPY") copyFromBuild(scratch, app, rest);
    }
    // npm ci and two more runs of npm: some 15 s on two cores with a warm cache.
  }, 120_000);

  afterAll(() => rmSync(scratch, { recursive: true }));

  it("build the same twice, byte for byte, of what the lock file names", () => {
    expect(built).toHaveLength(2);
    expect(built[1]).toBe(built[0]);
  });

  it("leave a program that starts", () => {
    const help = execFileSync(process.execPath, ["dist/main.js", "--help"], { cwd: app, encoding: "utf8" });
    expect(help).toContain("--listen");
  });

  it("leave the program, its dependencies and nothing else", () => {
    expect(readdirSync(app).toSorted()).toEqual(["LICENSE", "dist", "node_modules", "package.json"]);
  });

  it("leave all production dependencies and no development dependency", () => {
    const packages = lockedPackages();
    expect(packages.filter(({ dev, path }) => dev && existsSync(join(app, path)))).toEqual([]);
    expect(packages.filter(({ dev, optional, path }) => !dev && !optional && !existsSync(join(app, path)))).toEqual([]);
    expect(packages.filter(({ dev }) => dev).map(({ path }) => path)).toContain("node_modules/typescript");
  });
});

interface Step {
  readonly instruction: string;
  readonly rest: string;
}

interface Stage {
  readonly name: string | undefined;
  readonly from: { readonly argument: string; readonly image: string | undefined };
  readonly steps: readonly Step[];
}

/** The instructions that this Dockerfile uses, each on one line; another form is a failure, not a guess. */
function readStages(text: string): readonly Stage[] {
  const stagesSoFar: { name: string | undefined; from: Stage["from"]; steps: Step[] }[] = [];
  const defaults = new Map<string, string>();
  for (const line of text.split("\n")) {
    if (line === "" || line.startsWith("#")) continue;
    const [, instruction = "", rest = ""] = /^([A-Z]+) (.+[^\\])$/.exec(line) ?? [];
    const stage = stagesSoFar.at(-1);
    if (instruction === "ARG" && stage === undefined) {
      const [, name = "", value = ""] = /^(\w+)=(\S+)$/.exec(rest) ?? [];
      defaults.set(name, value);
    } else if (instruction === "FROM") {
      const [, argument = "", name] = /^(?:--platform=\$BUILDPLATFORM )?\$\{(\w+)\}(?: AS (\w+))?$/.exec(rest) ?? [];
      stagesSoFar.push({ name, from: { argument, image: defaults.get(argument) }, steps: [] });
    } else if (stage !== undefined && ["WORKDIR", "COPY", "RUN", "USER", "ENTRYPOINT"].includes(instruction)) {
      stage.steps.push({ instruction, rest });
    } else {
      throw new Error(`this test does not know the line: ${line}`);
    }
  }
  return stagesSoFar;
}

/** What is let in again after `*`. */
function readDockerignore(text: string): readonly string[] {
  const [first, ...others] = text.split("\n").filter((line) => line !== "" && !line.startsWith("#"));
  if (first !== "*" || !others.every((line) => /^![\w.-]+$/.test(line))) {
    throw new Error(".dockerignore must be * and then plain names after !");
  }
  return others.map((line) => line.slice(1));
}

function step(instruction: string): string {
  return runtime?.steps.find((candidate) => candidate.instruction === instruction)?.rest ?? "";
}

/** Of all files of a folder, with their names. */
function hashOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  const paths = files.map((entry) => join(entry.parentPath, entry.name)).toSorted();
  const hash = createHash("sha256");
  for (const path of paths) hash.update(path.slice(folder.length)).update("\0").update(readFileSync(path));
  return hash.digest("hex");
}

/** The folder that stands for `path` of the image. */
function inImage(scratch: string, path: string): string {
  return join(scratch, "image", path);
}

function buildFolder(scratch: string): string {
  return inImage(scratch, build?.steps.find(({ instruction }) => instruction === "WORKDIR")?.rest ?? "");
}

function runBuildStep(scratch: string, instruction: string, rest: string): void {
  const folder = buildFolder(scratch);
  if (instruction === "WORKDIR") {
    mkdirSync(folder, { recursive: true });
  } else if (instruction === "RUN") {
    const { status, stdout, stderr } = spawnSync("sh", ["-c", rest], {
      cwd: folder,
      env: cleanEnvironment(),
      encoding: "utf8",
    });
    // The compiler writes its errors to standard output.
    if (status !== 0) throw new Error(`RUN ${rest} failed:\n${stdout}${stderr}`);
  } else if (instruction === "COPY") {
    const sources = rest.split(" ");
    const target = sources.pop() ?? "";
    for (const source of sources) {
      if (!admitted.includes(source)) throw new Error(`.dockerignore does not let ${source} in`);
      cpSync(join(root, source), join(folder, target.endsWith("/") ? join(target, source) : target), {
        recursive: true,
      });
    }
  } else {
    throw new Error(`this test does not know ${instruction} in the build stage`);
  }
}

function copyFromBuild(scratch: string, app: string, rest: string): void {
  const [, source = "", target = ""] = /^--from=build (\S+) (\S+)$/.exec(rest) ?? [];
  // Moved, not copied: 80 MB of dependencies, and nobody looks at the build stage again.
  renameSync(inImage(scratch, source), join(app, target.endsWith("/") ? join(target, basename(source)) : target));
}

/** Without what `npm test` and vitest set for this project, which would point npm at the wrong folder; with the user's own npm settings. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const foreign = /^(npm_(package|lifecycle|command|execpath)|npm_config_local_prefix$|INIT_CWD$|NODE_ENV$|VITEST)/;
  return {
    ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !foreign.test(name))),
    npm_config_prefer_offline: "true",
  };
}

function lockedPackages(): readonly { readonly path: string; readonly dev: boolean; readonly optional: boolean }[] {
  const lock = JSON.parse(readFileSync(join(root, "package-lock.json"), "utf8")) as {
    packages: Readonly<Record<string, { dev?: boolean; devOptional?: boolean; optional?: boolean; peer?: boolean }>>;
  };
  return Object.entries(lock.packages)
    .filter(([path]) => path !== "")
    .map(([path, entry]) => ({
      path,
      dev: entry.dev === true,
      optional: entry.optional === true || entry.devOptional === true || entry.peer === true,
    }));
}

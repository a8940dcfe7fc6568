/**
 * The programs of a real Kubernetes control plane, for tests: taken from KUBEBUILDER_ASSETS where that is set, otherwise
 * built once with Go from Kubernetes' own modules (`programs/`) and kept in a cache folder outside the repository.
 */
import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { constants } from "node:fs";
import { access, mkdir, mkdtemp, readdir, readFile, rename, rm } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

/** Absolute paths. */
export interface Assets {
  readonly folder: string;
  readonly kubeApiServer: string;
  readonly etcd: string;
  readonly kubectl: string;
}

/** Finds the three programs of a control plane; the first call on a machine builds them, which takes minutes. */
export async function findAssets(): Promise<Assets> {
  const preset = process.env["KUBEBUILDER_ASSETS"];
  if (preset === undefined || preset === "") return assetsIn(await (controlPlane ??= build(controlPlaneModule)));

  const missing = await missingFrom(resolve(preset), controlPlaneModule.programs);
  if (missing.length > 0) {
    throw new Error(
      `KUBEBUILDER_ASSETS is ${preset}, where no executable ${missing.join(", ")} is: point it to a folder that has ` +
        `${list(controlPlaneModule.programs)}, or unset it to have them built with Go.`,
    );
  }
  return assetsIn(resolve(preset));
}

/** Finds helm; the first call on a machine builds it. KUBEBUILDER_ASSETS has no say here: it never holds helm. */
export async function findHelm(): Promise<string> {
  return join(await (helm ??= build(helmModule)), "helm");
}

/** Finds actionlint, the linter of GitHub workflows; the first call on a machine builds it. */
export async function findActionlint(): Promise<string> {
  return join(await (actionlint ??= build(actionlintModule)), "actionlint");
}

/** Finds promtool, which runs Prometheus's rules on made-up metrics; the first call on a machine builds it. */
export async function findPromtool(): Promise<string> {
  return join(await (promtool ??= build(promtoolModule)), "promtool");
}

/** One build at a time in this process, however many ask. */
let controlPlane: Promise<string> | undefined;
let helm: Promise<string> | undefined;
let actionlint: Promise<string> | undefined;
let promtool: Promise<string> | undefined;

interface GoModule {
  readonly folder: string;
  readonly packages: readonly string[];
  readonly programs: readonly string[];
  readonly tags?: readonly string[];
  /** The required module whose version the programs report as theirs. */
  readonly versionFrom: string;
  /** Link-time variables: without them the programs do not know their version, and `kubectl version` fails. */
  variables(versionOf: (module: string) => string): Readonly<Record<string, string>>;
  readonly firstBuild: string;
  readonly withoutGo: string;
}

const controlPlaneModule: GoModule = {
  folder: join(import.meta.dirname, "programs"),
  packages: ["./cmd/kube-apiserver", "./cmd/etcd", "./cmd/kubectl"],
  programs: ["kube-apiserver", "etcd", "kubectl"],
  versionFrom: "k8s.io/kubernetes",
  variables(versionOf) {
    const version = versionOf("k8s.io/kubernetes");
    const [major = "", minor = ""] = version.split(".");
    return {
      "k8s.io/component-base/version.gitVersion": `v${version}`,
      "k8s.io/component-base/version.gitMajor": major,
      "k8s.io/component-base/version.gitMinor": minor,
    };
  },
  firstBuild: "about 6 minutes",
  withoutGo: ", or set KUBEBUILDER_ASSETS to a folder that has them (`setup-envtest use --print path` names one)",
};

const helmModule: GoModule = {
  folder: join(import.meta.dirname, "helm"),
  packages: ["helm.sh/helm/v3/cmd/helm"],
  programs: ["helm"],
  versionFrom: "helm.sh/helm/v3",
  variables(versionOf) {
    // client-go 0.N is the library of Kubernetes 1.N.
    const [, minor = ""] = versionOf("k8s.io/client-go").split(".");
    return {
      "helm.sh/helm/v3/internal/version.version": `v${versionOf("helm.sh/helm/v3")}`,
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMajor": "1",
      "helm.sh/helm/v3/pkg/chartutil.k8sVersionMinor": minor,
      "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMajor": "1",
      "helm.sh/helm/v3/pkg/lint/rules.k8sVersionMinor": minor,
    };
  },
  firstBuild: "about 2 minutes",
  withoutGo: "",
};

const actionlintModule: GoModule = {
  folder: join(import.meta.dirname, "actionlint"),
  packages: ["github.com/rhysd/actionlint/cmd/actionlint"],
  programs: ["actionlint"],
  versionFrom: "github.com/rhysd/actionlint",
  variables: (versionOf) => ({ "github.com/rhysd/actionlint.version": versionOf("github.com/rhysd/actionlint") }),
  firstBuild: "a few seconds",
  withoutGo: "",
};

const promtoolModule: GoModule = {
  folder: join(import.meta.dirname, "promtool"),
  packages: ["github.com/prometheus/prometheus/cmd/promtool"],
  programs: ["promtool"],
  // Without the clients of every cloud, which find what Prometheus is to scrape.
  tags: ["remove_all_sd"],
  versionFrom: "github.com/prometheus/prometheus",
  variables: (versionOf) => ({
    "github.com/prometheus/common/version.Version": versionOf("github.com/prometheus/prometheus"),
  }),
  firstBuild: "about 3 minutes",
  withoutGo: "",
};

/** The folder with the module's programs: from the cache, or built into it. */
async function build(module: GoModule): Promise<string> {
  const goMod = await readFile(join(module.folder, "go.mod"), "utf8");
  const tags = module.tags === undefined ? [] : ["-tags", module.tags.join(",")];
  const flags = ["-mod=readonly", "-buildvcs=false", "-trimpath", ...tags, "-ldflags", linkerFlags(module, goMod)];

  const parent = join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "dualstack-webhook", "control-plane");
  const folder = join(parent, await fingerprint(module, flags));
  if ((await missingFrom(folder, module.programs)).length === 0) return folder;

  await requireGo(module, goMod);
  const started = Date.now();
  say(
    `Building ${list(module.programs)} ${versionIn(goMod, module.versionFrom)} with Go: ${module.firstBuild} the first ` +
      `time, then never again on this machine (kept in ${folder}).`,
  );

  // Built beside its place and then renamed: nobody ever sees half a folder, and of two builders the first one wins.
  await mkdir(parent, { recursive: true });
  const unfinished = await mkdtemp(`${folder}.unfinished-`);
  try {
    await go(module.folder, ["build", ...flags, "-o", `${unfinished}/`, ...module.packages]);
    await rename(unfinished, folder).catch(async (error: unknown) => {
      if ((await missingFrom(folder, module.programs)).length > 0) throw error;
    });
  } catch (error) {
    throw new Error(`Building ${list(module.programs)} failed: ${outputOf(error)}`, { cause: error });
  } finally {
    await rm(unfinished, { recursive: true, force: true });
  }
  say(`Built ${list(module.programs)} in ${Math.round((Date.now() - started) / 1000)} s.`);
  return folder;
}

function linkerFlags(module: GoModule, goMod: string): string {
  const variables = Object.entries(module.variables((name) => versionIn(goMod, name)));
  return ["-s", "-w", ...variables.map(([name, value]) => `-X ${name}=${value}`)].join(" ");
}

/** The version that go.mod requires of a module, without its "v". */
function versionIn(goMod: string, module: string): string {
  const line = goMod.split("\n").find((text) =>
    text
      .trim()
      .replace(/^require /, "")
      .startsWith(`${module} v`),
  );
  const version = line?.match(/ v(\S+)/)?.[1];
  if (version === undefined) throw new Error(`go.mod requires no ${module}`);
  return version;
}

/** Changes with anything that the programs are built from, so that a cached build is never stale. */
async function fingerprint(module: GoModule, flags: readonly string[]): Promise<string> {
  const hash = createHash("sha256").update(JSON.stringify([process.platform, process.arch, flags]));
  const entries = await readdir(module.folder, { recursive: true, withFileTypes: true });
  const files = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  for (const file of files.sort()) {
    hash.update(JSON.stringify([file.slice(module.folder.length), await readFile(file, "utf8")]));
  }
  return hash.digest("hex").slice(0, 16);
}

async function requireGo(module: GoModule, goMod: string): Promise<void> {
  try {
    await go(module.folder, ["version"]);
  } catch (error) {
    const needed = goMod.match(/^go (\S+)$/m)?.[1] ?? "";
    const found = error instanceof Error && "code" in error && error.code === "ENOENT" ? "" : ` (${outputOf(error)})`;
    throw new Error(
      `The tests on a real API server need ${list(module.programs)}: install Go ${needed} or newer, which builds ` +
        `them once${module.withoutGo}.${found}`,
      { cause: error },
    );
  }
}

/** Runs the go command in a folder, and gives what it printed. */
export async function go(folder: string, args: readonly string[]): Promise<string> {
  const { stdout } = await promisify(execFile)("go", [...args], {
    cwd: folder,
    // No C compiler, workspace or cross-compilation of the user's has a part in this.
    env: { ...process.env, CGO_ENABLED: "0", GOWORK: "off", GOOS: "", GOARCH: "" },
    maxBuffer: 64 * 1024 * 1024,
  });
  return stdout;
}

/** The end of what a failed program wrote. */
function outputOf(error: unknown): string {
  const text = error instanceof Error && "stderr" in error ? String(error.stderr).trim() : "";
  return text === "" ? String(error) : text.split("\n").slice(-20).join("\n");
}

async function missingFrom(folder: string, programs: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    programs.map((program) =>
      access(join(folder, program), constants.X_OK).then(
        () => true,
        () => false,
      ),
    ),
  );
  return programs.filter((_, index) => found[index] !== true);
}

function assetsIn(folder: string): Assets {
  return {
    folder,
    kubeApiServer: join(folder, "kube-apiserver"),
    etcd: join(folder, "etcd"),
    kubectl: join(folder, "kubectl"),
  };
}

function list(names: readonly string[]): string {
  return new Intl.ListFormat("en-GB").format(names);
}

function say(sentence: string): void {
  process.stderr.write(`${sentence}\n`);
}

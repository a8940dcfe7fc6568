import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it, onTestFinished } from "vitest";
import { parse } from "yaml";

/** The workflows run at GitHub only. That they are well-formed is tested in test/control-plane, where the linter is. */

interface Step {
  readonly uses?: string;
  readonly run?: string;
  readonly with?: Readonly<Record<string, unknown>>;
}

interface Job {
  readonly uses?: string;
  readonly needs?: string;
  readonly permissions: object;
  readonly "timeout-minutes"?: number;
  readonly steps?: readonly Step[];
}

interface Workflow {
  readonly permissions: object;
  readonly jobs: Readonly<Record<string, Job>>;
}

const folder = ".github/workflows";
const texts = readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8"));
const [ci, release] = ["ci.yaml", "release.yaml"].map(
  (file) => parse(readFileSync(join(folder, file), "utf8")) as Workflow,
);
const jobs = [ci, release].flatMap((workflow) => Object.values(workflow?.jobs ?? {}));
const steps = jobs.flatMap((job) => job.steps ?? []);
const scripts = steps.flatMap(({ run }) => run ?? []);

it("what is checked there is .ci/run, which is what the README tells people to run", () => {
  expect(Object.values(ci?.jobs ?? {}).flatMap((job) => job.steps?.flatMap(({ run }) => run ?? []))).toEqual([
    ".ci/run",
  ]);
  const commands = readFileSync(".ci/run", "utf8")
    .split("\n")
    .filter((line) => line.startsWith("npm "));
  expect(commands).toEqual(["npm ci && npm test", "npm run check", "npm run test:e2e"]);
  const readme = readFileSync("README.md", "utf8");
  for (const command of commands) expect(readme).toContain(`\n${command}`);
});

it("nothing is published that has not passed it", () => {
  expect(release?.jobs).toMatchObject({
    check: { uses: "./.github/workflows/ci.yaml" },
    publish: { needs: "check" },
    announce: { needs: "publish" },
  });
});

it("each job has the rights that it needs, and there are no others", () => {
  expect([ci, release].map((workflow) => workflow?.permissions)).toEqual([{}, {}]);
  const rights = (workflow: Workflow | undefined): object =>
    Object.fromEntries(Object.entries(workflow?.jobs ?? {}).map(([name, { permissions }]) => [name, permissions]));
  expect(rights(ci)).toEqual({ check: { contents: "read" } });
  expect(rights(release)).toEqual({
    check: { contents: "read" },
    publish: { contents: "read", packages: "write", "id-token": "write" },
    announce: { contents: "write" },
  });
  for (const text of texts) expect(text).not.toContain("secrets.");
  for (const { uses = "", with: options } of steps) {
    if (uses.startsWith("actions/checkout@") && options?.["persist-credentials"] !== false) throw new Error(uses);
  }
});

it("every action is one commit, with the version that a person reads beside it", () => {
  const used = texts.flatMap((text) => text.match(/(?<=uses: ).*/g) ?? []);
  const local = used.filter((each) => each.startsWith("./"));
  expect(local.filter((path) => !existsSync(path))).toEqual([]);
  const foreign = used.filter((each) => !local.includes(each));
  expect(foreign.length).toBeGreaterThan(3);
  expect(foreign.filter((each) => !/^[\w-]+\/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$/.test(each))).toEqual([]);
});

it("no script contains what somebody else wrote: values come by the environment", () => {
  expect(scripts.length).toBeGreaterThan(3);
  expect(scripts.filter((script) => script.includes("${{"))).toEqual([]);
});

it("no job runs for ever, and none calls an npm script that does not exist", () => {
  expect(jobs.filter((job) => job.uses === undefined && job["timeout-minutes"] === undefined)).toEqual([]);
  const known = Object.keys((JSON.parse(readFileSync("package.json", "utf8")) as { scripts: object }).scripts);
  const called = scripts.flatMap((script) => [...script.matchAll(/npm run (?:--silent )?([\w:]+)/g)]);
  expect(called.map(([, name = ""]) => name).filter((name) => !known.includes(name))).toEqual([]);
});

it("the image's bases, which the release pins, are those of the Dockerfile", () => {
  const built = scripts.find((script) => script.includes("buildx build")) ?? "";
  const dockerfile = readFileSync("Dockerfile", "utf8");
  for (const [, name = ""] of built.matchAll(/--build-arg "(\w+)=\$\(pinned \1\)"/g)) {
    expect(dockerfile).toMatch(new RegExp(`^ARG ${name}=\\S+$`, "m"));
  }
  expect(built.match(/--build-arg/g)).toHaveLength(dockerfile.match(/^ARG /gm)?.length ?? 0);
});

it("the published chart installs the image that was built with it", () => {
  const [command = ""] = /^sed -i [^]*?values\.yaml$/m.exec(scripts.join("\n")) ?? [];
  const copy = mkdtempSync(join(tmpdir(), "dualstack-release-"));
  onTestFinished(() => rmSync(copy, { recursive: true }));
  const values = "deploy/helm/dualstack-webhook/values.yaml";
  mkdirSync(join(copy, values, ".."), { recursive: true });
  writeFileSync(join(copy, values), readFileSync(values));
  const env = { PATH: process.env["PATH"], IMAGE: "ghcr.io/somebody/webhook", DIGEST: `sha256:${"0".repeat(64)}` };
  execFileSync("sh", ["-c", command], { cwd: copy, env });
  const [before, after] = [values, join(copy, values)].map((file) => parse(readFileSync(file, "utf8")) as object);
  expect(after).toEqual({ ...before, image: { repository: env.IMAGE, tag: "", digest: env.DIGEST, pullSecrets: [] } });
});

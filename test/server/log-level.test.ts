import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { post, start } from "../support/program.ts";
import { rawService } from "../support/subjects.ts";
import { reviewOf } from "../support/webhook-app.ts";

const folder = mkdtempSync(join(tmpdir(), "dualstack-log-level-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

type Line = Readonly<Record<string, unknown>>;

describe("SIGUSR2 to the real program", { timeout: 60_000 }, () => {
  it.each([
    { level: "warn", other: "debug" },
    { level: "silent", other: "debug" },
    { level: "debug", other: "info" },
  ])("switches from --log-level=$level to $other, and back", async ({ level, other }) => {
    const file = join(folder, `${level}.log`);
    const ports = ["--listen=127.0.0.1:0", "--health-listen=127.0.0.1:0"];
    const program = start([...ports, `--log-level=${level}`, `--log-file=${file}`]);
    const [, url = ""] = await program.printed(/listens on (\S+)\n/);
    const [, caFile = ""] = await program.printed(/CA +(\S+)\n/);
    await program.printed(/Ingress shop\/docs[^]*\n\n/);
    const ca = readFileSync(caFile, "utf8");
    const lines = (): readonly Line[] =>
      readFileSync(file, "utf8")
        .split("\n")
        .filter((line) => line !== "")
        .map((line) => JSON.parse(line) as Line);
    const about = (uid: string): readonly unknown[] =>
      lines()
        .filter((line) => line["uid"] === uid)
        .map(({ msg }) => msg);
    const changes = (): readonly unknown[] =>
      lines()
        .filter(({ msg }) => msg === "log level changed")
        .map(({ from, to }) => [from, to]);
    /** What is logged of a call, once the log has the lines that were due before it. */
    const call = async (uid: string): Promise<void> => {
      await post(`${url}/validate`, ca, reviewOf(rawService({ annotations: { [nlb.scheme]: "secret" } }), { uid }));
    };
    await call("first");
    program.signal("SIGUSR2");
    await expect.poll(changes, { timeout: 15_000 }).toEqual([[level, other]]);
    await call("second");
    program.signal("SIGUSR2");
    await expect.poll(changes, { timeout: 15_000 }).toEqual([
      [level, other],
      [other, level],
    ]);
    await call("third");
    program.signal("SIGTERM");
    expect((await program.finished).code).toBe(0);

    const atLevel = { warn: [], silent: [], debug: ["decision", "decision in detail"], info: ["decision"] };
    expect(about("first")).toEqual(atLevel[level as keyof typeof atLevel]);
    expect(about("second")).toEqual(atLevel[other as keyof typeof atLevel]);
    expect(about("third")).toEqual(atLevel[level as keyof typeof atLevel]);
    const details = JSON.stringify(lines().filter(({ msg }) => msg === "decision in detail"));
    expect(details.includes(`"field":"metadata.annotations[${nlb.scheme}]"`)).toBe([level, other].includes("debug"));
    expect(details).not.toContain("secret");
  });
});

import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { rawService } from "./support/subjects.ts";
import { post, runToEnd, start } from "./support/program.ts";
import { reviewOf } from "./support/webhook-app.ts";

const folder = mkdtempSync(join(tmpdir(), "dualstack-start-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const anyPort = ["--listen", "127.0.0.1:0", "--health-listen", "127.0.0.1:0"];

describe("the program in local mode", { timeout: 30_000 }, () => {
  it("shows its main job on the examples at 80 columns, then serves until it is told to stop", async () => {
    const program = start(anyPort);
    const [, url = ""] = await program.printed(/listens on (https:\/\/127\.0\.0\.1:\d+)\n/);
    const [, caFile = ""] = await program.printed(/CA +(\S+)\n/);
    await program.printed(/Ingress shop\/docs[^]*\n\n/);

    const shown = program.stdout().replace(url, "https://127.0.0.1:8443").replace(caFile, "/tmp/ca.crt");
    await expect(shown).toMatchFileSnapshot("./start.examples.txt");
    expect(shown.split("\n").filter((line) => line.length > 80)).toEqual([]);

    const reply = await post(`${url}/mutate`, readFileSync(caFile, "utf8"), reviewOf(rawService({})));
    expect(reply.status).toBe(200);
    expect(JSON.parse(reply.body)).toMatchObject({ response: { uid: "7f3c", allowed: true, patchType: "JSONPatch" } });

    program.signal("SIGTERM");
    const { code, stdout } = await program.finished;
    expect(code).toBe(0);
    expect(existsSync(caFile)).toBe(false);
    const [line] = stdout.split("\n").filter((each) => each.includes('"decision"'));
    expect(JSON.parse(line ?? "{}")).toMatchObject({
      webhook: "mutate",
      uid: "7f3c",
      operation: "CREATE",
      kind: "Service",
      namespace: "shop",
      name: "web",
      user: "alice",
      dryRun: false,
      outcome: "patched",
      policy: "dualstack",
      controller: "aws-load-balancer-controller",
      rules: [],
    });
    expect(line).not.toContain('"spec":');
  });

  it("--help lists every flag with its variable, within 80 columns", async () => {
    const { code, stdout } = await runToEnd(["--help"]);
    expect(code).toBe(0);
    for (const word of ["--listen", "DUALSTACK_LISTEN", "--policy", "--kubeconfig", "--in-cluster", "--log-level"]) {
      expect(stdout).toContain(word);
    }
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
  });

  it("refuses bad settings with all problems together", async () => {
    const { code, stderr, stdout } = await runToEnd(["--lisen", "x", "--log-level", "loud"], {
      DUALSTACK_SCOPE: "all",
    });
    expect(code).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("--lisen");
    expect(stderr).toContain("--log-level");
    expect(stderr).toContain("DUALSTACK_SCOPE");
  });

  it("refuses bad policies with file, line and field of each problem", async () => {
    const file = join(folder, "policies.yaml");
    const text = `apiVersion: dualstack.dev/v1alpha1
kind: LoadBalancerPolicy
metadata: { name: a }
spec:
  service:
    scheme: { default: public }
---
apiVersion: dualstack.dev/v1alpha1
kind: LoadBalancerPolicy
metadata: { name: a }
spec: { prioritty: 1 }
`;
    writeFileSync(file, text);
    const { code, stderr } = await runToEnd(["--policy", file]);
    expect(code).toBe(2);
    expect(stderr).toContain(`${file}:6: spec.service.scheme.default: `);
    expect(stderr).toMatch(new RegExp(`${file}:11: spec.*prioritty`));
    expect(stderr).not.toMatch(/ at .*\.ts:/);
  });

  it("refuses a log file that cannot be opened", async () => {
    const { code, stderr } = await runToEnd([...anyPort, "--log-file", join(folder, "none", "log")]);
    expect(code).toBe(2);
    expect(stderr).toMatch(/--log-file .* cannot be opened \(ENOENT\)/);
    expect(stderr).not.toMatch(/ at .*\.ts:/);
  });

  it.runIf(existsSync("/dev/full"))("serves on without a log when the disk is full, and still stops", async () => {
    const program = start([...anyPort, "--log-file", "/dev/full"]);
    await program.printed(/Ingress shop\/docs[^]*\n\n/);
    const [, url = ""] = await program.printed(/listens on (\S+)\n/);
    const [, caFile = ""] = await program.printed(/CA +(\S+)\n/);
    const ca = readFileSync(caFile, "utf8");
    expect((await post(`${url}/mutate`, ca, reviewOf(rawService({})))).status).toBe(200);
    await new Promise((resolve) => setTimeout(resolve, 400));
    expect((await post(`${url}/mutate`, ca, reviewOf(rawService({})))).status).toBe(200);
    program.signal("SIGTERM");
    const { code, stderr } = await program.finished;
    expect(code).toBe(0);
    expect(stderr).toContain("the log cannot be written (ENOSPC)");
  });

  it("says in one sentence that its port is taken", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await new Promise((resolve) => server.once("listening", resolve));
    const { port } = server.address() as AddressInfo;
    const { code, stderr } = await runToEnd(["--listen", `127.0.0.1:${port}`, "--health-listen", "127.0.0.1:0"]);
    server.close();
    expect(code).toBe(1);
    expect(stderr).toContain(`port ${port} is taken by another program`);
    expect(stderr).not.toMatch(/ at .*\.ts:/);
  });
});

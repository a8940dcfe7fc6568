import { spawn } from "node:child_process";
import { Readable } from "node:stream";
import { expect, test } from "vitest";
import { readText } from "../src/commands/standard-input.ts";
import { complaintAboutNode } from "../src/node-version.ts";
import { runningCluster } from "./commands/running-cluster.ts";

const service = (name: string) =>
  `apiVersion: v1\nkind: Service\nmetadata: {name: ${name}}\nspec: {type: LoadBalancer}\n---\n`;

test("the program reads standard input, writes the result to standard output and the rest to standard error", async () => {
  const { code, stdout, stderr } = await started(["preview", "-f", "-", "-o", "json"], service("web"));
  expect(JSON.parse(stdout)).toMatchObject({ objects: [{ name: "web", outcome: "changed" }] });
  expect(stderr).toMatch(/^No policy is given/);
  expect(code).toBe(0);
});

test("a reader that leaves early ends it without a word, and with the exit code that it would have had", async () => {
  // Far more than a pipe holds.
  const many = Array.from({ length: 3000 }, (_, index) => service(`web-${index}`)).join("");
  const { code, stdout, stderr } = await started(
    ["preview", "-f", "-", "--policy", "examples/policy.yaml"],
    many,
    true,
  );
  expect(stdout.length).toBeLessThan(200_000);
  expect(stderr).not.toMatch(/EPIPE|Error|^ {2}at /m);
  expect(code).toBe(0);
});

test("the program ends when it has read a cluster", async () => {
  const { kubeconfig } = await runningCluster();
  const { code, stdout } = await started(["preview", "--cluster", "--kubeconfig", kubeconfig], "");
  expect({ code, stdout }).toEqual({ code: 0, stdout: "0 groups of Ingresses, none broken\n" });
});

test.each(["20.20.2", "22.18.9", "18.0.0"])("Node %s is too old", (version) => {
  expect(complaintAboutNode("kubectl-dualstack", "npm run preview", version)).toBe(
    `kubectl-dualstack needs Node 22.19 or newer, and this is ${version}. Install a newer one, or start it with npm run preview, which brings its own.\n`,
  );
});

test.each(["22.19.0", "23.0.0", "24.21.0", "100.0.0"])("Node %s is new enough", (version) => {
  expect(complaintAboutNode("kubectl-dualstack", "npm run preview", version)).toBeUndefined();
});

test("an endless pipe ends, and text in another encoding is refused", async () => {
  const megabyte = Buffer.alloc(1024 * 1024, "a");
  let given = 0;
  async function* endless() {
    for (;;) {
      given += 1;
      yield megabyte;
    }
  }
  expect((await readText(endless())).length).toBeGreaterThan(16 * 1024 * 1024);
  expect(given).toBeLessThan(20);
  await expect(readText(Readable.from([Buffer.from([0xe9])]))).rejects.toThrow("it is not UTF-8 text");
  await expect(readText(Readable.from([Buffer.from([0xc3]), Buffer.from([0xa9])]))).resolves.toBe("é");
});

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function started(argv: readonly string[], input: string, leaveEarly = false): Promise<Ended> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ["src/cli.ts", ...argv]);
    const written = { stdout: "", stderr: "" };
    child.stdout.on("data", (chunk: Buffer) => {
      written.stdout += chunk.toString();
      if (leaveEarly) child.stdout.destroy();
    });
    child.stderr.on("data", (chunk: Buffer) => {
      written.stderr += chunk.toString();
    });
    child.on("error", reject);
    child.on("close", (code) => {
      resolve({ code, ...written });
    });
    child.stdin.end(input);
  });
}

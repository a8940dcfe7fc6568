import { createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { onTestFinished } from "vitest";
import { start } from "./program.ts";
import type { Running } from "./program.ts";

export interface ServingProgram extends Running {
  readonly url: string;
  readonly port: number;
  readonly healthUrl: string;
  /** A probe's or the metrics' status and text; undefined while nobody answers. */
  readonly ask: (path: string) => Promise<readonly [number, string] | undefined>;
  /** The value of a metric, by its name and labels as they stand in /metrics. */
  readonly metric: (series: string) => Promise<number | undefined>;
}

/** The real program, in local mode unless `args` say otherwise, which the test that started it never leaves behind. */
export async function startServing(args: readonly string[] = []): Promise<ServingProgram> {
  const [port, healthPort] = [await freePort(), await freePort()];
  const addresses = [`--listen=127.0.0.1:${port}`, `--health-listen=127.0.0.1:${healthPort}`];
  const program = start([...addresses, "--demo=false", ...args]);
  onTestFinished(async () => {
    program.signal("SIGKILL");
    await program.finished;
  });
  const healthUrl = `http://127.0.0.1:${healthPort}`;
  const ask: ServingProgram["ask"] = (path) =>
    fetch(healthUrl + path).then(
      async (response) => [response.status, await response.text()] as const,
      () => undefined,
    );
  return {
    ...program,
    url: `https://127.0.0.1:${port}`,
    port,
    healthUrl,
    ask,
    async metric(series) {
      const [, text = ""] = (await ask("/metrics")) ?? [];
      const line = text.split("\n").find((each) => each.startsWith(`${series} `));
      return line === undefined ? undefined : Number(line.slice(series.length + 1));
    },
  };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

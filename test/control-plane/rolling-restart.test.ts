/** No call is lost while replicas come and go. */
import { setTimeout as sleep } from "node:timers/promises";
import { expect, it, onTestFinished } from "vitest";
import { restartUnderLoad, shortConnections, startTwoReplicas } from "./rolling-restart.ts";

const timeout = 180_000;

it("three rolling restarts of two replicas under 200 calls a second: no call fails", { timeout }, async () => {
  const replicas = await startTwoReplicas(shortConnections);
  onTestFinished(replicas.stop);
  const { sent, injected, failures } = await restartUnderLoad(replicas, 3);
  expect(failures).toEqual([]);
  expect(injected).toBe(sent);
});

it("a replica that joins gets its share once connections are old, and no call fails", { timeout }, async () => {
  const { replicas, underLoad, stop } = await startTwoReplicas("--max-connection-age=2");
  onTestFinished(stop);
  const { sent, injected, failures } = await underLoad(async () => {
    await replicas.add();
    const answeredByThird = async () => (await replicas.decisions())[2];
    await expect.poll(answeredByThird, { timeout: 60_000, interval: 200 }).toBeGreaterThan(100);
    await sleep(3000);
  });
  expect(failures).toEqual([]);
  expect(injected).toBe(sent);
});

import { expect, it, onTestFinished } from "vitest";
import { restartUnderLoad, shortConnections, startTwoReplicas } from "../rolling-restart.ts";

it("20 rolling restarts of two replicas under 200 calls a second: no call fails", { timeout: 900_000 }, async () => {
  const replicas = await startTwoReplicas(shortConnections);
  onTestFinished(replicas.stop);
  const { perSecond, sent, injected, failures } = await restartUnderLoad(replicas, 20);
  expect(failures).toEqual([]);
  expect(injected).toBe(sent);
  // With fewer, the machine was too busy for this to prove anything.
  expect(perSecond).toBeGreaterThan(100);
});

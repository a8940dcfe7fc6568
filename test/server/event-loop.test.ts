import { setTimeout as sleep } from "node:timers/promises";
import { describe, expect, it, onTestFinished } from "vitest";
import { lagOf, watchEventLoop } from "../../src/server/event-loop.ts";

describe("an event loop lags", () => {
  it.each([
    ["not while its timers are punctual", [0, 3, 49, 0, -2], false],
    ["not after one long pause", [4000, 1, 0], false],
    ["not after long pauses with a good moment between", [900, 900, 3, 900, 900], false],
    ["after three long pauses in a row", [300, 300, 300], true],
    ["on, until it was punctual for half a second", [300, 300, 300, 10, 10, 10, 10], true],
    ["on, where it is late once more before that", [300, 300, 300, 10, 10, 10, 10, 60, 10, 10, 10, 10], true],
    ["no longer, after that", [300, 300, 300, 10, 10, 10, 10, 10], false],
    ["again, after three more", [300, 300, 300, 10, 10, 10, 10, 10, 300, 300, 300], true],
  ])("%s", (_name, ticks, isLagging) => {
    const lag = lagOf();
    for (const ms of ticks) lag.observe(ms);
    expect(lag.isLagging()).toBe(isLagging);
  });

  it("where the clock says that its ticks come late, and not without that", async () => {
    let skippedMs = 0;
    const eventLoop = watchEventLoop(() => performance.now() + skippedMs);
    onTestFinished(eventLoop.stop);
    const late = setInterval(() => {
      skippedMs += 300;
    }, 50);
    await expect.poll(eventLoop.isLagging, { timeout: 10_000 }).toBe(true);
    clearInterval(late);
    await expect.poll(eventLoop.isLagging, { timeout: 10_000 }).toBe(false);
    eventLoop.stop();
    skippedMs += 100_000;
    await sleep(300);
    expect(eventLoop.isLagging()).toBe(false);
  });
});

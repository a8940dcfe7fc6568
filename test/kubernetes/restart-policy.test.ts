import { describe, expect, it } from "vitest";
import { ApiFailure } from "../../src/kubernetes/api-failure.ts";
import { restartPolicy } from "../../src/kubernetes/restart-policy.ts";

const refused = new ApiFailure("connection", "refused");
const failing = new ApiFailure("server-error", "503");
const gone = new ApiFailure("gone", "410");
const never = { livedMs: 0, heardSomething: false };

describe("the pause after a failure", () => {
  it.each([
    { jitter: "least", random: 0, pauses: [500, 1_000, 2_000, 4_000, 8_000, 15_000, 15_000] },
    { jitter: "most", random: 1, pauses: [1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000] },
  ])("doubles up to 30 s with the $jitter jitter", ({ random, pauses }) => {
    const policy = restartPolicy(() => random);

    expect(pauses.map(() => policy.after(failing, never).pauseMs)).toEqual(pauses);
  });

  it("is still 30 s at most after a night of failures", () => {
    const policy = restartPolicy(() => 1);

    for (let i = 0; i < 5_000; i += 1) policy.after(failing, never);

    expect(policy.after(failing, never).pauseMs).toBe(30_000);
  });

  it("is 5 s at most while the server cannot be reached, and small again when it answers", () => {
    const policy = restartPolicy(() => 1);

    const pauses = [1, 2, 3, 4, 5].map(() => policy.after(refused, never).pauseMs);

    expect(pauses).toEqual([1_000, 2_000, 4_000, 5_000, 5_000]);
    expect(policy.after(failing, never)).toEqual({ pauseMs: 1_000, relist: true });
    expect(policy.after(failing, never)).toEqual({ pauseMs: 2_000, relist: true });
  });

  it.each([
    { name: "after a watch that lived five seconds", watch: { livedMs: 5_000, heardSomething: false }, pauseMs: 500 },
    { name: "after a short watch that heard something", watch: { livedMs: 1, heardSomething: true }, pauseMs: 500 },
    { name: "but not after a watch that lived less", watch: { livedMs: 4_999, heardSomething: false }, pauseMs: 2_000 },
  ])("starts small again $name", ({ watch, pauseMs }) => {
    const policy = restartPolicy(() => 0);
    policy.after(refused, never);
    policy.after(refused, never);

    expect(policy.after(refused, watch).pauseMs).toBe(pauseMs);
  });

  it("is none when a watch that lived is closed, and some when it was closed at once", () => {
    const policy = restartPolicy(() => 0);

    expect(policy.after(undefined, { livedMs: 5_000, heardSomething: false })).toEqual({ pauseMs: 0, relist: false });
    expect(policy.after(undefined, { livedMs: 4_999, heardSomething: false })).toEqual({ pauseMs: 500, relist: false });
  });
});

describe("a list", () => {
  it("is made at once for the first 410, and after a pause for the next", () => {
    const policy = restartPolicy(() => 0);

    expect(policy.after(gone, never)).toEqual({ pauseMs: 0, relist: true });
    expect(policy.after(gone, never)).toEqual({ pauseMs: 500, relist: true });
    expect(policy.after(gone, { livedMs: 5_000, heardSomething: false })).toEqual({ pauseMs: 0, relist: true });
  });

  it("is made after a watch that heard not even a bookmark in a hundred seconds, however it ended", () => {
    const policy = restartPolicy(() => 0);
    const deaf = { livedMs: 100_000, heardSomething: false };

    expect(policy.after(undefined, deaf)).toEqual({ pauseMs: 0, relist: true });
    expect(policy.after(refused, deaf)).toEqual({ pauseMs: 500, relist: true });
    expect(policy.after(undefined, { livedMs: 99_999, heardSomething: false }).relist).toBe(false);
    expect(policy.after(undefined, { livedMs: 300_000, heardSomething: true }).relist).toBe(false);
  });

  it("is made from the third failure in a row", () => {
    const policy = restartPolicy(() => 0);

    expect([1, 2, 3, 4].map(() => policy.after(refused, never).relist)).toEqual([false, false, true, true]);
  });
});

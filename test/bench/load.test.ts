import { describe, expect, it } from "vitest";
import { checkAnswer } from "../../bench/load.ts";
import { bodyOf, mutateMessage, validateMessage } from "../../bench/reviews.ts";

const uid = "8d5f4f3e-6a1c-4d0b-9c39-000000000001";

describe("a message", () => {
  it("has another uid each time it is sent, in a review that stays JSON", () => {
    const message = mutateMessage();
    expect([message.nextUid(), uidIn(bodyOf(message))]).toEqual([uid, uid]);
    const second = "8d5f4f3e-6a1c-4d0b-9c39-000000000002";
    expect([message.nextUid(), uidIn(bodyOf(message))]).toEqual([second, second]);
  });
});

describe("the check of an answer", () => {
  const allowed = { uid, allowed: true };
  it("passes a patch to /mutate and an answer without one to /validate", () => {
    expect(check(mutateMessage(), { ...allowed, patch: "W10=" })).toBeUndefined();
    expect(check(validateMessage(), allowed)).toBeUndefined();
  });
  it("finds an answer to /mutate without a patch", () => {
    expect(check(mutateMessage(), allowed)).toMatch("/mutate injected nothing");
  });
  it("finds the answer to another review", () => {
    expect(check(validateMessage(), { ...allowed, uid: "another" })).toMatch("the answer's uid is another");
  });
  it("finds a refusal", () => {
    expect(check(validateMessage(), { ...allowed, allowed: false })).toMatch("/validate refused");
  });
});

function check(message: Parameters<typeof checkAnswer>[1], response: object): string | undefined {
  return checkAnswer(JSON.stringify({ response }), message, uid);
}

function uidIn(body: string): unknown {
  return (JSON.parse(body) as { readonly request: { readonly uid: unknown } }).request.uid;
}

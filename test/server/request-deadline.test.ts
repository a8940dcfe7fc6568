import { expect, it } from "vitest";
import { deadlineOf, lookUpTime } from "../../src/server/request-deadline.ts";

it.each([
  ["/mutate?timeout=5s", 6000],
  ["/validate?timeout=30s", 31_000],
  ["/mutate?dryRun=All&timeout=1s&x=y", 2000],
  ["/mutate?timeout=2s&timeout=9s", 3000],
])("the caller of %s waits as long as it says", (url, deadline) => {
  expect(deadlineOf(url, 1000)).toBe(deadline);
});

it.each([
  "/mutate",
  "/mutate?timeout=",
  "/mutate?timeout=5",
  "/mutate?timeout=0s",
  "/mutate?timeout=-5s",
  "/mutate?timeout=5s.5",
  "/mutate?timeout=1.5s",
  "/mutate?timeout=1m0s",
  "/mutate?timeout=500ms",
  "/mutate?timeout=9999s",
  "/mutate?timeout=soon",
  "/mutate?xtimeout=5s",
  "/mutate?TIMEOUT=5s",
  "/timeout=5s",
])("%s says nothing that counts", (url) => {
  expect(deadlineOf(url, 1000)).toBe(Infinity);
});

it.each([
  // What is left was rounded up: of two seconds one is certain.
  [Infinity, 1000],
  [30_000, 1000],
  [5000, 1000],
  [2250, 1000],
  [2000, 750],
  [1750, 500],
  [1000, 500],
  [400, 200],
  [0, 0],
  [-3000, 0],
])("with %i ms left at most, a look-up may take %i", (left, ms) => {
  expect(lookUpTime(50_000 + left, 50_000)).toBe(ms);
});

import { describe, expect, it } from "vitest";
import { compare, median, percentile } from "../../bench/statistics.ts";

describe("the median", () => {
  it("is the middle one of an odd number of values, whatever their order", () => {
    expect(median([10, 2, 9])).toBe(9);
  });
  it("is the mean of the two in the middle of an even number", () => {
    expect(median([4, 1, 3, 2])).toBe(2.5);
  });
  it("is the only value where there is one", () => {
    expect(median([7])).toBe(7);
  });
  it("of nothing is an error and not a figure", () => {
    expect(() => median([])).toThrow("a median needs at least one value");
  });
});

describe("a percentile", () => {
  const values = [40, 10, 50, 20, 30];
  it("is a value that was measured, the nearest above", () => {
    expect(percentile(values, 50)).toBe(30);
    expect(percentile(values, 61)).toBe(40);
    expect(percentile(values, 60)).toBe(30);
  });
  it("99 of few values is the largest", () => {
    expect(percentile(values, 99)).toBe(50);
  });
  it("99 of a hundred is the last but one", () => {
    expect(
      percentile(
        Array.from({ length: 100 }, (_, index) => index + 1),
        99,
      ),
    ).toBe(99);
  });
  it("0 is the smallest", () => {
    expect(percentile(values, 0)).toBe(10);
  });
  it("compares numbers and not their digits", () => {
    expect(percentile([9, 10, 100], 100)).toBe(100);
  });
  it("of nothing is an error and not a figure", () => {
    expect(() => percentile([], 50)).toThrow("a percentile needs at least one value");
  });
});

describe("a comparison", () => {
  const rounds = [
    { bare: measure(1000, 1, 4, 0.1), ours: measure(800, 1.2, 8, 0.2) },
    // Another program had the machine in this round: both are slow, and the ratio is the same.
    { bare: measure(100, 10, 40, 0.4), ours: measure(80, 12, 80, 0.8) },
    { bare: measure(900, 2, 5, 0.3), ours: measure(450, 2.4, 5, 0.9) },
  ];
  it("has the medians of both servers", () => {
    expect(compare(rounds).bare).toEqual(measure(900, 2, 5, 0.3));
    expect(compare(rounds).ours).toEqual(measure(450, 2.4, 8, 0.8));
  });
  it("has the median of each round's own ratio, not the ratio of the medians", () => {
    expect(compare(rounds).ratio).toEqual(measure(0.8, 1.2, 2, 2));
  });
});

function measure(throughput: number, p50Ms: number, p99Ms: number, cpuMs: number) {
  return { throughput, p50Ms, p99Ms, cpuMs };
}

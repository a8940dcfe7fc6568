import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { endsWithPair, proxyProtocolPair, withPair } from "../../src/annotations/map-pair.ts";
import { parseMap } from "../../src/annotations/parse.ts";

const { key, value } = proxyProtocolPair;

describe("one pair more in a map annotation", () => {
  it.each([
    ["behind one pair", "a=b", "a=b,proxy_protocol_v2.enabled=true"],
    ["behind several, in their order", "b=1, a=2", "b=1, a=2,proxy_protocol_v2.enabled=true"],
    ["behind an empty value", "a=", "a=,proxy_protocol_v2.enabled=true"],
    ["behind an escaped comma", String.raw`a=b\,c`, String.raw`a=b\,c,proxy_protocol_v2.enabled=true`],
    ["before the line break at the end of a YAML block", "a=b\n", "a=b,proxy_protocol_v2.enabled=true\n"],
    ["where there is no annotation", undefined, "proxy_protocol_v2.enabled=true"],
  ])("is put %s", (_where, raw, merged) => {
    expect(withPair(raw, proxyProtocolPair)).toBe(merged);
  });

  it.each([
    ["an empty text, which the author has written", ""],
    ["blanks", " "],
    ["a text that is no map", "a"],
    ["a comma at the end, which belongs to the last value", "a=b,"],
    ["a backslash at the end, which would take the comma", "a=b\\"],
    ["lines, which nobody can say how EKS Auto Mode reads", "a=b\nc=d"],
    ["the same key", "proxy_protocol_v2.enabled=false"],
  ])("is not put behind %s", (_what, raw) => {
    expect(withPair(raw, proxyProtocolPair)).toBeUndefined();
  });

  const piece = fc.constantFrom(
    "a",
    "b.enabled",
    key,
    "=",
    "=",
    ",",
    ",",
    "\\",
    " ",
    "\n",
    "\u0085",
    "\ufeff",
    "1",
    "é",
  );
  const text = fc.array(piece, { maxLength: 12 }).map((pieces) => pieces.join(""));

  it("leaves each pair of the author's as it is read, in its place, and their text as it is written", () => {
    fc.assert(
      fc.property(text, (raw) => {
        const merged = withPair(raw, proxyProtocolPair);
        fc.pre(merged !== undefined);
        expect([...(parseMap(merged) ?? [])]).toEqual([...(parseMap(raw) ?? []), [key, value]]);
        expect(merged.replace(`,${key}=${value}`, "")).toBe(raw);
        expect(endsWithPair(merged, proxyProtocolPair)).toBe(true);
        expect(withPair(merged, proxyProtocolPair)).toBeUndefined();
      }),
      { numRuns: 2000 },
    );
  });
});

describe("a pair that was put there", () => {
  it.each([
    "proxy_protocol_v2.enabled=true",
    "a=b,proxy_protocol_v2.enabled=true",
    "a=b,proxy_protocol_v2.enabled=true\n",
  ])("is known by its place: %j", (raw) => expect(endsWithPair(raw, proxyProtocolPair)).toBe(true));

  it.each([
    "proxy_protocol_v2.enabled=true,a=b",
    "a=b, proxy_protocol_v2.enabled=true",
    "proxy_protocol_v2.enabled=false",
    "a=b\nc=d,proxy_protocol_v2.enabled=true",
    ",proxy_protocol_v2.enabled=true",
    "",
  ])("is none of ours: %j", (raw) => expect(endsWithPair(raw, proxyProtocolPair)).toBe(false));
});

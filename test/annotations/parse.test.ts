import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  isCidr,
  parseBool,
  parseInteger,
  parseIpAddress,
  parseJson,
  parseList,
  parseMap,
} from "../../src/annotations/parse.ts";

/** Quoted, so that blanks show in the report. */
const named = <T>(rows: readonly (readonly [string, T])[]) =>
  rows.map(([raw, expected]) => ({ name: JSON.stringify(raw), raw, expected }));

describe("a boolean", () => {
  test.each(["1", "t", "T", "TRUE", "true", "True"])("%s is true", (raw) => {
    expect(parseBool(raw)).toBe(true);
  });

  test.each(["0", "f", "F", "FALSE", "false", "False"])("%s is false", (raw) => {
    expect(parseBool(raw)).toBe(false);
  });

  test.each(["", " true", "true ", "tRUE", "yes", "no", "on", "off", "10", "0.0.0.0/0", "*", "\ud800", "__proto__"])(
    "%j is none",
    (raw) => {
      expect(parseBool(raw)).toBeUndefined();
    },
  );
});

describe("an integer", () => {
  test.each(
    named([
      ["5", 5],
      ["+5", 5],
      ["-5", -5],
      ["010", 10],
      ["-0", 0],
      ["+0080", 80],
      ["2147483647", 2147483647],
      ["-2147483648", -2147483648],
      [`${"0".repeat(30)}7`, 7],
    ]),
  )("$name is $expected", ({ raw, expected }) => {
    expect(parseInteger(raw, 32)).toBe(expected);
  });

  test.each(["", "+", "-", "+-5", " 5", "5 ", "5.0", "1.5", "8e1", "0x50", "8_0", "1_0", "http", "٥", "5\n", "80 443"])(
    "%j is none",
    (raw) => {
      expect(parseInteger(raw, 32)).toBeUndefined();
      expect(parseInteger(raw, 64)).toBeUndefined();
    },
  );

  test.each(["2147483648", "-2147483649"])("%s needs 64 bits", (raw) => {
    expect(parseInteger(raw, 32)).toBeUndefined();
    expect(parseInteger(raw, 64)).toBe(Number(raw));
  });

  test("the largest of 64 bits is one, and the next is not", () => {
    expect(parseInteger("9223372036854775807", 64)).toBeDefined();
    expect(parseInteger("9223372036854775808", 64)).toBeUndefined();
    expect(parseInteger("-9223372036854775808", 64)).toBeDefined();
    expect(parseInteger("-9223372036854775809", 64)).toBeUndefined();
    expect(parseInteger("99999999999999999999", 64)).toBeUndefined();
  });

  test("a number that JavaScript prints is read back, with leading zeros too", () => {
    fc.assert(
      fc.property(fc.integer(), fc.nat(20), (value, zeros) => {
        const padded = `${value < 0 ? "-" : "+"}${"0".repeat(zeros)}${Math.abs(value)}`;
        expect(parseInteger(String(value), 32)).toBe(value);
        expect(parseInteger(padded, 64)).toBe(value);
      }),
    );
  });
});

describe("a list", () => {
  test.each(
    named([
      ["", []],
      [" ", []],
      [",", []],
      [" , ,", []],
      ["80", ["80"]],
      ["80,443", ["80", "443"]],
      [" 10.0.0.0/8 , 192.168.0.0/16 ", ["10.0.0.0/8", "192.168.0.0/16"]],
      ["a,,b,", ["a", "b"]],
      ["a b;c", ["a b;c"]],
      ["a\\,b", ["a\\", "b"]],
      ["a,a", ["a", "a"]],
      ["\u0085a\u00a0,\u3000b\u2028", ["a", "b"]],
      ["\ufeffa,\u200bb", ["\ufeffa", "\u200bb"]],
    ]),
  )("$name has the items $expected", ({ raw, expected }) => {
    expect(parseList(raw)).toEqual(expected);
  });

  test("never has a blank item, whatever is written", () => {
    const pieces = fc.constantFrom(",", " ", "\t", "\n", "\u0085", "\u3000", "a", "\\", "\ud800");
    fc.assert(
      fc.property(fc.array(pieces), (written) => {
        for (const item of parseList(written.join("")))
          expect(item).toMatch(/^[a\\\ud800].*[a\\\ud800]$|^[a\\\ud800]$/su);
      }),
    );
  });
});

describe("a map", () => {
  test.each(
    named<Readonly<Record<string, string>>>([
      ["", {}],
      ["a=1", { a: "1" }],
      ["a=1,b=2", { a: "1", b: "2" }],
      [" a = 1 , b = 2 ", { a: "1", b: "2" }],
      ["\ta=1\t", { a: "1" }],
      ["a=", { a: "" }],
      ["a=b=c", { a: "b=c" }],
      ["a=1,a=2", { a: "2" }],
      ["a=1,", { a: "1," }],
      ["a=1, ", { a: "1," }],
      ["a=1\\,2", { a: "1,2" }],
      ["a=1\\,2,b=3", { a: "1,2", b: "3" }],
      ["a\\=b", { a: "b" }],
      ["a=1,b\\=2", { a: "1", b: "2" }],
      ["a=\\\\", { a: "\\" }],
      ["a=1\\", { a: "1\\" }],
      ["a=1\\,", { a: "1," }],
      ["a=\\é\\😀", { a: "é😀" }],
      ["a=1\nb=2", { a: "1\nb=2" }],
      ["a=1,\nb=2", { a: "1", b: "2" }],
      ["a=1;b=2", { a: "1;b=2" }],
      ['"a"="1"', { '"a"': '"1"' }],
      ["a=\ud800", { a: "\ud800" }],
      ["\u0085a\u3000=\u00a01\u2029", { a: "1" }],
      ["a=\ufeff1", { a: "\ufeff1" }],
    ]),
  )("$name", ({ raw, expected }) => {
    expect(parseMap(raw)).toEqual(new Map(Object.entries(expected)));
  });

  test("a key may be the name of an object's own machinery", () => {
    expect(parseMap("__proto__=1")?.get("__proto__")).toBe("1");
  });

  test.each([
    " ",
    ",",
    "a",
    "a: 1",
    "=1",
    " =1",
    "a=1,b",
    "b,a=1",
    "a=1,=2",
    "a=1,2",
    "a=1,2,",
    "a=1,,",
    "a=1,,b=2",
    ",a=1",
    "a=1,\\",
    "\ud800",
  ])("%j is malformed", (raw) => {
    expect(parseMap(raw)).toBeUndefined();
  });

  test("pairs without commas, backslashes and outer blanks are read back as they were joined", () => {
    const word = fc.stringMatching(/^[A-Za-z0-9._/-]{1,12}$/);
    fc.assert(
      fc.property(fc.uniqueArray(fc.tuple(word, word), { selector: ([key]) => key }), (pairs) => {
        const written = pairs.map(([key, value]) => `${key}=${value}`).join(", ");
        expect(parseMap(written)).toEqual(new Map(pairs));
      }),
    );
  });

  test("any value is read back when each of its characters is escaped", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        const value = `<${text}>`;
        const escaped = value.replace(/[\\,]/g, "\\$&");
        expect(parseMap(`a=${escaped},b=2`)).toEqual(
          new Map([
            ["a", value],
            ["b", "2"],
          ]),
        );
      }),
    );
  });
});

describe("JSON", () => {
  test.each([
    ["null", null],
    [' [{"HTTP": 80}]\n', [{ HTTP: 80 }]],
    ['{"a": 1, "a": 2}', { a: 2 }],
  ])("%j is read", (raw, value) => {
    expect(parseJson(raw)).toEqual({ value });
  });

  test.each(["", " ", "{", "[80,]", "{'a': 1}", "{a: 1}", "01", "\ufeff{}", "NaN", '"\t"', "{} {}"])(
    "%j is none",
    (raw) => {
      expect(parseJson(raw)).toBeUndefined();
    },
  );
});

describe("an IP address", () => {
  test.each(["0.0.0.0", "10.0.10.10", "255.255.255.255"])("%s is IPv4", (raw) => {
    expect(parseIpAddress(raw)).toMatchObject({ family: 4, isMapped: false, hasZone: false });
  });

  test.each([
    "::",
    "::1",
    "1::",
    "2600:1f13:837:8510::10",
    "2600:1F13:0837:8510:0:0:0:10",
    "1:2:3:4:5:6:7::",
    "::2:3:4:5:6:7:8",
    "1:2:3:4:5:6:1.2.3.4",
    "::1.2.3.4",
    "::fffe:1.2.3.4",
    "ffff::1.2.3.4",
  ])("%s is IPv6", (raw) => {
    expect(parseIpAddress(raw)).toMatchObject({ family: 6, isMapped: false, hasZone: false });
  });

  test.each(["::ffff:10.0.12.10", "::FFFF:a00:c0a", "0:0:0:0:0:ffff:10.0.12.10"])("%s is a mapped one", (raw) => {
    expect(parseIpAddress(raw)).toMatchObject({ family: 6, isMapped: true, hasZone: false });
  });

  test.each(["fe80::1%eth0", "fe80::1% ", "fe80::1%%"])("%s has a zone", (raw) => {
    expect(parseIpAddress(raw)).toMatchObject({ family: 6, isMapped: false, hasZone: true });
  });

  test.each([
    "",
    "foo",
    "10.0.0",
    "10.0.0.0.0",
    "10.0.0.256",
    "10.0.0.1000",
    "010.0.0.1",
    "10.0.0.00",
    "10.0.0.",
    "10.0.0.+1",
    "10.0.0.1/32",
    "10.0.0.1%eth0",
    " 10.0.0.1",
    ":",
    ":::",
    "1",
    "1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:8:9",
    "1:2:3:4:5:6:7:8::",
    "::1:2:3:4:5:6:7:8",
    "1::2::3",
    "1:::2",
    ":1:2:3:4:5:6:7",
    "1:2:3:4:5:6:7:",
    "::g",
    "::12345",
    "::1.2.3",
    "::1.2.3.4:5",
    "1.2.3.4::",
    "1:2:3:4:5:6:7:1.2.3.4",
    "fe80::1%",
    "%eth0",
    "2600::/64",
    "[::1]",
  ])("%j is none", (raw) => {
    expect(parseIpAddress(raw)).toBeUndefined();
  });

  test("IPv4 has four octets", () => {
    expect(parseIpAddress("10.0.12.255")?.groups).toEqual([10, 0, 12, 255]);
  });

  test("is read back from any eight groups, whatever their zeros are written as", () => {
    const group = fc.oneof(fc.constant(0), fc.nat(0xffff));
    fc.assert(
      fc.property(fc.array(group, { minLength: 8, maxLength: 8 }), (groups) => {
        const written = groups.map((each) => each.toString(16)).join(":");
        const isMapped = groups.slice(0, 5).every((each) => each === 0) && groups[5] === 0xffff;
        const expected = { family: 6, groups, isMapped, hasZone: false };
        expect(parseIpAddress(written)).toEqual(expected);
        // As a browser shortens it.
        expect(parseIpAddress(new URL(`http://[${written}]/`).hostname.slice(1, -1))).toEqual(expected);
      }),
    );
  });
});

describe("a CIDR", () => {
  test.each([
    "0.0.0.0/0",
    "10.1.2.3/8",
    "10.0.0.0/32",
    "10.0.0.0/08",
    "::/0",
    "2001:db8::1/128",
    "::ffff:10.0.0.0/104",
  ])("%s is one", (raw) => {
    expect(isCidr(raw)).toBe(true);
  });

  test.each([
    "",
    "/",
    "10.0.0.0",
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/-1",
    "10.0.0.0/+8",
    "10.0.0.0/8/8",
    "10.0.0.0/255.0.0.0",
    "10.0.0.0/8;192.168.0.0/16",
    "10.0.0.0/99999999999999999999",
    "010.0.0.0/8",
    "10.0.0/8",
    "::/129",
    "fe80::%eth0/64",
    " ::/0",
  ])("%j is none", (raw) => {
    expect(isCidr(raw)).toBe(false);
  });
});

test.each([
  ["spaces before a letter", `${" ".repeat(200_000)}x${" ".repeat(200_000)}x`],
  ["zeros before a letter", `${"0".repeat(400_000)}x`],
  ["commas", ",".repeat(400_000)],
  ["digits", "9".repeat(400_000)],
  ["colons", ":".repeat(400_000)],
  ["groups", "f:".repeat(200_000)],
  ["dots", "1.".repeat(200_000)],
])("a long run of %s takes no more than linear time", (_, raw) => {
  const started = performance.now();
  parseInteger(raw, 64);
  parseList(raw);
  parseMap(raw);
  parseIpAddress(raw);
  isCidr(`::/${raw}`);
  expect(performance.now() - started).toBeLessThan(1_000);
});

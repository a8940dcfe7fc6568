import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { yamlText } from "../../src/commands/yaml-output.ts";
import { kubectlYaml } from "../../src/kubernetes/yaml-text.ts";

/** Of version 1.2, of version 1.1, and as kubectl reads. */
const readers = [{}, { version: "1.1" }, kubectlYaml] as const;

describe("every reader of YAML makes the same of it", () => {
  test.each([
    "on",
    "Off",
    "y",
    "NO",
    "true",
    "null",
    "~",
    "",
    "0123",
    "0x1F",
    "1e3",
    "1_000",
    "+1",
    "-",
    ".5",
    ".inf",
    "1:30",
    "2026-01-01",
    "2026-01-01T00:00:00Z",
    "<<",
    "=",
    "a: b",
    "a #b",
    "a:",
    "[a]",
    "*a",
    "%a",
    "a\nb",
    "a\n",
    "\n a",
    " a\nb",
    "a\n\n\n",
    "a \nb\t",
    "\ta",
    "---\na",
    "a\u0085b\u2028c",
    "\uFEFFa",
    "\u0007",
    "é😀",
    "a\r\nb",
  ])("%j as a value and as a key", (text) => {
    const value = { value: text, [`${text}key`]: "x", [text]: "y", list: [text, [text]] };
    for (const reader of readers) expect(parse(yamlText(value), reader)).toEqual(value);
  });

  test("any text, number, boolean and nesting of them", () => {
    const words = fc.constantFrom("on", "n", "1e3", "0o7", "012", "<<", "null", "- a", "\n", "# a", "\u2028", " ");
    const text = fc.oneof(
      words,
      fc.string({ unit: "binary" }),
      fc.array(words).map((parts) => parts.join("")),
    );
    const numbers = fc.oneof(
      fc.integer(),
      fc.double({ noNaN: true, noDefaultInfinity: true }).map((number) => number + 0),
    );
    const value = fc.letrec((tie) => ({
      node: fc.oneof({ maxDepth: 3 }, text, numbers, fc.boolean(), fc.constant(null), tie("list"), tie("map")),
      list: fc.array(tie("node"), { maxLength: 3 }),
      map: fc.dictionary(
        text.filter((key) => key !== "__proto__"),
        tie("node"),
        { maxKeys: 3 },
      ),
    })).map;
    fc.assert(
      fc.property(value, (object) => {
        for (const reader of readers) expect(parse(yamlText(object), reader)).toEqual({ ...object });
      }),
      { numRuns: 500 },
    );
  });
});

test("what cannot be mistaken is written as people write it", () => {
  const value = { kind: "Service", text: "two words", script: "#!/bin/sh\necho\n", cidr: "10.0.0.0/8", port: 80 };
  expect(yamlText(value)).toBe(
    'kind: Service\ntext: two words\nscript: |\n  #!/bin/sh\n  echo\ncidr: "10.0.0.0/8"\nport: 80\n',
  );
});

test("one value in two places is written twice", () => {
  const shared = { a: "b" };
  expect(yamlText({ labels: shared, selector: shared })).toBe("labels:\n  a: b\nselector:\n  a: b\n");
});

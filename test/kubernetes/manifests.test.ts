import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { parse, stringify } from "yaml";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type Manifests, parseManifests, readManifests } from "../../src/kubernetes/manifests.ts";
import { kubectlYaml } from "../../src/kubernetes/yaml-text.ts";

function raws({ documents }: Manifests): readonly unknown[] {
  return documents.map(({ raw }) => raw);
}

function problems(text: string): readonly string[] {
  return parseManifests(text, "f").problems.map(({ source, line, message }) => `${source}:${line}: ${message}`);
}

const service = (name: string) => ({ apiVersion: "v1", kind: "Service", metadata: { name } });
const line = (kind: string) => `{apiVersion: v1, kind: ${kind}}\n`;

describe("documents", () => {
  test("a YAML text holds any number of them, and empty ones are none", () => {
    const text = `---\n${line("A")}---\n# only a comment\n---\n---\n${line("B")}...\n`;
    const read = parseManifests(text, "f.yaml");
    expect(read.problems).toEqual([]);
    expect(read.documents.map(({ raw, source, index }) => [raw["kind"], source, index])).toEqual([
      ["A", "f.yaml", 0],
      ["B", "f.yaml", 1],
    ]);
  });

  test.each(["", "\n\n", "---\n---\n", "# nothing\n"])("an empty text holds none: %j", (text) => {
    expect(parseManifests(text, "f")).toEqual({ documents: [], problems: [] });
  });

  test("JSON is read, with tabs and a byte order mark too", () => {
    expect(raws(parseManifests(`\uFEFF${JSON.stringify(service("a"), null, "\t")}\n`, "f"))).toEqual([service("a")]);
  });

  test("what starts like JSON and is YAML is read as YAML", () => {
    expect(raws(parseManifests("{apiVersion: v1, kind: Service, metadata: {name: a}} # flow style", "f"))).toEqual([
      service("a"),
    ]);
  });

  test("anchors and merge keys are resolved", () => {
    const text = "apiVersion: v1\nkind: A\na: &a {p: 1, q: 1}\nb: {<<: *a, q: 2}\nc: *a\n";
    expect(raws(parseManifests(text, "f"))).toEqual([
      { apiVersion: "v1", kind: "A", a: { p: 1, q: 1 }, b: { p: 1, q: 2 }, c: { p: 1, q: 1 } },
    ]);
  });

  test("a key named __proto__ is a key like any other", () => {
    for (const text of [
      '{"apiVersion":"v1","kind":"A","__proto__":{"x":1}}',
      `${line("A")}`.replace("}", ", __proto__: {x: 1}}"),
    ]) {
      const [raw] = raws(parseManifests(text, "f"));
      expect(Object.keys(raw ?? {})).toEqual(["apiVersion", "kind", "__proto__"]);
      expect(Object.getPrototypeOf(raw)).toBe(Object.prototype);
    }
  });
});

describe("scalars are what kubectl sends", () => {
  test.each(["on", "Off", "yes", "NO", "y", "true"])("a bare %s is a boolean", (value) => {
    const [raw] = raws(parseManifests(`apiVersion: v1\nkind: A\nvalue: ${value}\n`, "f"));
    expect(raw).toMatchObject({ value: /^(?:on|y|t)/i.test(value) });
  });

  test.each(['"on"', "'Off'", "oN", "enabled", "yep", "2026-01-01", "1:30"])("%s is a string", (value) => {
    const [raw] = raws(parseManifests(`apiVersion: v1\nkind: A\nvalue: ${value}\n`, "f"));
    expect(raw).toMatchObject({ value: value.replace(/^["']|["']$/g, "") });
  });

  test("a string that kubectl would take for a boolean is written in quotes", () => {
    const value = { a: "on", b: "n", c: "True", d: "only", e: true };
    const text = stringify(value, kubectlYaml);
    expect(text).toBe('a: "on"\nb: "n"\nc: "True"\nd: only\ne: true\n');
    expect(parse(text, { version: "1.1" })).toEqual(value);
  });
});

describe("lists", () => {
  test("the items of a List are documents of their own, also of a List within", () => {
    const inner = { apiVersion: "v1", kind: "List", items: [service("b")] };
    const list = { apiVersion: "v1", kind: "List", metadata: {}, items: [service("a"), inner, service("c")] };
    const read = parseManifests(stringify(list), "f");
    expect(raws(read)).toEqual([service("a"), service("b"), service("c")]);
    expect(read.documents.map(({ index }) => index)).toEqual([0, 1, 2]);
  });

  test("an empty List holds none", () => {
    expect(parseManifests("{apiVersion: v1, kind: List, items: []}", "f")).toEqual({ documents: [], problems: [] });
    expect(parseManifests("{apiVersion: v1, kind: List}", "f")).toEqual({ documents: [], problems: [] });
  });

  test("items as the API server lists them get the kind of their list", () => {
    const items = [{ metadata: { name: "a" } }];
    const list = { apiVersion: "networking.k8s.io/v1", kind: "IngressList", items };
    expect(raws(parseManifests(JSON.stringify(list), "f"))).toEqual([
      { apiVersion: "networking.k8s.io/v1", kind: "Ingress", metadata: { name: "a" } },
    ]);
  });

  test("an object whose kind ends in List without being one is an object", () => {
    const allowList = { apiVersion: "example.com/v1", kind: "AllowList", spec: {} };
    expect(raws(parseManifests(JSON.stringify(allowList), "f"))).toEqual([allowList]);
  });
});

describe("lines", () => {
  const yaml = [
    "# first", // 1
    "apiVersion: v1", // 2
    "kind: A", // 3
    "---",
    "apiVersion: v1", // 5
    "kind: List", // 6
    "items:", // 7
    "  - apiVersion: v1", // 8
    "    kind: Service", // 9
    "    spec: &spec", // 10
    "      ports:", // 11
    "        - port: 80", // 12
    '        - {port: 81, "a.b/c": 1}', // 13
    "  - apiVersion: v1", // 14
    "    kind: Service", // 15
    "    spec: *spec", // 16
    "    8080: x", // 17
  ].join("\n");
  const json = [
    '{ "apiVersion": "v1",', // 1
    '  "kind": "List",', // 2
    '  "a\\"{[": "}]\\\\", "b": [1,', // 3
    "    { }],", // 4
    '  "items": [', // 5
    '    { "apiVersion": "v1", "kind": "Service",', // 6
    '      "spec": { "ports": [', // 7
    '        { "port": 80 },', // 8
    '        { "port":', // 9
    "           81 } ] } },", // 10
    '    { "apiVersion": "v1",', // 11
    '      "kind": "Service" } ] }', // 12
  ].join("\n");

  test.each<[number, (string | number)[], number]>([
    [0, [], 2],
    [0, ["kind"], 3],
    [0, ["spec", "nowhere"], 2],
    [1, [], 8],
    [1, ["kind"], 9],
    [1, ["spec"], 10],
    [1, ["spec", "ports", 0, "port"], 12],
    [1, ["spec", "ports", 1, "a.b/c"], 13],
    [1, ["spec", "ports", 2], 11],
    [2, ["spec"], 16],
    [2, ["spec", "ports", 1], 13],
    [2, ["8080"], 17],
  ])("YAML: document %i, %j is on line %i", (index, path, expected) => {
    expect(parseManifests(yaml, "f").documents[index]?.lineOf(path)).toBe(expected);
  });

  test.each<[number, (string | number)[], number]>([
    [0, [], 6],
    [0, ["kind"], 6],
    [0, ["spec", "ports", 0, "port"], 8],
    [0, ["spec", "ports", 1], 9],
    [0, ["spec", "ports", 1, "port", "deeper"], 9],
    [0, ["spec", "ports", 2], 7],
    [1, [], 11],
    [1, ["kind"], 12],
    [1, ["metadata"], 11],
  ])("JSON: document %i, %j is on line %i", (index, path, expected) => {
    expect(parseManifests(json, "f").documents[index]?.lineOf(path)).toBe(expected);
  });
});

describe("problems", () => {
  test.each<[string, string, readonly string[]]>([
    [
      "a syntax error",
      "a: 1\nb: [1\n",
      ["f:3: is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ]."],
    ],
    ["broken JSON", '{"a": 1,\n "b" 2}', ["f:2: is not valid YAML: Missing , or : between flow map items."]],
    [
      "each duplicate key of YAML",
      "a: 1\nb: 1\na: 2\nc: {d: 1, d: 2}\n",
      ["f:3: is not valid YAML: Map keys must be unique.", "f:4: is not valid YAML: Map keys must be unique."],
    ],
    [
      "each duplicate key of JSON, however it is spelt, and none where the same key stands in two objects",
      '{"apiVersion":"v1","kind":"A","a":[{"x":1},{"x":1}],\n"b":{"x":1,"y":{"x":1},\n"\\u0078":2}}',
      ['f:3: the key "x" stands twice in one object: remove one.'],
    ],
    [
      "a document that is no object",
      "just text\n---\n- 1\n",
      [
        "f:1: is not a Kubernetes object: write a mapping with apiVersion, kind and metadata.",
        "f:3: is not a Kubernetes object: write a mapping with apiVersion, kind and metadata.",
      ],
    ],
    [
      "an item of a list that is no object",
      "apiVersion: v1\nkind: List\nitems:\n  - 3\n",
      ["f:4: is not a Kubernetes object: write a mapping with apiVersion, kind and metadata."],
    ],
    [
      "no kind",
      "\napiVersion: v1\n",
      ["f:2: has no apiVersion or no kind: name both, so that it is known what it is."],
    ],
    [
      "a kind that is no text",
      "apiVersion: v1\nkind: true\n",
      ["f:1: has no apiVersion or no kind: name both, so that it is known what it is."],
    ],
    [
      "an alias of nothing",
      "a: *b\n",
      ["f:1: is not valid YAML: Unresolved alias (the anchor must be set before the alias): b."],
    ],
    [
      "an anchor within itself",
      "apiVersion: v1\nkind: A\na: &a [*a]\n",
      ["f:1: is nested deeper than 500 levels, or an anchor contains itself: simplify it."],
    ],
    [
      "endless depth",
      `{"a":${"[".repeat(501)}${"]".repeat(501)}}`,
      ["f:1: is nested deeper than 500 levels, or an anchor contains itself: simplify it."],
    ],
    [
      "aliases that would expand a thousandfold",
      bomb(),
      ["f:1: is not valid YAML: Excessive alias count indicates a resource exhaustion attack."],
    ],
  ])("%s", (_, text, expected) => {
    expect(problems(text)).toEqual(expected);
  });

  test("depth that would end the parser's own recursion is a problem too", () => {
    expect(problems(`a: ${"[".repeat(50_000)}`)).toHaveLength(1);
  });

  test("a problem in one document leaves the others", () => {
    const read = parseManifests(`${line("A")}---\na: 1\na: 2\n---\n${line("B")}`, "f");
    expect(raws(read)).toEqual([
      { apiVersion: "v1", kind: "A" },
      { apiVersion: "v1", kind: "B" },
    ]);
    expect(read.problems).toHaveLength(1);
  });

  function bomb(): string {
    const tenOf = (anchor: string) => `[${Array.from({ length: 10 }, () => `*${anchor}`).join(", ")}]`;
    return `a: &a [x]\nb: &b ${tenOf("a")}\nc: &c ${tenOf("b")}\nd: &d ${tenOf("c")}\ne: ${tenOf("d")}\n`;
  }
});

describe("files", () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), "manifests-"));
  });
  afterEach(async () => {
    await rm(folder, { recursive: true });
  });

  async function write(path: string, content: string | Buffer): Promise<string> {
    await mkdir(join(folder, path, ".."), { recursive: true });
    await writeFile(join(folder, path), content);
    return join(folder, path);
  }

  async function read(...paths: string[]): Promise<readonly string[]> {
    const { documents, problems: found } = await readManifests(
      paths.map((path) => (path === "-" ? path : join(folder, path))),
    );
    const kinds = documents.map(({ source, raw }) => `${relative(folder, source)} ${String(raw["kind"])}`);
    return [
      ...kinds,
      ...found.map(({ source, message }) => `${source === "-" ? source : relative(folder, source)}: ${message}`),
    ];
  }

  test("a folder is read with all folders below it, in order of the paths", async () => {
    await write("b.yaml", line("B"));
    await write("a/z.yml", line("Z"));
    await write("a/y.json", '{"apiVersion":"v1","kind":"Y"}');
    await write("a/readme.md", "# not this");
    await write("a/kustomization.yaml", "resources: [z.yml]\n");
    expect(await read("")).toEqual(["a/y.json Y", "a/z.yml Z", "b.yaml B"]);
  });

  test("a mounted ConfigMap, whose files are links into a hidden folder, is read once", async () => {
    await write("..2026_01/policy.yaml", line("P"));
    await symlink("..2026_01", join(folder, "..data"));
    await symlink("..data/policy.yaml", join(folder, "policy.yaml"));
    expect(await read("")).toEqual(["policy.yaml P"]);
  });

  test("a file that is named is read whatever its ending, and paths keep their order", async () => {
    await write("b.txt", line("B"));
    await write("a.yaml", line("A"));
    expect(await read("b.txt", "a.yaml")).toEqual(["b.txt B", "a.yaml A"]);
  });

  test("what cannot be read is a problem, and the rest is read", async () => {
    await write("good.yaml", line("A"));
    await write("text.yaml", Buffer.from("\uFEFFkind: A", "utf16le"));
    await write("broken.yaml", "a: [\n");
    await mkdir(join(folder, "empty"));
    await symlink("nowhere", join(folder, "dangling.yaml"));
    expect(await read("gone.yaml", "empty", "")).toEqual([
      "good.yaml A",
      "gone.yaml: does not exist: check the path.",
      "empty: holds no *.yaml, *.yml or *.json file: name the folder that does.",
      "broken.yaml: is not valid YAML: Flow sequence in block collection must be sufficiently indented and end with a ].",
      "dangling.yaml: does not exist: check the path.",
      "text.yaml: is not UTF-8 text: save it with that encoding.",
    ]);
  });

  test("a file of 16 MiB is read, a byte more is a problem", async () => {
    const object = '{"apiVersion":"v1","kind":"Big"}';
    await write("limit.json", object.padEnd(16 * 1024 * 1024, " "));
    await write("more.json", object.padEnd(16 * 1024 * 1024 + 1, " "));
    expect(await read("limit.json", "more.json")).toEqual([
      "limit.json Big",
      "more.json: is larger than 16 MiB: split it into several files.",
    ]);
  });

  test("standard input is read where it is offered", async () => {
    const { documents } = await readManifests(["-"], async () => line("A"));
    expect(documents.map(({ source, raw }) => [source, raw["kind"]])).toEqual([["stdin", "A"]]);
    expect(await read("-")).toEqual(["-: standard input is not read here: name a file or a folder."]);
  });

  test("standard input that fails or is too large is a problem", async () => {
    const failing = await readManifests(["-"], () => Promise.reject(new Error("closed")));
    expect(failing.problems).toEqual([{ source: "stdin", line: undefined, message: "cannot be read: closed." }]);
    const large = await readManifests(["-"], async () => " ".repeat(16 * 1024 * 1024 + 1));
    expect(large.problems.map(({ message }) => message)).toEqual([
      "is larger than 16 MiB: split it into several files.",
    ]);
  });
});

import {
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  LineCounter,
  type Node,
  parseAllDocuments,
  type ScalarTag,
  type YAMLParseError,
} from "yaml";
import type { ParsedText, ParsedValue, Path } from "./parsed-text.ts";

/** As many uses of one anchor as a long list of objects may need; far from what makes an expansion explode. */
const maxAliasCount = 1000;

/** kubectl reads YAML 1.1 booleans (go-yaml's list): a bare `on` is no string, and the API server refuses it in an annotation. */
const kubectlBoolean: ScalarTag = {
  tag: "tag:yaml.org,2002:bool",
  default: true,
  identify: (value) => typeof value === "boolean",
  test: /^(?:y|Y|yes|Yes|YES|on|On|ON|true|True|TRUE|n|N|no|No|NO|off|Off|OFF|false|False|FALSE)$/,
  resolve: (text) => /^(?:y|on|true)/i.test(text),
  stringify: ({ value }) => String(value),
};

/** Options for reading and writing YAML as kubectl does; a string that kubectl would take for a boolean is written in quotes. */
export const kubectlYaml = {
  schema: "core",
  merge: true,
  customTags: (tags: readonly unknown[]) => [kubectlBoolean, ...tags] as ScalarTag[],
} as const;

/** All documents of a YAML text; empty ones are left out. */
export function parseYaml(text: string): ParsedText {
  const lines = new LineCounter();
  const values: ParsedValue[] = [];
  const problems: { line: number; message: string }[] = [];
  const lineAt = (offset: number) => lines.linePos(offset).line;
  for (const document of parseAllDocuments(text, {
    ...kubectlYaml,
    lineCounter: lines,
    prettyErrors: false,
    logLevel: "silent",
  })) {
    const first = document.contents?.range?.[0] ?? document.range[0];
    if (document.errors.length > 0) {
      for (const { message, pos } of worthReading(document.errors)) {
        problems.push({ line: lineAt(pos[0]), message: sentence(message) });
      }
      continue;
    }
    try {
      const value: unknown = document.toJS({ maxAliasCount });
      if (value === null || value === undefined) continue;
      values.push({ value, lineOf: (path) => lineAt(offsetOf(document, path) ?? first) });
    } catch (error) {
      problems.push({ line: lineAt(first), message: sentence(error instanceof Error ? error.message : String(error)) });
    }
  }
  return { values, problems };
}

/** Every duplicate key, and the first syntax error: those after it are mostly its echo. */
function worthReading(errors: readonly YAMLParseError[]): readonly YAMLParseError[] {
  const first = errors.find(({ code }) => code !== "DUPLICATE_KEY");
  return errors.filter((error) => error === first || error.code === "DUPLICATE_KEY");
}

function sentence(message: string): string {
  return `is not valid YAML: ${message.replace(/\.$/, "")}.`;
}

/** Where the key of a field stands, or the item of a list; the nearest one around it where the path leaves the document. */
function offsetOf(document: Document.Parsed, path: Path): number | undefined {
  let node: unknown = document.contents;
  let found: number | undefined;
  for (const step of path) {
    const next = child(isAlias(node) ? node.resolve(document) : node, step);
    if (next === undefined) break;
    found = next.at.range?.[0] ?? found;
    node = next.value;
  }
  return found;
}

function child(node: unknown, step: string | number): { readonly at: Node; readonly value: unknown } | undefined {
  if (isSeq<Node>(node) && typeof step === "number") {
    const item = node.items[step];
    return item === undefined ? undefined : { at: item, value: item };
  }
  if (!isMap<Node, unknown>(node)) return undefined;
  const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(step));
  return pair === undefined ? undefined : { at: pair.key, value: pair.value };
}

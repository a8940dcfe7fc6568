import { stringify } from "yaml";
import type { ScalarTag } from "yaml";
import { stringifyString } from "yaml/util";
import { denialMessage } from "../decision/messages.ts";
import type { Entry } from "./judge.ts";

/** One document of the output. A refused one says so in a comment, and is there nevertheless: the API server has the last word. */
export function yamlEntry(entry: Entry): string {
  if (entry.kind !== "judged") return `---\n${yamlText(entry.document.raw)}`;
  const { subject, decision, result } = entry.judged;
  const refusal = denialMessage(subject, decision);
  const comment = refusal === undefined ? "" : `REFUSED: ${refusal}\n`.replaceAll(/^(?=.)/gm, "# ");
  return `---\n${comment}${yamlText(result)}`;
}

/** YAML of which every reader, of version 1.1 or 1.2, makes the same value. */
export function yamlText(value: unknown): string {
  return stringify(value, {
    schema: "core",
    lineWidth: 0,
    aliasDuplicateObjects: false,
    customTags: (tags) => [
      unmistakableString,
      ...tags.filter((tag) => typeof tag === "string" || tag.tag !== unmistakableString.tag),
    ],
  });
}

const unmistakableString: ScalarTag = {
  tag: "tag:yaml.org,2002:str",
  default: true,
  identify: (value) => typeof value === "string",
  resolve: (text) => text,
  stringify: (item, context, onComment, onChompKeep) => {
    const { value } = item;
    if (typeof value === "string" && isMistakable(value)) return quoted(value);
    return stringifyString({ value: String(value) }, context, onComment, onChompKeep);
  },
};

/** Nothing reads as null. Numbers of every notation, dates, `<<` and `=` start like this; the words are the booleans and null of YAML 1.1. */
const looksTyped = /^$|^[-+.\d=<~]|^(?:y|n|yes|no|on|off|true|false|null)$/i;
/** Version 1.1 takes NEL, LS and PS for line breaks; controls, byte order marks and lone surrogates do not survive at all. */
const unprintable =
  /[^\t\n\x20-\x7E\u{A0}-\u{2027}\u{202A}-\u{D7FF}\u{E000}-\u{FEFE}\u{FF00}-\u{FFFD}\u{10000}-\u{10FFFF}]/u;
/** A block scalar that starts or ends with white space, or has it before a line break, is read differently by some. */
const fragileBlock = /^\s|[ \t]$|[ \t]\n|\n\n$/;

function isMistakable(value: string): boolean {
  if (looksTyped.test(value) || unprintable.test(value)) return true;
  return value.includes("\n") ? fragileBlock.test(value) : value.includes("\t");
}

/** A JSON string is a double-quoted YAML scalar on one line; what JSON leaves bare and YAML 1.1 does not is escaped too. */
function quoted(value: string): string {
  return JSON.stringify(value).replaceAll(
    /[\x7F-\x9F\u2028\u2029\uFEFF\uFFFE\uFFFF]/g,
    (character) => `\\u${(character.codePointAt(0) ?? 0).toString(16).padStart(4, "0")}`,
  );
}

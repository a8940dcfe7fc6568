import { readFileSync } from "node:fs";

export const operations = readFileSync("docs/operations.md", "utf8");

export interface Block {
  /** All that stands behind the three backticks. */
  readonly info: string;
  readonly text: string;
}

/** The fenced blocks of docs/operations.md, in their order. */
export function documentBlocks(): readonly Block[] {
  return [...operations.matchAll(/^```([^\n]*)\n([^]*?)^```$/gm)].map(([, info = "", text = ""]) => ({ info, text }));
}

/** What stands between two marks. */
export function between(name: string): string {
  return new RegExp(`<!-- ${name}:begin -->([^]*)<!-- ${name}:end -->`).exec(operations)?.[1] ?? "";
}

/** What the rows of a table begin with, in backticks. */
export function tableNames(table: string): readonly string[] {
  return [...table.matchAll(/^\| `([^`]+)` +\|/gm)].map(([, name = ""]) => name);
}

export type Path = readonly (string | number)[];

/** One value of a text, and where in the text its parts stand. */
export interface ParsedValue {
  readonly value: unknown;
  /** The line, from 1, of the field at this path; where it does not exist, of the nearest one around it. */
  readonly lineOf: (path: Path) => number;
}

export interface ParsedText {
  readonly values: readonly ParsedValue[];
  readonly problems: readonly { readonly line: number; readonly message: string }[];
}

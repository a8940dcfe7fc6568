export interface Options {
  readonly json: boolean;
  readonly quick: boolean;
}

export const usage = `npm run bench [-- --json] [-- --quick]

Measures the built webhook against a bare node:https server, in turns within one run.

  --json   one JSON object instead of tables
  --quick  a smoke run of some seconds: the figures are noise, so no bar is judged

Exit code: 0 every bar held, 1 a bar was missed, 2 nothing could be measured.
`;

/** Reads the command line; a text is what to tell the user instead of measuring. */
export function readOptions(argv: readonly string[]): Options | { readonly refusal: string } {
  const known = ["--json", "--quick"];
  const unknown = argv.filter((word) => !known.includes(word));
  if (unknown.length > 0) {
    return { refusal: `${unknown.join(", ")}: the benchmark takes --json and --quick, and nothing else.` };
  }
  return { json: argv.includes("--json"), quick: argv.includes("--quick") };
}

/** Exit codes of every command. Documented in the help text of each; part of the API. */
export const exitCode = {
  /** Done, and nothing would be refused. */
  clean: 0,
  /** Something would be refused. */
  refused: 1,
  /** Bad usage, or input that cannot be read in full. */
  usage: 2,
  /** A fault of this program, or of where it writes to. */
  fault: 3,
} as const;

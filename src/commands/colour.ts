import type { Environment } from "../settings/table.ts";

type Colour = "bold" | "dim" | "green" | "yellow" | "red";
/** Paints a text of whole lines, or leaves it as it is. */
export type Paint = (colour: Colour, text: string) => string;

/** NO_COLOR (no-color.org) turns colours off and FORCE_COLOR turns them on where there is no terminal; it wins, as in Node itself. */
export function painter(isTerminal: boolean, env: Environment): Paint {
  return usesColour(isTerminal, env) ? paint : (_colour, text) => text;
}

function usesColour(isTerminal: boolean, env: Environment): boolean {
  const forced = env["FORCE_COLOR"];
  if (forced !== undefined) return forced !== "0" && forced !== "false";
  if (env["NO_COLOR"] !== undefined && env["NO_COLOR"] !== "") return false;
  return isTerminal && env["TERM"] !== "dumb";
}

/** SGR parameters (ECMA-48 §8.3.117). */
const codes: Readonly<Record<Colour, number>> = { bold: 1, dim: 2, green: 32, yellow: 33, red: 31 };

/** Line by line, so that a pager or a grep that shows one line shows it right. */
function paint(colour: Colour, text: string): string {
  return text.replaceAll(/[^\n]+/g, (line) => `\u001B[${codes[colour]}m${line}\u001B[0m`);
}

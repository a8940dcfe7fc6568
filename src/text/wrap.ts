/** Terminals are at least this wide. */
const width = 80;

/** Breaks a text at spaces into lines of at most 80 columns; lines after the first are indented. Ends with a newline. */
export function wrap(text: string, indent: number): string {
  const lead = /^ */.exec(text)?.[0] ?? "";
  const lines: string[] = [];
  let line = lead;
  for (const word of text.trim().split(" ")) {
    const joined = line.trim() === "" ? line + word : `${line} ${word}`;
    if (joined.length > width && line.trim() !== "") {
      lines.push(line);
      line = " ".repeat(indent) + word;
    } else {
      line = joined;
    }
  }
  return `${[...lines, line].join("\n")}\n`;
}

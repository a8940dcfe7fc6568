import { variableOf, type Setting, type Table } from "./table.ts";

export interface HelpGroup {
  readonly title: string;
  readonly table: Table;
}

const width = 80;

/** Every flag and variable by group, at most 80 columns wide. */
export function helpText(introduction: readonly string[], groups: readonly HelpGroup[]): string {
  const lines = introduction.flatMap((paragraph) => [...wrap(paragraph, ""), ""]);
  for (const { title, table } of groups) {
    lines.push(title);
    for (const setting of Object.values(table)) lines.push(...settingLines(setting));
    lines.push("");
  }
  return lines.join("\n");
}

function settingLines(setting: Setting): readonly string[] {
  const short = setting.short === undefined ? "" : `-${setting.short}, `;
  const value = setting.takes === "nothing" ? "" : ` ${setting.type.name}`;
  const flag = `  ${short}--${setting.flag}${value}`;
  const variable = variableOf(setting);
  const oneLine = variable === undefined ? flag : `${flag.padEnd(40)}  ${variable}`;
  const head = oneLine.length <= width ? [oneLine] : [flag, `      ${variable}`];
  return [...head, ...wrap(describe(setting), "      ")];
}

function describe(setting: Setting): string {
  const several = setting.takes === "names" || setting.takes === "paths" ? " May be repeated." : "";
  const standing = setting.otherwise ?? constantDefault(setting);
  return `${setting.description}${several}${standing === undefined ? "" : ` Default: ${standing}.`}`;
}

function constantDefault(setting: Setting): string | undefined {
  switch (setting.takes) {
    case "nothing":
      return undefined;
    case "value":
      return setting.default;
    case "names":
    case "paths":
      return setting.default?.join(", ");
  }
}

function wrap(text: string, indent: string): readonly string[] {
  const lines: string[] = [];
  let line = "";
  for (const word of text.split(" ")) {
    if (line !== "" && indent.length + line.length + 1 + word.length > width) {
      lines.push(indent + line);
      line = word;
    } else {
      line = line === "" ? word : `${line} ${word}`;
    }
  }
  return [...lines, indent + line];
}

import { nearest } from "../text/nearest.ts";
import type { ValueType } from "./values.ts";

interface Described {
  /** Without its dashes: tls-dir is --tls-dir, and DUALSTACK_TLS_DIR in the environment. */
  readonly flag: string;
  readonly short?: string;
  readonly description: string;
  /** Has no environment variable. */
  readonly flagOnly?: true;
  /** Says in the help text what stands where the value is left out, where that is no constant. */
  readonly otherwise?: string;
}

interface SwitchSetting extends Described {
  readonly takes: "nothing";
}

interface ValueSetting extends Described {
  readonly takes: "value";
  readonly type: ValueType<unknown>;
  readonly default?: string;
}

interface ListSetting extends Described {
  /** names: separated by commas, and the flag may be repeated. paths: the flag is repeated; the variable separates by colons. */
  readonly takes: "names" | "paths";
  readonly type: ValueType<unknown>;
  readonly default?: readonly string[];
}

export type Setting = SwitchSetting | ValueSetting | ListSetting;
export type Table = Readonly<Record<string, Setting>>;

type ValueOf<S extends Setting> = S extends { takes: "nothing" }
  ? boolean
  : S extends { takes: "names" | "paths"; type: ValueType<infer V> }
    ? readonly V[]
    : S extends { type: ValueType<infer V> }
      ? S extends { default: string }
        ? V
        : V | undefined
      : never;

export type Values<T extends Table> = { readonly [K in keyof T]: ValueOf<T[K]> };

export interface Reading<T extends Table> {
  /** Meaningful only where there are no problems: a setting with an illegal value has its default here. */
  readonly values: Values<T>;
  /** How each setting was given, as flag or variable, for messages. A setting that was left out is absent. */
  readonly givenBy: Readonly<Partial<Record<keyof T, string>>>;
  /** What is neither a flag nor a flag's value. */
  readonly operands: readonly string[];
  /** One sentence each. */
  readonly problems: readonly string[];
}

export type Environment = Readonly<Record<string, string | undefined>>;

export function variableOf(setting: Setting): string | undefined {
  return setting.flagOnly ? undefined : `DUALSTACK_${setting.flag.toUpperCase().replaceAll("-", "_")}`;
}

/** Reads a command line and an environment; a flag wins over its variable, and an empty variable counts as unset. */
export function readTable<T extends Table>(table: T, argv: readonly string[], env: Environment): Reading<T> {
  const { given, operands, problems } = readArguments(table, argv);
  const values: Record<string, unknown> = {};
  const givenBy: Record<string, string> = {};
  for (const [key, setting] of Object.entries(table)) {
    const texts = given.get(key) ?? fromEnvironment(setting, env);
    if (texts !== undefined) givenBy[key] = texts.source;
    const legal = texts === undefined ? undefined : parseGiven(setting, texts, problems);
    values[key] = legal ?? defaultOf(setting);
  }
  return { values: values as Values<T>, givenBy: givenBy as Reading<T>["givenBy"], operands, problems };
}

interface Given {
  /** --listen or DUALSTACK_LISTEN. */
  readonly source: string;
  readonly texts: readonly string[];
}

interface Arguments {
  readonly given: Map<string, Given>;
  readonly operands: string[];
  readonly problems: string[];
}

function readArguments(table: Table, argv: readonly string[]): Arguments {
  const result: Arguments = { given: new Map(), operands: [], problems: [] };
  const entries = Object.entries(table);
  for (let at = 0; at < argv.length; at += 1) {
    const word = argv[at] ?? "";
    if (!word.startsWith("-") || word === "-") {
      result.operands.push(word);
      continue;
    }
    const equals = word.indexOf("=");
    const name = equals < 0 ? word : word.slice(0, equals);
    const entry = entries.find(([, { flag, short }]) => name === `--${flag}` || (short && name === `-${short}`));
    if (entry === undefined) {
      result.problems.push(unknownFlag(name, entries));
      // Its value would otherwise be reported as a stray argument of its own.
      if (equals < 0 && argv[at + 1]?.startsWith("-") === false) at += 1;
      continue;
    }
    const [key, setting] = entry;
    let text = equals < 0 ? undefined : word.slice(equals + 1);
    if (text === undefined && setting.takes === "nothing") text = "true";
    if (text === undefined && argv[at + 1]?.startsWith("--") === false) text = argv[(at += 1)];
    if (text === undefined) result.problems.push(missingValue(setting));
    else addGiven(result, key, setting, text);
  }
  return result;
}

function addGiven({ given, problems }: Arguments, key: string, setting: Setting, text: string): void {
  const source = `--${setting.flag}`;
  const before = given.get(key)?.texts ?? [];
  if (before.length > 0 && (setting.takes === "value" || setting.takes === "nothing")) {
    problems.push(`${source} is given more than once: give it once.`);
  }
  const texts = setting.takes === "names" ? text.split(",") : [text];
  given.set(key, { source, texts: [...before, ...texts] });
}

function unknownFlag(name: string, entries: readonly (readonly [string, Setting])[]): string {
  const meant = nearest(
    name.replace(/^-+/, ""),
    entries.map(([, { flag }]) => flag),
  );
  return `${name} is not a flag${meant === undefined ? "" : `: did you mean --${meant}`}; --help lists them all.`;
}

function missingValue(setting: Setting): string {
  const allowed = setting.takes === "nothing" ? "true or false" : setting.type.allowed;
  return `--${setting.flag} has no value: it must be ${allowed}.`;
}

function fromEnvironment(setting: Setting, env: Environment): Given | undefined {
  const source = variableOf(setting);
  const text = source === undefined ? undefined : env[source];
  if (source === undefined || text === undefined || text === "") return undefined;
  switch (setting.takes) {
    case "nothing":
    case "value":
      return { source, texts: [text] };
    case "names":
      return { source, texts: text.split(",") };
    case "paths":
      return { source, texts: text.split(":") };
  }
}

/** undefined where a value is illegal; the problem has then been added. */
function parseGiven(setting: Setting, { source, texts }: Given, problems: string[]): unknown {
  const type = setting.takes === "nothing" ? switchType : setting.type;
  const values = texts.map((text) => {
    const value = type.parse(text);
    if (value === undefined) problems.push(`${source} is ${JSON.stringify(text)}: it must be ${type.allowed}.`);
    return value;
  });
  if (values.includes(undefined)) return undefined;
  return setting.takes === "names" || setting.takes === "paths" ? values : values[values.length - 1];
}

const switchType: Pick<ValueType<boolean>, "allowed" | "parse"> = {
  allowed: "true or false",
  parse: (text) => (text === "true" ? true : text === "false" ? false : undefined),
};

function defaultOf(setting: Setting): unknown {
  switch (setting.takes) {
    case "nothing":
      return false;
    case "value":
      return setting.default === undefined ? undefined : setting.type.parse(setting.default);
    case "names":
    case "paths":
      return (setting.default ?? []).map((text) => setting.type.parse(text));
  }
}

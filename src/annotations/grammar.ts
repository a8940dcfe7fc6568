import { quote } from "../text/quoting.ts";
import type { AnnotationEntry, ValueType } from "./entry.ts";
import { isCidr, parseBool, parseInteger, parseJson, parseList, parseMap } from "./parse.ts";

/** What is wrong with a value. */
export interface Fault {
  /** Without a final period; quotes the value. */
  readonly message: string;
  /** As one sentence, where more can be said than of all values of the type. */
  readonly remedy?: string;
}

/** Why the controller does not accept a value; [] where it does. Lists of IP addresses are for a rule of their own. */
export function faultsIn(raw: string, { value, lenient, reservedValues }: AnnotationEntry): readonly Fault[] {
  if (lenient === true || reservedValues?.includes(raw) === true) return none;
  switch (value.type) {
    case "string":
      return none;
    case "enum":
      return enumFaults(raw, value);
    case "bool":
      return parseBool(raw) === undefined
        ? [{ message: `${quote(raw)} is not a boolean of the Go language (${words})` }]
        : none;
    case "int":
      return intFaults(raw, value);
    case "list":
      return listFaults(raw, value);
    case "map":
      return mapFaults(raw, value);
    case "json":
      return jsonFaults(raw, value);
  }
}

const none: readonly Fault[] = [];

const words = "1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False";

type Of<T extends ValueType["type"]> = Extract<ValueType, { readonly type: T }>;

function enumFaults(raw: string, { values, ignoreCase }: Of<"enum">): readonly Fault[] {
  if (ignoreCase === true ? values.some((each) => isSameInUpperCase(each, raw)) : values.includes(raw)) return none;
  const message = `${quote(raw)} is not allowed, only ${values.map(quote).join(", ")}`;
  const meant = values.find((each) => each.toLowerCase() === raw.trim().toLowerCase());
  return [
    meant === undefined
      ? { message }
      : { message, remedy: `Write ${quote(meant)}, without blanks and in this spelling.` },
  ];
}

/** As the controller compares: "httpſ", with a long s, is HTTPS in upper case. */
function isSameInUpperCase(one: string, other: string): boolean {
  return one.toUpperCase() === other.toUpperCase();
}

function intFaults(raw: string, type: Of<"int">): readonly Fault[] {
  const { bits, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY, word } = type;
  if (raw === word) return none;
  const number = parseInteger(raw, bits);
  if (number === undefined) {
    const or = word === undefined ? "" : `, nor ${quote(word)}`;
    return [{ message: `${quote(raw)} is not an integer of ${bits} bits${or}` }];
  }
  if (number >= min && number <= max) return none;
  return [{ message: `${number} is out of range: only ${min} to ${max} is allowed` }];
}

/** A list that is meant as one has no more than a few; what is not must not fill pages. */
const mostReported = 10;

function listFaults(raw: string, { item }: Of<"list">): readonly Fault[] {
  switch (item) {
    case "int":
      return itemFaults(
        raw,
        (each) => parseInteger(each, 64) !== undefined,
        "is not the number of a port",
        remedyOfPorts,
      );
    case "cidr":
      return itemFaults(raw, isCidr, "is not a CIDR");
    case "string":
    case "ipv4":
    case "ipv6":
      return none;
  }
}

const remedyOfPorts = 'Name the ports by number, with commas between them, as in "80,443".';

function itemFaults(raw: string, isRight: (item: string) => boolean, what: string, remedy?: string): readonly Fault[] {
  const items = [...new Set(parseList(raw))].filter((item) => !isRight(item)).slice(0, mostReported);
  return items.map((item) => ({ message: `${quote(item)} ${what}`, ...(remedy === undefined ? {} : { remedy }) }));
}

function mapFaults(raw: string, { of }: Of<"map">): readonly Fault[] {
  const map = parseMap(raw);
  if (map === undefined) return [{ message: `${quote(raw)} is not a list of key=value pairs` }];
  if (of !== "ports") return none;
  const wrong = [...map].flat().filter((port) => parseInteger(port, 32) === undefined);
  const remedy = 'Map ports of the NLB to ports of the ALB by number, as in "443=443,80=8080".';
  return [...new Set(wrong)]
    .slice(0, mostReported)
    .map((port) => ({ message: `${quote(port)} is not a number`, remedy }));
}

function jsonFaults(raw: string, { faultOf, remedy }: Of<"json">): readonly Fault[] {
  const json = parseJson(raw);
  if (json === undefined) return [{ message: `${quote(raw)} is not JSON` }];
  const fault = faultOf?.(json.value, raw);
  if (fault === undefined) return none;
  const message = `the value cannot be used: ${fault}`;
  return [remedy === undefined ? { message } : { message, remedy }];
}

import { alb, catalog } from "../annotations/catalog.ts";
import { keysOf, mayGoUnread } from "../annotations/entry.ts";
import type { ValueType } from "../annotations/entry.ts";
import { parseInteger, parseList } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const invalidInteger = defineRule({
  id: "invalid-integer",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary:
    "An annotation for a number, or for a list of numbers, has integers that the controller can parse and accepts.",
  remediation: "Write an integer in plain digits, without blanks and units, or delete the annotation.",
  source: "AWS Load Balancer Controller 3.5, pkg/annotations/parser.go:100-126",
  onlyWith: keysOf(catalog, isInteger),
  service,
  ingress,
});

/** IngressClassParams win over it, whatever it says: where a class has some, the value may never be read. */
const overruledByParams: ReadonlySet<string> = new Set([alb.sslRedirect]);

function service({ read, controller }: ServiceContext): readonly Problem[] {
  return read().flatMap(({ key, value, entry }): readonly Problem[] => {
    const faults = faultsOf(value, entry.value);
    return faults.map((fault) => ({ field: annotationField(key), ...fault, ...asFarAsKnown(controller) }));
  });
}

function ingress({ read, albClass }: IngressContext): readonly Problem[] {
  const hasParams = albClass?.hasParams === true;
  return read().flatMap(({ key, value, entry }): readonly Problem[] => {
    const isUncertain = mayGoUnread(entry) || (hasParams && overruledByParams.has(key));
    return faultsOf(value, entry.value).map((fault): Problem => {
      const problem = { field: annotationField(key), ...fault };
      return isUncertain ? { ...problem, severity: "warn" } : problem;
    });
  });
}

function isInteger(value: ValueType): boolean {
  return value.type === "int" || (value.type === "list" && value.item === "int");
}

function faultsOf(raw: string, type: ValueType): readonly Fault[] {
  if (type.type !== "list" || type.item !== "int") return faultOf(raw, type);
  const items = [...new Set(parseList(raw))].filter((item) => parseInteger(item, 64) === undefined);
  return items
    .slice(0, mostReported)
    .map((item) => ({ message: `${quote(item)} is not the number of a port`, remedy: remedyOfList }));
}

type Fault = Pick<Problem, "message" | "remedy">;

/** A list that is meant as one has no more than a few; what is not must not fill pages. */
const mostReported = 10;

function faultOf(raw: string, type: ValueType): readonly Fault[] {
  if (type.type !== "int") return [];
  const { bits, min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = type;
  const number = parseInteger(raw, bits);
  if (number === undefined) return [{ message: `${quote(raw)} is not an integer of ${bits} bits` }];
  if (number >= min && number <= max) return [];
  return [{ message: `${number} is out of range: only ${min} to ${max} is allowed` }];
}

const remedyOfList = 'Name the ports by number, with commas between them, as in "80,443".';

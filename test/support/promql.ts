import { parser } from "@prometheus-io/lezer-promql";

/** One `metric{label="…"}` of a query. */
export interface Selector {
  readonly metric: string;
  readonly matchers: readonly Matcher[];
}

interface Matcher {
  readonly label: string;
  readonly operator: string;
  readonly value: string;
}

export interface Query {
  readonly selectors: readonly Selector[];
  /** Labels named in `by (…)`, `without (…)`, `on (…)` and `ignoring (…)`. */
  readonly grouping: readonly string[];
}

/** What a PromQL query asks for, by Prometheus's own grammar. Throws where it is no PromQL. */
export function readQuery(text: string): Query {
  const selectors: { metric: string; matchers: Matcher[] }[] = [];
  const grouping: string[] = [];
  parser.parse(text).iterate({
    enter({ type, name, from, to, node }) {
      const word = text.slice(from, to);
      if (type.isError)
        throw new Error(`${text}: no PromQL at ${from}: ${JSON.stringify(text.slice(from, from + 20))}`);
      if (name === "VectorSelector") selectors.push({ metric: "", matchers: [] });
      const selector = selectors.at(-1);
      if (name === "Identifier" && node.parent?.name === "VectorSelector" && selector) selector.metric = word;
      if (name === "UnquotedLabelMatcher") {
        const [, label = "", operator = "", value = ""] = /^(\w+)\s*(=~|!~|!=|=)\s*"(.*)"$/s.exec(word) ?? [];
        selector?.matchers.push({ label, operator, value });
      }
      if (name === "LabelName" && node.parent?.name === "GroupingLabels") grouping.push(word);
    },
  });
  return { selectors, grouping };
}

export type Samples = ReadonlyMap<string, readonly Readonly<Record<string, string>>[]>;

/** The labels of every series of a text in Prometheus's format, by its name. */
export function readSamples(text: string): Samples {
  const samples = new Map<string, Record<string, string>[]>();
  for (const line of text.split("\n")) {
    const [, name, labels = ""] = /^([A-Za-z_:][\w:]*)(?:\{(.*)\})? /.exec(line) ?? [];
    if (name === undefined) continue;
    const pairs = [...labels.matchAll(/([A-Za-z_]\w*)="((?:[^"\\]|\\.)*)"/g)].map(([, label, value]) => [label, value]);
    samples.set(name, [...(samples.get(name) ?? []), Object.fromEntries(pairs) as Record<string, string>]);
  }
  return samples;
}

/** What Prometheus itself adds to whatever it scrapes. */
const targetLabels = ["instance", "job", "namespace", "pod"];

/** What a query asks for that is not among the samples: metrics, labels, and values of labels. */
export function unknownTo(samples: Samples, { selectors, grouping }: Query): readonly string[] {
  const problems: string[] = [];
  const labels = new Set(targetLabels);
  for (const { metric, matchers } of selectors) {
    const series = samples.get(metric) ?? [];
    if (series.length === 0) problems.push(`there is no ${metric}`);
    for (const label of series.flatMap((each) => Object.keys(each))) labels.add(label);
    for (const { label, operator, value } of matchers) {
      if (!series.some((each) => label in each)) problems.push(`no ${metric} has a label ${label}`);
      // What is left out may be absent.
      if (operator.startsWith("!")) continue;
      const values = series.flatMap((each) => each[label] ?? []);
      const isPattern = operator.endsWith("~");
      // Each alternative by itself: one that is never written would hide behind the others.
      for (const wanted of isPattern ? value.split("|") : [value]) {
        const isMet = (each: string): boolean =>
          isPattern ? new RegExp(`^(?:${wanted})$`).test(each) : each === wanted;
        if (!values.some(isMet)) problems.push(`no ${metric} has ${label}="${wanted}"`);
      }
    }
  }
  for (const label of grouping) if (!labels.has(label)) problems.push(`nothing has the label ${label}`);
  return problems;
}

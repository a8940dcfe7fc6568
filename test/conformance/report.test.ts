import { expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { annotationField } from "../../src/decision/rule.ts";
import { forgedCase, forgedRule } from "./forged.ts";
import { reportText } from "./report-text.ts";
import { reportOn } from "./report.ts";

const later = { webhook: { targetGroupBindingError: "QUIC protocol is not supported for Instance target types." } };
const rules = [
  forgedRule({ id: "b-aws", basis: "aws" }),
  forgedRule({ id: "a-aws", basis: "aws", reports: ({ service }) => service.ports[0]?.port === 443 }),
  forgedRule({
    field: annotationField(nlb.quicEnabledPorts),
    reports: ({ service }) => nlb.quicEnabledPorts in service.annotations,
  }),
];

it("counts beside the measures what we refuse and the model builders do not", () => {
  const cases = [
    forgedCase({}),
    forgedCase({ spec: { ports: [{ port: 443 }] }, verdict: { targetGroups: [] } }),
    forgedCase({ annotations: { [nlb.quicEnabledPorts]: "80" }, verdict: later }),
  ];
  const report = reportOn(cases, rules);
  expect(Object.entries(report.refusedForAws)).toEqual([
    ["a-aws", 1],
    ["b-aws", 3],
  ]);
  expect(report).toMatchObject({ refusedLater: 1, disagreements: [] });
  expect(reportText(report)).toContain("     1  a-aws\n     3  b-aws\n     1  (no such rule,");
});

it("names the property that excuses a case", () => {
  const error = "failed to list subnets by names or IDs: couldn't find all subnets, missing names: [nope]";
  const verdict = { error, loadBalancer: null, targetGroups: [], listeners: [] };
  const report = reportOn([forgedCase({ annotations: { [nlb.subnets]: "nope" }, verdict })], []);
  expect(report).toMatchObject({ undecidable: { "names-subnets": 1, "gives-addresses": 0 }, disagreements: [] });
  expect(reportText(report)).toMatch(/^ {5}1 {2}names-subnets: names subnets/m);
});

it("a Service that cannot be judged is named", () => {
  const failing = forgedRule({
    reports: () => {
      throw new Error("a bug");
    },
  });
  expect(() => reportOn([forgedCase({})], [failing])).toThrow("forged.ndjson:1: forged could not be judged");
});

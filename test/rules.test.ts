import { readdirSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { sourceOf } from "../src/decision/rule.ts";
import type { Rule } from "../src/decision/rule.ts";
import type { Kind } from "../src/decision/subject.ts";
import { rules } from "../src/rules/index.ts";

const sentence = /^[A-Z].*[^.]\.$/s;
/** An address, or a project by name (with its version, since lines move), then a file of it and lines. */
const pageOrLines = /^https:\/\/\S+$|^[A-Z][\w .-]*, [\w./-]+\.(?:go|md|adoc):\d+(?:-\d+)?$/;
const ofServices = /pkg\/service\/|guide\/service\/|auto-configure-nlb/;
const ofIngresses = /pkg\/ingress\/|guide\/ingress\/|auto-configure-alb/;
const ownWords = /^[A-Z].*[^.]$/;

describe("the list of rules", () => {
  const ids = rules.map(({ id }) => id).toSorted();

  it("has each id once", () => {
    expect(ids).toEqual([...new Set(ids)]);
  });

  it("is the folder of rules, one file each", () => {
    expect(names("src/rules", ".ts").filter((name) => name !== "index")).toEqual(ids);
  });

  it("has a test for each rule, and no test without a rule", () => {
    expect(names("test/rules", ".test.ts")).toEqual(ids);
  });
});

describe.each(rules.map((rule: Rule) => [rule.id, rule] as const))("%s", (id, rule) => {
  it("has an id in kebab case", () => {
    expect(id).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)+$/);
  });

  it("says in sentences what must hold and what to do", () => {
    expect(rule.summary).toMatch(sentence);
    expect(rule.remediation).toMatch(sentence);
  });

  it("names the page, the lines of code or, as a policy's own rule, the setting that makes it true", () => {
    for (const kind of rule.kinds) {
      expect(sourceOf(rule, kind)).toMatch(rule.basis === "policy" ? ownWords : pageOrLines);
    }
    expect(typeof rule.source === "string" ? rule.kinds : Object.keys(rule.source)).toEqual(rule.kinds);
  });

  it("names for each of its kinds what speaks of that kind", () => {
    const cited = (kind: Kind): string => (rule.kinds.includes(kind) ? (sourceOf(rule, kind) ?? "") : "");
    expect(cited("Ingress")).not.toMatch(ofServices);
    // What a Service is to those behind which it stands is about them.
    expect(rule.service === undefined ? "" : cited("Service")).not.toMatch(ofIngresses);
  });

  it("has a check for each of its kinds, and for no other", () => {
    const { service, backend, ingress, binding } = rule;
    const checked = [(service ?? backend) && "Service", ingress && "Ingress", binding && "TargetGroupBinding"].filter(
      (kind) => kind !== undefined,
    );
    expect(checked).toEqual(rule.kinds);
  });

  // Members of a group change one after the other: between the first and the last the controller waits.
  const temporary = ["group-scheme-conflict", "group-address-type-conflict"];

  it("may be confirmed only where it refuses the hazard of an update, or what the next updates settle", () => {
    const { id, severity, basis, confirmable = false } = rule;
    const mayBe = severity === "deny" && (basis === "update-hazard" || temporary.includes(id));
    expect(confirmable).toBe(confirmable && mayBe);
  });

  it("says that it blocks no injection only where its severity would have it block one", () => {
    expect(rule.blocksInjection === false ? rule.severity : "deny").toBe("deny");
  });
});

function names(folder: string, suffix: string): readonly string[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith(suffix))
    .map((file) => file.slice(0, -suffix.length))
    .toSorted();
}

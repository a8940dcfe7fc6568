import { describe, expect, it } from "vitest";
import { decide } from "../../../src/decision/decide.ts";
import type { Finding } from "../../../src/decision/rule.ts";
import { defaultProfile } from "../../../src/decision/facts.ts";
import { policySet } from "../../../src/policy/resolve.ts";
import { keyed, member } from "../../rules/group-members.ts";
import { knownCluster } from "../../support/known-cluster.ts";
import { ingress } from "../../support/subjects.ts";

/** A group over time: what one update introduces is its own, and the way out of an agreement is safe. */

type Annotations = Readonly<Record<string, string>>;

const confirm = { "dualstack.dev/confirm": "group-scheme-conflict" };

interface Update {
  readonly old?: Annotations;
  readonly new: Annotations;
  readonly others?: readonly object[];
  /** Of the object, without a prefix. */
  readonly confirm?: { readonly old?: Annotations; readonly new?: Annotations };
}

/** What is said of shop/web by the rules about groups. */
function findings({ old, new: now, others = [], confirm: confirmed = {} }: Update): readonly Finding[] {
  const subject = ingress(
    { annotations: { ...keyed(now), ...confirmed.new } },
    { old: old && { annotations: { ...keyed(old), ...confirmed.old } } },
  );
  const facts = {
    namespaceLabels: {},
    profile: defaultProfile,
    install: { scope: "ClusterWide", excludedNamespaces: [] },
    cluster: knownCluster(others),
  } as const;
  return decide(subject, policySet([]), facts).findings.filter(({ rule }) => rule.startsWith("group-"));
}

function outcome(update: Update): readonly string[] {
  return findings(update).map(({ rule, severity, excused }) => `${rule}: ${excused ?? severity}`);
}

const internal = { "group.name": "g", scheme: "internal" };
const facing = { "group.name": "g", scheme: "internet-facing" };
const others = [member("team-b/api", { scheme: "internet-facing" })];

describe("an update of a member", () => {
  it("is refused for a contradiction that it brings about", () => {
    expect(outcome({ old: facing, new: internal, others })).toEqual(["group-scheme-conflict: deny"]);
  });
  it("is not refused for one that was there", () => {
    const update = { old: internal, new: { ...internal, tags: "A=1" }, others };
    expect(outcome(update)).toEqual(["group-scheme-conflict: existing"]);
  });
  it("is not refused for one that others have, and told", () => {
    const both = [...others, member("team-c/api", { scheme: "internal" })];
    expect(outcome({ old: { "group.name": "g" }, new: { "group.name": "g", tags: "A=1" }, others: both })).toEqual([
      "group-already-broken: existing",
    ]);
    expect(outcome({ new: { "group.name": "g" }, others: both })).toEqual(["group-already-broken: warn"]);
  });
  it("is refused for another value that contradicts the group as well", () => {
    expect(outcome({ old: internal, new: { ...internal, scheme: "" }, others })).toContain(
      "group-scheme-conflict: deny",
    );
  });
  it("is refused where it takes its value to another group that has another one", () => {
    const old = { ...internal, "group.name": "h" };
    const before = [
      ...others,
      {
        ...member("team-c/api"),
        metadata: { namespace: "team-c", name: "api", annotations: keyed({ ...facing, "group.name": "h" }) },
      },
    ];
    expect(outcome({ old, new: internal, others: before })).toEqual(["group-scheme-conflict: deny"]);
  });
  it("may be confirmed, in the update that says so", () => {
    const update = { old: facing, new: internal, others };
    expect(outcome({ ...update, confirm: { new: confirm } })).toEqual(["group-scheme-conflict: confirmed"]);
    expect(outcome({ ...update, confirm: { old: confirm, new: confirm } })).toEqual(["group-scheme-conflict: deny"]);
  });
  it("cannot be confirmed on creation", () => {
    expect(outcome({ new: internal, others, confirm: { new: confirm } })).toEqual(["group-scheme-conflict: deny"]);
  });
  it("is told how to go about it, other than a new Ingress", () => {
    const [update] = findings({ old: facing, new: internal, others });
    const [created] = findings({ new: internal, others });
    expect(update?.remedy).toMatch(/^First take the scheme off all other Ingresses/);
    expect(created?.remedy).toMatch(/^State the scheme that the group has/);
  });
});

describe("the order of changes that the remedy gives", () => {
  it("at no step meets a contradiction", () => {
    const group = new Map<string, Annotations>(
      ["team-b/api", "team-c/api", "shop/web"].map((key) => [key, { "ip-address-type": "ipv4" }]),
    );
    const steps: readonly (readonly [string, Annotations])[] = [
      ["team-b/api", {}],
      ["team-c/api", {}],
      ["shop/web", { "ip-address-type": "dualstack" }],
    ];
    for (const [key, annotations] of steps) {
      const before = group.get(key) ?? {};
      const rest = [...group].filter(([other]) => other !== key).map(([other, stated]) => member(other, stated));
      const update = {
        old: { "group.name": "g", ...before },
        new: { "group.name": "g", ...annotations },
        others: rest,
      };
      expect(outcome(update)).toEqual([]);
      group.set(key, annotations);
    }
    expect([...group.values()].flatMap((stated) => Object.values(stated))).toEqual(["dualstack"]);
  });
  it("is the only one: to change one first is refused", () => {
    const rest = [member("team-b/api", { "ip-address-type": "ipv4" })];
    expect(
      outcome({
        old: { "group.name": "g", "ip-address-type": "ipv4" },
        new: { "group.name": "g", "ip-address-type": "dualstack" },
        others: rest,
      }),
    ).toEqual(["group-address-type-conflict: deny"]);
  });
});

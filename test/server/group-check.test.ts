import { describe, expect, it } from "vitest";
import type { ClusterObjects } from "../../src/decision/cluster/cluster.ts";
import type { FaultKind } from "../../src/decision/cluster/broken-groups.ts";
import type { IngressObject } from "../../src/decision/cluster/views.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import { startGroupCheck } from "../../src/server/group-check.ts";
import type { GroupCheck } from "../../src/server/group-check.ts";
import { aClass, aCluster, anIngress, keyOfIngress } from "../decision/cluster/objects.ts";
import type { Clock } from "../../src/kubernetes/clock.ts";
import { eventually, fastClock } from "../support/fast-clock.ts";

const alb = "alb.ingress.kubernetes.io/";
const round = 10_000;

describe("a group", () => {
  it("that becomes broken is told of once, with its members of all namespaces", () => {
    const { world, clock, lines } = start(member("team-a/web", "shop", "internal"));
    clock.expire(round);
    expect(lines).toEqual([]);

    world.put(member("team-b/api", "shop", "internet-facing"));
    clock.expire(round);
    clock.expire(round);
    expect(lines).toEqual([
      {
        level: "warn",
        message: "IngressGroup is broken: its controller changes nothing of it until this is mended",
        group: "shop",
        controller: "aws-load-balancer-controller",
        members: 2,
        ingresses: ["team-a/web", "team-b/api"],
        problems: ['scheme: team-a/web has "internal", team-b/api has "internet-facing"'],
      },
    ]);
  });

  it("that is mended is told of once, and once more when it breaks again", () => {
    const { world, clock, lines } = start(
      member("team-a/web", "shop", "internal"),
      member("team-b/api", "shop", "internet-facing"),
    );
    clock.expire(round);
    world.put(member("team-b/api", "shop", "internal"));
    clock.expire(round);
    clock.expire(round);
    world.put(member("team-b/api", "shop", "internet-facing"));
    clock.expire(round);
    expect(lines.map(({ level, message, group }) => [level, String(message).slice(0, 31), group])).toEqual([
      ["warn", "IngressGroup is broken: its con", "shop"],
      ["info", "IngressGroup is no longer broke", "shop"],
      ["warn", "IngressGroup is broken: its con", "shop"],
    ]);
  });

  it("of which all members go is mended", () => {
    const { world, clock, lines, gauges } = start(
      member("team-a/web", "shop", "internal"),
      member("team-b/api", "shop", "internet-facing"),
    );
    clock.expire(round);
    world.remove("team-a/web");
    world.remove("team-b/api");
    clock.expire(round);
    expect(lines.map(({ level }) => level)).toEqual(["warn", "info"]);
    expect(gauges.at(-1)).toEqual({});
  });
});

it("the gauge counts each broken group once, by its first fault, in every round", () => {
  const { clock, gauges } = start(
    member("a/one", "g", "internal"),
    member("a/two", "g", "internet-facing"),
    anIngress("b/alone", { className: "alb", annotations: { [`${alb}ssl-redirect`]: "443" } }),
    anIngress("c/order", { className: "alb", annotations: { [`${alb}group.order`]: "first" } }),
    member("d/fine", "fine", "internal"),
  );
  clock.expire(round);
  clock.expire(round);
  expect(gauges).toEqual([
    { conflict: 1, redirect: 1, load: 1 },
    { conflict: 1, redirect: 1, load: 1 },
  ]);
});

it("many groups that break at once are told of over several rounds, each once", () => {
  const { clock, lines, gauges } = start(
    ...Array.from({ length: 50 }, (_, index) =>
      anIngress(`a/i${index}`, { className: "alb", annotations: { [`${alb}group.order`]: "first" } }),
    ),
  );
  for (let rounds = 0; rounds < 4; rounds += 1) clock.expire(round);
  const groups = lines.flatMap(({ group }) => (group === undefined ? [] : [group]));
  expect(groups).toHaveLength(50);
  expect(new Set(groups).size).toBe(50);
  expect(lines.filter(({ groups: more }) => more !== undefined).map(({ groups: more }) => more)).toEqual([30, 10]);
  expect(lines.slice(0, 21).map(({ level }) => level)).toEqual(Array.from({ length: 21 }, () => "warn"));
  expect(gauges).toEqual(Array.from({ length: 4 }, () => ({ load: 50 })));
});

describe("time", () => {
  it("a round begins ten seconds after the last one has ended, or as it is told", () => {
    expect(start().clock.asked).toEqual([round]);
    const { clock, gauges } = start();
    clock.expire(round);
    expect([clock.asked, gauges]).toEqual([[round, round], [{}]]);
    const quick = manualClock();
    startWith({ clock: quick, everySeconds: 2 });
    expect(quick.asked).toEqual([2_000]);
  });

  it("goes on in slices that others may come between, and sees what they changed", () => {
    const clock = manualClock(2);
    const { world, gauges, lines } = startWith(
      { clock },
      ...Array.from({ length: 20 }, (_, index) => member(`a/i${index}`, `g${index}`, "internal")),
    );
    clock.expire(round);
    expect([clock.asked, gauges]).toEqual([[round, 0], []]);
    world.put(member("b/late", "g19", "internet-facing"));
    for (let slices = 0; slices < 100 && gauges.length === 0; slices += 1) clock.expire(0);
    expect(lines).toMatchObject([{ group: "g19" }]);
    // Two steps for each Ingress that was there at the start, three looks at most in a slice.
    expect(clock.asked.filter((ms) => ms === 0).length).toBeGreaterThan(10);
  });

  it("with a real timer it finds what breaks", async () => {
    const { world, lines } = startWith({ clock: fastClock() }, member("team-a/web", "shop", "internal"));
    world.put(member("team-b/api", "shop", "internet-facing"));
    await eventually(() => expect(lines).toMatchObject([{ group: "shop" }]));
  });

  it("its timers alone do not keep the process alive", () => {
    const clock = manualClock(10);
    startWith({ clock }, member("a/one", "g", "internal"));
    clock.expire(round);
    clock.expire(0);
    expect([clock.asked.length, clock.holding()]).toEqual([3, 0]);
  });

  it("ends when it is stopped, in the middle of a round too", () => {
    const idle = start(member("a/one", "g", "internal"));
    idle.check.stop();
    idle.clock.expire(round);
    expect(idle.gauges).toEqual([]);

    const clock = manualClock(10);
    const busy = startWith({ clock }, member("a/one", "g", "internal"), member("a/two", "g", "internal"));
    clock.expire(round);
    busy.check.stop();
    for (let slices = 0; slices < 10; slices += 1) clock.expire(0);
    expect(busy.gauges).toEqual([]);
  });
});

it("a fault of its own is logged, and the next round is tried", () => {
  const { world, clock, lines, gauges } = start(member("a/one", "g", "internal"));
  world.fails = true;
  clock.expire(round);
  world.fails = false;
  clock.expire(round);
  expect(lines).toMatchObject([{ level: "error", message: "the check for broken IngressGroups failed" }]);
  expect(gauges).toEqual([{}]);
});

interface World {
  put(ingress: IngressObject): void;
  remove(key: string): void;
  fails: boolean;
}

interface Started {
  readonly world: World;
  readonly check: GroupCheck;
  readonly lines: readonly Readonly<Record<string, unknown>>[];
  /** Without the kinds that are 0. */
  readonly gauges: readonly Partial<Record<FaultKind, number>>[];
}

function start(...ingresses: readonly IngressObject[]): Started & { readonly clock: ManualClock } {
  const clock = manualClock();
  return { clock, ...startWith({ clock }, ...ingresses) };
}

interface ManualClock extends Clock {
  readonly asked: readonly number[];
  /** Fires the timers that run for just so long, not those that they set. */
  expire(ms: number): void;
  /** The timers that keep the process alive. */
  holding(): number;
}

/** A clock that advances by so much at each look. */
function manualClock(stepMs = 0): ManualClock {
  const asked: number[] = [];
  const running = new Map<() => void, number>();
  const held = new Set<() => void>();
  let elapsed = 0;
  return {
    asked,
    now: () => 0,
    elapsed: () => (elapsed += stepMs),
    expire(ms) {
      for (const [fire, length] of Array.from(running)) if (length === ms) fire();
    },
    holding: () => held.size,
    setTimeout(callback, ms) {
      asked.push(ms);
      const fire = () => {
        held.delete(fire);
        if (running.delete(fire)) callback();
      };
      running.set(fire, ms);
      held.add(fire);
      return {
        cancel() {
          running.delete(fire);
          held.delete(fire);
        },
        unref: () => void held.delete(fire),
      };
    },
  };
}

function startWith(
  options: { readonly clock: Clock; readonly everySeconds?: number },
  ...ingresses: readonly IngressObject[]
): Started {
  const cluster: ClusterObjects = aCluster({ classes: [aClass("alb")], ingresses });
  const known = new Map(ingresses.map((ingress) => [keyOfIngress(ingress), ingress]));
  const lines: Readonly<Record<string, unknown>>[] = [];
  const gauges: Partial<Record<FaultKind, number>>[] = [];
  const log = (level: string) => (data: object, message: string) => void lines.push({ level, message, ...data });
  const world: World = {
    put(ingress) {
      known.set(keyOfIngress(ingress), ingress);
      cluster.set("Ingress", ingress);
    },
    remove(key) {
      known.delete(key);
      cluster.delete("Ingress", key);
    },
    fails: false,
  };
  const check = startGroupCheck({
    ...options,
    cluster,
    ingresses() {
      if (world.fails) throw new Error("for a test");
      return known.values();
    },
    profile: defaultProfile,
    log: { info: log("info"), warn: log("warn"), error: log("error") },
    metrics: { brokenGroups: (counts) => void gauges.push(Object.fromEntries(counts)) },
  });
  return { world, check, lines, gauges };
}

function member(key: string, group: string, scheme: string): IngressObject {
  return anIngress(key, {
    className: "alb",
    annotations: { [`${alb}group.name`]: group, [`${alb}scheme`]: scheme },
  });
}

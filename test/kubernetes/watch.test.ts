import { describe, expect, it, onTestFinished } from "vitest";
import { apiClient } from "../../src/kubernetes/client.ts";
import type { Raw } from "../../src/kubernetes/list.ts";
import { watchResource } from "../../src/kubernetes/watch.ts";
import type { WatchOptions } from "../../src/kubernetes/watch.ts";
import type { Change } from "../../src/kubernetes/watched.ts";
import {
  apiServerStub,
  eventLine,
  hangs,
  json,
  namespace,
  resets,
  text,
  watchThat,
} from "../support/api-server-stub.ts";
import type { ApiServerStub } from "../support/api-server-stub.ts";
import { eventually, fastClock, patientClock } from "../support/fast-clock.ts";
import type { FastClock } from "../support/fast-clock.ts";

const gone = json(410, { kind: "Status", code: 410, reason: "Expired" });
const goneEvent = eventLine("ERROR", { kind: "Status", code: 410, reason: "Expired" });

describe("list", () => {
  it("reads page after page and then watches from where the list was", async () => {
    const { stub, watched } = await start({ pageSize: 2 }, ["a", "b", "c", "d", "e"]);

    await watched.whenSynced();
    await eventually(() => expect(stub.openWatches).toBe(1));

    expect(Object.fromEntries(watched.entries())).toEqual({ a: "old", b: "old", c: "old", d: "old", e: "old" });
    expect(stub.requests.map(({ kind, query }) => [kind, query.get("limit"), query.get("continue")])).toEqual([
      ["list", "2", null],
      ["list", "2", "2"],
      ["list", "2", "4"],
      ["watch", null, null],
    ]);
    const query = stub.requests.at(-1)?.query;
    expect(query?.get("resourceVersion")).toBe("105");
    expect(query?.get("allowWatchBookmarks")).toBe("true");
    expect(query?.get("timeoutSeconds")).toBe("120");
  });

  it("asks for pages of 500 unless told otherwise", async () => {
    const { stub, watched } = await start({}, []);

    await watched.whenSynced();

    expect(stub.requests[0]?.query.get("limit")).toBe("500");
  });

  it("asks for metadata only, as a list and as single objects", async () => {
    const { stub, watched } = await start({ metadataOnly: true }, ["a"]);

    await watched.whenSynced();
    await eventually(() => expect(stub.openWatches).toBe(1));

    expect(stub.requests.map(({ accept }) => accept)).toEqual([
      "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1,application/json",
      "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json",
    ]);
  });

  it("shows nothing of a list that is not complete", async () => {
    let finishList = () => {};
    const { stub, watched } = await start({ pageSize: 1 }, ["a", "b"], (fresh) => {
      const first = { metadata: { continue: "1", resourceVersion: "102" }, items: [namespace("a", {}, 1)] };
      fresh.script("list", json(200, first), (response) => {
        finishList = () => json(200, { metadata: { resourceVersion: "102" }, items: [] })(response);
      });
    });

    await eventually(() => expect(stub.count("list")).toBe(2));
    expect([watched.synced, watched.size, watched.lastEventAt]).toEqual([false, 0, undefined]);

    finishList();
    await watched.whenSynced();
    expect([watched.synced, watched.size]).toEqual([true, 1]);
  });

  it("asks for smaller pages when a page is too large to hold", async () => {
    const { stub, watched, clock } = await start({ pageSize: 4 }, ["a", "b", "c"], (fresh) => {
      fresh.script("list", (response) => {
        response.writeHead(200);
        const mebibyte = Buffer.alloc(2 ** 20, " ");
        for (let written = 0; written < 66; written += 1) response.write(mebibyte);
      });
    });

    await watched.whenSynced();

    expect(watched.restarts.get("too-large")).toBe(1);
    expect(stub.requests.slice(0, 2).map(({ query }) => query.get("limit"))).toEqual(["4", "2"]);
    expect(watched.size).toBe(3);
    expect(clock.asked).toEqual([750]);
  });

  it.each([
    { name: "the connection is reset", script: resets, reason: "connection" },
    { name: "the token is refused", script: json(401, { code: 401 }), reason: "unauthorized" },
    { name: "permission is missing", script: json(403, { code: 403 }), reason: "forbidden" },
    { name: "the kind is not there yet", script: json(404, { kind: "Status", code: 404 }), reason: "not-found" },
    { name: "the server is throttling", script: json(429, { code: 429 }), reason: "throttled" },
    { name: "the server fails", script: json(500, { code: 500 }), reason: "server-error" },
    { name: "the server is starting", script: json(503, { code: 503 }), reason: "server-error" },
    { name: "a proxy redirects", script: json(302, {}, { location: "/login" }), reason: "unexpected-status" },
    { name: "a proxy answers with a page", script: text(200, "<html>login</html>"), reason: "unreadable" },
    { name: "the answer is JSON but no list", script: json(200, { items: 3 }), reason: "unreadable" },
    { name: "the list has no version", script: json(200, { metadata: {}, items: [] }), reason: "unreadable" },
    {
      name: "an item has no name",
      script: json(200, { metadata: {}, items: [{ metadata: {} }] }),
      reason: "unreadable",
    },
    { name: "an item is null", script: json(200, { metadata: {}, items: [null] }), reason: "unreadable" },
    { name: "the answer is cut off", script: watchThat('{"items":[', "resets"), reason: "connection" },
    { name: "the history is gone", script: gone, reason: "gone" },
  ] as const)("heals when $name", async ({ script, reason }) => {
    const { watched, stub } = await start({}, ["a"], (fresh) => fresh.script("list", script, script));

    await watched.whenSynced();

    expect(watched.get("a")).toBe("old");
    expect([...watched.restarts]).toEqual([[reason, 2]]);
    expect(stub.count("list")).toBe(3);
  });

  it("starts over when the history is gone between two pages", async () => {
    const { stub, watched, clock } = await start({ pageSize: 2 }, ["a", "b", "c"], (fresh) => {
      fresh.script(
        "list",
        json(200, { metadata: { continue: "x" }, items: [namespace("removed-since", {}, 1)] }),
        gone,
      );
    });

    await watched.whenSynced();

    expect([...watched.entries()].map(([key]) => key)).toEqual(["a", "b", "c"]);
    expect(stub.requests.slice(0, 4).map(({ query }) => query.get("continue"))).toEqual([null, "x", null, "2"]);
    expect(clock.asked).toEqual([]);
  });

  it("does not wait for a list that hangs", async () => {
    const deadlines = patientClock();
    const { stub, watched } = await start({}, ["a"], (fresh) => fresh.script("list", hangs), deadlines);

    await eventually(() => expect(stub.count("list")).toBe(1));
    deadlines.expire(65_000);
    await watched.whenSynced();

    expect([...watched.restarts]).toEqual([["timeout", 1]]);
  });

  it("waits as long as Retry-After says, and at most a minute", async () => {
    const { watched, clock } = await start({}, ["a"], (fresh) => {
      fresh.script("list", json(429, {}, { "retry-after": "7" }), json(503, {}, { "retry-after": "9999" }));
    });

    await watched.whenSynced();

    expect(clock.asked).toEqual([7_000, 60_000]);
  });

  it("heals when the server comes up only later", async () => {
    const stub = await apiServerStub();
    stub.put("a", { state: "old" });
    await stub.pause();
    const { watched } = follow(stub);

    await eventually(() => expect(watched.restarts.get("connection")).toBeGreaterThan(1));
    await stub.resume();
    await watched.whenSynced();

    expect(watched.get("a")).toBe("old");
  });
});

describe("watch", () => {
  it("follows additions, changes and deletions", async () => {
    const { stub, watched, changes, clock } = await live();

    clock.advance(60_000);
    stub.put("b", { state: "new" });
    stub.put("a", { state: "changed" });
    await eventually(() => expect(watched.get("a")).toBe("changed"));
    expect(watched.get("b")).toBe("new");
    expect(watched.lastEventAt).toBe(clock.now());
    stub.remove("b");
    await eventually(() => expect(watched.get("b")).toBeUndefined());

    expect(changes).toEqual([
      { kind: "replaced" },
      { kind: "set", key: "b" },
      { kind: "set", key: "a" },
      { kind: "removed", key: "b" },
    ]);
    expect([...watched.restarts]).toEqual([]);
  });

  it("resumes at once and without a list when a watch that lived is closed", async () => {
    const { stub, watched, clock } = await live();

    stub.put("b", { state: "new" });
    await eventually(() => expect(watched.size).toBe(2));
    clock.advance(5_000);
    stub.eachWatch((response) => response.end());
    await eventually(() => expect(stub.count("watch")).toBe(2));

    expect(stub.requests.at(-1)?.query.get("resourceVersion")).toBe("102");
    expect(stub.count("list")).toBe(1);
    expect([...watched.restarts]).toEqual([["closed", 1]]);
    expect(clock.asked).toEqual([]);
  });

  it.each([-86_400_000, 86_400_000])("heals as ever when the clock is set by %i ms meanwhile", async (ms) => {
    const { stub, watched, clock } = await live();

    clock.jump(ms);
    stub.put("b", { state: "new" });
    await eventually(() => expect(watched.lastEventAt).toBe(clock.now()));
    clock.advance(5_000);
    stub.eachWatch((response) => response.end());
    await eventually(() => expect(stub.count("watch")).toBe(2));
    stub.put("c", { state: "new" });
    await eventually(() => expect(watched.get("c")).toBe("new"));

    expect(stub.count("list")).toBe(1);
    expect(clock.asked).toEqual([]);
  });

  it("pauses longer and longer when the server closes each watch at once", async () => {
    const { stub, clock } = await start({}, ["a"], (fresh) => {
      fresh.script("watch", ...Array.from({ length: 4 }, () => watchThat("", "ends")));
    });

    await eventually(() => expect(stub.openWatches).toBe(1));

    expect(clock.asked).toEqual([750, 1_500, 3_000, 6_000]);
  });

  it("resumes from a bookmark", async () => {
    const { stub, watched, clock } = await live();

    clock.advance(5_000);
    stub.bookmark();
    await eventually(() => expect(watched.lastEventAt).toBe(clock.now()));
    stub.eachWatch((response) => response.end());
    await eventually(() => expect(stub.count("watch")).toBe(2));

    expect(stub.requests.at(-1)?.query.get("resourceVersion")).toBe("102");
    expect(watched.size).toBe(1);
  });

  it("keeps a character whole whose bytes come in two chunks", async () => {
    const line = Buffer.from(eventLine("ADDED", namespace("b", { state: "größer" }, 102)));
    const inside = line.indexOf("ö") + 1;
    const { watched } = await start({}, ["a"], (fresh) => {
      fresh.script("watch", (response) => {
        response.writeHead(200);
        response.write(line.subarray(0, inside));
        setTimeout(() => response.write(line.subarray(inside)), 20);
      });
    });

    await eventually(() => expect(watched.get("b")).toBe("größer"));
  });

  it.each([
    { name: "the connection is reset", script: watchThat("", "resets"), reason: "connection" },
    { name: "a line is no JSON", script: watchThat("#!garbage\n", "hangs"), reason: "unreadable" },
    { name: "a line is no event", script: watchThat('{"type":"ADDED"}\n', "hangs"), reason: "unreadable" },
    {
      name: "an event is of no known type",
      script: watchThat(eventLine("MOVED", namespace("b", {}, 200)), "hangs"),
      reason: "unreadable",
    },
    { name: "the stream ends inside a line", script: watchThat('{"type":"ADDED","obj', "ends"), reason: "cut-off" },
    { name: "a proxy answers with a page", script: text(200, "<html>login</html>\n"), reason: "unreadable" },
    { name: "the token is refused", script: json(401, {}), reason: "unauthorized" },
    { name: "permission is missing", script: json(403, {}), reason: "forbidden" },
    { name: "the kind is gone", script: json(404, { kind: "Status" }), reason: "not-found" },
    { name: "a proxy knows no such path", script: text(404, "default backend - 404"), reason: "unexpected-status" },
    { name: "a proxy has no route", script: json(404, { error: "no route" }), reason: "unexpected-status" },
    { name: "the server is throttling", script: json(429, {}), reason: "throttled" },
    { name: "the server fails", script: json(500, {}), reason: "server-error" },
    {
      name: "an ERROR event says that the server fails",
      script: watchThat(eventLine("ERROR", { kind: "Status", code: 500 }), "hangs"),
      reason: "server-error",
    },
  ] as const)("heals without a list when $name", async ({ script, reason }) => {
    const { stub, watched, clock } = await start({}, ["a"], (fresh) => fresh.script("watch", script));

    await eventually(() => expect(stub.openWatches).toBe(1));
    stub.put("b", { state: "new" });
    await eventually(() => expect(watched.get("b")).toBe("new"));

    expect(watched.get("a")).toBe("old");
    expect([...watched.restarts]).toEqual([[reason, 1]]);
    expect([stub.count("list"), stub.count("watch")]).toEqual([1, 2]);
    expect(clock.asked).toEqual([750]);
  });

  it.each([
    { name: "the watch is answered with 410", script: gone },
    { name: "an ERROR event says so", script: watchThat(goneEvent, "hangs") },
  ])("lists again at once when the history is gone: $name", async ({ script }) => {
    const { stub, watched, clock } = await live();
    stub.script("watch", script);
    clock.advance(5_000);
    let sizeDuringList: number | undefined;
    stub.script("list", (response) => {
      sizeDuringList = watched.size;
      json(200, { metadata: { resourceVersion: "300" }, items: [namespace("c", { state: "new" }, 300)] })(response);
    });

    stub.eachWatch((response) => response.end());
    await eventually(() => expect(stub.count("watch")).toBe(3));

    expect(sizeDuringList).toBe(1);
    expect([...watched.entries()]).toEqual([["c", "new"]]);
    expect(stub.requests.at(-1)?.query.get("resourceVersion")).toBe("300");
    expect(clock.asked).toEqual([]);
  });

  it("makes no hot loop of lists when every watch says that the history is gone", async () => {
    const { stub, clock } = await start({}, ["a"], (fresh) => fresh.script("watch", gone, gone, gone));

    await eventually(() => expect(stub.openWatches).toBe(1));

    expect(stub.count("list")).toBe(4);
    expect(clock.asked).toEqual([750, 1_500]);
  });

  it("notices a deletion that happened while it was cut off", async () => {
    const { stub, watched } = await live();

    await stub.pause();
    stub.remove("a");
    stub.put("b", { state: "new" });
    expect(watched.get("a")).toBe("old");
    await eventually(() => expect(watched.restarts.get("connection")).toBeGreaterThan(3));
    await stub.resume();
    await eventually(() => expect(watched.get("b")).toBe("new"));

    expect(watched.get("a")).toBeUndefined();
    expect(stub.count("list")).toBe(2);
  });

  it("serves the last known state, and stays synced, while the watch is lost", async () => {
    const { stub, watched } = await live();

    await stub.pause();
    await eventually(() => expect(watched.restarts.get("connection")).toBeGreaterThan(3));

    expect([watched.synced, watched.get("a")]).toEqual([true, "old"]);
  });

  it("gives up on a watch that is silent for longer than the server may be", async () => {
    const deadlines = patientClock();
    const { stub, watched } = await live(deadlines);

    deadlines.expire(130_000);
    await eventually(() => expect(stub.count("watch")).toBe(2));
    stub.put("b", { state: "new" });
    await eventually(() => expect(watched.get("b")).toBe("new"));

    expect([...watched.restarts]).toEqual([["timeout", 1]]);
  });

  it("tries a connection that was kept too long once more, at once, and then pauses", async () => {
    const { stub, watched, clock } = await start({}, ["a"], (fresh) => fresh.script("watch", resets, resets));

    await eventually(() => expect(stub.openWatches).toBe(1));

    expect(stub.requests.map(({ kind, connection }) => [kind, connection])).toEqual([
      ["list", 1],
      ["watch", 1],
      ["watch", 2],
      ["watch", 3],
    ]);
    expect([...watched.restarts]).toEqual([["connection", 1]]);
    expect(clock.asked).toEqual([750]);
  });

  it("counts the silence from the last thing heard", async () => {
    const deadlines = patientClock();
    const { stub } = await live(deadlines);
    const before = deadlines.asked.length;

    stub.bookmark();
    await eventually(() => expect(deadlines.asked.slice(before)).toEqual([130_000]));
  });

  it("polls by listing when listing is allowed and watching is not", async () => {
    const forbidden = Array.from({ length: 5 }, () => json(403, {}));
    const { stub, watched } = await start({}, ["a"], (fresh) => fresh.script("watch", ...forbidden));

    await eventually(() => expect(stub.openWatches).toBe(1));

    expect(watched.restarts.get("forbidden")).toBe(5);
    expect(stub.count("list")).toBe(4);
  });
});

describe("handlers", () => {
  it("survives an exception of the projection, counts it, logs it and keeps the last known value", async () => {
    const { stub, watched, errors } = await live(patientClock(), {
      project: (raw) => {
        const state = stateOf(raw);
        if (state === "poison") throw new Error("cannot read this");
        return state;
      },
    });

    stub.put("a", { state: "poison" });
    stub.put("b", { state: "poison" });
    stub.put("c", { state: "new" });
    await eventually(() => expect(watched.get("c")).toBe("new"));

    expect([watched.get("a"), watched.get("b")]).toEqual(["old", undefined]);
    expect(watched.handlerErrors).toBe(2);
    expect(errors).toMatchObject([{ key: "a", err: { message: "cannot read this" } }, { key: "b" }]);
    expect([...watched.restarts]).toEqual([]);
    stub.remove("a");
    await eventually(() => expect(watched.size).toBe(1));
  });

  it("survives an exception of onChange", async () => {
    const { stub, watched } = await live(patientClock(), {
      onChange: () => {
        throw new Error("bad listener");
      },
    });

    stub.put("b", { state: "new" });
    await eventually(() => expect(watched.get("b")).toBe("new"));

    expect(watched.handlerErrors).toBe(2);
  });

  it("leaves out what the projection does not want, also when it changes its mind", async () => {
    const { stub, watched, changes } = await live(patientClock(), {
      project: (raw) => (stateOf(raw) === "hidden" ? undefined : stateOf(raw)),
    });

    stub.put("b", { state: "hidden" });
    stub.put("a", { state: "hidden" });
    await eventually(() => expect(watched.size).toBe(0));

    expect(changes.at(-1)).toEqual({ kind: "removed", key: "a" });
  });
});

describe("its life", () => {
  it("ends its requests and starts no more once it is stopped", async () => {
    const { stub, watched } = await live();

    watched.stop();
    await eventually(() => expect(stub.openWatches).toBe(0));
    const before = stub.requests.length;
    await new Promise((resolve) => setTimeout(resolve, 30));

    expect(stub.requests.length).toBe(before);
    expect([...watched.restarts]).toEqual([]);
  });

  it("does not leave those waiting who wait for the first sync", async () => {
    const { watched } = await start({}, [], (fresh) => fresh.script("list", hangs));

    const waiting = watched.whenSynced();
    await expect(watched.whenSynced(AbortSignal.abort(new Error("too late")))).rejects.toThrow("too late");
    watched.stop();
    await expect(waiting).rejects.toThrow("was stopped");
    await expect(watched.whenSynced()).rejects.toThrow("was stopped");
  });
});

interface Started {
  readonly stub: ApiServerStub;
  readonly watched: ReturnType<typeof watchResource<string>>;
  readonly changes: Change[];
  readonly errors: object[];
  /** The clock of pauses. */
  readonly clock: FastClock;
}

type Overrides = Partial<WatchOptions<string>>;

/** A stub with these namespaces, and a watch of it that has just been started. */
async function start(
  overrides: Overrides,
  names: readonly string[],
  script: (stub: ApiServerStub) => void = () => {},
  deadlines: FastClock = patientClock(),
): Promise<Started> {
  const stub = await apiServerStub();
  for (const name of names) stub.put(name, { state: "old" });
  script(stub);
  return follow(stub, overrides, deadlines);
}

/** The same with one namespace, synced and with its watch open. */
async function live(deadlines = patientClock(), overrides: Overrides = {}): Promise<Started> {
  const started = await start(overrides, ["a"], undefined, deadlines);
  await started.watched.whenSynced();
  // Only now does the client know, too, that its watch is open: it counts the silence from here on.
  await eventually(() => expect(deadlines.asked).toEqual([65_000, 130_000, 130_000]));
  return started;
}

function follow(stub: ApiServerStub, overrides: Overrides = {}, deadlines: FastClock = patientClock()): Started {
  const clock = fastClock();
  const changes: Change[] = [];
  const errors: object[] = [];
  const access = { server: new URL(stub.url), headers: {}, tls: {} };
  const client = apiClient({ read: () => Promise.resolve(access) }, deadlines);
  const watched = watchResource<string>({
    client,
    path: "/api/v1/namespaces",
    project: stateOf,
    onChange: (change) => changes.push(change),
    clock,
    random: () => 0.5,
    log: { info: () => {}, warn: () => {}, error: (data) => errors.push(data) },
    ...overrides,
  });
  onTestFinished(() => {
    watched.stop();
    client.close();
  });
  return { stub, watched, changes, errors, clock };
}

function stateOf(raw: Raw): string | undefined {
  const { metadata } = raw as { metadata: { labels?: Record<string, string> } };
  return metadata.labels?.["state"] ?? "none";
}

import { describe, expect, it, onTestFinished } from "vitest";
import { apiClient } from "../../src/kubernetes/client.ts";
import { watchNamespaces } from "../../src/kubernetes/namespaces.ts";
import type { Namespaces } from "../../src/kubernetes/namespaces.ts";
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
import type { ApiServerStub, Script } from "../support/api-server-stub.ts";
import { eventually, fastClock, patientClock } from "../support/fast-clock.ts";
import type { FastClock } from "../support/fast-clock.ts";

const shop = { "kubernetes.io/metadata.name": "shop", "dualstack.dev/policy": "public" };

describe("a namespace that the watch knows", () => {
  it("is answered without a promise and without a request", async () => {
    const { stub, namespaces } = await live();

    expect(namespaces.labelsOf("shop", 400)).toEqual(shop);
    expect(stub.count("get")).toBe(0);
  });

  it("counts with its labels as soon as it is created, and with a changed label as soon as it is changed", async () => {
    const { stub, namespaces } = await live();

    stub.put("new", { team: "a" });
    await eventually(() => expect(namespaces.labelsOf("new", 400)).toEqual({ team: "a" }));
    stub.put("new", { team: "b" });
    await eventually(() => expect(namespaces.labelsOf("new", 400)).toEqual({ team: "b" }));
  });

  it("has no labels, but exists, when it has none", async () => {
    const { stub, namespaces } = await live();
    stub.eachWatch((response) =>
      response.write(eventLine("ADDED", { metadata: { name: "bare", resourceVersion: "900" } })),
    );

    await eventually(() => expect(namespaces.watched.size).toBe(2));

    expect(namespaces.labelsOf("bare", 400)).toEqual({});
  });

  it("is still answered while the API server is away", async () => {
    const { stub, namespaces } = await live();

    await stub.pause();
    await eventually(() => expect(namespaces.watched.restarts.get("connection")).toBeGreaterThan(1));

    expect(namespaces.labelsOf("shop", 400)).toEqual(shop);
    await expect(namespaces.labelsOf("other", 400)).resolves.toBe("unavailable");
    await stub.resume();
    await expect(namespaces.labelsOf("other", 400)).resolves.toBe("not-found");
  });
});

describe("before the first list", () => {
  it("says unavailable and asks nobody, and answers once it is synced", async () => {
    let finishList = () => {};
    const stub = await apiServerStub();
    stub.put("shop", shop);
    stub.script("list", (response) => {
      finishList = () =>
        json(200, { metadata: { resourceVersion: "101" }, items: [namespace("shop", shop, 101)] })(response);
    });
    const namespaces = follow(stub);

    await eventually(() => expect(stub.count("list")).toBe(1));
    await expect(namespaces.labelsOf("shop", 400)).resolves.toBe("unavailable");
    expect(stub.count("get")).toBe(0);

    finishList();
    await namespaces.watched.whenSynced();
    expect(namespaces.labelsOf("shop", 400)).toEqual(shop);
  });
});

describe("a namespace that the watch has not reported yet", () => {
  it("is read live once, and remembered until the watch reports it", async () => {
    const { stub, namespaces, reveal } = await blind({ fresh: { team: "a" } });

    await expect(namespaces.labelsOf("fresh", 400)).resolves.toEqual({ team: "a" });
    expect(namespaces.labelsOf("fresh", 400)).toEqual({ team: "a" });
    expect(stub.count("get")).toBe(1);
    expect(stub.requests.at(-1)).toMatchObject({
      path: "/api/v1/namespaces/fresh",
      accept: "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1,application/json",
    });

    reveal("MODIFIED", "fresh", { team: "b" });
    await eventually(() => expect(namespaces.labelsOf("fresh", 400)).toEqual({ team: "b" }));
    expect(stub.count("get")).toBe(1);
  });

  it("is forgotten when the watch reports its deletion", async () => {
    const { stub, namespaces, reveal } = await blind({ fresh: { team: "a" } });
    await namespaces.labelsOf("fresh", 400);

    stub.remove("fresh");
    reveal("DELETED", "fresh", { team: "a" });
    reveal("ADDED", "marker", {});
    await eventually(() => expect(namespaces.watched.get("marker")).toBeDefined());

    await expect(namespaces.labelsOf("fresh", 400)).resolves.toBe("not-found");
  });

  it("is asked for again after five seconds without a word from the watch", async () => {
    const { stub, namespaces, clock } = await blind({ fresh: { team: "a" } });

    await namespaces.labelsOf("fresh", 400);
    clock.advance(4_999);
    expect(namespaces.labelsOf("fresh", 400)).toEqual({ team: "a" });
    clock.advance(1);
    await expect(namespaces.labelsOf("fresh", 400)).resolves.toEqual({ team: "a" });

    expect(stub.count("get")).toBe(2);
  });

  it("is read once for a hundred requests at a time", async () => {
    const { stub, namespaces } = await blind({ fresh: { team: "a" } });

    const answers = await Promise.all(Array.from({ length: 100 }, async () => namespaces.labelsOf("fresh", 400)));

    expect(answers).toEqual(Array.from({ length: 100 }, () => ({ team: "a" })));
    expect(stub.count("get")).toBe(1);
  });

  it("is read apart from others", async () => {
    const { namespaces } = await blind({ a: { team: "a" }, b: { team: "b" } });

    const answers = await Promise.all([namespaces.labelsOf("a", 400), namespaces.labelsOf("b", 400)]);

    expect(answers).toEqual([{ team: "a" }, { team: "b" }]);
  });

  it("is answered from the watch when that reports it while the read is under way", async () => {
    let finishGet = () => {};
    const { stub, namespaces, reveal } = await blind({});
    stub.script("get", (response) => {
      finishGet = () => json(200, namespace("fresh", { team: "a" }, 102))(response);
    });

    const answer = namespaces.labelsOf("fresh", 400);
    await eventually(() => expect(stub.count("get")).toBe(1));
    reveal("MODIFIED", "fresh", { team: "b" });
    await eventually(() => expect(namespaces.watched.size).toBe(2));
    finishGet();

    await expect(answer).resolves.toEqual({ team: "b" });
  });

  it("does not come back to life when the watch reports its deletion while the read is under way", async () => {
    let finishGet = () => {};
    const { stub, namespaces, reveal } = await blind({});
    stub.script("get", (response) => {
      finishGet = () => json(200, namespace("fresh", { team: "a" }, 102))(response);
    });

    const answer = namespaces.labelsOf("fresh", 400);
    await eventually(() => expect(stub.count("get")).toBe(1));
    reveal("DELETED", "fresh", { team: "a" });
    reveal("ADDED", "marker", {});
    await eventually(() => expect(namespaces.watched.get("marker")).toBeDefined());
    finishGet();

    await expect(answer).resolves.toBe("not-found");
  });
});

describe("a namespace that does not exist", () => {
  it("is asked for once a second, however often its name comes", async () => {
    const { stub, namespaces, clock } = await live();

    await expect(namespaces.labelsOf("missing", 400)).resolves.toBe("not-found");
    for (let i = 0; i < 50; i += 1) await namespaces.labelsOf("missing", 400);
    expect(stub.count("get")).toBe(1);

    clock.advance(1_000);
    await expect(namespaces.labelsOf("missing", 400)).resolves.toBe("not-found");
    expect(stub.count("get")).toBe(2);
  });

  it("is asked for again after a second, however the clock is set meanwhile", async () => {
    const { stub, namespaces, clock } = await blind({});
    await expect(namespaces.labelsOf("late", 400)).resolves.toBe("not-found");

    stub.put("late", { team: "a" });
    clock.jump(-3_600_000);
    clock.advance(1_000);
    await expect(namespaces.labelsOf("late", 400)).resolves.toEqual({ team: "a" });

    clock.jump(3_600_000);
    expect(namespaces.labelsOf("late", 400)).toEqual({ team: "a" });
  });

  it("exists as soon as the watch says so, whatever was remembered", async () => {
    const { stub, namespaces } = await live();
    await namespaces.labelsOf("late", 400);

    stub.put("late", { team: "a" });
    await eventually(() => expect(namespaces.labelsOf("late", 400)).toEqual({ team: "a" }));
  });

  it("is not remembered for ever among many", async () => {
    const { stub, namespaces } = await live();

    for (let i = 0; i <= 1_000; i += 1) await namespaces.labelsOf(`missing-${i}`, 400);
    await namespaces.labelsOf("missing-1000", 400);
    expect(stub.count("get")).toBe(1_001);
    await namespaces.labelsOf("missing-0", 400);
    expect(stub.count("get")).toBe(1_002);
  });

  it.each(["..", "a/b", "Shop", "shop?x=1", "", "-a", "a".repeat(64)])(
    "is not asked for when no namespace can have its name: %j",
    async (name) => {
      const { stub, namespaces } = await live();

      await expect(namespaces.labelsOf(name, 400)).resolves.toBe("not-found");
      expect(stub.count("get")).toBe(0);
    },
  );

  it("is asked for when its name is as long as one may be", async () => {
    const { stub, namespaces } = await live();

    await expect(namespaces.labelsOf("a".repeat(63), 400)).resolves.toBe("not-found");
    expect(stub.count("get")).toBe(1);
  });
});

describe("a live read that fails", () => {
  it.each([
    { name: "the server fails", script: json(500, {}) },
    { name: "permission is missing", script: json(403, { kind: "Status" }) },
    { name: "a proxy says 404", script: text(404, "<html>no such page</html>") },
    { name: "a proxy says 404 as the API server does of a kind", script: text(404, "404 page not found\n") },
    { name: "a proxy says 404 in JSON", script: json(404, { error: "no route" }) },
    { name: "the answer has no name", script: json(200, { metadata: { labels: {} } }) },
    { name: "the answer is another namespace", script: json(200, namespace("other", {}, 1)) },
    { name: "the answer is no namespace", script: json(200, { metadata: { name: "fresh", labels: { a: 1 } } }) },
    { name: "the connection is reset", script: resets },
    { name: "the answer is larger than an object may be", script: text(200, " ".repeat(4 * 2 ** 20 + 1)) },
  ] as { name: string; script: Script }[])(
    "says unavailable when $name, and the next one works",
    async ({ script }) => {
      const { stub, namespaces } = await blind({ fresh: { team: "a" } });
      stub.script("get", script);

      await expect(namespaces.labelsOf("fresh", 400)).resolves.toBe("unavailable");
      await expect(namespaces.labelsOf("fresh", 400)).resolves.toEqual({ team: "a" });
    },
  );

  it("says unavailable at the caller's own deadline, while others wait for the same read", async () => {
    const { stub, namespaces, clock } = await blind({}, patientClock());
    let finishGet = () => {};
    stub.script("get", (response) => {
      finishGet = () => json(200, namespace("fresh", { team: "a" }, 102))(response);
    });

    const patient = namespaces.labelsOf("fresh", 900);
    const hurried = namespaces.labelsOf("fresh", 150);
    await eventually(() => expect(stub.count("get")).toBe(1));
    clock.expire(150);
    await expect(hurried).resolves.toBe("unavailable");
    finishGet();

    await expect(patient).resolves.toEqual({ team: "a" });
    expect(stub.count("get")).toBe(1);
  });

  it("ends after a second when the server hangs, whatever the caller would allow", async () => {
    const deadlines = patientClock();
    const { stub, namespaces } = await blind({ fresh: { team: "a" } }, patientClock(), deadlines);
    stub.script("get", hangs);

    const answer = namespaces.labelsOf("fresh", 30_000);
    await eventually(() => expect(stub.count("get")).toBe(1));
    deadlines.expire(1_000);

    await expect(answer).resolves.toBe("unavailable");
    await expect(namespaces.labelsOf("fresh", 400)).resolves.toEqual({ team: "a" });
  });
});

interface Started {
  readonly stub: ApiServerStub;
  readonly namespaces: Namespaces;
  readonly clock: FastClock;
}

/** Synced, with the namespace shop and an open watch. */
async function live(): Promise<Started> {
  const stub = await apiServerStub();
  stub.put("shop", shop);
  const clock = pausesOnly();
  const namespaces = follow(stub, clock);
  await namespaces.watched.whenSynced();
  await eventually(() => expect(stub.openWatches).toBe(1));
  return { stub, namespaces, clock };
}

interface Blind extends Started {
  /** Lets the watch report something. */
  readonly reveal: (type: string, name: string, labels: Record<string, string>) => void;
}

/** The same, and namespaces that exist but that the watch does not report by itself. */
async function blind(
  unreported: Record<string, Record<string, string>>,
  clock = pausesOnly(),
  deadlines = patientClock(),
): Promise<Blind> {
  const stub = await apiServerStub();
  stub.put("shop", shop);
  let reveal: Blind["reveal"] | undefined;
  stub.script("watch", (response, request) => {
    watchThat("", "hangs")(response, request);
    reveal = (type, name, labels) => void response.write(eventLine(type, namespace(name, labels, 900)));
  });
  const namespaces = follow(stub, clock, deadlines);
  await namespaces.watched.whenSynced();
  await eventually(() => expect(reveal).toBeDefined());
  for (const [name, labels] of Object.entries(unreported)) stub.put(name, labels);
  return { stub, namespaces, clock, reveal: (...event) => reveal?.(...event) };
}

function follow(stub: ApiServerStub, clock = pausesOnly(), deadlines = patientClock()): Namespaces {
  const access = { server: new URL(stub.url), headers: {}, tls: {} };
  const client = apiClient({ read: () => Promise.resolve(access) }, deadlines);
  const log = { info: () => {}, warn: () => {}, error: () => {} };
  const namespaces = watchNamespaces({ client, clock, random: () => 0.5, log });
  onTestFinished(() => {
    namespaces.stop();
    client.close();
  });
  return namespaces;
}

/** Pauses between attempts are shortened, callers' deadlines of 400 ms never pass. */
function pausesOnly(): FastClock {
  return fastClock((ms) => (ms >= 500 ? ms / 100 : undefined));
}

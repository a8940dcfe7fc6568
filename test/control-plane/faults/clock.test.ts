/** The machine's clock is set by hours, or a proxy is silent for minutes: the part of the program that follows namespaces, with a clock of the test's own. */
import { beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { apiClient } from "../../../src/kubernetes/client.ts";
import { watchNamespaces } from "../../../src/kubernetes/namespaces.ts";
import type { Namespaces } from "../../../src/kubernetes/namespaces.ts";
import { fastClock } from "../../support/fast-clock.ts";
import type { FastClock } from "../../support/fast-clock.ts";
import { apiProxy } from "../api-proxy.ts";
import { expectSuccess } from "../kubernetes.ts";
import { startControlPlane } from "../start.ts";
import type { ControlPlane } from "../start.ts";
import { tcpProxy } from "../tcp-proxy.ts";
import type { TcpProxy } from "../tcp-proxy.ts";

let plane: ControlPlane;
beforeAll(async () => {
  plane = await startControlPlane();
  return () => plane.stop();
});

const heals = { timeout: 30_000, interval: 20 };
const hour = 3_600_000;
/** How long the watch waits for a word: the API server ends it after two minutes, and sends bookmarks before. */
const silence = 130_000;

interface Following {
  readonly namespaces: Namespaces;
  readonly link: TcpProxy;
  readonly clock: FastClock;
}

/** Synced. Timers take their time, and the clock stands still but for what the test does to it. */
async function follow(): Promise<Following> {
  const gateway = await apiProxy(plane);
  const link = await tcpProxy(gateway.port);
  const clock = fastClock((ms) => ms);
  const server = new URL(`http://127.0.0.1:${link.port}`);
  const access = { server, headers: { authorization: `Bearer ${plane.token}` }, tls: {} };
  const client = apiClient({ read: () => Promise.resolve(access) }, clock);
  const log = { info() {}, warn() {}, error() {} };
  const namespaces = watchNamespaces({ client, clock, random: () => 0.5, log });
  onTestFinished(() => {
    namespaces.stop();
    client.close();
    link.close();
    gateway.close();
  });
  await namespaces.watched.whenSynced();
  return { namespaces, link, clock };
}

async function label(name: string, state: string): Promise<void> {
  await expectSuccess(plane.kubectl(["label", "--overwrite", "namespace", name, `state=${state}`]));
}

async function stateOf({ namespaces }: Following, name: string): Promise<string | undefined> {
  const labels = await namespaces.labelsOf(name, 1_000);
  return typeof labels === "string" ? labels : labels["state"];
}

describe.each([
  { set: "forward", ms: 6 * hour },
  { set: "back", ms: -6 * hour },
])("the clock is set $set by hours", ({ set, ms }) => {
  it("and labels are followed all the same, also over a reset, and what is missing is looked for again", async () => {
    const name = `clock-${set}`;
    await expectSuccess(plane.kubectl(["create", "namespace", name]));
    const following = await follow();
    const { namespaces, link, clock } = following;

    clock.jump(ms);
    await label(name, "one");
    await expect.poll(() => stateOf(following, name), heals).toBe("one");
    expect(namespaces.watched.lastEventAt).toBe(clock.now());

    link.cut();
    await label(name, "two");
    await expect.poll(() => stateOf(following, name), heals).toBe("two");

    expect(await stateOf(following, `${name}-late`)).toBe("not-found");
    link.stall("open");
    await expectSuccess(plane.kubectl(["create", "namespace", `${name}-late`]));
    clock.jump(-ms);
    clock.advance(1_000);
    await expect.poll(() => stateOf(following, `${name}-late`), heals).toBeUndefined();
  });
});

describe("a connection that nobody ends", () => {
  it("is silent, and given up once the API server would have ended it: labels are those of now", async () => {
    await expectSuccess(plane.kubectl(["create", "namespace", "silent"]));
    const following = await follow();
    const { namespaces, link, clock } = following;
    await label("silent", "one");
    await expect.poll(() => stateOf(following, "silent"), heals).toBe("one");

    link.stall("open");
    await label("silent", "two");
    expect(await stateOf(following, "silent")).toBe("one");
    expect(namespaces.watched.restarts.get("timeout")).toBeUndefined();

    clock.advance(silence);
    clock.expire(silence);
    await expect.poll(() => stateOf(following, "silent"), heals).toBe("two");
    expect(namespaces.watched.restarts.get("timeout")).toBe(1);
  });
});

import { readFileSync } from "node:fs";
import { request } from "node:https";
import { createServer, connect } from "node:net";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { start } from "../support/program.ts";
import { readSamples } from "../support/promql.ts";
import { rawIngress, rawService } from "../support/subjects.ts";
import { reviewOf } from "../support/webhook-app.ts";

/** Reviews in which a stranger has filled in each field that a label could be made of. */
function hostileReviews(word: string): readonly object[] {
  const named = (raw: object): Readonly<Record<string, unknown>> => {
    const metadata = {
      namespace: word,
      name: word,
      labels: { [word]: word },
      annotations: { [word]: word, [nlb.scheme]: word },
    };
    return { ...raw, metadata };
  };
  const service = named(rawService({ spec: { loadBalancerClass: `${word}/nlb` } }));
  const ours = named(rawService({ spec: { loadBalancerClass: "service.k8s.aws/nlb" } }));
  const ingress = named(rawIngress({ spec: { ingressClassName: word } }));
  const whole = { uid: word, name: word, namespace: word, userInfo: { username: word, groups: [word] } };
  return [
    reviewOf(service, whole),
    reviewOf(ours, whole),
    reviewOf(ours, { ...whole, dryRun: true }),
    reviewOf(ingress, whole),
    reviewOf(service, { ...whole, operation: word }),
    reviewOf(service, { ...whole, kind: { group: "", version: "v1", kind: word } }),
    reviewOf(service, { ...whole, kind: { group: word, version: word, kind: "Service" } }),
    reviewOf(service, { ...whole, subResource: word }),
    reviewOf(service, { ...whole, operation: "UPDATE", oldObject: service }),
    reviewOf(service, { ...whole, dryRun: word }),
    { [word]: word },
    { apiVersion: word, kind: word, request: { uid: word } },
  ];
}

it("no label has a value that a caller chose, however many there are", { timeout: 60_000 }, async () => {
  const healthPort = await freePort();
  const program = start(["--listen=127.0.0.1:0", `--health-listen=127.0.0.1:${healthPort}`, "--log-level=silent"]);
  const [, url = ""] = await program.printed(/listens on (\S+)\n/);
  const [, caFile = ""] = await program.printed(/CA +(\S+)\n/);
  await program.printed(/Ingress shop\/docs[^]*\n\n/);
  const ca = readFileSync(caFile, "utf8");

  const call = (method: string, path: string, body: string): Promise<number> =>
    new Promise((resolve, reject) => {
      const headers = { "content-type": "application/json" };
      const sent = request(`${url}${path}`, { method, ca, headers }, (response) => {
        response.resume().on("end", () => resolve(response.statusCode ?? 0));
      });
      sent.on("error", reject).end(body);
    });
  const attack = async (word: string): Promise<ReadonlySet<number>> => {
    const statuses: number[] = [];
    for (const review of hostileReviews(word)) {
      for (const path of ["/mutate", `/validate?timeout=${word}`]) {
        statuses.push(await call("POST", path, JSON.stringify(review)));
      }
    }
    statuses.push(await call("POST", `/${word}`, word), await call("PUT", `/mutate?${word}`, word));
    statuses.push(await call("POST", "/mutate", word));
    await new Promise<void>((resolve) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1", () => socket.end(word));
      socket.on("error", () => undefined).on("close", () => resolve());
      socket.resume();
    });
    return new Set(statuses);
  };
  const series = async () => {
    const text = await (await fetch(`http://127.0.0.1:${healthPort}/metrics`)).text();
    return [...readSamples(text)].flatMap(([name, labels]) => labels.map((each) => `${name} ${JSON.stringify(each)}`));
  };

  expect(await attack("hostile")).toEqual(new Set([200, 400, 404, 405]));
  await expect
    .poll(async () => (await series()).filter((each) => each.includes("dualstack_bad_requests_total")))
    .toHaveLength(2);
  const before = await series();
  expect(before.filter((each) => each.includes("hostile"))).toEqual([]);
  for (let round = 0; round < 5; round += 1) await attack(`hostile-${round}`);
  const isOurs = (each: string): boolean => each.startsWith("dualstack_");
  expect((await series()).filter(isOurs)).toEqual(before.filter(isOurs));
  expect((await series()).filter((each) => each.includes("hostile"))).toEqual([]);
  program.signal("SIGTERM");
  await program.finished;
});

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

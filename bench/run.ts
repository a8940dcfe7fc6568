/**
 * npm run bench: the webhook, built and started as it ships, against a bare node:https server. Both get the same reviews in
 * turns within one run, so that whatever else the machine does meets both; what is judged are ratios, memory and start-up.
 */
import { availableParallelism, loadavg } from "node:os";
import { setTimeout as sleep } from "node:timers/promises";
import { judge } from "./bars.ts";
import { everyAnnotation } from "./every-annotation.ts";
import { checkAnswer, run } from "./load.ts";
import { readOptions, usage } from "./options.ts";
import type { Options } from "./options.ts";
import { build } from "./program.ts";
import type { Programs } from "./program.ts";
import { reportText } from "./report.ts";
import type { Result, Scenario } from "./report.ts";
import { groups, others } from "./cluster-objects.ts";
import { joiningMessage, mutateMessage, validateMessage } from "./reviews.ts";
import type { Message } from "./reviews.ts";
import { startBareServer, startInCluster, startWebhook } from "./servers.ts";
import type { RunningServer } from "./servers.ts";
import { compare, median, percentile } from "./statistics.ts";
import type { Measure, Round } from "./statistics.ts";

interface Plan {
  readonly starts: number;
  readonly warmUpRequests: number;
  readonly rounds: number;
  readonly sliceSeconds: number;
  /** The run is given up after this time. */
  readonly longestSeconds: number;
}

/** On two quiet cores some 200 s; the limit leaves room for a machine that is twice as slow. */
const full: Plan = { starts: 5, warmUpRequests: 50_000, rounds: 25, sliceSeconds: 0.5, longestSeconds: 420 };
const quick: Plan = { starts: 1, warmUpRequests: 2000, rounds: 1, sliceSeconds: 0.5, longestSeconds: 38 };

const scenarios: readonly Scenario[] = [
  { name: "mutate", connections: 1 },
  { name: "mutate", connections: 10 },
  { name: "validate", connections: 1 },
  { name: "validate", connections: 10 },
  { name: "mixed", connections: 10 },
];

const messagesOf: Readonly<Record<Scenario["name"], () => readonly Message[]>> = {
  mutate: () => [mutateMessage()],
  validate: () => [validateMessage()],
  mixed: () => [mutateMessage(), validateMessage()],
};

/** Objects of a kind in a cluster of ordinary size. */
const ordinary = 100;
/** Until what a start needed has been given back, or not. */
const idleMs = 3000;

/** The answers of each server that are read in full before anything is timed. */
const checkedAnswers = 200;

// Not by running out of work: where measuring was given up, servers still run and connections are open.
process.exit(await main(process.argv.slice(2)));

async function main(argv: readonly string[]): Promise<number> {
  const options = readOptions(argv);
  if ("refusal" in options) {
    process.stderr.write(`${options.refusal}\n\n${usage}`);
    return 2;
  }
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => process.exit(2));
  try {
    const result = await measure(options);
    process.stdout.write(options.json ? `${JSON.stringify(result)}\n` : reportText(result));
    return result.bars.every(({ held }) => held) ? 0 : 1;
  } catch (error) {
    process.stderr.write(`nothing was measured: ${error instanceof Error ? error.message : String(error)}\n`);
    return 2;
  }
}

async function measure(options: Options): Promise<Result> {
  const plan = options.quick ? quick : full;
  const { promise: overdue, reject } = Promise.withResolvers<never>();
  const { longestSeconds } = plan;
  setTimeout(() => {
    reject(
      new Error(
        `it took longer than ${longestSeconds} s: the machine is too slow, or too busy, for figures that mean anything`,
      ),
    );
  }, longestSeconds * 1000);
  return Promise.race([measureWithin(plan, options), overdue]);
}

async function measureWithin(plan: Plan, options: Options): Promise<Result> {
  const programs = await build();
  const loadBefore = loadavg()[0] ?? 0;
  const readySeconds = await measureStarts(programs, plan.starts);
  const servers = { bare: await startBareServer(programs), ours: await startWebhook(programs, { probed: true }) };
  const answered = { count: 0 };
  await check(servers.ours);
  const rss = {
    bare: await rssAfter(servers.bare, plan.warmUpRequests, answered),
    ours: await rssAfter(servers.ours, plan.warmUpRequests, answered),
  };

  const rounds = scenarios.map((scenario) => ({ scenario, rounds: [] as Round[] }));
  const decision = everyAnnotation();
  for (let round = 0; round < plan.rounds; round += 1) {
    decision.measure();
    for (const { scenario, rounds: found } of rounds) {
      const slice = (server: RunningServer): Promise<Measure> => timed(server, scenario, plan.sliceSeconds, answered);
      // Who goes first changes, so that neither always finds the caches of the other.
      const first = round % 2 === 0 ? await slice(servers.bare) : undefined;
      const ours = await slice(servers.ours);
      found.push({ bare: first ?? (await slice(servers.bare)), ours });
    }
  }
  await Promise.all([servers.bare.stop(), servers.ours.stop()]);
  const small = await measureIdle(programs);
  const inCluster = await measureCluster(programs, plan, answered);

  const compared = rounds.map(({ scenario, rounds: found }) => ({ ...scenario, ...compare(found) }));
  const ratioOf = (name: Scenario["name"], connections: number): Measure | undefined =>
    compared.find((scenario) => scenario.name === name && scenario.connections === connections)?.ratio;
  const figures = {
    throughputRatio: ratioOf("mutate", 10)?.throughput ?? Number.NaN,
    p50Ratio: ratioOf("mutate", 1)?.p50Ms ?? Number.NaN,
    rssMiB: rss.ours,
    readySeconds: readySeconds.best,
    everyAnnotationMicros: decision.micros(),
    groupOf10Ratio: inCluster.groups.find(({ size }) => size === 10)?.ratio ?? Number.NaN,
    groupOf100Ratio: inCluster.groups.find(({ size }) => size === 100)?.ratio ?? Number.NaN,
    cachedRssMiB: inCluster.rssMiB,
    firstSyncSeconds: inCluster.readySeconds,
    ...small,
  };
  return {
    conditions: {
      node: process.versions.node,
      platform: `${process.platform}-${process.arch}`,
      cpus: availableParallelism(),
      loadAverage: [loadBefore, loadavg()[0] ?? 0],
      rounds: plan.rounds,
      sliceSeconds: plan.sliceSeconds,
      reviewBytes: mutateMessage().bytes.length,
      requests: answered.count,
      quick: options.quick,
    },
    scenarios: compared,
    rssMiB: { requests: plan.warmUpRequests, ...rss, ratio: rss.ours / rss.bare },
    readySeconds,
    everyAnnotationMicros: figures.everyAnnotationMicros,
    inCluster,
    small,
    bars: options.quick ? [] : judge(figures),
  };
}

/** Ingresses that join groups of several sizes, in turns, in a cluster with many others. */
async function measureCluster(
  programs: Programs,
  plan: Plan,
  answered: { count: number },
): Promise<Result["inCluster"]> {
  const server = await startInCluster(programs, { namespaces: others, others });
  const { port, readySeconds } = server;
  const found = groups.map(({ size, name }) => ({
    size,
    messages: () => [joiningMessage(name)],
    rates: [] as number[],
  }));
  for (const { messages } of found) {
    await run({ port, connections: 1, messages, requests: checkedAnswers, seconds: 30, check: checkAnswer });
    await run({ port, connections: 10, messages, requests: plan.warmUpRequests / 10, seconds: 30 });
  }
  for (let round = 0; round < plan.rounds; round += 1) {
    for (const { messages, rates } of found) {
      const slice = await run({ port, connections: 10, messages, seconds: plan.sliceSeconds });
      answered.count += slice.latenciesMs.length;
      rates.push(slice.latenciesMs.length / slice.seconds);
    }
  }
  const { rssMiB } = await server.usage();
  await server.stop();
  const [alone] = found;
  return {
    readySeconds,
    rssMiB,
    groups: found.map(({ size, rates }) => ({
      size,
      throughput: median(rates),
      ratio: median(rates.map((rate, round) => rate / (alone?.rates[round] ?? Number.NaN))),
    })),
  };
}

/** A start with many namespaces and little else, and the memory of one that nobody asks in a cluster of ordinary size. */
async function measureIdle(programs: Programs): Promise<Result["small"]> {
  const starts: number[] = [];
  for (let count = 0; count < 3; count += 1) {
    const server = await startInCluster(programs, { namespaces: others, others: ordinary });
    starts.push(server.readySeconds);
    await server.stop();
  }
  const server = await startInCluster(programs, { namespaces: ordinary, others: ordinary });
  await sleep(idleMs);
  const { rssMiB } = await server.usage();
  await server.stop();
  return { manyNamespacesSeconds: Math.min(...starts), idleRssMiB: rssMiB };
}

/** Before anything else runs. The best is judged, since other work on the machine can only add to it. */
async function measureStarts(programs: Programs, starts: number): Promise<Result["readySeconds"]> {
  const all: number[] = [];
  for (let count = 0; count < starts; count += 1) {
    const webhook = await startWebhook(programs, { probed: false });
    all.push(webhook.readySeconds);
    await webhook.stop();
  }
  return { best: Math.min(...all), median: median(all), all };
}

async function check({ port }: RunningServer): Promise<void> {
  await run({
    port,
    connections: 1,
    messages: messagesOf.mixed,
    requests: checkedAnswers,
    seconds: 30,
    check: checkAnswer,
  });
}

async function rssAfter(server: RunningServer, requests: number, answered: { count: number }): Promise<number> {
  const { latenciesMs } = await run({
    port: server.port,
    connections: 10,
    messages: messagesOf.mixed,
    requests,
    seconds: 100,
  });
  if (latenciesMs.length < requests)
    throw new Error(`only ${latenciesMs.length} of ${requests} requests of the warm-up were answered in 100 s`);
  answered.count += latenciesMs.length;
  return (await server.usage()).rssMiB;
}

async function timed(
  server: RunningServer,
  { name, connections }: Scenario,
  seconds: number,
  answered: { count: number },
): Promise<Measure> {
  const before = await server.usage();
  const slice = await run({ port: server.port, connections, messages: messagesOf[name], seconds });
  const after = await server.usage();
  const { length } = slice.latenciesMs;
  answered.count += length;
  return {
    throughput: length / slice.seconds,
    p50Ms: percentile(slice.latenciesMs, 50),
    p99Ms: percentile(slice.latenciesMs, 99),
    cpuMs: (after.cpuMs - before.cpuMs) / length,
  };
}

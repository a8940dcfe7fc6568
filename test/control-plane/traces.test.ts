/** Traces of an API server that has tracing on: our spans are the children of its calls. */
import { beforeAll, expect, it } from "vitest";
import { attributesOf, startCollector } from "../support/otlp-collector.ts";
import { expectSuccess, service, startCluster } from "./kubernetes.ts";
import type { Cluster } from "./kubernetes.ts";

type Collector = Awaited<ReturnType<typeof startCollector>>;

let cluster: Cluster;
let collector: Collector;
beforeAll(async () => {
  collector = await startCollector();
  cluster = await startCluster({
    tracing: true,
    policies: { everywhere: { namespaceSelector: {}, service: { scheme: { default: "internal" } } } },
    flags: [`--otlp-endpoint=${collector.url}`],
  });
  return async () => {
    await cluster.stop();
    collector.stop();
  };
});

it("both calls of one kubectl create are in one trace, each under a span of the API server", async () => {
  const name = await cluster.namespace("traced");
  await expectSuccess(cluster.create(service(name)));
  const spans = () => collector.spans().filter((span) => attributesOf(span)["k8s.namespace.name"] === name);
  await expect
    .poll(() => spans().map((span) => span.name), { timeout: 20_000 })
    .toEqual(["POST /mutate", "POST /validate"]);
  const [mutate, validate] = spans();
  expect(mutate?.traceId).toBe(validate?.traceId);
  for (const { parentSpanId } of spans()) expect(parentSpanId).toMatch(/^[0-9a-f]{16}$/);
});

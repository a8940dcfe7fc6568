/** Every query of deploy/monitoring, against the metrics of the real API server and the real webhook after all of it has happened. */
import { beforeAll, expect, it } from "vitest";
import { queries } from "../deploy/monitoring.ts";
import { list } from "../deploy/render.ts";
import { readQuery, readSamples, unknownTo } from "../support/promql.ts";
import { ingress, nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster } from "./kubernetes.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    policies: {
      everywhere: { namespaceSelector: {}, service: { scheme: { default: "internal", allowed: ["internal"] } } },
      trial: { selectable: true, mode: "Warn", service: { scheme: { default: "internal", allowed: ["internal"] } } },
    },
    flags: ["--controllers=aws-load-balancer-controller"],
  });
  return () => cluster.stop();
});

const claimed = { loadBalancerClass: "service.k8s.aws/nlb" };
const facing = { annotations: { [`${nlb}-scheme`]: "internet-facing" } };

it("asks for nothing that is not there", async () => {
  const name = await cluster.namespace("watched");
  const trial = await cluster.namespace("trial", { "dualstack.dev/policy": "trial" });
  const ignored = { annotations: { "alb.ingress.kubernetes.io/scheme": "internal" } };
  await cluster.create(service(name, { metadata: ignored, spec: claimed }));
  await cluster.create(service(name, { metadata: { name: "refused", ...facing }, spec: claimed }));
  await cluster.create(service(trial, { spec: claimed }));
  await cluster.create(service(trial, { metadata: { name: "told", ...facing }, spec: claimed }));
  await cluster.plane.restartApiServer();

  // A condition that cannot be evaluated of what has no such field.
  const broken = { name: "broken", expression: "object.spec.externalName == 'a'" };
  await cluster.webhook.configure({
    change: (configurations) =>
      configurations.map((configuration) => ({
        ...configuration,
        webhooks: list(configuration, "webhooks").map((webhook) => ({
          ...Object(webhook),
          matchConditions: [broken],
        })) as unknown,
      })),
    until: [],
  });
  await expect
    .poll(
      async () =>
        (await cluster.create(service(name, { metadata: { name: "unevaluated" } }), "--dry-run=server")).stderr,
      {
        timeout: 20_000,
      },
    )
    .toContain("externalName");
  await cluster.webhook.configure();
  // Validation of Services fails closed, that of Ingresses open.
  const text = async (url: string): Promise<string> => (await fetch(url)).text();
  // Its first look at the IngressGroups comes ten seconds after its start.
  const metrics = (): Promise<string> => text(`${cluster.webhook.healthUrl}/metrics`);
  await expect.poll(metrics, { timeout: 30_000, interval: 500 }).toContain("dualstack_broken_ingress_groups{");
  const ours = await metrics();
  await cluster.webhook.stop();
  expect(await cluster.create(service(name, { metadata: { name: "unheard" }, spec: claimed }))).toMatchObject({
    code: 1,
  });
  await cluster.create(ingress(name, { spec: { ingressClassName: "alb" } }));

  const { stdout: theirs } = await cluster.plane.kubectl(["get", "--raw", "/metrics"]);
  const samples = readSamples(`${ours}\n${theirs}`);
  const problems = queries.flatMap(({ name: of, query }) =>
    unknownTo(samples, readQuery(query)).map((problem) => `${of}: ${problem}`),
  );
  expect(problems.filter((problem) => !missingHere.some((known) => problem.endsWith(known)))).toEqual([]);
});

/**
 * What happens only with a fault in a program, with a canary namespace, or where the program keeps its certificate itself, of
 * which self-managed.test.ts has the metrics. test/deploy/monitoring.test.ts has the others.
 */
const missingHere = [
  'has error_type="apiserver_internal_error"',
  'has decision="error"',
  'has decision="unavailable"',
  "there is no dualstack_canary_success",
  "there is no dualstack_certificate_authority_expiry_timestamp_seconds",
  "there is no dualstack_certificate_trusted",
];

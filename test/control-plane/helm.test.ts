/** Scenario D2 with Helm, whose upgrades merge the last release, the new one and what is live. */
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { findHelm } from "./assets.ts";
import { expectSuccess, nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster, Stored } from "./kubernetes.ts";
import type { Result } from "./processes.ts";

/** A first call on this machine builds it, unless run.ts has done so. */
const buildWithin = 600_000;

let cluster: Cluster;
let helm: (...args: readonly string[]) => Promise<Result>;
beforeAll(async () => {
  const program = await findHelm();
  const charts = await mkdtemp(join(tmpdir(), "charts-"));
  const chart = join(charts, "web");
  await mkdir(join(chart, "templates"), { recursive: true });
  await writeFile(join(chart, "Chart.yaml"), "apiVersion: v2\nname: web\nversion: 1.0.0\n");
  await writeFile(join(chart, "templates", "service.yaml"), template);
  cluster = await startCluster({
    policies: {
      everywhere: {
        namespaceSelector: {},
        service: { loadBalancerClass: { default: "service.k8s.aws/nlb" }, scheme: { default: "internal" } },
      },
    },
    flags: ["--controllers=aws-load-balancer-controller"],
  });
  helm = async (...args) => {
    const cacheDir = `--repository-cache=${charts}`;
    return expectSuccess(cluster.plane.run(program, [...args.map((arg) => (arg === "CHART" ? chart : arg)), cacheDir]));
  };
  return async () => {
    await cluster.stop();
    await rm(charts, { recursive: true });
  };
}, buildWithin);

const template = `
apiVersion: v1
kind: Service
metadata:
  name: web
  annotations:
    example.com/note: {{ .Values.note | default "none" | quote }}
spec:
  type: LoadBalancer
  ports:
    - port: {{ .Values.port | default 443 }}
`;

const injected = {
  [`${nlb}-scheme`]: "internal",
  "dualstack.dev/injected": `policy=everywhere; keys=${nlb}-scheme,spec.loadBalancerClass`,
};

it("D2: what was injected survives upgrades and a rollback, and an upgrade without changes changes nothing", async () => {
  const name = await cluster.namespace("d2-helm");
  const namespace = `--namespace=${name}`;
  const stored = async (): Promise<Stored | undefined> => cluster.read(service(name));

  await helm("install", "web", "CHART", namespace);
  const installed = await stored();
  expect(installed?.metadata.annotations).toMatchObject({ ...injected, "example.com/note": "none" });
  expect(installed?.spec["loadBalancerClass"]).toBe("service.k8s.aws/nlb");
  await cluster.provision(service(name));

  const live = await stored();
  await helm("upgrade", "web", "CHART", namespace);
  expect(await stored()).toEqual(live);

  await helm("upgrade", "web", "CHART", namespace, "--set=note=changed,port=8443");
  const upgraded = await stored();
  expect(upgraded?.metadata.annotations).toMatchObject({ ...injected, "example.com/note": "changed" });
  expect(upgraded?.spec["loadBalancerClass"]).toBe("service.k8s.aws/nlb");
  expect(upgraded?.spec["ports"]).toMatchObject([{ port: 8443 }]);

  await helm("rollback", "web", "1", namespace);
  const back = await stored();
  expect(back?.metadata.annotations).toEqual(live?.metadata.annotations);
  expect(back?.spec).toMatchObject({ loadBalancerClass: "service.k8s.aws/nlb", ports: [{ port: 443 }] });
});

it("D2: an upgrade with --force, which replaces, keeps them too", async () => {
  const name = await cluster.namespace("d2-helm-force");
  await helm("install", "web", "CHART", `--namespace=${name}`);
  await cluster.provision(service(name));
  await helm("upgrade", "web", "CHART", `--namespace=${name}`, "--force", "--set=note=changed");
  const stored = await cluster.read(service(name));
  expect(stored?.metadata.annotations).toMatchObject({ ...injected, "example.com/note": "changed" });
  expect(stored?.spec["loadBalancerClass"]).toBe("service.k8s.aws/nlb");
});

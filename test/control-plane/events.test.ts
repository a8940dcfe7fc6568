/** Kubernetes Events, written with the right that comes with deploy/events, and not without. */
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { deploy } from "../deploy/render.ts";
import { expectSuccess, nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster } from "./kubernetes.ts";
import { webhookUser } from "./start.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    policies: { everywhere: { namespaceSelector: {}, service: { ipAddressType: { default: "dualstack" } } } },
    flags: ["--events", "--ip-family=dualstack", "--subnets-have-ipv6=true"],
  });
  return () => cluster.stop();
});

const claimed = { loadBalancerClass: "service.k8s.aws/nlb" };
const external = { annotations: { [`${nlb}-scheme`]: "public" } };

async function counted(result: string): Promise<number> {
  const text = await (await fetch(`${cluster.webhook.healthUrl}/metrics`)).text();
  return Number(new RegExp(`^dualstack_events_total\\{result="${result}"\\} (\\d+)$`, "m").exec(text)?.[1]);
}

async function eventsIn(namespace: string): Promise<readonly string[]> {
  const columns = "custom-columns=R:.reason,K:.regarding.kind,N:.regarding.name,M:.note";
  const listed = await cluster.kubectl(namespace, [
    "get",
    "events.events.k8s.io",
    "--no-headers",
    `--output=${columns}`,
  ]);
  return listed.stdout.split("\n").filter((line) => line !== "");
}

it("without the right a refusal is as it always is, and the log says what is missing", async () => {
  const name = await cluster.namespace("without");
  expect(await cluster.create(service(name, { metadata: external, spec: claimed }))).toMatchObject({ code: 1 });
  await expect.poll(() => counted("failed"), { timeout: 15_000 }).toBe(1);
  await expect
    .poll(() => cluster.webhook.log(), { timeout: 15_000 })
    .toContain("the right comes with the Component deploy/events");
  expect(await eventsIn(name)).toEqual([]);
});

it("with it, the namespace has an Event of each refusal and of each value left out, and none of a dry run", async () => {
  await expectSuccess(cluster.plane.kubectl(["apply", "-f", join(deploy, "events", "rbac.yaml")]));
  const name = await cluster.namespace("with");
  const refused = service(name, { metadata: { name: "refused", ...external }, spec: claimed });
  expect(await cluster.create(refused, "--dry-run=server")).toMatchObject({ code: 1 });
  expect(await cluster.create(refused)).toMatchObject({ code: 1 });
  const dns = { ...claimed, ports: [{ name: "dns", port: 53, protocol: "UDP" }] };
  await expectSuccess(cluster.create(service(name, { metadata: { name: "dns" }, spec: dns })));
  await expect
    .poll(async () => (await eventsIn(name)).toSorted(), { timeout: 15_000 })
    .toEqual([
      expect.stringMatching(
        /^LoadBalancerRefused +Service +refused +1 problem in Service with\/refused .*invalid-enumeration/,
      ),
      expect.stringMatching(/^LoadBalancerValueLeftOut +Service +dns +.*"dualstack" was left out: dualstack-udp-/),
    ]);
  const described = await cluster.kubectl(name, ["get", "events"]);
  expect(described.stdout).toMatch(/Warning +LoadBalancerRefused +service\/refused/);
});

it("is the only right that the Component gives", async () => {
  const canI = async (verb: string, resource: string) =>
    (
      await cluster.plane.kubectl(["auth", "can-i", verb, resource, "--namespace=with"], { user: webhookUser })
    ).stdout.trim();
  expect(await canI("create", "events.events.k8s.io")).toBe("yes");
  for (const verb of ["get", "list", "update", "patch", "delete"])
    expect(await canI(verb, "events.events.k8s.io")).toBe("no");
  expect(await canI("create", "events")).toBe("no");
});

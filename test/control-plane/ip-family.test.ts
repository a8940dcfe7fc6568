/** Nobody says --ip-family: what the Service default/kubernetes tells of it, and what it does not. */
import { beforeAll, describe, expect, it } from "vitest";
import { annotationsOf, expectSuccess, nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster } from "./kubernetes.ts";
import { webhookUser } from "./start.ts";
import { startWebhook } from "./webhook.ts";
import type { Webhook } from "./webhook.ts";

const byClass = { loadBalancerClass: { default: "service.k8s.aws/nlb" }, ipAddressType: { default: "dualstack" } };
const policies = {
  dualstack: { namespaceSelector: {}, service: byClass },
  instance: { selectable: true, service: { ...byClass, targetType: { default: "instance" } } },
};
const flags = [
  "--controllers=aws-load-balancer-controller",
  "--subnets-have-ipv6=true",
  "--default-target-type=ip",
  "--nodes-have-primary-ipv6=false",
];
const udp = { ports: [{ name: "dns", port: 53, protocol: "UDP" }] };
const withPrefix = { annotations: { [`${nlb}-enable-prefix-for-ipv6-source-nat`]: "on" } };
const leftOut =
  'Warning: metadata.annotations[…/aws-load-balancer-ip-address-type] "dualstack" was left out: dualstack-udp-needs-ipv6-targets: the UDP port 53 of a dual-stack NLB needs IPv6 targets, and the Service is IPv4 only';

describe("an IPv4 API server", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ serviceCidr: "10.96.0.0/16", policies, flags });
    return () => cluster.stop();
  });

  it("a Service with a UDP port is told plainly that it is IPv4 only", async () => {
    const dns = service(await cluster.namespace("plain"), { spec: udp });
    expect(await cluster.create(dns)).toMatchObject({ code: 0, stderr: `${leftOut}\n` });
    expect((await cluster.read(dns))?.spec).toMatchObject({ ipFamilies: ["IPv4"] });
    await expect
      .poll(() => linesOf(cluster.webhook))
      .toEqual([expect.objectContaining({ level: 30, ipFamilies: ["IPv4"] })]);
  });

  it("one that prefers two families may have got the second, as far as anybody can see", async () => {
    const spec = { ...udp, ipFamilyPolicy: "PreferDualStack" };
    const dns = service(await cluster.namespace("prefers"), { spec });
    expect(await cluster.create(dns)).toMatchObject({
      code: 0,
      stderr: `${leftOut} (should spec.ipFamilies become IPv4)\n`,
    });
  });

  it("our account may list and watch Services, get that one alone, and change none", async () => {
    const can = (...what: readonly string[]) =>
      cluster.plane.kubectl(["auth", "can-i", "--quiet", ...what], { user: webhookUser });
    for (const what of [
      ["get", "services/kubernetes", "--namespace=default"],
      ["list", "services", "--all-namespaces"],
      ["watch", "services", "--all-namespaces"],
    ]) {
      expect(await can(...what)).toMatchObject({ code: 0 });
    }
    for (const what of [
      ["get", "services/other", "--namespace=default"],
      ["get", "services", "--namespace=default"],
      ["update", "services/kubernetes", "--namespace=default"],
      ["get", "services/kubernetes", "--namespace=dualstack-system"],
    ]) {
      expect(await can(...what)).toMatchObject({ code: 1 });
    }
  });

  it("is not asked where --ip-family says it", async () => {
    const webhook = await startWebhook(cluster.plane, { policies, flags: [...flags, "--ip-family=ipv4"] });
    try {
      expect(await (await fetch(`${webhook.healthUrl}/readyz?verbose`)).text()).toContain("[+]families ok\n");
      // Lines of the log are late; with its end all are there.
      await webhook.stop();
      expect(await webhook.log()).toContain('"msg":"stopped"');
      expect(await linesOf(webhook)).toEqual([]);
    } finally {
      await webhook.remove();
    }
  });

  it("without the right to read it the webhook gets ready, says once what to do, and finds out when it has the right", async () => {
    const binding = ["rolebinding", "dualstack-webhook", "--namespace=default"];
    const dns = service(await cluster.namespace("without"), { spec: udp });
    const { stdout } = await expectSuccess(cluster.plane.kubectl(["get", ...binding, "-o", "json"]));
    const before = (await linesOf(cluster.webhook)).length;
    const since = async () => (await linesOf(cluster.webhook)).slice(before);
    await expectSuccess(cluster.plane.kubectl(["delete", ...binding]));
    const mayRead = ["auth", "can-i", "--quiet", "get", "services/kubernetes", "--namespace=default"];
    const allowed = () => cluster.plane.kubectl(mayRead, { user: webhookUser });
    await expect.poll(allowed, { timeout: 10_000 }).toMatchObject({ code: 1 });
    await cluster.webhook.stop();
    await cluster.webhook.start();

    const dryRun = async () => (await cluster.create(dns, "--dry-run=server")).stderr;
    await expect.poll(dryRun, { timeout: 10_000 }).toBe(`${leftOut} (should spec.ipFamilies become IPv4)\n`);
    const warning = {
      level: 40,
      reason: "forbidden",
      problem: expect.stringContaining('cannot get resource \\"services\\"'),
      msg: "IP family of the cluster not known: allow get on the Service kubernetes in the namespace default, or say it with --ip-family",
    };
    await expect.poll(since).toEqual([expect.objectContaining(warning)]);

    await expectSuccess(cluster.plane.kubectl(["create", "-f", "-"], { stdin: stdout }));
    await expect.poll(dryRun, { timeout: 40_000 }).toBe(`${leftOut}\n`);
    await expect
      .poll(since, { timeout: 5_000 })
      .toEqual([expect.objectContaining(warning), expect.objectContaining({ level: 30, ipFamilies: ["IPv4"] })]);
  });
});

describe("an IPv6 API server", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ serviceCidr: "fd00:10:96::/108", policies, flags });
    return () => cluster.stop();
  });

  it.each([undefined, "PreferDualStack"])(
    "a Service with a UDP port is told at once of the prefix that it needs, and gets dualstack (ipFamilyPolicy %s)",
    async (ipFamilyPolicy) => {
      const name = await cluster.namespace(`ipv6-${ipFamilyPolicy?.toLowerCase() ?? "none"}`);
      const spec = { ...udp, ipFamilyPolicy };
      const refused = await cluster.create(service(name, { spec }));
      expect(refused).toMatchObject({ code: 1, stdout: "" });
      expect(refused.stderr).toContain(
        `: 1 problem in Service ${name}/web (policy dualstack):\n- dualstack-udp-needs-source-nat-prefix: `,
      );
      const dns = service(name, { metadata: withPrefix, spec });
      expect(await cluster.create(dns)).toMatchObject({ code: 0, stderr: "" });
      const stored = await cluster.read(dns);
      expect(annotationsOf(stored)).toMatchObject({ [`${nlb}-ip-address-type`]: "dualstack" });
      expect(stored?.spec).toMatchObject({ ipFamilies: ["IPv6"] });
    },
  );

  it("found it out by itself", async () => {
    await expect
      .poll(() => linesOf(cluster.webhook))
      .toEqual([expect.objectContaining({ level: 30, ipFamilies: ["IPv6"] })]);
  });
});

describe("a dual-stack API server, whose own Service has its first family only", () => {
  let cluster: Cluster;
  beforeAll(async () => {
    cluster = await startCluster({ serviceCidr: "10.96.0.0/16,fd00:10:96::/108", policies, flags });
    return () => cluster.stop();
  });

  it("a Service that asks for nothing is known to be IPv4 only", async () => {
    const dns = service(await cluster.namespace("first"), { spec: udp });
    expect(await cluster.create(dns)).toMatchObject({ code: 0, stderr: `${leftOut}\n` });
    expect((await cluster.read(dns))?.spec).toMatchObject({ ipFamilies: ["IPv4"] });
    await expect
      .poll(() => linesOf(cluster.webhook))
      .toEqual([expect.objectContaining({ level: 30, ipFamilies: ["IPv4"] })]);
  });

  it("one that prefers two families is not taken for IPv4 only: it does not get targets that it could not have", async () => {
    const name = await cluster.namespace("second", { "dualstack.dev/policy": "instance" });
    const both = service(name, { metadata: { name: "both" }, spec: { ipFamilyPolicy: "PreferDualStack" } });
    const created = await cluster.create(both);
    expect(created).toMatchObject({ code: 0, stdout: "service/both created\n" });
    expect(created.stderr).toContain(
      'nlb-target-type] "instance" was left out: ipv6-targets-need-primary-ipv6: IPv6 targets have to be nodes with a primary IPv6 address, and the cluster profile says that they have none (should spec.ipFamilies become IPv4, IPv6)\n',
    );
    const stored = await cluster.read(both);
    expect(annotationsOf(stored)).not.toHaveProperty([`${nlb}-nlb-target-type`]);
    expect(stored?.spec).toMatchObject({ ipFamilies: ["IPv4", "IPv6"] });

    const one = service(name, { metadata: { name: "one" } });
    expect(await cluster.create(one)).toEqual({ code: 0, stdout: "service/one created\n", stderr: "" });
    expect(annotationsOf(await cluster.read(one))).toMatchObject({ [`${nlb}-nlb-target-type`]: "instance" });
  });
});

/** What the webhook has logged of the cluster's IP family. */
async function linesOf(webhook: Webhook): Promise<readonly object[]> {
  const lines = (await webhook.log()).split("\n").filter((line) => line.includes("IP family of the cluster"));
  return lines.map((line) => JSON.parse(line) as object);
}

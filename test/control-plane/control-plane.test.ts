import { beforeAll, describe, expect, it } from "vitest";
import { startControlPlane, webhookUser } from "./start.ts";
import type { ControlPlane, ControlPlaneOptions } from "./start.ts";

const loadBalancer = JSON.stringify({
  apiVersion: "v1",
  kind: "Service",
  metadata: { name: "web", namespace: "default" },
  spec: { type: "LoadBalancer", ipFamilyPolicy: "PreferDualStack", ports: [{ port: 443 }] },
});

describe.each<{ name: string; options: ControlPlaneOptions; families: string[] }>([
  { name: "dual-stack", options: {}, families: ["IPv4", "IPv6"] },
  { name: "IPv4-only", options: { serviceCidr: "10.96.0.0/16" }, families: ["IPv4"] },
  { name: "IPv6-only", options: { serviceCidr: "fd00:10:96::/108" }, families: ["IPv6"] },
])("a control plane, $name", ({ options, families }) => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane(options);
    return () => plane.stop();
  });

  it("allocates the address families of its ranges", async () => {
    const created = await plane.kubectl(["create", "-f", "-", "-o", "jsonpath={.spec.ipFamilies}"], {
      stdin: loadBalancer,
    });
    expect(created).toEqual({ code: 0, stdout: JSON.stringify(families), stderr: "" });
  });
});

describe("a control plane", () => {
  let plane: ControlPlane;
  beforeAll(async () => {
    plane = await startControlPlane();
    return () => plane.stop();
  });

  it("has a client and a server that know their version", async () => {
    const { code, stdout } = await plane.kubectl(["version"]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^Client Version: v1\.\d+\.\d+$/m);
    expect(stdout).toMatch(/^Server Version: v1\.\d+\.\d+$/m);
  });

  it("knows the webhook's service account, which may do only what RBAC allows", async () => {
    const whoami = await plane.kubectl(["auth", "whoami", "-o", "jsonpath={.status.userInfo.username}"], {
      user: webhookUser,
    });
    expect(whoami.stdout).toBe(webhookUser.name);

    const canList = () => plane.kubectl(["auth", "can-i", "list", "namespaces"], { user: webhookUser });
    expect(await canList()).toMatchObject({ code: 1, stdout: "no\n" });
    await plane.kubectl(["create", "clusterrole", "reader", "--verb=list", "--resource=namespaces"]);
    await plane.kubectl([
      "create",
      "clusterrolebinding",
      "reader",
      "--clusterrole=reader",
      `--user=${webhookUser.name}`,
    ]);
    await expect.poll(canList).toMatchObject({ code: 0, stdout: "yes\n" });
  });

  it("comes back from a restart of its API server with the same data", async () => {
    await plane.kubectl(["create", "namespace", "kept"]);
    await plane.restartApiServer(async () => {
      expect((await plane.kubectl(["get", "namespace", "kept"])).code).toBe(1);
    });
    expect(await plane.kubectl(["get", "namespace", "kept", "-o", "name"])).toMatchObject({
      code: 0,
      stdout: "namespace/kept\n",
    });
  });
});

/** What happens while the webhook, its configuration or the API server is not what it should be. The tests run in order. */
import { beforeAll, describe, expect, it } from "vitest";
import { annotationsOf, expectSuccess, ingress, nlb, service, startCluster } from "./kubernetes.ts";
import type { Cluster } from "./kubernetes.ts";
import { pick } from "../deploy/render.ts";
import type { Configuration } from "./webhook.ts";

let cluster: Cluster;
beforeAll(async () => {
  cluster = await startCluster({
    policies: {
      internal: {
        selectable: true,
        service: { loadBalancerClass: { default: "service.k8s.aws/nlb" }, scheme: { default: "internal" } },
        ingress: { scheme: { default: "internal" } },
      },
    },
    flags: ["--controllers=aws-load-balancer-controller", "--alb-class-without-params=alb"],
  });
  return () => cluster.stop();
});

function namespace(name: string): Promise<string> {
  return cluster.namespace(name, { "dualstack.dev/policy": "internal" });
}

describe("the webhook is down", () => {
  it("Services of type LoadBalancer are refused, and nothing else is", async () => {
    const name = await namespace("down");
    await expectSuccess(cluster.create(service(name)));
    await expectSuccess(cluster.create(service(name, { metadata: { name: "deleted" } })));
    await cluster.webhook.stop();
    try {
      const refused = await cluster.create(service(name, { metadata: { name: "new" } }));
      expect(refused).toMatchObject({ code: 1, stdout: "" });
      expect(refused.stderr).toMatch(
        /^Error from server \(InternalError\): [^\n]*failed calling webhook "services\.validate\.dualstack\.dev": /,
      );
      expect(refused.stderr).toContain("https://dualstack-webhook.dualstack-system.svc:");
      expect(await cluster.patch(name, { metadata: { annotations: { team: "shop" } } })).toMatchObject({
        code: 1,
        stderr: expect.stringContaining('failed calling webhook "services.validate.dualstack.dev"'),
      });

      const plain = service(name, { metadata: { name: "plain" }, spec: { type: "ClusterIP" } });
      expect(await cluster.create(plain)).toEqual({ code: 0, stdout: "service/plain created\n", stderr: "" });
      const web = ingress(name, { spec: { ingressClassName: "alb" } });
      expect(await cluster.create(web)).toMatchObject({ code: 0, stderr: "" });
      expect((await cluster.read(web))?.metadata).not.toHaveProperty("annotations");
      expect(await cluster.patch(name, { metadata: { labels: { tier: "front" } } })).toMatchObject({ code: 0 });
      await cluster.provision(service(name));
      expect(await cluster.kubectl(name, ["delete", "service", "deleted"])).toMatchObject({ code: 0, stderr: "" });
    } finally {
      await cluster.webhook.start();
    }
    await expect
      .poll(() => cluster.create(service(name, { metadata: { name: "new" } })), { timeout: 10_000 })
      .toMatchObject({ code: 0, stdout: "service/new created\n" });
  });
});

describe("a mutating call is missed, and the validating one is not", () => {
  it.each([
    {
      how: "its path leads nowhere",
      skip: () =>
        cluster.webhook.configure({
          change: (manifests) =>
            manifests.map((manifest) =>
              JSON.parse(JSON.stringify(manifest).replaceAll('"path":"/mutate"', '"path":"/nowhere"')),
            ),
          until: ["validate"],
        }),
    },
    {
      how: "its configuration is gone",
      skip: () => expectSuccess(cluster.plane.kubectl(["delete", "mutatingwebhookconfiguration", "dualstack-webhook"])),
    },
  ])("because $how: a new Service is refused, to be tried again", async ({ how, skip }) => {
    const name = await namespace(`missed-${how.length}`);
    await expectSuccess(cluster.create(service(name)));
    await expectSuccess(cluster.create(service(name, { metadata: { name: "plain" }, spec: { type: "ClusterIP" } })));
    const written = { [`${nlb}-scheme`]: "internal" };
    await skip();
    try {
      const web = service(name, { metadata: { name: "new" } });
      const dryRun = () => cluster.create(web, "--dry-run=server");
      await expect.poll(dryRun, { timeout: 10_000 }).toMatchObject({ code: 1 });
      for (const refused of [await dryRun(), await cluster.create(web)]) {
        expect(refused.stdout).toBe("");
        expect(refused.stderr).toBe(
          `Error from server (Forbidden): error when creating "STDIN": admission webhook "services.validate.dualstack.dev" denied the request: 2 problems in Service ${name}/new (policy internal):
- policy-not-applied: spec.loadBalancerClass: policy internal sets "service.k8s.aws/nlb", and the object arrived without it. Try again: the mutating webhook was not called or did not answer.
- policy-not-applied: metadata.annotations[…/aws-load-balancer-scheme]: policy internal sets "internal", and the object arrived without it. Try again: the mutating webhook was not called or did not answer.
`,
        );
      }
      expect(await cluster.read(web)).toBeUndefined();

      const becoming = await cluster.kubectl(name, [
        "patch",
        "service",
        "plain",
        '--patch={"spec":{"type":"LoadBalancer"}}',
      ]);
      expect(becoming).toMatchObject({ code: 1, stderr: expect.stringContaining("\n- policy-not-applied: ") });

      // What exists can be worked with, and who writes the values needs no mutation.
      expect(await cluster.patch(name, { metadata: { annotations: { team: "shop" } } })).toMatchObject({
        code: 0,
        stderr: "",
      });
      const complete = service(name, {
        metadata: { name: "complete", annotations: written },
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
      });
      expect(await cluster.create(complete)).toMatchObject({ code: 0, stderr: "" });
    } finally {
      await cluster.webhook.configure();
    }
    expect(await cluster.create(service(name, { metadata: { name: "new" } }))).toMatchObject({ code: 0, stderr: "" });
  });
});

describe("the mutating webhook is called twice in one request", () => {
  it("the second call finds nothing to do", async () => {
    const name = await namespace("twice");
    await expectSuccess(cluster.create(service(name, { metadata: { name: "once" } })));
    const twice = (manifests: readonly Configuration[]): readonly object[] => {
      const mutating = pick(manifests, "MutatingWebhookConfiguration");
      return [...manifests, { ...mutating, metadata: { name: "zz-once-more" } }];
    };
    await cluster.webhook.configure({ change: twice, until: ["mutate", "validate"] });
    try {
      const calls = async (object: string): Promise<readonly string[]> =>
        (await cluster.webhook.decisions(name))
          .filter((call) => call.name === object && !call.dryRun)
          .map(({ webhook, outcome }) => `${webhook} ${outcome}`);
      const web = service(name, { metadata: { name: "twice" } });
      const created = async (): Promise<readonly string[]> => {
        await cluster.create(web);
        const seen = await calls("twice");
        await cluster.kubectl(name, ["delete", "service", "twice"]);
        return seen.slice(-3);
      };
      await expect.poll(created, { timeout: 10_000 }).toEqual(["mutate patched", "mutate allowed", "validate allowed"]);
      await expectSuccess(cluster.create(web));
      const [once, again] = [
        await cluster.read(service(name, { metadata: { name: "once" } })),
        await cluster.read(web),
      ];
      expect(again?.metadata.annotations).toEqual(once?.metadata.annotations);
      expect(again?.spec["loadBalancerClass"]).toBe("service.k8s.aws/nlb");
    } finally {
      await cluster.plane.kubectl(["delete", "mutatingwebhookconfiguration", "zz-once-more"]);
    }
  });
});

describe("the API server restarts", () => {
  it("the webhook hears of namespaces again by itself", async () => {
    const name = await cluster.namespace("restarted");
    await cluster.plane.restartApiServer();
    const probe = () => cluster.create(service(name), "--dry-run=server", "-o", "jsonpath={.spec.loadBalancerClass}");
    await expect.poll(probe, { timeout: 20_000 }).toEqual({ code: 0, stdout: "", stderr: "" });

    await expectSuccess(cluster.plane.kubectl(["label", "namespace", name, "dualstack.dev/policy=internal"]));
    await expect.poll(probe, { timeout: 20_000 }).toMatchObject({ code: 0, stdout: "service.k8s.aws/nlb" });
    const fresh = service(await namespace("after-restart"));
    expect(await cluster.create(fresh)).toEqual({ code: 0, stdout: "service/web created\n", stderr: "" });
    expect(annotationsOf(await cluster.read(fresh))).toMatchObject({ [`${nlb}-scheme`]: "internal" });
    expect((await fetch(`${cluster.webhook.healthUrl}/readyz`)).status).toBe(200);
  });
});

/** `preview --cluster` against a real API server, as kubectl's own credentials reach it. No webhook runs there. */
import { join } from "node:path";
import { beforeAll, expect, it } from "vitest";
import { alb, expectSuccess, nlb } from "./kubernetes.ts";
import type { Manifest } from "./kubernetes.ts";
import { toYaml } from "./overlay.ts";
import { startControlPlane } from "./start.ts";
import type { ControlPlane, User } from "./start.ts";
import type { Result } from "./processes.ts";

const reader: User = { name: "reader", groups: [] };
let plane: ControlPlane;

beforeAll(async () => {
  plane = await startControlPlane({ users: [reader] });
  for (const name of ["team-a", "team-b"]) await expectSuccess(plane.kubectl(["create", "namespace", name]));
  await apply({
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: { name: "alb" },
    spec: { controller: "ingress.k8s.aws/alb" },
  });
  return () => plane.stop();
});

it("lists a group that two members have broken at once, with no CRD of AWS installed", async () => {
  await apply(member("team-a", "web", "internal"));
  expect(await preview([])).toMatchObject({ code: 0, stdout: "1 group of Ingresses, none broken\n", stderr: "" });
  await apply(member("team-b", "api", "internet-facing"));
  const { code, stdout } = await preview([]);
  expect(stdout).toContain('  x scheme: team-a/web has "internal", team-b/api has "internet-facing"\n');
  expect(code).toBe(1);
  const crd = join("test", "control-plane", "crds", "ingressclassparams.yaml");
  await expectSuccess(plane.kubectl(["apply", "-f", crd]));
  expect((await preview([])).code).toBe(1);
});

it("judges a manifest as the update that kubectl apply makes of it", async () => {
  const before = service({ [`${nlb}-scheme`]: "internal", "example.com/mine": "x" });
  await apply(before);
  const status = { loadBalancer: { ingress: [{ hostname: "h.elb.amazonaws.com" }] } };
  const patch = ["patch", "service", "web", "-n", "team-a", "--subresource=status", "--type=merge", "-p"];
  await expectSuccess(plane.kubectl([...patch, JSON.stringify({ status })]));

  const after = service({ [`${nlb}-scheme`]: "internet-facing" });
  const { code, stdout } = await preview(["-f", "-", "-o", "json"], toYaml([after]));
  const [shown] = JSON.parse(stdout).objects;
  expect(shown).toMatchObject({ operation: "UPDATE", outcome: "refused" });
  expect(code).toBe(1);
  expect((await preview(["-f", "-"], toYaml([before]))).code).toBe(0);
});

it("says in a line each what its user may not list", async () => {
  const { code, stderr } = await preview([], undefined, reader);
  expect(stderr).toContain("- You may not list ingresses.networking.k8s.io: they are not known.\n");
  expect(code).toBe(2);
});

it("decides by the policies of the cluster where none is given, those of the input in their places", async () => {
  await expectSuccess(plane.kubectl(["apply", "-f", join("deploy", "base", "00-crd.yaml")]));
  const crd = "crd/loadbalancerpolicies.dualstack.dev";
  await expectSuccess(plane.kubectl(["wait", "--for=condition=Established", "--timeout=30s", crd]));
  const inTheirs = policy("theirs", "internal");
  await expect
    .poll(() => plane.kubectl(["apply", "-f", "-"], { stdin: toYaml([inTheirs]) }), { timeout: 30_000 })
    .toMatchObject({ code: 0 });
  const created = { ...service({}), metadata: { namespace: "team-b", name: "new" } };
  const decided = async (...input: readonly object[]): Promise<unknown> => {
    const argv = ["src/cli.ts", "preview", "--cluster", "--kubeconfig", plane.kubeconfigPath, "-f", "-", "-o", "json"];
    const { stdout } = await plane.run(process.execPath, argv, { stdin: toYaml([created, ...input]) });
    return JSON.parse(stdout).objects[0];
  };
  expect(await decided()).toMatchObject({ policy: "theirs", injections: [{ value: "internal" }] });
  expect(await decided(policy("theirs", "internet-facing"))).toMatchObject({
    policy: "theirs",
    injections: [{ value: "internet-facing" }],
  });
});

function policy(name: string, scheme: string): object {
  const spec = { namespaceSelector: {}, service: { scheme: { default: scheme } } };
  return { apiVersion: "dualstack.dev/v1alpha1", kind: "LoadBalancerPolicy", metadata: { name }, spec };
}

async function apply(object: object): Promise<void> {
  await expectSuccess(plane.kubectl(["apply", "-f", "-"], { stdin: toYaml([object]) }));
}

function preview(argv: readonly string[], stdin?: string, user?: User): Promise<Result> {
  const kubeconfig = user === undefined ? plane.kubeconfigPath : plane.credentialsOf(user).kubeconfigPath;
  return plane.run(
    process.execPath,
    ["src/cli.ts", "preview", "--cluster", "--kubeconfig", kubeconfig, "--policy", "examples/policy.yaml", ...argv],
    stdin === undefined ? {} : { stdin },
  );
}

function member(namespace: string, name: string, scheme: string): Manifest {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { namespace, name, annotations: { [`${alb}/group.name`]: "shop", [`${alb}/scheme`]: scheme } },
    spec: { ingressClassName: "alb", defaultBackend: { service: { name: "web", port: { number: 80 } } } },
  };
}

function service(annotations: Readonly<Record<string, string>>): Manifest {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { namespace: "team-a", name: "web", annotations },
    spec: { type: "LoadBalancer", loadBalancerClass: "service.k8s.aws/nlb", ports: [{ port: 80 }] },
  };
}

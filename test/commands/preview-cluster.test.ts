import { describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { kubectlYaml } from "../../src/kubernetes/yaml-text.ts";
import { json } from "../support/api-server-stub.ts";
import { rawIngress, rawService } from "../support/subjects.ts";
import { dualstack, preview } from "./fake-io.ts";
import type { Ran } from "./fake-io.ts";
import { kubeconfigFor, paths, runningCluster } from "./running-cluster.ts";

type Raw = Readonly<Record<string, unknown>>;

const nlb = "service.beta.kubernetes.io/aws-load-balancer-";
const alb = "alb.ingress.kubernetes.io/";
const albClass = ingressClass("alb", "ingress.k8s.aws/alb");
const forbidden = json(403, { kind: "Status", code: 403, message: "no" });

describe("without a cluster, the other objects of the input are facts", () => {
  test("members of a group contradict each other, whoever comes first, and are named", async () => {
    const one = member("team-a", "web", "internal");
    const two = member("team-b", "api", "internet-facing");
    for (const input of [yaml(one, two), yaml(two, albClass, one)]) {
      const { stdout } = await preview(input, ["-o", "json"]);
      const objects: readonly { namespace: string; outcome: string; findings: readonly { message: string }[] }[] =
        JSON.parse(stdout).objects;
      const messages = Object.fromEntries(
        objects.map(({ namespace, findings }) => [namespace, findings.map(({ message }) => message).join()]),
      );
      expect(messages["team-a"]).toContain("team-b/api");
      expect(messages["team-b"]).toContain("team-a/web");
    }
    const { stdout } = await preview(yaml(one, member("team-b", "api", "internal")), ["-o", "json"]);
    expect(JSON.parse(stdout).objects.flatMap(({ findings }: { findings: unknown[] }) => findings)).toEqual([]);
  });

  test("what is not among them is not known to be missing", async () => {
    const elsewhere = rawIngress({ spec: { ingressClassName: "alb" } });
    const { stdout } = await preview(yaml(elsewhere, ingressClass("other", "k8s.io/nginx")), ["-o", "json"]);
    expect(JSON.parse(stdout).objects).toMatchObject([{ controller: "aws-load-balancer-controller", findings: [] }]);
  });

  test("IngressClassParams say what is in force", async () => {
    const onlyDualstack = {
      apiVersion: "dualstack.dev/v1alpha1",
      kind: "LoadBalancerPolicy",
      metadata: { name: "only-dualstack" },
      spec: {
        description: "for a test",
        namespaceSelector: {},
        ingress: { ipAddressType: { default: "dualstack", allowed: ["dualstack"] } },
      },
    };
    const input = [
      rawIngress({ spec: { ingressClassName: "public" } }),
      ingressClass("public", "ingress.k8s.aws/alb", "p"),
      onlyDualstack,
    ];
    const outcome = async (...raws: readonly Raw[]): Promise<string> =>
      first(await preview(yaml(...input, ...raws), ["-o", "json"])).outcome;
    expect(await outcome(params("p", { ipAddressType: "ipv4" }))).toBe("refused");
    expect(await outcome(params("p", { ipAddressType: "dualstack" }))).not.toBe("refused");
    expect(await outcome(params("other", { ipAddressType: "ipv4" }))).not.toBe("refused");
  });

  test.each<[string, Raw, Raw]>([
    ["Ingress", member("shop", "web", "internal"), member("shop", "web", "internet-facing")],
    ["Service", rawService({ spec: { type: "NodePort" } }), rawService({ spec: { type: "ClusterIP" } })],
    ["IngressClass", ingressClass("a", "ingress.k8s.aws/alb"), ingressClass("a", "k8s.io/nginx")],
    ["IngressClassParams", params("p", { scheme: "internal" }), params("p", {})],
    ["TargetGroupBinding", binding("a"), binding("b")],
  ])("two of the kind %s with one name must agree on what others see of them", async (kind, one, other) => {
    const { code, stderr } = await preview(yaml(one, other));
    expect(stderr).toMatch(
      new RegExp(`- stdin:\\d+: metadata.name: the ${kind} "[^"]+" is different at stdin:1, which counts here`),
    );
    expect(code).toBe(2);
    expect((await preview(yaml(one, one))).stderr).not.toContain("is different");
  });

  test("labels of a namespace that nobody tells are not known, and may suit a class", async () => {
    const input = yaml(
      rawIngress({ spec: { ingressClassName: "public" } }),
      ingressClass("public", "ingress.k8s.aws/alb", "p"),
      params("p", { namespaceSelector: { matchLabels: { team: "a" } } }),
    );
    const controller = async (argv: readonly string[]): Promise<string | null> =>
      first(await preview(input, ["-o", "json", ...argv])).controller;
    expect(await controller([])).toBe("aws-load-balancer-controller");
    expect(await controller(["--namespace-labels", "team=a"])).toBe("aws-load-balancer-controller");
    expect(await controller(["--namespace-labels", "team=b"])).toBe("nobody");
  });

  test("two of one name in different namespaces are two, and where none is said it is that of --namespace", async () => {
    const bare = { ...member("x", "web", "internal"), metadata: { name: "web" } };
    const other = member("team-a", "web", "internet-facing");
    expect((await preview(yaml(bare, other))).stderr).not.toContain("is different");
    expect((await preview(yaml(bare, other), ["-n", "team-a"])).stderr).toContain('"team-a/web" is different');
  });

  test("one that cannot be read is one problem, and one without a name is none", async () => {
    const broken = rawIngress({ spec: { rules: 7 } });
    expect((await preview(yaml(broken))).stderr).toContain("1 problem, the input cannot be read in full:\n");
    const nameless = { ...rawIngress({}), metadata: { namespace: "shop", generateName: "web-" } };
    expect((await preview(yaml(nameless))).code).toBe(0);
    const odd = { ...params("p", {}), spec: { scheme: 7 } };
    expect((await preview(yaml(odd))).stderr).toContain(": spec.scheme: must be a string.\n");
  });
});

describe("with a cluster", () => {
  test("a new member is judged among those that are there", async () => {
    const there = [albClass, member("team-b", "api", "internet-facing")];
    const conflicting = await against(there, [member("team-a", "web", "internal")]);
    expect(conflicting.stdout).toContain("team-b/api");
    const { outcome, operation, findings } = first(
      await against(there, [member("team-a", "web", "internet-facing")], ["-o", "json"]),
    );
    expect([outcome === "refused", operation, findings]).toEqual([false, "CREATE", []]);
  });

  test("what is in the input replaces what the cluster has of its name", async () => {
    const there = [albClass, member("team-b", "api", "internet-facing")];
    const both = [member("team-a", "web", "internal"), member("team-b", "api", "internal")];
    const { stdout } = await against(there, both, ["-o", "json"]);
    expect(JSON.parse(stdout).objects.flatMap(({ findings }: { findings: unknown[] }) => findings)).toEqual([]);
  });

  test("what others have put on an object that is there stays, also for the members of its group", async () => {
    const there = [albClass, member("team-b", "api", "internet-facing")];
    const { metadata, ...rest } = member("team-b", "api", "");
    const silent = { ...rest, metadata: { ...Object(metadata), annotations: { [`${alb}group.name`]: "shop" } } };
    const { findings } = first(await against(there, [member("team-a", "web", "internal"), silent], ["-o", "json"]));
    expect(JSON.stringify(findings)).toContain("team-b/api");
  });

  test("a class that does not exist is known not to", async () => {
    const site = rawIngress({ spec: { ingressClassName: "gone" } });
    expect(first(await against([albClass], [site], ["-o", "json"])).controller).toBe("nobody");
    expect(
      first(await against([albClass, ingressClass("gone", "ingress.k8s.aws/alb")], [site], ["-o", "json"])),
    ).toMatchObject({
      controller: "aws-load-balancer-controller",
    });
  });

  test("an object that is there is updated: what controllers and webhooks put on it stays, and its load balancer counts", async () => {
    const stored = rawService({
      annotations: { [`${nlb}scheme`]: "internal", [`${nlb}nlb-target-type`]: "ip", [`${nlb}ip-address-type`]: "ipv4" },
      finalizers: ["service.k8s.aws/resources"],
      spec: { loadBalancerClass: "service.k8s.aws/nlb", ipFamilies: ["IPv4"], clusterIP: "10.0.0.1" },
      status: { loadBalancer: { ingress: [{ hostname: "h.elb.amazonaws.com" }] } },
    });
    const manifest = rawService({ annotations: { [`${nlb}scheme`]: "internet-facing" } });
    const { operation, outcome, injections, findings, result } = first(
      await against([stored], [manifest], ["-o", "json"]),
    );
    expect({ operation, outcome, injections }).toEqual({ operation: "UPDATE", outcome: "refused", injections: [] });
    expect(findings.map(({ rule }) => rule)).toEqual(["scheme-change-replaces-load-balancer"]);
    expect(result).toEqual(manifest);
    expect((await against([stored], [manifest])).stdout).toMatch(/^ {2}an update of the one in the cluster, policy/m);
    const same = rawService({ annotations: { [`${nlb}scheme`]: "internal" } });
    expect(first(await against([stored], [same], ["-o", "json"]))).toMatchObject({ outcome: "allowed", findings: [] });
    expect(first(await preview(yaml(manifest), ["-o", "json"]))).toMatchObject({ operation: "CREATE" });
  });

  test("our note on an object goes with the last value that is ours, and the manifest need not have it", async () => {
    const note = `policy=dualstack; keys=${nlb}scheme`;
    const annotations = {
      [`${nlb}scheme`]: "internal",
      [`${nlb}nlb-target-type`]: "ip",
      [`${nlb}ip-address-type`]: "ipv4",
      "dualstack.dev/injected": note,
    };
    const stored = rawService({ annotations, spec: { loadBalancerClass: "service.k8s.aws/nlb" } });
    const manifest = rawService({ annotations: { [`${nlb}scheme`]: "internet-facing" } });
    const { code, stdout } = await against([stored], [manifest]);
    expect({ code, note: stdout.includes("dualstack.dev/injected: removed") }).toEqual({ code: 0, note: true });
  });

  test("labels of its namespaces count, those of the input before them, and the flag's after both", async () => {
    const optedOut = { "dualstack.dev/inject": "disabled" };
    const there = [namespace("shop", optedOut)];
    const outcome = async (live: readonly Raw[], input: readonly Raw[], argv: readonly string[] = []) =>
      first(await against(live, input, ["-o", "json", ...argv])).outcome;
    expect(await outcome(there, [rawService({})])).toBe("untouched");
    expect(await outcome(there, [rawService({}), namespace("shop", {})])).toBe("changed");
    const flag = ["--namespace-labels", "dualstack.dev/inject=disabled"];
    expect(await outcome([namespace("shop", {})], [rawService({})], flag)).toBe("changed");
    expect(await outcome([namespace("other", {})], [rawService({})], flag)).toBe("untouched");
  });

  test("its first IP family is known, as the webhook finds it out", async () => {
    const udp = rawService({ spec: { ports: [{ port: 53, protocol: "UDP" }] } });
    const kubernetes = (family: string): Raw => ({
      ...rawService({ spec: { type: "ClusterIP", ipFamilies: [family] } }),
      metadata: { namespace: "default", name: "kubernetes" },
    });
    const reason = async (family: string): Promise<string> =>
      JSON.stringify(first(await against([kubernetes(family)], [udp], ["-o", "json"])).leftOut);
    expect(await reason("IPv6")).not.toBe(await reason("IPv4"));
  });

  test("only the objects that would change are read whole", async () => {
    const { stub, flags } = await runningCluster(albClass, rawIngress({}), rawService({}));
    await preview(yaml(rawService({}), { ...rawIngress({}), metadata: { namespace: "shop", name: "new" } }), flags);
    expect(stub.lists.filter((path) => path.includes("/namespaces/"))).toEqual([
      "/api/v1/namespaces/shop/services/web",
    ]);
    expect(stub.watches).toEqual([]);
  });
});

describe("a TargetGroupBinding", () => {
  const service = (ports: readonly object[], type = "ClusterIP"): Raw => rawService({ spec: { type, ports } });
  const rules = ({ findings }: Shown): readonly string[] => findings.map(({ rule }) => rule);

  test("is judged against the Service of the input", async () => {
    const { code, stdout } = await preview(yaml(binding("web"), service([{ port: 8080 }])), ["-o", "json"]);
    const [shown] = JSON.parse(stdout).objects;
    expect(shown).toMatchObject({ kind: "TargetGroupBinding", outcome: "refused", result: binding("web") });
    expect(rules(shown)).toEqual(["binding-port-missing"]);
    expect(code).toBe(1);
    const fine = await preview(yaml(binding("web"), service([{ port: 80 }])));
    expect(fine.stdout).toBe(
      [
        "TargetGroupBinding shop/b (stdin:1)",
        "  policy dualstack, kept by aws-load-balancer-controller",
        "  = left as it is",
        "",
        "Service shop/web (stdin:13)",
        "  = left as it is: a Service of type ClusterIP",
        "",
        "2 objects: 2 left as they are",
        "",
      ].join("\n"),
    );
  });

  test("is in the namespace of --namespace where it names none, and left alone where a controller made it", async () => {
    const { metadata, ...rest } = binding("web");
    const bare = { ...rest, metadata: { name: "b" } };
    const { stdout } = await preview(yaml(bare, service([{ port: 8080 }])), ["-n", "shop", "-o", "json"]);
    expect(JSON.parse(stdout).objects).toMatchObject([{ namespace: "shop", outcome: "refused" }, {}]);
    const made = { ...rest, metadata: { ...Object(metadata), labels: { "ingress.k8s.aws/stack": "g" } } };
    expect((await preview(yaml(made))).stdout).toContain("  = left as it is: a controller has made it, and keeps it\n");
  });

  test("of a cluster is known by its API group, and what an edit of its Service would do to it", async () => {
    const there = [binding("web"), service([{ port: 80 }])];
    expect(first(await against(there, [binding("web")], ["-o", "json"]))).toMatchObject({
      operation: "UPDATE",
      outcome: "allowed",
    });
    const ofAutoMode = { ...binding("web"), apiVersion: "eks.amazonaws.com/v1" };
    expect(first(await against(there, [ofAutoMode], ["-o", "json"])).operation).toBe("CREATE");

    const moved = first(await against(there, [service([{ port: 8080 }])], ["-o", "json"]));
    expect([moved.operation, moved.outcome, moved.controller, rules(moved)]).toEqual([
      "UPDATE",
      "refused",
      null,
      ["backend-port-in-use"],
    ]);
    const more = first(await against(there, [service([{ port: 80 }, { port: 8080 }])], ["-o", "json"]));
    expect([more.outcome, rules(more)]).toEqual(["allowed", []]);
  });

  test("with instance targets is sent to node ports, which a Service has as soon as it is stored", async () => {
    const instance = { ...binding("web"), spec: { serviceRef: { name: "web", port: 81 }, targetType: "instance" } };
    const there = [instance, service([{ port: 80, nodePort: 30080 }], "NodePort")];
    const update = async (type: string): Promise<readonly string[]> =>
      rules(first(await against(there, [service([{ port: 80 }, { port: 81 }], type)], ["-o", "json"])));
    expect(await update("NodePort")).toEqual([]);
    expect(await update("ClusterIP")).toEqual(["backend-needs-node-port"]);
  });
});

describe("what of a cluster may not be read", () => {
  test("is one line, and the rest is judged", async () => {
    const { stub, flags } = await runningCluster(albClass);
    stub.script("list", paths.IngressClassParams, forbidden);
    const { code, stderr, stdout } = await preview(yaml(rawService({})), [...flags, ...ownPolicy]);
    expect(stderr).toBe("You may not list ingressclassparams.elbv2.k8s.aws: they are not known.\n");
    expect(stdout).toContain("1 object: 1 changed\n");
    expect(code).toBe(0);
  });

  test("may be the object itself, which then is judged as new", async () => {
    const { stub, flags } = await runningCluster(rawService({}));
    stub.script("list", paths.Service, forbidden);
    expect(first(await preview(yaml(rawService({})), [...flags, "-o", "json"])).operation).toBe("UPDATE");

    stub.script("list", "/api/v1/namespaces/shop/services/web", forbidden);
    const { stderr, stdout } = await preview(yaml(rawService({})), [...flags, ...ownPolicy, "-o", "json"]);
    expect(stderr).toBe("You may not read Service shop/web: it is judged as if it were new.\n");
    expect(JSON.parse(stdout).objects).toMatchObject([{ operation: "CREATE" }]);
  });

  test("is everything where no cluster answers: nothing is decided", async () => {
    const flags = ["--cluster", "--kubeconfig", await kubeconfigFor("http://127.0.0.1:1")];
    expect(await preview(yaml(rawService({})), flags)).toMatchObject({
      code: 2,
      stdout: "",
      stderr: expect.stringMatching(/^1 problem, no decision without the cluster:\n- .*ECONNREFUSED.*\n$/),
    });
  });

  test("is everything without a kubeconfig", async () => {
    expect(await dualstack(["preview", "--cluster"], { env: { HOME: "/nobody" } })).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "1 problem, the cluster cannot be read:\n- --cluster finds no kubeconfig: name one with --kubeconfig, or with the variable KUBECONFIG.\n",
    });
  });
});

const ownPolicy = ["--policy", "examples/policy.yaml"];

async function against(live: readonly Raw[], input: readonly Raw[], argv: readonly string[] = []): Promise<Ran> {
  const { flags } = await runningCluster(...live);
  return preview(yaml(...input), [...flags, ...argv]);
}

interface Shown {
  readonly operation: string;
  readonly outcome: string;
  readonly controller: string | null;
  readonly injections: readonly unknown[];
  readonly leftOut: readonly { readonly target: string }[];
  readonly findings: readonly { readonly rule: string }[];
  readonly result: unknown;
}

function first({ stdout }: Ran): Shown {
  return JSON.parse(stdout).objects[0];
}

function yaml(...raws: readonly Raw[]): string {
  return raws.map((raw) => `${stringify(raw, { ...kubectlYaml, aliasDuplicateObjects: false })}---\n`).join("");
}

function member(inNamespace: string, name: string, scheme: string): Raw {
  const { spec, apiVersion, kind } = rawIngress({});
  const annotations = { [`${alb}group.name`]: "shop", [`${alb}scheme`]: scheme };
  return {
    apiVersion,
    kind,
    metadata: { namespace: inNamespace, name, annotations },
    spec: { ...Object(spec), defaultBackend: undefined },
  };
}

function namespace(name: string, labels: Readonly<Record<string, string>>): Raw {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

function ingressClass(name: string, controller: string, paramsName?: string): Raw {
  const parameters = paramsName && { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name: paramsName };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: { name },
    spec: { controller, ...(parameters && { parameters }) },
  };
}

function params(name: string, spec: object): Raw {
  return { apiVersion: "elbv2.k8s.aws/v1beta1", kind: "IngressClassParams", metadata: { name }, spec };
}

function binding(service: string): Raw {
  return {
    apiVersion: "elbv2.k8s.aws/v1beta1",
    kind: "TargetGroupBinding",
    metadata: { namespace: "shop", name: "b" },
    spec: { serviceRef: { name: service, port: 80 }, targetType: "ip", ipAddressType: "ipv4" },
  };
}

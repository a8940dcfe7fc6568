import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { json } from "../support/api-server-stub.ts";
import { dualstack } from "./fake-io.ts";
import type { Ran, Surroundings } from "./fake-io.ts";
import { kubeconfigFor, paths, runningCluster } from "./running-cluster.ts";

const alb = "alb.ingress.kubernetes.io/";
const albClass = ingressClass("alb");
const internal = member("team-a", "web", { scheme: "internal" });
const publicOne = member("team-b", "api", { scheme: "internet-facing" });
const alone = ingress("team-c", "alone", { [`${alb}ssl-redirect`]: "443" });
const fine = ingress("team-d", "fine", {});
const forbidden = json(403, { kind: "Status", code: 403, message: "no" });

describe("without -f, the broken groups of a cluster", () => {
  test("are listed with their members and what is wrong, for people", async () => {
    const { code, stdout, stderr } = await groups([albClass, internal, publicOne, alone, fine]);
    expect(stdout).toBe(
      [
        "IngressGroup shop",
        "  built by aws-load-balancer-controller",
        "  members: team-a/web, team-b/api",
        '  x scheme: team-a/web has "internal", team-b/api has "internet-facing"',
        "",
        "Ingress team-c/alone",
        "  built by aws-load-balancer-controller",
        "  x ssl-redirect: team-c/alone has HTTP redirected to port 443, where nothing",
        "    listens",
        "",
        "3 groups of Ingresses, 2 broken: the controller changes nothing of them until",
        "  that is mended",
        "",
      ].join("\n"),
    );
    expect({ code, stderr }).toEqual({ code: 1, stderr: "" });
  });

  test("may be none", async () => {
    expect(await groups([albClass, internal, fine])).toEqual({
      code: 0,
      stdout: "2 groups of Ingresses, none broken\n",
      stderr: "",
    });
    expect((await groups([])).stdout).toBe("0 groups of Ingresses, none broken\n");
    const { metadata, ...rest } = fine;
    const moved = { ...rest, metadata: { ...metadata, finalizers: ["group.ingress.k8s.aws/left"] } };
    expect((await groups([albClass, moved])).stdout).toBe("1 group of Ingresses, none broken\n");
  });

  test.each(["json", "yaml"])("are for programs as %s", async (output) => {
    const { code, stdout } = await groups([albClass, internal, publicOne, fine], ["-o", output]);
    const field = `metadata.annotations[${alb}scheme]`;
    expect(output === "json" ? JSON.parse(stdout) : parse(stdout)).toEqual({
      groups: [
        {
          name: "shop",
          kind: "explicit",
          controller: "aws-load-balancer-controller",
          members: ["team-a/web", "team-b/api"],
          faults: [
            {
              kind: "conflict",
              about: "scheme",
              message: 'scheme: team-a/web has "internal", team-b/api has "internet-facing"',
              stated: [
                { ingress: "team-a/web", field, value: "internal" },
                { ingress: "team-b/api", field, value: "internet-facing" },
              ],
            },
          ],
        },
      ],
      summary: { ingresses: 3, groups: 2, broken: 1 },
      problems: [],
    });
    expect(code).toBe(1);
  });

  test("follow IngressClassParams, namespaceSelectors and the flags of the controller", async () => {
    const shared = ingressClass("shared", "p");
    const params = {
      apiVersion: "elbv2.k8s.aws/v1beta1",
      kind: "IngressClassParams",
      metadata: { name: "p" },
      spec: { group: { name: "of-params" }, namespaceSelector: { matchLabels: { team: "a" } } },
    };
    const namespaces = ["team-a", "team-b"].map((name) => ({
      kind: "Namespace",
      metadata: { name, labels: { team: "a" } },
    }));
    const members = [
      ingress("team-a", "one", { [`${alb}scheme`]: "internal" }, "shared"),
      ingress("team-b", "two", { [`${alb}scheme`]: "internet-facing" }, "shared"),
    ];
    const known = [shared, params, ...members];
    expect((await groups([...known, ...namespaces])).stdout).toContain("IngressGroup of-params\n");
    const elsewhere = { kind: "Namespace", metadata: { name: "team-b", labels: { team: "b" } } };
    const [own] = namespaces;
    expect((await groups([...known, ...(own ? [own] : []), elsewhere])).stdout).toBe(
      "1 group of Ingresses, none broken\n",
    );

    const annotated = [internal, publicOne].map(({ metadata, ...rest }) => ({
      ...rest,
      metadata: {
        ...metadata,
        annotations: { ...metadata.annotations, "kubernetes.io/ingress.class": "internal-alb" },
      },
      spec: {},
    }));
    expect((await groups(annotated)).code).toBe(0);
    expect((await groups(annotated, ["--ingress-class", "internal-alb"])).code).toBe(1);
  });

  test("are looked for with the reads that this takes, and no others", async () => {
    const { stub, flags } = await runningCluster(albClass, internal);
    await dualstack(["preview", ...flags]);
    expect([stub.lists.toSorted(), stub.watches]).toEqual([
      [
        paths.Namespace,
        "/apis/eks.amazonaws.com/v1/ingressclassparams",
        paths.IngressClassParams,
        paths.Ingress,
        paths.IngressClass,
      ].toSorted(),
      [],
    ]);
  });
});

describe("exit code 2", () => {
  test("where something may not be read: what was found is shown, and that it may not be all", async () => {
    const { stub, flags } = await runningCluster(albClass, internal, publicOne);
    stub.script("list", paths.IngressClassParams, forbidden);
    const { code, stdout, stderr } = await dualstack(["preview", ...flags, "-o", "json"]);
    const sentence = "You may not list ingressclassparams.elbv2.k8s.aws: they are not known.";
    expect(JSON.parse(stdout)).toMatchObject({ groups: [{ name: "shop" }], problems: [sentence] });
    expect({ code, stderr }).toEqual({
      code: 2,
      stderr: `1 problem, the cluster cannot be read in full:\n- ${sentence}\n`,
    });
  });

  test.each([
    ["no cluster answers", "http://127.0.0.1:1", /^1 problem, the cluster cannot be read:\n- .*ECONNREFUSED.*\n$/],
    ["the address is none", "nowhere", /^1 problem, the cluster cannot be read:\n- kubeconfig .* gives "nowhere"/],
  ])("where %s", async (_name, server, stderr) => {
    const ran = await dualstack(["preview", "--cluster", "--kubeconfig", await kubeconfigFor(server)]);
    expect(ran).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(stderr) });
  });
});

test("the README shows what it prints", async () => {
  const [, shown = ""] =
    /<!-- groups:begin -->\s+```console\n\$ npm run --silent preview -- --cluster\n([^]*?)```/.exec(
      await readFile("README.md", "utf8"),
    ) ?? [];
  const { kubeconfig } = await runningCluster(
    albClass,
    ingress("shop", "site", { [`${alb}group.name`]: "public-shop", [`${alb}scheme`]: "internet-facing" }),
    ingress("checkout", "pay", { [`${alb}group.name`]: "public-shop", [`${alb}scheme`]: "internal" }),
    ...Array.from({ length: 11 }, (_, index) => ingress("other", `site-${index}`, {})),
  );
  const { stdout } = await dualstack(["preview", "--cluster"], { env: { KUBECONFIG: kubeconfig } });
  expect(shown).not.toBe("");
  expect(stdout).toBe(shown);
});

test("values of a cluster reach a terminal without their control characters", async () => {
  const odd = member("team-b", "api", { scheme: "\u001B[2J" });
  const { stdout } = await groups([albClass, internal, odd]);
  expect(stdout).not.toContain("\u001B");
});

test("colours are for terminals", async () => {
  const { stdout } = await groups([albClass, internal, publicOne], [], { stdoutIsTerminal: true });
  expect(stdout).toContain("\u001B[1mIngressGroup shop\u001B[0m\n");
  expect(stdout).toContain("\u001B[31m  x scheme:");
});

test("progress is for a terminal and for work that takes long", async () => {
  const slow = { stderrIsTerminal: true, stepMs: 400 };
  const { stderr } = await groups([albClass, internal], [], slow);
  expect(stderr).toMatch(/^\r.\[Kreading the cluster: \d objects/);
  expect(stderr.endsWith("\r\u001B[K")).toBe(true);
  expect((await groups([albClass, internal], [], { ...slow, stderrIsTerminal: false })).stderr).toBe("");
});

async function groups(
  objects: readonly Readonly<Record<string, unknown>>[],
  argv: readonly string[] = [],
  surroundings: Surroundings = {},
): Promise<Ran> {
  const { flags } = await runningCluster(...objects);
  return dualstack(["preview", ...flags, ...argv], surroundings);
}

function member(namespace: string, name: string, settings: Readonly<Record<string, string>>) {
  const keyed = Object.entries({ "group.name": "shop", ...settings }).map(([key, value]) => [`${alb}${key}`, value]);
  return ingress(namespace, name, Object.fromEntries(keyed));
}

function ingress(
  namespace: string,
  name: string,
  annotations: Readonly<Record<string, string>>,
  ingressClassName = "alb",
) {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: { namespace, name, annotations },
    spec: { ingressClassName },
  };
}

function ingressClass(name: string, params?: string) {
  const parameters = params && { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name: params };
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: { name },
    spec: { controller: "ingress.k8s.aws/alb", ...(parameters && { parameters }) },
  };
}

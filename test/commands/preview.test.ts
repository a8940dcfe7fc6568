import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { decide } from "../../src/decision/decide.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import { mutateAnswer, readReview } from "../../src/kubernetes/admission-review.ts";
import { parseManifests } from "../../src/kubernetes/manifests.ts";
import { kubectlYaml } from "../../src/kubernetes/yaml-text.ts";
import { policySet } from "../../src/policy/resolve.ts";
import { starterPolicies } from "../../src/policy/starter.ts";
import { rawIngress, rawService } from "../support/subjects.ts";
import { dualstack, preview } from "./fake-io.ts";

const nlb = "service.beta.kubernetes.io/aws-load-balancer-";
const alb = "alb.ingress.kubernetes.io/";

const open = rawService({});
const refused = rawService({
  annotations: { [`${nlb}scheme`]: "public" },
  spec: { loadBalancerClass: "service.k8s.aws/nlb" },
});
const clusterIp = named("plain", rawService({ spec: { type: "ClusterIP" } }));
const broken = rawService({ spec: { ports: 80 } });
const secret = { apiVersion: "v1", kind: "Secret", metadata: { name: "s" }, stringData: { password: "hunter2" } };

describe("the table", () => {
  test("of the examples is what people read in the documentation", async () => {
    const { stdout, code } = await dualstack(["preview", "-f", "examples"]);
    await expect(stdout).toMatchFileSnapshot("examples.table.txt");
    expect(stdout.split("\n").filter((line) => line.length > 80)).toEqual([]);
    expect(code).toBe(1);
  });

  test("says what is set, by which policy field, for whom, and where the manifest stands", async () => {
    const { stdout } = await preview(yaml(open), known);
    expect(stdout).toBe(
      [
        "Service shop/web (stdin:1)",
        "  policy dualstack, built by aws-load-balancer-controller",
        "  + spec.loadBalancerClass: service.k8s.aws/nlb (service.loadBalancerClass)",
        "  + …/aws-load-balancer-nlb-target-type: ip (service.targetType)",
        "  + …/aws-load-balancer-ip-address-type: dualstack (service.ipAddressType)",
        "",
        "1 object: 1 changed",
        "",
      ].join("\n"),
    );
  });

  test("names what nobody would judge in a line, with the reason", async () => {
    const nginx = rawIngress({ spec: { ingressClassName: "nginx" } });
    const { stdout } = await preview(yaml(clusterIp, nginx, secret), ["--exclude-namespace", "kube-system"]);
    expect(stdout).toBe(
      [
        "Service shop/plain (stdin:1)",
        "  = left as it is: a Service of type ClusterIP",
        "",
        "Ingress shop/web (stdin:13)",
        "  = left as it is: IngressClass nginx is no ALB class (--alb-class)",
        "",
        "2 objects: 2 left as they are; 1 other document",
        "",
      ].join("\n"),
    );
  });

  test("hints at the flags that would change it, and at no others", async () => {
    const hint = (stdout: string): string => stdout.split("Knowing more of the cluster").at(1)?.split(":").at(-1) ?? "";
    expect(hint((await preview(yaml(open))).stdout).trim()).toBe(
      "--controllers,\n  --subnets-have-ipv6, --overlay-network",
    );
    expect(hint((await preview(yaml(open), ["--controllers=aws-load-balancer-controller"])).stdout).trim()).toBe(
      "--subnets-have-ipv6, --overlay-network",
    );
    expect(hint((await preview(yaml(open), known)).stdout)).toBe("");
    expect(hint((await preview(yaml(rawIngress({})), known)).stdout).trim()).toBe("--alb-class-without-params");
  });

  test("hints at the feature gate on which the port of a certificate to be made depends", async () => {
    const annotations = {
      "alb.ingress.kubernetes.io/create-acm-cert": "true",
      "alb.ingress.kubernetes.io/ssl-redirect": "443",
    };
    const ingress = rawIngress({ annotations, spec: { ingressClassName: "alb", rules: [{ host: "shop.example" }] } });
    const given = [...known, "--alb-class-without-params", "alb"];
    const gate = "EnableCertificateManagement";
    const shownWith = async (...more: readonly string[]): Promise<string> =>
      (await preview(yaml(ingress), [...given, ...more])).stdout.replaceAll(/\s+/g, " ");
    expect(await shownWith()).toMatch(new RegExp(`Knowing more of the cluster .*: --feature-gates ${gate} $`));
    expect(await shownWith("--feature-gates", `${gate}=true`)).not.toMatch(/Knowing more|ssl-redirect-needs-https/);
    const off = await shownWith("--feature-gates", `${gate}=false`);
    expect(off).toContain("ssl-redirect-needs-https");
    expect(off).not.toContain("Knowing more");
  });

  test("shows no control characters of the input to the terminal", async () => {
    const { stdout } = await preview(JSON.stringify({ ...open, metadata: { name: "a\u001B[2J\nb", namespace: "n" } }));
    expect(stdout).toContain("Service n/a\uFFFD[2J\uFFFDb (stdin:1)");
  });

  test("a note that the author copied is shown to be taken away", async () => {
    const annotations = {
      [`${nlb}scheme`]: "internal",
      [`${nlb}nlb-target-type`]: "ip",
      [`${nlb}ip-address-type`]: "ipv4",
      "dualstack.dev/injected": `policy=dualstack; keys=${nlb}scheme`,
    };
    const copied = rawService({ annotations, spec: { loadBalancerClass: "service.k8s.aws/nlb" } });
    const { stdout } = await preview(yaml(copied), known);
    expect(stdout).toContain("  + dualstack.dev/injected: removed, since only the webhook writes it\n");
  });
});

describe("colours", () => {
  test.each([
    ["a pipe has none", false, {}, false],
    ["a terminal has them", true, {}, true],
    ["NO_COLOR takes them away", true, { NO_COLOR: "1" }, false],
    ["an empty NO_COLOR does not", true, { NO_COLOR: "" }, true],
    ["FORCE_COLOR gives them to a pipe", false, { FORCE_COLOR: "1" }, true],
    ["FORCE_COLOR wins over NO_COLOR", true, { FORCE_COLOR: "1", NO_COLOR: "1" }, true],
    ["FORCE_COLOR=0 takes them away", true, { FORCE_COLOR: "0" }, false],
    ["a dumb terminal has none", true, { TERM: "dumb" }, false],
  ])("%s", async (_name, stdoutIsTerminal, env, coloured) => {
    const { stdout } = await preview(yaml(refused), [], { stdoutIsTerminal, env });
    expect(stdout.includes("\u001B[31m  x REFUSED: 1 problem\u001B[0m\n")).toBe(coloured);
    expect(stdout.includes("\u001B")).toBe(coloured);
  });

  test("are for the table only", async () => {
    for (const output of ["json", "yaml"]) {
      const { stdout } = await preview(yaml(refused), ["-o", output], { env: { FORCE_COLOR: "1" } });
      expect(stdout).not.toContain("\u001B");
    }
  });
});

describe("exit codes", () => {
  test("0 where nothing would be refused", async () => {
    expect((await preview(yaml(open, clusterIp, secret))).code).toBe(0);
  });

  test("1 where something would be", async () => {
    expect((await preview(yaml(open, refused))).code).toBe(1);
  });

  test("2 for bad usage, with all problems and nothing on standard output", async () => {
    expect(await dualstack(["preview", "--outptu", "x"])).toEqual({
      code: 2,
      stdout: "",
      stderr:
        "2 problems, kubectl dualstack preview cannot start:\n- --outptu is not a flag: did you mean --output; --help lists them all.\n- -f is missing: name a file, a folder, or - for standard input; or give --cluster to look at a cluster.\n",
    });
  });

  test("2 for an object that cannot be read, which hides none of the others", async () => {
    const { code, stdout, stderr } = await preview(yaml(open, broken, refused));
    expect(code).toBe(2);
    expect(stdout).toContain("2 objects: 1 changed, 1 refused\n");
    expect(stderr).toContain("1 problem, the input cannot be read in full:\n- stdin:20: spec.ports: must be a list.\n");
  });

  test("2 for text that is no YAML, beside the documents that are", async () => {
    const { code, stdout, stderr } = await preview(`${yaml(open)}---\na: [\n`);
    expect(code).toBe(2);
    expect(stdout).toContain("1 object: 1 changed\n");
    expect(stderr).toMatch(/- stdin:\d+: is not valid YAML: /);
  });

  test("2 where nothing is found: an empty pipe is mostly a program that failed", async () => {
    const { code, stderr } = await preview("");
    expect(code).toBe(2);
    expect(stderr).toContain("- stdin: holds no Kubernetes object: check what is given with -f.\n");
  });

  test.each([
    ["metadata.annotations[a.b/c]", { metadata: { annotations: { "a.b/c": 1 } } }, 5, "must be a string"],
    ["metadata.namespace", { metadata: { namespace: ["a"] } }, 4, "must be a string"],
    ["metadata.name", { metadata: { name: 1 } }, 4, "must be a string"],
    ["spec.ports[0].port", { metadata: {}, spec: { ports: [{ port: "80" }] } }, 6, "must be a number"],
    ["metadata", {}, 1, "must be an object, and it is missing"],
  ])("a wrong %s is reported at its line", async (field, parts, line, message) => {
    const { stderr } = await preview(yaml({ apiVersion: "v1", kind: "Service", ...parts }));
    expect(stderr).toContain(`- stdin:${line}: ${field}: ${message}.\n`);
  });
});

describe("what is among the input is a fact", () => {
  const optedOut = {
    apiVersion: "v1",
    kind: "Namespace",
    metadata: { name: "shop", labels: { "dualstack.dev/inject": "disabled" } },
  };

  test("labels of a Namespace, wherever it stands", async () => {
    expect(await outcomes(yaml(open, optedOut))).toEqual(["out-of-scope"]);
    expect(await outcomes(yaml(optedOut, open))).toEqual(["out-of-scope"]);
    expect(await outcomes(yaml(open))).toEqual(["changed"]);
  });

  test("--namespace-labels are for those that are not", async () => {
    const flag = ["--scope", "OptIn", "--namespace-labels", "dualstack.dev/inject=enabled"];
    expect(await outcomes(yaml(open), flag)).toEqual(["changed"]);
    expect(await outcomes(yaml(open, namespace("shop")), flag)).toEqual(["out-of-scope"]);
    expect(await outcomes(yaml(open, namespace("other")), flag)).toEqual(["changed"]);
  });

  test("the name of a namespace is among its labels, whatever the flag says", async () => {
    const own = policy("only-shop", { namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "shop" } } });
    const flag = ["--namespace-labels", "kubernetes.io/metadata.name=other"];
    expect(await policies(yaml(open, own), flag)).toEqual(["only-shop"]);
    expect(await policies(yaml(open, own, namespace("shop")))).toEqual(["only-shop"]);
    expect(await policies(yaml(rawIn(open, "other"), own), flag)).toEqual([null]);
  });

  test("two manifests of one Namespace that differ are a problem, two that agree are not", async () => {
    const { stderr, code } = await preview(yaml(open, optedOut, namespace("shop")));
    expect(stderr).toContain(
      '- stdin:23: metadata.name: the Namespace "shop" is different at stdin:13, which counts here: preview them apart.\n',
    );
    expect(code).toBe(2);
    expect((await preview(yaml(open, optedOut, optedOut))).code).toBe(0);
  });

  test("a Namespace whose labels cannot be read is a problem at its line", async () => {
    const { stderr } = await preview(yaml(namespace("a", { b: true })));
    expect(stderr).toContain("- stdin:6: metadata.labels[b]: must be a string.\n");
  });

  test("an IngressClass tells whether it is an ALB's and whether it has parameters", async () => {
    const site = rawIngress({ spec: { ingressClassName: "public" } });
    const parameters = { apiGroup: "eks.amazonaws.com", kind: "IngressClassParams", name: "p" };
    expect(await leftOut(yaml(site, ingressClass("public", "ingress.k8s.aws/alb")))).toEqual([]);
    expect(await leftOut(yaml(site, ingressClass("public", "eks.amazonaws.com/alb", parameters)))).toEqual([
      `${alb}ip-address-type`,
    ]);
    expect(await outcomes(yaml(site, ingressClass("public", "k8s.io/ingress-nginx")))).toEqual(["not-ours"]);
    expect(await outcomes(yaml(site))).toEqual(["not-ours"]);
  });

  test("an IngressClass named alb of another controller is none of ours", async () => {
    expect(await outcomes(yaml(rawIngress({}), ingressClass("alb", "example.com/alb")))).toEqual(["not-ours"]);
    expect(await outcomes(yaml(rawIngress({})))).toEqual(["changed"]);
  });
});

describe("policies", () => {
  test("the starter policy is used where there is none, and said so on standard error", async () => {
    expect(await policies(yaml(open))).toEqual(["dualstack"]);
    const { stderr } = await preview(yaml(open));
    expect(stderr).toMatch(/^No policy is given \(--policy\) or among the input: the built-in starter policy/);
  });

  test("those among the input are used instead", async () => {
    const own = policy("own", { namespaceSelector: {} });
    expect(await policies(yaml(open, own))).toEqual(["own"]);
    expect((await preview(yaml(open, own))).stderr).toBe("");
  });

  test("a policy that cannot be read leaves no decision to show, and hides no other problem", async () => {
    const { code, stdout, stderr } = await preview(`${yaml(open, policy("own", { mode: "Loud" }))}---\na: [\n`);
    expect({ code, stdout }).toEqual({ code: 2, stdout: "" });
    expect(stderr).toMatch(
      /^2 problems, no decision without policies that can be read:\n- stdin:\d+: is not valid YAML.*\n- stdin:19: spec\.mode: "Loud"/,
    );
  });

  describe("of files", () => {
    let folder: string;
    beforeEach(async () => {
      folder = await mkdtemp(join(tmpdir(), "preview-"));
    });
    afterEach(() => rm(folder, { recursive: true }));

    test("given with --policy count beside those of the input", async () => {
      await writeFile(join(folder, "p.yaml"), yaml(policy("first", { namespaceSelector: {}, priority: 1 })));
      const flags = ["--policy", join(folder, "p.yaml")];
      expect(await policies(yaml(open, policy("second", { namespaceSelector: {} })), flags)).toEqual(["first"]);
      expect(await policies(yaml(open, policy("second", { namespaceSelector: {}, priority: 2 })), flags)).toEqual([
        "second",
      ]);
    });

    test("may be given twice, as a policy and in the folder with everything, but not differently", async () => {
      const file = join(folder, "p.yaml");
      await writeFile(file, yaml(policy("own", { namespaceSelector: {} })));
      const argv = ["preview", "-f", folder, "--policy", file];
      expect((await dualstack(argv)).code).toBe(0);
      await writeFile(join(folder, "q.yaml"), yaml(policy("own", {})));
      const { code, stderr } = await dualstack(argv);
      expect(code).toBe(2);
      expect(stderr).toContain(
        `- ${folder}/q.yaml:1: metadata.name: another policy is named "own" and says something else: leave one out.\n`,
      );
    });

    test("that do not exist are a problem", async () => {
      const { code, stderr } = await preview(yaml(open), ["--policy", join(folder, "none.yaml")]);
      expect(code).toBe(2);
      expect(stderr).toContain(`- ${folder}/none.yaml: does not exist: check the path.\n`);
    });
  });

  test("one that names rules of another version is a note", async () => {
    const own = policy("own", { namespaceSelector: {}, rules: { "no-such-rule": "Warn" } });
    const { code, stderr } = await preview(yaml(open, own));
    expect({ code, stderr }).toEqual({
      code: 0,
      stderr: "Policy own names rules that this version does not have: no-such-rule.\n",
    });
  });
});

describe("JSON", () => {
  test("has every object with its decision and its result", async () => {
    const { stdout } = await preview(yaml(open, secret), ["-o", "json", ...known]);
    const injections = [
      { target: "spec.loadBalancerClass", value: "service.k8s.aws/nlb", because: "service.loadBalancerClass" },
      { target: `${nlb}nlb-target-type`, value: "ip", because: "service.targetType" },
      { target: `${nlb}ip-address-type`, value: "dualstack", because: "service.ipAddressType" },
    ];
    expect(JSON.parse(stdout)).toEqual({
      objects: [
        {
          kind: "Service",
          namespace: "shop",
          name: "web",
          source: "stdin",
          line: 1,
          operation: "CREATE",
          outcome: "changed",
          policy: "dualstack",
          controller: "aws-load-balancer-controller",
          injections,
          leftOut: [],
          cautions: [],
          findings: [],
          result: {
            ...open,
            metadata: {
              namespace: "shop",
              name: "web",
              annotations: {
                [`${nlb}nlb-target-type`]: "ip",
                [`${nlb}ip-address-type`]: "dualstack",
                "dualstack.dev/injected": `policy=dualstack; keys=${nlb}ip-address-type,${nlb}nlb-target-type,spec.loadBalancerClass`,
              },
            },
            spec: {
              type: "LoadBalancer",
              ports: [{ name: "http", port: 80, protocol: "TCP" }],
              loadBalancerClass: "service.k8s.aws/nlb",
            },
          },
        },
      ],
      summary: { objects: 1, changed: 1, refused: 0, allowed: 0, untouched: 0, otherDocuments: 1 },
      problems: [],
    });
  });

  test("names each outcome", async () => {
    const settled = rawService({
      annotations: { [`${nlb}nlb-target-type`]: "ip", [`${nlb}ip-address-type`]: "ipv4", [`${nlb}scheme`]: "internal" },
      spec: { loadBalancerClass: "service.k8s.aws/nlb" },
    });
    const { stdout } = await preview(yaml(open, settled, refused, clusterIp), ["-o", "json"]);
    expect(JSON.parse(stdout)).toMatchObject({
      objects: [
        { outcome: "changed" },
        { outcome: "allowed" },
        { outcome: "refused", findings: [{ rule: "invalid-enumeration", severity: "deny" }] },
        { outcome: "untouched", untouched: "not-ours" },
      ],
      summary: { objects: 4, changed: 1, refused: 1, allowed: 1, untouched: 1 },
    });
  });

  test("lists the problems, and never what a Secret holds", async () => {
    const { stdout } = await preview(yaml(secret, broken), ["-o", "json"]);
    expect(JSON.parse(stdout)).toEqual({
      objects: [],
      summary: { objects: 0, changed: 0, refused: 0, allowed: 0, untouched: 0, otherDocuments: 1 },
      problems: [{ source: "stdin", line: 15, message: "spec.ports: must be a list." }],
    });
    expect(stdout).not.toContain("hunter2");
  });
});

describe("YAML", () => {
  test("has every document of the input in order, and a comment where one would be refused", async () => {
    const configMap = {
      apiVersion: "v1",
      kind: "ConfigMap",
      metadata: { name: "c" },
      data: { a: "on", b: "1e3", c: "0123", d: "2026-01-01" },
    };
    const { stdout, code } = await preview(yaml(configMap, refused, secret), ["-o", "yaml"]);
    const [first, second, third] = stdout.split("---\n").slice(1);
    expect(first).toBe(
      'apiVersion: v1\nkind: ConfigMap\nmetadata:\n  name: c\ndata:\n  a: "on"\n  b: "1e3"\n  c: "0123"\n  d: "2026-01-01"\n',
    );
    expect(second).toMatch(
      /^# REFUSED: 1 problem in Service shop\/web \(policy dualstack\):\n# - invalid-enumeration: .*\napiVersion: v1\n/,
    );
    expect(third).toContain("password: hunter2");
    expect(code).toBe(1);
  });

  test("read again it is what was decided, and previewing it again changes nothing", async () => {
    const once = (await preview(yaml(open, rawIngress({})), ["-o", "yaml"])).stdout;
    const twice = (await preview(once, ["-o", "yaml"])).stdout;
    expect(twice).toBe(once);
    expect(raws(once)).toEqual(
      JSON.parse((await preview(yaml(open, rawIngress({})), ["-o", "json"])).stdout).objects.map(
        ({ result }: { result: unknown }) => result,
      ),
    );
  });

  test("an anchor that labels and annotations share does not carry annotations into labels", async () => {
    const text =
      "apiVersion: v1\nkind: Service\nmetadata: {name: a, labels: &a {x: z}, annotations: *a}\nspec: {type: LoadBalancer}\n";
    const [result] = raws((await preview(text, ["-o", "yaml"])).stdout);
    expect(result).toMatchObject({ metadata: { labels: { x: "z" } } });
    expect(Object.keys(Object(result).metadata.labels)).toEqual(["x"]);
  });

  test("a number that cannot be written back exactly is a problem, and its neighbour is not", async () => {
    const text = (value: string): string => `apiVersion: example.com/v1\nkind: A\nspec:\n  max: ${value}\n`;
    const { code, stderr } = await preview(text("9223372036854775807"), ["-o", "yaml"]);
    expect(code).toBe(2);
    expect(stderr).toContain("- stdin:4: spec.max: a whole number beyond 2^53 cannot be written back exactly: ");
    expect((await preview(text("9007199254740991"), ["-o", "yaml"])).code).toBe(0);
    expect((await preview(text("9223372036854775807"))).code).toBe(0);
  });
});

describe("input", () => {
  test("the items of a List are objects of their own, in JSON too", async () => {
    const list = { apiVersion: "v1", kind: "List", items: [open, refused, secret] };
    expect(await outcomes(JSON.stringify(list))).toEqual(["changed", "refused"]);
    expect(raws((await preview(yaml(list), ["-o", "yaml"])).stdout)).toHaveLength(3);
  });

  test("objects without a namespace are in that of --namespace, and stay without", async () => {
    const bare = { ...open, metadata: { name: "web" } };
    expect((await preview(yaml(bare))).stdout).toContain("Service default/web (stdin:1)\n");
    expect((await preview(yaml(bare), ["-n", "play"])).stdout).toContain("Service play/web (stdin:1)\n");
    expect((await preview(yaml(open), ["-n", "play"])).stdout).toContain("Service shop/web (stdin:1)\n");
    expect((await preview(yaml(bare), ["-n", "play", "-o", "yaml"])).stdout).not.toContain("namespace:");
  });

  test("standard input is left alone unless it is named", async () => {
    expect((await dualstack(["preview", "-f", "examples/10-service.yaml"])).code).toBe(0);
  });

  test("kinds of other groups that share a name are other documents", async () => {
    const knative = { apiVersion: "serving.knative.dev/v1", kind: "Service", metadata: { name: "a" } };
    const old = { apiVersion: "extensions/v1beta1", kind: "Ingress", metadata: { name: "a" } };
    expect((await preview(yaml(knative, old))).stdout).toBe("0 objects; 2 other documents\n");
  });

  test("progress is for a terminal and for work that takes long", async () => {
    const slow = { stderrIsTerminal: true, stepMs: 400 };
    expect((await preview(yaml(open, open), known, slow)).stderr).toContain("\r\u001B[Kjudging 1 of 2");
    expect((await preview(yaml(open, open), known, slow)).stderr).toContain("\r\u001B[KNo policy");
    expect((await preview(yaml(open, open), known, { ...slow, stepMs: 1 })).stderr).not.toContain("\r");
    expect((await preview(yaml(open, open), known, { ...slow, stderrIsTerminal: false })).stderr).not.toContain("\r");
  });
});

test.each([
  ["an open Service", open],
  [
    "a Service with values of its own",
    rawService({ annotations: { [`${nlb}scheme`]: "internal", [`${nlb}ip-address-type`]: "" } }),
  ],
  ["a UDP Service", rawService({ spec: { ports: [{ port: 53, protocol: "UDP" }] } })],
  ["a Service that opts out", rawService({ annotations: { "dualstack.dev/inject": "false" } })],
  ["a refused Service", refused],
  ["a ClusterIP Service", clusterIp],
  ["an Ingress of a class", rawIngress({})],
  [
    "an Ingress by annotation",
    rawIngress({ annotations: { "kubernetes.io/ingress.class": "alb" }, spec: { ingressClassName: undefined } }),
  ],
])("the result of %s is what the webhook's patch makes of it", async (_name, raw) => {
  const [previewed] = JSON.parse((await preview(yaml(raw), ["-o", "json"])).stdout).objects;
  const kind =
    raw["kind"] === "Service"
      ? { group: "", version: "v1", kind: "Service" }
      : { group: "networking.k8s.io", version: "v1", kind: "Ingress" };
  const request = {
    uid: "u",
    operation: "CREATE",
    kind,
    namespace: "shop",
    name: previewed.name,
    object: JSON.parse(JSON.stringify(raw)),
    oldObject: null,
  };
  const review = readReview({ apiVersion: "admission.k8s.io/v1", kind: "AdmissionReview", request }, "mutating");
  if (review.subject === undefined) throw new Error("not judged");
  const facts = {
    namespaceLabels: { "kubernetes.io/metadata.name": "shop" },
    profile: defaultProfile,
    install: { scope: "ClusterWide", excludedNamespaces: [] },
  } as const;
  const decision = decide(review.subject, policySet(starterPolicies), facts);
  mutateAnswer(review, decision);
  expect(previewed.result).toEqual(review.object);
  expect(previewed.injections).toEqual(decision.injections);
  expect(previewed.findings.map(({ rule }: { rule: string }) => rule)).toEqual(
    decision.findings.map(({ rule }) => rule),
  );
});

/** Nothing that the starter policy asks about is left open. */
const known =
  "--controllers aws-load-balancer-controller --subnets-have-ipv6 true --ip-family ipv4 --overlay-network false".split(
    " ",
  );

function yaml(...raw: readonly unknown[]): string {
  return raw.map((each) => `${stringify(each, { ...kubectlYaml, aliasDuplicateObjects: false })}---\n`).join("");
}

function raws(text: string): readonly unknown[] {
  return parseManifests(text, "f").documents.map(({ raw }) => raw);
}

function namespace(name: string, labels: object = {}): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name, labels } };
}

function named(name: string, raw: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { ...raw, metadata: { namespace: "shop", name } };
}

function rawIn(raw: Readonly<Record<string, unknown>>, name: string): object {
  return { ...raw, metadata: { name: "web", namespace: name } };
}

function ingressClass(name: string, controller: string, parameters?: object): object {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "IngressClass",
    metadata: { name },
    spec: { controller, ...(parameters && { parameters }) },
  };
}

function policy(name: string, spec: object): object {
  return {
    apiVersion: "dualstack.dev/v1alpha1",
    kind: "LoadBalancerPolicy",
    metadata: { name },
    spec: { description: "for a test", ...spec },
  };
}

interface Shown {
  readonly outcome: string;
  readonly untouched?: string;
  readonly policy: string | null;
  readonly leftOut: readonly { readonly target: string }[];
}

async function shown(manifests: string, argv: readonly string[]): Promise<readonly Shown[]> {
  return JSON.parse((await preview(manifests, ["-o", "json", ...argv])).stdout).objects;
}

async function outcomes(manifests: string, argv: readonly string[] = []): Promise<readonly string[]> {
  return (await shown(manifests, argv)).map(({ outcome, untouched }) => untouched ?? outcome);
}

async function policies(manifests: string, argv: readonly string[] = []): Promise<readonly (string | null)[]> {
  return (await shown(manifests, argv)).map((each) => each.policy);
}

async function leftOut(manifests: string): Promise<readonly string[]> {
  return (await shown(manifests, known)).flatMap((each) => each.leftOut.map(({ target }) => target));
}

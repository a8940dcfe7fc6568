import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { forgedIngressLine, forgedService, rejectedIngress } from "./forged-ingress.ts";
import { forgedLine, rejected } from "./forged.ts";
import { conformance } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "conformance-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const accepted = forgedLine({});
const wronglyRejected = forgedLine({ verdict: rejected("unknown scheme: x") });
const ingress = forgedIngressLine({});
const wronglyNamed = forgedIngressLine({ verdict: { groupID: "g1", groupMembers: ["shop/web"] } });

describe("a file", () => {
  it("with which we agree: exit code 0", () => {
    const { code, stdout } = conformance([file("agree", accepted)]);
    expect([code, stdout]).toEqual([0, expect.stringContaining("No disagreement.\n")]);
    expect(stdout).toMatch(/^precision +1 +1 +0 +0$/m);
  });

  it("with a forged verdict: exit code 1, and the case with both sides", () => {
    const path = file("forged", accepted, wronglyRejected);
    const { code, stdout } = conformance([path]);
    expect(code).toBe(1);
    expect(stdout).toMatch(/^recall +1 +0 +1 +0$/m);
    expect(stdout).toContain(`Disagreements: 1

forged (${path}:2)
  recall: we accept it; a right rule names
      metadata.annotations[…/aws-load-balancer-scheme]
  controller: rejects it: unknown scheme: x
  we: aws-load-balancer-controller: internal, ipv4, instance targets, proxy
      protocol on no port
`);
  });

  it("in which a rejected Service is made an accepted one: the rule that refuses it is named", () => {
    const { code, stdout } = conformance([file("flipped", forgedLine({ annotations: { [nlb.scheme]: "x" } }))]);
    expect([code, stdout]).toEqual([1, expect.stringContaining("precision: invalid-enumeration refuses it at")]);
  });

  it("with Ingresses: a table of their own", () => {
    const { code, stdout } = conformance([file("ingress", accepted, ingress)]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Services: 1; Ingresses: 1\n/)]);
    expect(stdout).toMatch(
      /^Service +cases [^]*^precision +1 +1 +0 +0$[^]*^Ingress +cases [^]*^group-members +1 +1 +0 +0$/m,
    );
  });

  it("with a forged verdict on an Ingress: exit code 1, and both sides of it", () => {
    const path = file("forged-ingress", ingress, wronglyNamed);
    const { code, stdout } = conformance([path]);
    expect(code).toBe(1);
    expect(stdout).toContain(`Disagreements: 1

forged (${path}:2)
  group-id: it is g1, and we read shop/web
  controller: accepts it: group g1 of shop/web; internal, ipv4, named
      k8s-shop-web-0123456789; shop/web:80 to instance targets
  we: aws-load-balancer-controller: group shop/web of shop/web; internal, ipv4,
      named by the controller
`);
  });

  it("in which much is wanting: the fields that rules do not name yet, the most wanted first", () => {
    const missed = (error: string): string => forgedIngressLine({ verdict: rejectedIngress(error) });
    const [type, name] = ["unknown IPAddressType: x", "load balancer name cannot be longer than 32 characters"];
    const { stdout } = conformance([file("wanting", missed(type), missed(name), missed(name))]);
    expect(stdout).toContain(`not reported by a rule that names:
     2  recall: metadata.annotations[…/load-balancer-name]
     1  recall: metadata.annotations[…/ip-address-type]
`);
  });

  it("and another: all cases of both, a blank line aside", () => {
    const { stdout } = conformance([file("one", accepted, "", accepted), file("two", accepted)]);
    expect(stdout).toMatch(/^Services: 3;/);
  });
});

it("--json: one object of the documented shape", () => {
  const path = file("json", wronglyRejected);
  const { code, stdout } = conformance(["--json", path]);
  const none = { cases: 0, agree: 0, disagree: 0, undecidable: 0 };
  const ofGroups = {
    "group-id": none,
    "group-members": none,
    "inactive-members": none,
    "not-owned": none,
    "fault-of-others": none,
  };
  const ofServices = {
    recall: { ...none, cases: 1, disagree: 1 },
    precision: none,
    ownership: { ...none, cases: 1, agree: 1 },
    outcome: none,
    terminating: none,
    "other-type": none,
    "error-not-owned": none,
  };
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({
    cases: { services: 1, ingresses: 0 },
    measures: { ...ofServices, ...ofGroups },
    measuresByKind: {
      Service: ofServices,
      Ingress: {
        recall: none,
        precision: none,
        ownership: none,
        outcome: none,
        terminating: none,
        "error-not-owned": none,
        ...ofGroups,
      },
    },
    undecidable: {
      "names-subnets": 0,
      "ipv6-of-named-subnets": 0,
      "some-subnets-have-ipv6": 0,
      "subnets-of-existing-load-balancer": 0,
      "gives-addresses": 0,
      "names-security-groups": 0,
      "names-another-service": 0,
      "subnets-by-tags": 0,
      "certificates-by-host": 0,
      "names-a-secret": 0,
      "names-a-trust-store": 0,
      "names-a-web-acl": 0,
      "names-a-target-group": 0,
    },
    refusedForAws: {},
    refusedLater: 0,
    disagreements: [
      {
        kind: "Service",
        id: "forged",
        file: path,
        line: 1,
        topic: "forged",
        measure: "recall",
        reason: "we accept it",
        expectedFields: [`metadata.annotations[${nlb.scheme}]`],
        verdict: {
          owned: true,
          errors: ["unknown scheme: x"],
          targetGroupBindingError: null,
          scheme: null,
          ipAddressType: null,
          targetGroups: [],
        },
        ours: {
          untouched: null,
          controller: "aws-load-balancer-controller",
          scheme: "internal",
          ipAddressType: "ipv4",
          targetType: "instance",
          proxyProtocolPorts: [],
          findings: [],
        },
      },
    ],
  });
});

it("--json of an Ingress: both sides of its group", () => {
  const path = file("json-ingress", wronglyNamed);
  const { stdout } = conformance(["--json", path]);
  expect(JSON.parse(stdout)).toMatchObject({
    cases: { services: 0, ingresses: 1 },
    measures: { "group-id": { cases: 1, disagree: 1 } },
    measuresByKind: { Service: { precision: { cases: 0 } }, Ingress: { "group-id": { cases: 1, disagree: 1 } } },
  });
  const { disagreements } = JSON.parse(stdout) as { disagreements: unknown[] };
  const same = {
    groupMembers: ["shop/web"],
    inactiveMembers: [],
    scheme: "internal",
    ipAddressType: "ipv4",
  };
  expect(disagreements).toEqual([
    {
      kind: "Ingress",
      id: "forged",
      file: path,
      line: 1,
      topic: "forged",
      measure: "group-id",
      reason: "it is g1, and we read shop/web",
      expectedFields: [],
      verdict: {
        ...same,
        owned: true,
        errors: [],
        webhookError: null,
        groupId: "g1",
        name: "k8s-shop-web-0123456789",
        targetGroups: [{ service: "shop/web", port: 80, targetType: "instance" }],
      },
      ours: {
        ...same,
        untouched: null,
        controller: "aws-load-balancer-controller",
        groupId: "shop/web",
        groupProblem: null,
        name: null,
        findings: [],
      },
    },
  ]);
});

describe("exit code 2, and one sentence with file and line", () => {
  it.each<[string, string, RegExp]>([
    ["a world field that is not known", forgedLine({ world: { vpcs: 2 } }), /^FILE:2: case\.world: .*"vpcs"\n$/],
    [
      "a gate that is not known",
      forgedLine({ world: { featureGates: { New: true } } }),
      /^FILE:2: case\.world\.featureGates/,
    ],
    [
      "a world field that is missing",
      forgedLine({ world: { defaultScheme: undefined } }),
      /^FILE:2: case\.world\.defaultScheme/,
    ],
    ["a world of an Ingress", ingress.replace('"existingScheme"', '"existing"'), /^FILE:2: case\.world/],
    [
      "a field of a case that is not known",
      accepted.replace('"case":{', '"case":{"endpoints":[],'),
      /^FILE:2: case: .*"endpoints"\n$/,
    ],
    ["no verdict", accepted.replace('"verdict"', '"verdikt"'), /^FILE:2: verdict: /],
    ["another kind", accepted.replace('"kind":"service"', '"kind":"gateway"'), /^FILE:2: case\.kind: /],
    [
      "an unstable error without its texts",
      forgedLine({ verdict: rejected("<unstable>") }),
      /^FILE:2: verdict\.errorVariants: /,
    ],
    ["nothing that was built", forgedLine({ verdict: { loadBalancer: null } }), /^FILE:2: verdict\.loadBalancer: /],
    [
      "an object that is no Service",
      forgedLine({ spec: { ports: 80 } }),
      /^FILE:2: case\.service\.spec\.ports: must be a list\n$/,
    ],
    [
      "a subject that is not there",
      ingress.replace('"subject":"shop/web"', '"subject":"shop/api"'),
      /^FILE:2: case\.subject: shop\/api is not/,
    ],
    [
      "a subject without a namespace",
      ingress.replace('"subject":"shop/web"', '"subject":"web"'),
      /^FILE:2: case\.subject: /,
    ],
    [
      "a namespace that is not there",
      ingress.replaceAll('"name":"shop","labels"', '"name":"else","labels"'),
      /^FILE:2: case\.namespaces: shop, /,
    ],
    [
      "a field of an Ingress' case that is not known",
      ingress.replace('"case":{', '"case":{"endpoints":[],'),
      /^FILE:2: case: .*"endpoints"\n$/,
    ],
    [
      "an Ingress' class that is none",
      forgedIngressLine({ spec: { ingressClassName: 1 } }),
      /^FILE:2: case\.ingresses\.0\.spec\.ingressClassName: must be a string\n$/,
    ],
    [
      "a Service behind it that is none",
      forgedIngressLine({ services: [forgedService({ spec: { ports: 80 } })] }),
      /^FILE:2: case\.services\.0\.spec\.ports: must be a list\n$/,
    ],
    [
      "parameters that are none",
      forgedIngressLine({ params: { scheme: 1 } }),
      /^FILE:2: case\.ingressClassParams\.0\.spec\.scheme: must be a string\n$/,
    ],
    [
      "an owned Ingress without a group",
      forgedIngressLine({ verdict: { groupID: undefined } }),
      /^FILE:2: verdict\.groupID: is missing/,
    ],
    [
      "a loaded group without members",
      forgedIngressLine({ verdict: { groupMembers: undefined } }),
      /^FILE:2: verdict\.groupMembers: is missing/,
    ],
    [
      "an accepted Ingress without a load balancer",
      forgedIngressLine({ verdict: { loadBalancer: null } }),
      /^FILE:2: verdict\.loadBalancer: /,
    ],
    ["no JSON", "{", /^FILE:2: not one JSON object: /],
    ["no object", "[]", /^FILE:2: the line: /],
  ])("%s", (_name, line, sentence) => {
    const path = file("faulty", accepted, line);
    const { code, stdout, stderr } = conformance([path]);
    expect([code, stdout, stderr.replace(path, "FILE")]).toEqual([2, "", expect.stringMatching(sentence)]);
  });

  it("a file without any case, and one that is not there", () => {
    expect(conformance([file("empty", "")])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/:1: there is no case/),
    });
    expect(conformance([join(folder, "nowhere")])).toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/nowhere: cannot be read: ENOENT/),
    });
  });

  it("an option that there is not", () => {
    expect(conformance(["--jsn"])).toMatchObject({ code: 2, stdout: "", stderr: expect.stringMatching(/^--jsn: /) });
  });
});

it("without a file: the committed cases", () => {
  expect(conformance([]).stdout).toMatch(/^Services: 636; Ingresses: 461\n/);
});

it("the program itself: the report, and nothing else, on the standard output", () => {
  const path = file("program", wronglyRejected);
  const { status, stdout, stderr } = spawnSync(process.execPath, ["test/conformance/run.ts", "--json", path], {
    encoding: "utf8",
  });
  expect([status, stdout, stderr]).toEqual([1, conformance(["--json", path]).stdout, ""]);
});

function file(name: string, ...lines: readonly string[]): string {
  const path = join(folder, `${name}.ndjson`);
  writeFileSync(path, `${lines.join("\n")}\n`);
  return path;
}

import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { forgedLine, plainWorld, rejected } from "./forged.ts";
import { conformance } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "conformance-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const accepted = forgedLine({});
const wronglyRejected = forgedLine({ verdict: rejected("unknown scheme: x") });
const ingress = JSON.stringify({
  id: "ing-1",
  topic: "class",
  case: { kind: "ingress", world: plainWorld, ingresses: [] },
  verdict: { owned: true, error: null },
});

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

  it("with Ingresses: they are counted", () => {
    const { code, stdout } = conformance([file("ingress", accepted, ingress)]);
    expect([code, stdout]).toEqual([0, expect.stringMatching(/^Services: 1; Ingresses, not judged yet: 1\n/)]);
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
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toEqual({
    cases: { services: 1, ingressesNotJudgedYet: 0 },
    measures: {
      recall: { ...none, cases: 1, disagree: 1 },
      precision: none,
      ownership: { ...none, cases: 1, agree: 1 },
      outcome: none,
      terminating: none,
      "other-type": none,
      "error-not-owned": none,
    },
    undecidable: {
      "names-subnets": 0,
      "ipv6-of-named-subnets": 0,
      "some-subnets-have-ipv6": 0,
      "subnets-of-existing-load-balancer": 0,
      "gives-addresses": 0,
      "names-security-groups": 0,
      "names-another-service": 0,
    },
    refusedForAws: {},
    refusedLater: 0,
    disagreements: [
      {
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
  expect(conformance([]).stdout).toMatch(/^Services: 636; /);
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

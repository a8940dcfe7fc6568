import { describe, expect, test } from "vitest";
import { backendTargets } from "../../../src/decision/cluster/backends.ts";
import { anIngress } from "./objects.ts";

describe("what an Ingress sends to", () => {
  test("its default backend and its paths, without repeats", () => {
    const { view } = anIngress("shop/web", {
      spec: {
        defaultBackend: { service: { name: "web", port: { number: 80 } } },
        rules: [paths(["api", "http"], ["web", 80]), paths(["web", 443], ["api", "http"]), {}],
      },
    });
    expect(backendTargets(view)).toEqual([
      { service: "web", port: 80 },
      { service: "api", port: "http" },
      { service: "web", port: 443 },
    ]);
  });

  test("a port's number and the same text as its name are two", () => {
    const { view } = anIngress("shop/web", { spec: { rules: [paths(["web", 80], ["web", "80"])] } });
    expect(backendTargets(view)).toHaveLength(2);
  });

  test("not to other objects than Services", () => {
    const { view } = anIngress("shop/web", { spec: { defaultBackend: { resource: { kind: "Bucket", name: "b" } } } });
    expect(backendTargets(view)).toEqual([]);
  });
});

describe("actions", () => {
  test.each([
    [
      "two Services",
      forward({ serviceName: "a", servicePort: 80 }, { serviceName: "b", servicePort: "http" }),
      ["a:80", 'b:"http"'],
    ],
    ["a number in quotes", forward({ serviceName: "a", servicePort: "80" }), ["a:80"]],
    ["no port", forward({ serviceName: "a" }), ["a:0"]],
    [
      "a target group that exists beside a Service",
      forward({ targetGroupARN: "arn" }, { serviceName: "a", servicePort: 1 }),
      ["a:1"],
    ],
    [
      "keys in another case",
      '{"Type":"forward","ForwardConfig":{"TargetGroups":[{"ServiceName":"a","ServicePort":1}]}}',
      ["a:1"],
    ],
    [
      "of two spellings of a key the last",
      '{"type":"forward","Type":"redirect","forwardConfig":{"targetGroups":[{"serviceName":"a"}]}}',
      [],
    ],
    [
      "a target group in place of all",
      '{"type":"forward","targetGroupARN":"arn","forwardConfig":{"targetGroups":[{"serviceName":"a"}]}}',
      [],
    ],
    [
      "its name likewise",
      '{"type":"forward","targetGroupName":"g","forwardConfig":{"targetGroups":[{"serviceName":"a"}]}}',
      [],
    ],
    [
      "null is not given",
      '{"type":"forward","targetGroupARN":null,"forwardConfig":{"targetGroups":[{"serviceName":"a"}]}}',
      ["a:0"],
    ],
    ["another action", '{"type":"redirect","forwardConfig":{"targetGroups":[{"serviceName":"a"}]}}', []],
    ["another spelling of forward", '{"type":"Forward","forwardConfig":{"targetGroups":[{"serviceName":"a"}]}}', []],
    ["a forward to nothing", '{"type":"forward"}', []],
    ["no list of groups", '{"type":"forward","forwardConfig":{"targetGroups":{}}}', []],
    ["a list in place of the action", "[]", []],
    ["null", "null", []],
    ["no JSON", "{", []],
  ])("%s", (_name, action, targets) => {
    expect(sentBy({ "alb.ingress.kubernetes.io/actions.split": action }, "use-annotation")).toEqual(targets);
  });

  test("are read where a backend refers to them by the port's name only", () => {
    const annotations = { "alb.ingress.kubernetes.io/actions.split": forward({ serviceName: "a", servicePort: 80 }) };
    expect(sentBy(annotations, "use-annotation")).toEqual(["a:80"]);
    expect(sentBy(annotations, "http")).toEqual(['split:"http"']);
    expect(sentBy({}, "use-annotation")).toEqual([]);
  });
});

function sentBy(annotations: Readonly<Record<string, string>>, port: string): readonly string[] {
  const { view } = anIngress("shop/web", { annotations, spec: { rules: [paths(["split", port])] } });
  return backendTargets(view).map(({ service, port }) => `${service}:${JSON.stringify(port)}`);
}

function forward(...targetGroups: readonly unknown[]): string {
  return JSON.stringify({ type: "forward", forwardConfig: { targetGroups } });
}

function paths(...backends: readonly (readonly [service: string, port: number | string])[]): unknown {
  const port = (of: number | string): unknown => (typeof of === "number" ? { number: of } : { name: of });
  return { http: { paths: backends.map(([name, of]) => ({ backend: { service: { name, port: port(of) } } })) } };
}

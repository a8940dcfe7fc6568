import { describe, expect, test } from "vitest";
import { ingressClassParamsView } from "../../../src/decision/cluster/class-params.ts";
import { backendService, bindingView, ingressClassView, ingressObject } from "../../../src/decision/cluster/views.ts";
import { UnreadableObject } from "../../../src/decision/subject.ts";
import { someParams } from "./objects.ts";

const metadata = { namespace: "shop", name: "web" };

describe("an Ingress", () => {
  test("its backends, hosts and paths", () => {
    const { view } = ingressObject({
      metadata: { ...metadata, finalizers: ["ingress.k8s.aws/resources"] },
      spec: {
        ingressClassName: "alb",
        defaultBackend: { service: { name: "web", port: { number: 80 } } },
        tls: [{ hosts: ["a.example", "b.example"], secretName: "x" }, {}, { hosts: ["c.example"] }],
        rules: [
          { host: "a.example", http: { paths: [{ path: "/a", pathType: "Exact", backend: named("api", "http") }] } },
          { http: { paths: [{ pathType: "Prefix", backend: { resource: { kind: "Bucket", name: "b" } } }] } },
          { host: "b.example" },
        ],
      },
    });
    expect(view).toEqual({
      kind: "Ingress",
      annotations: {},
      finalizers: ["ingress.k8s.aws/resources"],
      terminating: false,
      hasAddress: false,
      ingressClassName: "alb",
      defaultBackend: { kind: "service", name: "web", port: 80 },
      tlsHosts: ["a.example", "b.example", "c.example"],
      rules: [
        {
          host: "a.example",
          paths: [{ path: "/a", pathType: "Exact", backend: { kind: "service", name: "api", port: "http" } }],
        },
        { host: undefined, paths: [{ path: undefined, pathType: "Prefix", backend: { kind: "resource" } }] },
        { host: "b.example", paths: [] },
      ],
    });
  });

  test("a backend without a port, and a port's name before its number", () => {
    const rule = (service: unknown): unknown => ({ http: { paths: [{ backend: { service } }] } });
    const { view } = ingressObject({
      metadata,
      spec: { rules: [rule({ name: "a" }), rule({ name: "b", port: { name: "http", number: 0 } })] },
    });
    expect(view.rules.map(({ paths }) => paths[0]?.backend)).toEqual([
      { kind: "service", name: "a", port: 0 },
      { kind: "service", name: "b", port: "http" },
    ]);
  });

  test("only annotations that rules read are kept", () => {
    const read = {
      "alb.ingress.kubernetes.io/scheme": "internal",
      "kubernetes.io/ingress.class": "alb",
      "dualstack.dev/inject": "false",
    };
    const others = { "kubectl.kubernetes.io/last-applied-configuration": "{}", "service.beta.kubernetes.io/x": "" };
    expect(ingressObject({ metadata: { ...metadata, annotations: { ...read, ...others } } }).view.annotations).toEqual(
      read,
    );
  });

  test("what is empty is shared, so that ten thousand cost little", () => {
    const [one, other] = [ingressObject({ metadata }), ingressObject({ metadata })];
    expect(one.view.annotations).toBe(other.view.annotations);
    expect(one.view.rules).toBe(other.view.rules);
    expect(one.view.finalizers).toBe(other.view.finalizers);
    expect(one.view.tlsHosts).toBe(other.view.tlsHosts);
  });

  test("nothing of the raw object is kept", () => {
    const raw = {
      metadata: { ...metadata, annotations: { "alb.ingress.kubernetes.io/scheme": "internal" }, finalizers: ["a"] },
      spec: {
        rules: [{ http: { paths: [{ path: "/", backend: named("a", "b") }] } }],
        tls: [{ hosts: ["a.example"] }],
        defaultBackend: named("c", "d"),
      },
    };
    const rawObjects = objectsIn(raw);
    expect([...objectsIn(ingressObject(raw))].filter((object) => rawObjects.has(object))).toEqual([]);
  });
});

test.each([
  ["spec.rules", { rules: {} }],
  ["spec.rules[1]", { rules: [{}, "x"] }],
  ["spec.rules[0].http.paths", { rules: [{ http: { paths: "/" } }] }],
  ["spec.rules[0].http.paths[0].path", { rules: [{ http: { paths: [{ path: 1 }] } }] }],
  ["spec.rules[0].http.paths[0].backend", { rules: [{ http: { paths: [{ backend: "web" }] } }] }],
  ["spec.defaultBackend.service.port.number", { defaultBackend: { service: { port: { number: "80" } } } }],
  ["spec.tls[0].hosts[0]", { tls: [{ hosts: [1] }] }],
])("an Ingress with a wrong type at %s", (field, spec) => {
  expect(fieldOf(() => ingressObject({ metadata, spec }))).toBe(field);
});

test.each([
  ["metadata.name", { namespace: "shop" }],
  ["metadata.namespace", { name: "web" }],
  ["metadata", undefined],
])("a stored object has its %s", (field, given) => {
  expect(fieldOf(() => backendService({ metadata: given }))).toBe(field);
});

describe("an IngressClass", () => {
  test("with all that is read", () => {
    const parameters = { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name: "public", scope: "Cluster" };
    const annotations = { "ingressclass.kubernetes.io/is-default-class": "true" };
    expect(
      ingressClassView({ metadata: { name: "alb", annotations }, spec: { controller: "a/b", parameters } }),
    ).toEqual({
      name: "alb",
      controller: "a/b",
      isDefault: true,
      parameters: { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name: "public" },
    });
  });

  test("with nothing", () => {
    expect(ingressClassView({ metadata: { name: "alb" } })).toEqual({
      name: "alb",
      controller: "",
      isDefault: false,
      parameters: undefined,
    });
  });

  test.each(["True", "1", "false", ""])("%j does not make it the default", (value) => {
    const annotations = { "ingressclass.kubernetes.io/is-default-class": value };
    expect(ingressClassView({ metadata: { name: "alb", annotations } }).isDefault).toBe(false);
  });
});

describe("IngressClassParams", () => {
  test("with every field", () => {
    const params = someParams("p", {
      namespaceSelector: { matchLabels: { team: "shop" }, matchExpressions: [{ key: "env", operator: "Exists" }] },
      group: { name: "public" },
      loadBalancerName: "edge",
      scheme: "internal",
      ipAddressType: "dualstack",
      targetType: "ip",
      inboundCIDRs: ["10.0.0.0/8"],
      prefixListsIDs: ["pl-1"],
      certificateArn: ["arn:a"],
      sslPolicy: "ELBSecurityPolicy",
      sslRedirectPort: "443",
      subnets: { tags: { Name: ["a", "b"] } },
      tags: [{ key: "team", value: "shop" }],
      loadBalancerAttributes: [{ key: "a", value: "1" }],
      listeners: [{ protocol: "HTTP", port: 80, listenerAttributes: [{ key: "b", value: "2" }] }],
      minimumLoadBalancerCapacity: { capacityUnits: 100 },
      ipamConfiguration: { ipv4IPAMPoolId: "ipam-pool-1" },
      wafv2AclArn: "arn:w",
      wafv2AclName: "w",
    });
    expect(params).toEqual({
      api: "elbv2.k8s.aws",
      name: "p",
      namespaceSelector: { matchLabels: { team: "shop" }, matchExpressions: [{ key: "env", operator: "Exists" }] },
      groupName: "public",
      loadBalancerName: "edge",
      scheme: "internal",
      ipAddressType: "dualstack",
      targetType: "ip",
      inboundCidrs: ["10.0.0.0/8"],
      prefixListIds: ["pl-1"],
      certificateArns: ["arn:a"],
      sslPolicy: "ELBSecurityPolicy",
      sslRedirectPort: "443",
      subnets: { ids: [], tags: [{ key: "Name", values: ["a", "b"] }] },
      tags: [{ key: "team", value: "shop" }],
      loadBalancerAttributes: [{ key: "a", value: "1" }],
      listeners: [{ protocol: "HTTP", port: 80, attributes: [{ key: "b", value: "2" }] }],
      minimumCapacityUnits: 100,
      ipv4IpamPoolId: "ipam-pool-1",
      wafv2AclArn: "arn:w",
      wafv2AclName: "w",
    });
  });

  test("what is empty is not set, but for a group's name and for subnets", () => {
    const { api, name, groupName, subnets, ...others } = someParams("p", {
      group: {},
      subnets: {},
      loadBalancerName: "",
      inboundCIDRs: [],
      prefixListsIDs: [],
      certificateArn: [],
      sslPolicy: "",
      sslRedirectPort: "",
      tags: [],
      loadBalancerAttributes: [],
      listeners: [],
      ipamConfiguration: {},
      wafv2AclArn: "",
      wafv2AclName: "",
    });
    expect({ api, name, groupName, subnets }).toEqual({
      api: "elbv2.k8s.aws",
      name: "p",
      groupName: "",
      subnets: { ids: [], tags: [] },
    });
    expect(Object.values(others).filter((value) => value !== undefined)).toEqual([]);
  });

  test("EKS Auto Mode spells some fields in another way", () => {
    const spec = { certificateARNs: ["arn:a"], subnets: { matchTags: [{ key: "Name", values: ["a"] }] } };
    expect(someParams("p", spec, "eks.amazonaws.com/v1")).toMatchObject({
      api: "eks.amazonaws.com",
      certificateArns: ["arn:a"],
      subnets: { ids: [], tags: [{ key: "Name", values: ["a"] }] },
    });
  });

  test("the older spelling of prefix lists", () => {
    expect(someParams("p", { PrefixListsIDs: ["pl-1"] }).prefixListIds).toEqual(["pl-1"]);
  });

  test("without an apiVersion, as in lists, they are the AWS Load Balancer Controller's", () => {
    expect(ingressClassParamsView({ metadata: { name: "p" } }).api).toBe("elbv2.k8s.aws");
  });

  test.each([
    [{}, { matchLabels: {}, matchExpressions: [] }],
    [{ matchLabels: { "a.example/team": "" } }, { matchLabels: { "a.example/team": "" }, matchExpressions: [] }],
    [{ matchLabels: { "a b": "x" } }, "invalid"],
    [{ matchLabels: { a: "x y" } }, "invalid"],
    [
      expression("In", ["prod"]),
      { matchLabels: {}, matchExpressions: [{ key: "env", operator: "In", values: ["prod"] }] },
    ],
    [expression("In", []), "invalid"],
    [expression("NotIn", undefined), "invalid"],
    [expression("NotIn", ["x y"]), "invalid"],
    [
      expression("DoesNotExist", undefined),
      { matchLabels: {}, matchExpressions: [{ key: "env", operator: "DoesNotExist" }] },
    ],
    [expression("DoesNotExist", ["prod"]), "invalid"],
    [expression("Exists", ["prod"]), "invalid"],
    [expression("Equals", ["prod"]), "invalid"],
    [{ matchExpressions: [{ key: "", operator: "Exists" }] }, "invalid"],
  ])("the selector %j", (namespaceSelector, read) => {
    expect(someParams("p", { namespaceSelector }).namespaceSelector).toEqual(read);
  });
});

test("a Service, as what sends to it sees it", () => {
  const annotations = { "alb.ingress.kubernetes.io/target-type": "ip", "dualstack.dev/inject": "false", other: "x" };
  const ports = [{ name: "http", port: 80, protocol: "TCP", nodePort: 30080, targetPort: "web" }];
  expect(
    backendService({ metadata: { ...metadata, annotations }, spec: { type: "NodePort", ports, ipFamilies: ["IPv6"] } }),
  ).toEqual({
    ...metadata,
    type: "NodePort",
    ports,
    ipFamilies: ["IPv6"],
    annotations: { "alb.ingress.kubernetes.io/target-type": "ip" },
    terminating: false,
  });
});

describe("a TargetGroupBinding", () => {
  test("with all that is read", () => {
    const from = [{ ipBlock: { cidr: "10.0.0.0/8" } }, { securityGroup: { groupID: "sg-1" } }];
    expect(
      bindingView({
        apiVersion: "eks.amazonaws.com/v1",
        metadata: { ...metadata, deletionTimestamp: "2026-01-01T00:00:00Z" },
        spec: {
          serviceRef: { name: "web", port: "http" },
          targetType: "ip",
          ipAddressType: "ipv6",
          nodeSelector: {},
          networking: { ingress: [{ from }, {}, { from: [{ ipBlock: { cidr: "fd00::/8" } }] }] },
        },
      }),
    ).toEqual({
      ...metadata,
      api: "eks.amazonaws.com",
      serviceName: "web",
      servicePort: "http",
      targetType: "ip",
      ipAddressType: "ipv6",
      hasNodeSelector: true,
      ipBlocks: ["10.0.0.0/8", "fd00::/8"],
      isControllers: false,
      terminating: true,
    });
  });

  test("with nothing", () => {
    expect(bindingView({ metadata })).toEqual({
      ...metadata,
      api: "elbv2.k8s.aws",
      serviceName: "",
      servicePort: 0,
      targetType: undefined,
      ipAddressType: undefined,
      hasNodeSelector: false,
      ipBlocks: [],
      isControllers: false,
      terminating: false,
    });
  });

  test.each([
    [{ "ingress.k8s.aws/stack": "public" }, true],
    [{ "service.k8s.aws/stack-namespace": "shop", "service.k8s.aws/stack-name": "web" }, true],
    [{ "service.k8s.aws/stack-namespace": "shop" }, false],
    [{ "service.k8s.aws/stack-namespace": "shop", "ingress.k8s.aws/stack-name": "web" }, false],
    [{ "gateway.k8s.aws.nlb/stack": "public" }, true],
    [{ "ingress.eks.amazonaws.com/stack": "public" }, true],
    [{ "example.com/stack": "public" }, false],
  ])("the labels %j make it a controller's: %j", (labels, isControllers) => {
    expect(bindingView({ metadata: { ...metadata, labels } }).isControllers).toBe(isControllers);
  });

  test("a wrong type of port", () => {
    expect(fieldOf(() => bindingView({ metadata, spec: { serviceRef: { port: {} } } }))).toBe("spec.serviceRef.port");
  });
});

function expression(operator: string, values: readonly string[] | undefined): Readonly<Record<string, unknown>> {
  return { matchExpressions: [{ key: "env", operator, values }] };
}

function named(service: string, port: string): Readonly<Record<string, unknown>> {
  return { service: { name: service, port: { name: port } } };
}

function fieldOf(read: () => unknown): string {
  try {
    read();
  } catch (error) {
    if (error instanceof UnreadableObject) return error.field;
    throw error;
  }
  return "nothing is wrong";
}

/** Every object and list that can be reached. */
function objectsIn(value: unknown, found = new Set<object>()): ReadonlySet<object> {
  if (typeof value !== "object" || value === null) return found;
  found.add(value);
  for (const inner of Object.values(value)) objectsIn(inner, found);
  return found;
}

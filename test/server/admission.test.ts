import { describe, expect, it } from "vitest";
import { nlb } from "../../src/annotations/catalog.ts";
import { buildApp, reviewOf } from "../support/webhook-app.ts";
import { ClusterObjects } from "../../src/decision/cluster/cluster.ts";
import { ingressClassView } from "../../src/decision/cluster/views.ts";
import { rawIngress, rawService } from "../support/subjects.ts";

const json = { "content-type": "application/json" };

function post(url: string, payload: unknown, options: Parameters<typeof buildApp>[0] = {}) {
  const built = buildApp(options);
  return built.app
    .inject({ method: "POST", url, headers: json, payload: JSON.stringify(payload) })
    .then((reply) => ({ ...built, reply }));
}

/** What was left of so many milliseconds when it was asked. */
function upTo(ms: number): unknown {
  return expect.toSatisfy((value: number) => value > 0 && value <= ms);
}

function patchIn(reply: { json: () => { response: { patch?: string } } }): unknown {
  const { patch } = reply.json().response;
  return patch === undefined ? undefined : JSON.parse(Buffer.from(patch, "base64").toString());
}

describe("POST /mutate, on the wire", () => {
  it("answers with a JSON patch that adds the whole annotations map where there is none", async () => {
    const { reply } = await post("/mutate?timeout=3s", reviewOf(rawService({})));
    expect(reply.statusCode).toBe(200);
    expect(reply.headers["content-type"]).toMatch(/^application\/json\b/);
    expect(reply.json()).toMatchObject({
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      response: { uid: "7f3c", allowed: true, patchType: "JSONPatch" },
    });
    expect(patchIn(reply)).toEqual([
      { op: "add", path: "/spec/loadBalancerClass", value: "service.k8s.aws/nlb" },
      {
        op: "add",
        path: "/metadata/annotations",
        value: {
          [nlb.scheme]: "internet-facing",
          [nlb.targetType]: "ip",
          [nlb.ipAddressType]: "dualstack",
          "dualstack.dev/injected": `policy=public-dualstack; keys=${[nlb.ipAddressType, nlb.targetType, nlb.scheme].join()},spec.loadBalancerClass`,
        },
      },
    ]);
  });

  it("adds single keys, escaped, where there are annotations", async () => {
    const written = { annotations: { [nlb.scheme]: "internal", [nlb.targetType]: "ip", "a/b~c": "d" } };
    const { reply } = await post("/mutate", reviewOf(rawService(written)));
    expect(patchIn(reply)).toEqual([
      { op: "add", path: "/spec/loadBalancerClass", value: "service.k8s.aws/nlb" },
      {
        op: "add",
        path: "/metadata/annotations/service.beta.kubernetes.io~1aws-load-balancer-ip-address-type",
        value: "dualstack",
      },
      {
        op: "add",
        path: "/metadata/annotations/dualstack.dev~1injected",
        value: `policy=public-dualstack; keys=${nlb.ipAddressType},spec.loadBalancerClass`,
      },
    ]);
  });

  it("replaces a note of injections that the author made up, and removes it where nothing is injected", async () => {
    const all = { [nlb.scheme]: "internal", [nlb.targetType]: "ip", [nlb.ipAddressType]: "ipv4" };
    const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
    const { reply } = await post(
      "/mutate",
      reviewOf(rawService({ spec, annotations: { ...all, "dualstack.dev/injected": `policy=p; keys=${nlb.scheme}` } })),
    );
    expect(patchIn(reply)).toEqual([{ op: "remove", path: "/metadata/annotations/dualstack.dev~1injected" }]);
  });

  it("has neither patch nor patchType where nothing changes", async () => {
    const { reply } = await post("/mutate", reviewOf(rawIngress({ spec: { ingressClassName: "nginx" } })));
    expect(reply.json()).toEqual({
      apiVersion: "admission.k8s.io/v1",
      kind: "AdmissionReview",
      response: { uid: "7f3c", allowed: true },
    });
  });

  it("names what it injected in the audit annotations", async () => {
    const { reply } = await post("/mutate", reviewOf(rawIngress({})));
    expect(reply.json().response.auditAnnotations).toEqual({
      policy: "public-dualstack",
      injected:
        "alb.ingress.kubernetes.io/scheme,alb.ingress.kubernetes.io/ip-address-type,alb.ingress.kubernetes.io/target-type",
    });
  });

  it("warns without control characters, which the API server would drop without a word", async () => {
    const spec = { ports: [{ port: 53, protocol: "UDP" }] };
    const { reply } = await post("/mutate", reviewOf(rawService({ spec })));
    expect(reply.json().response.warnings).toHaveLength(1);
    expect(reply.json().response.warnings[0]).not.toMatch(/\p{Cc}/u);
  });
});

describe("POST /validate, on the wire", () => {
  const claimed = { loadBalancerClass: "service.k8s.aws/nlb" };
  const complete = { [nlb.scheme]: "internal", [nlb.targetType]: "ip", [nlb.ipAddressType]: "dualstack" };

  it("admits without a patch", async () => {
    const { reply } = await post("/validate", reviewOf(rawService({ spec: claimed, annotations: complete })));
    expect(reply.json().response).toEqual({ uid: "7f3c", allowed: true });
  });

  it("refuses with code 403 and reason Forbidden, which kubectl shows whole, and one message for all problems", async () => {
    const annotations = { ...complete, [nlb.scheme]: "public", [nlb.proxyProtocol]: "on" };
    const { reply } = await post("/validate", reviewOf(rawService({ spec: claimed, annotations })));
    expect(reply.statusCode).toBe(200);
    expect(reply.json().response).toMatchObject({
      uid: "7f3c",
      allowed: false,
      status: {
        status: "Failure",
        code: 403,
        reason: "Forbidden",
        message: expect.stringMatching(/^2 problems in Service shop\/web \(policy public-dualstack\):\n- /),
      },
      auditAnnotations: { policy: "public-dualstack", denied: "invalid-enumeration" },
    });
  });

  it("refuses an object that the mutating call has missed, and says to try again", async () => {
    const { reply } = await post("/validate", reviewOf(rawService({})));
    expect(reply.json().response.status.message).toMatch(/policy-not-applied: .*[Tt]ry again/);
  });

  it("names an object by its generateName while it has no name", async () => {
    const raw = rawService({ spec: claimed, annotations: { [nlb.scheme]: "public" } });
    const object = { ...raw, metadata: { ...(raw["metadata"] as object), name: undefined, generateName: "web-" } };
    const { reply } = await post("/validate", reviewOf(object, { name: "" }));
    expect(reply.json().response.status.message).toContain("Service shop/web-*");
  });
});

describe("mode Warn, on the wire", () => {
  const faulty = rawService({
    spec: { loadBalancerClass: "service.k8s.aws/nlb" },
    annotations: { [nlb.scheme]: "public" },
  });

  it("/mutate patches nothing, and tells what it would in a warning and an audit annotation each", async () => {
    const { reply } = await post("/mutate", reviewOf(faulty), { mode: "Warn" });
    expect(reply.json().response).toEqual({
      uid: "7f3c",
      allowed: true,
      warnings: [
        'policy public-dualstack would set metadata.annotations[…/aws-load-balancer-nlb-target-type] to "ip"; its mode is Warn',
        'policy public-dualstack would set metadata.annotations[…/aws-load-balancer-ip-address-type] to "dualstack"; its mode is Warn',
      ],
      auditAnnotations: { policy: "public-dualstack", "would-inject": `${nlb.targetType},${nlb.ipAddressType}` },
    });
  });

  it("/validate refuses nothing, and tells what it would", async () => {
    const { reply } = await post("/validate", reviewOf(faulty), { mode: "Warn" });
    expect(reply.json().response).toMatchObject({
      allowed: true,
      warnings: [expect.stringMatching(/^would be refused, were the policy's mode Enforce: invalid-enumeration: /)],
      auditAnnotations: {
        policy: "public-dualstack",
        "would-deny": "invalid-enumeration",
        found: "invalid-enumeration",
      },
    });
  });

  it("every key of an audit annotation is one that the API server takes (apimachinery IsQualifiedName)", async () => {
    const calls = (["Enforce", "Warn"] as const).flatMap((mode) =>
      ["/mutate", "/validate"].map((url) => post(url, reviewOf(structuredClone(faulty)), { mode })),
    );
    const keys = (await Promise.all(calls)).flatMap(({ reply }) => Object.keys(reply.json().response.auditAnnotations));
    expect(new Set(keys)).toEqual(new Set(["policy", "injected", "denied", "found", "would-inject", "would-deny"]));
    for (const key of keys) expect(key).toMatch(/^[A-Za-z0-9](?:[-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/);
  });
});

describe("5,000 problems", () => {
  const id = "wrong-annotation-prefix";
  const faulty = (count: number) => {
    const wrong = Array.from({ length: count }, (_, index) => [`alb.ingress.kubernetes.io/x-${index}`, "x"]);
    const complete = { [nlb.scheme]: "internal", [nlb.targetType]: "ip", [nlb.ipAddressType]: "dualstack" };
    const spec = { loadBalancerClass: "service.k8s.aws/nlb" };
    return reviewOf(rawService({ spec, annotations: { ...complete, ...Object.fromEntries(wrong) } }));
  };

  it("that warn make 20 warnings and a line that counts the rest", async () => {
    const started = performance.now();
    const { reply } = await post("/validate", faulty(5000));
    expect(performance.now() - started).toBeLessThan(1000);
    const { allowed, warnings, auditAnnotations } = reply.json().response;
    expect(allowed).toBe(true);
    expect(warnings).toHaveLength(21);
    expect(warnings[19]).toContain("x-19]");
    expect(warnings[20]).toBe("and 4980 more warnings");
    expect(auditAnnotations).toEqual({ policy: "public-dualstack", found: id });
    expect(reply.body.length).toBeLessThan(6000);
  });

  it("that refuse make a message with 50 of them and a line that counts the rest", async () => {
    const started = performance.now();
    const { reply } = await post("/validate", faulty(5000), { rules: { [id]: "Deny" } });
    expect(performance.now() - started).toBeLessThan(1000);
    const { allowed, status, warnings, auditAnnotations } = reply.json().response;
    expect(allowed).toBe(false);
    const lines = status.message.split("\n");
    expect(lines).toHaveLength(52);
    expect(lines[0]).toBe("5000 problems in Service shop/web (policy public-dualstack):");
    expect(lines[50]).toContain("x-49]");
    expect(lines[51]).toBe("and 4950 more problems");
    expect(warnings).toBeUndefined();
    expect(auditAnnotations).toEqual({ policy: "public-dualstack", denied: id, found: id });
    expect(reply.body.length).toBeLessThan(12_000);
  });

  it("and not a few: 20 warnings and 50 refusals are shown whole", async () => {
    const warned = await post("/validate", faulty(20));
    expect(warned.reply.json().response.warnings).toHaveLength(20);
    const refused = await post("/validate", faulty(50), { rules: { [id]: "Deny" } });
    expect(refused.reply.json().response.status.message.split("\n")).toHaveLength(51);
  });
});

describe("what is admitted unseen", () => {
  it.each([
    ["a deletion", { operation: "DELETE", object: null }],
    ["a connect", { operation: "CONNECT", object: null }],
    ["a subresource", { subResource: "status" }],
    ["another kind", { kind: { group: "", version: "v1", kind: "Pod" } }],
    ["an Ingress of an older version", { kind: { group: "extensions", version: "v1beta1", kind: "Ingress" } }],
  ])("%s", async (_name, request) => {
    const { reply } = await post("/validate", reviewOf(rawService({}), request));
    expect(reply.json().response).toEqual({ uid: "7f3c", allowed: true });
  });
});

describe("policies that have not been read yet", () => {
  const unread = { arePoliciesRead: false };

  it.each(["/mutate", "/validate"])("answer %s with 503 and Retry-After, and nothing is decided", async (path) => {
    const { reply, answered } = await post(path, reviewOf(rawService({})), unread);
    expect([reply.statusCode, reply.headers["retry-after"]]).toEqual([503, "1"]);
    expect(reply.json()).toMatchObject({ kind: "Status", message: "the policies have not been read yet: try again" });
    expect(answered).toMatchObject([{ outcome: "unavailable", decision: undefined }]);
  });

  it("do not keep what needs no decision", async () => {
    const { reply } = await post("/validate", reviewOf(rawService({}), { subResource: "status" }), unread);
    expect(reply.json().response).toEqual({ uid: "7f3c", allowed: true });
  });
});

describe("namespace labels", () => {
  const off = { "dualstack.dev/inject": "disabled" };

  it("that are in memory are used at once", async () => {
    const { reply } = await post("/mutate", reviewOf(rawService({})), { namespaceLabels: () => off });
    expect(reply.json().response).toEqual({ uid: "7f3c", allowed: true });
  });

  it("that have to be asked for are waited for, within half of the caller's time and a second", async () => {
    const asked: unknown[] = [];
    const namespaceLabels = (name: string, deadlineMs: number) => {
      asked.push([name, deadlineMs]);
      return Promise.resolve(off);
    };
    await post("/mutate?timeout=1s", reviewOf(rawService({})), { namespaceLabels });
    await post("/mutate?timeout=30s", reviewOf(rawService({})), { namespaceLabels });
    const { reply } = await post("/mutate?timeout=soon", reviewOf(rawService({})), { namespaceLabels });
    expect(asked).toEqual([
      ["shop", upTo(500)],
      ["shop", upTo(1000)],
      ["shop", 1000],
    ]);
    expect(reply.json().response.patch).toBeUndefined();
  });

  it("that cannot be known answer 503 with Retry-After, so that the API server asks again", async () => {
    const { reply, answered } = await post("/validate", reviewOf(rawService({})), {
      namespaceLabels: () => Promise.resolve("unavailable"),
    });
    expect(reply.statusCode).toBe(503);
    expect(reply.headers["retry-after"]).toBe("1");
    expect(reply.json()).toMatchObject({ kind: "Status", code: 503 });
    expect(answered).toMatchObject([
      { webhook: "validate", outcome: "unavailable", review: { uid: "7f3c", operation: "CREATE", kind: "Service" } },
    ]);
  });

  it("of a namespace that does not exist are none: the API server will say so itself", async () => {
    const { reply } = await post("/mutate", reviewOf(rawService({})), {
      namespaceLabels: () => Promise.resolve("not-found"),
    });
    expect(reply.json().response.patch).toBeDefined();
  });
});

describe("the cluster's other objects", () => {
  const alb = { spec: { ingressClassName: "alb" }, annotations: {} };

  it("that have not been read yet are waited for by an Ingress, which may share a load balancer with them", async () => {
    const { reply, answered } = await post("/mutate", reviewOf(rawIngress(alb)), { cluster: () => "unsynced" });
    expect([reply.statusCode, reply.headers["retry-after"]]).toEqual([503, "1"]);
    expect(reply.json()).toMatchObject({ kind: "Status", code: 503 });
    expect(answered).toMatchObject([{ webhook: "mutate", outcome: "unavailable", review: { kind: "Ingress" } }]);
  });

  it("are not waited for by a Service that asks for a load balancer of its own", async () => {
    const { reply } = await post("/mutate", reviewOf(rawService({})), { cluster: () => "unsynced" });
    expect(reply.json().response.patch).toBeDefined();
  });

  it("are joined by a class that was made a moment ago, before the decision", async () => {
    const cluster = new ClusterObjects();
    cluster.setComplete("IngressClass", true);
    const asked: unknown[] = [];
    const lookUpClass = async (name: string, deadlineMs: number) => {
      asked.push([name, deadlineMs]);
      await Promise.resolve();
      cluster.set(
        "IngressClass",
        ingressClassView({ metadata: { name }, spec: { controller: "ingress.k8s.aws/alb" } }),
      );
    };
    const { reply } = await post("/mutate?timeout=1s", reviewOf(rawIngress(alb)), {
      cluster: () => cluster,
      lookUpClass,
    });
    expect(reply.json().response.patch).toBeDefined();
    expect(asked).toEqual([["alb", upTo(500)]]);
  });

  it("decide: the class that an Ingress names belongs to another controller", async () => {
    const cluster = new ClusterObjects();
    const asked = () => post("/mutate", reviewOf(rawIngress(alb)), { cluster: () => cluster });
    expect((await asked()).reply.json().response.patch).toBeDefined();
    const spec = { controller: "k8s.io/ingress-nginx" };
    cluster.set("IngressClass", ingressClassView({ metadata: { name: "alb" }, spec }));
    expect((await asked()).reply.json().response).toEqual({ uid: "7f3c", allowed: true });
  });
});

describe("what is reported of a request", () => {
  it("is one entry with the outcome", async () => {
    const { answered } = await post("/mutate", reviewOf(rawService({})));
    expect(answered).toMatchObject([{ webhook: "mutate", outcome: "patched", review: { uid: "7f3c", user: "alice" } }]);
  });

  it("that runs into a bug is its webhook's error, and the caller sees a Status without a stack", async () => {
    const namespaceLabels = () => {
      throw new Error("secret detail");
    };
    const { reply, failed, answered, logged } = await post("/validate", reviewOf(rawService({})), { namespaceLabels });
    expect(reply.statusCode).toBe(500);
    expect(reply.json()).toMatchObject({ kind: "Status", reason: "InternalError", details: { uid: "7f3c" } });
    expect(reply.body).not.toContain("secret");
    expect([failed, answered]).toEqual([["validate error"], []]);
    expect(logged).toMatchObject([{ uid: "7f3c", err: { message: "secret detail" } }]);
  });

  it("while draining, each answer asks its connection to close", async () => {
    const { reply } = await post("/mutate", reviewOf(rawService({})), { draining: () => true });
    expect(reply.headers["connection"]).toBe("close");
    expect(reply.statusCode).toBe(200);
  });
});

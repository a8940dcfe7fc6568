import { describe, expect, it } from "vitest";
import type { Cluster } from "../../src/decision/cluster/cluster.ts";
import { knownCluster } from "../support/known-cluster.ts";
import { rawBinding, rawIngress, rawService } from "../support/subjects.ts";
import { buildApp, reviewOf } from "../support/webhook-app.ts";

const json = { "content-type": "application/json" };
const api = { group: "elbv2.k8s.aws", version: "v1beta1" };

const ipv4 = rawService({ spec: { type: "ClusterIP", ipFamilies: ["IPv4"] } });
const ipv6 = rawService({ spec: { type: "ClusterIP", ipFamilies: ["IPv6"] } });
const ofIpv6 = { spec: { ipAddressType: "ipv6" } };

async function post(url: string, review: unknown, cluster: Cluster | "unsynced" | undefined = knownCluster([ipv4])) {
  const { app, answered } = buildApp({ cluster: () => cluster });
  const reply = await app.inject({ method: "POST", url, headers: json, payload: JSON.stringify(review) });
  return { status: reply.statusCode, body: reply.json<{ readonly response?: unknown }>(), answered };
}

function bindingReview(object: Readonly<Record<string, unknown>>, request: Readonly<Record<string, unknown>> = {}) {
  return reviewOf(object, {
    kind: { ...api, kind: "TargetGroupBinding" },
    resource: { ...api, resource: "targetgroupbindings" },
    ...request,
  });
}

describe("a TargetGroupBinding, on the wire", () => {
  it.each([
    { apiVersion: "elbv2.k8s.aws/v1beta1", group: "elbv2.k8s.aws", version: "v1beta1" },
    { apiVersion: "eks.amazonaws.com/v1", group: "eks.amazonaws.com", version: "v1" },
  ] as const)("of $apiVersion that does not fit is refused by /validate", async ({ apiVersion, group, version }) => {
    const kind = { group, version, kind: "TargetGroupBinding" };
    const review = bindingReview(rawBinding({ apiVersion, ...ofIpv6 }), { kind });
    expect((await post("/validate", review)).body.response).toMatchObject({
      allowed: false,
      status: {
        code: 403,
        message: expect.stringMatching(
          /^1 problem in TargetGroupBinding shop\/web \(policy public-dualstack\):\n- binding-family-mismatch: spec\.ipAddressType: /,
        ),
      },
      auditAnnotations: { denied: "binding-family-mismatch" },
    });
  });

  it("is not touched by /mutate, whatever it holds", async () => {
    const { body, answered } = await post("/mutate", bindingReview(rawBinding(ofIpv6)));
    expect(body.response).toEqual({ uid: "7f3c", allowed: true });
    expect(answered).toMatchObject([{ outcome: "allowed", decision: undefined }]);
  });

  it.each([
    ["a subresource", { subResource: "status" }],
    ["another version", { kind: { ...api, version: "v1alpha1", kind: "TargetGroupBinding" } }],
    ["another group", { kind: { group: "example.com", version: "v1", kind: "TargetGroupBinding" } }],
    ["its deletion", { operation: "DELETE", object: null, oldObject: rawBinding(ofIpv6) }],
  ])("%s is not judged", async (_what, request) => {
    const { body, answered } = await post("/validate", bindingReview(rawBinding(ofIpv6), request));
    expect(body.response).toEqual({ uid: "7f3c", allowed: true });
    expect(answered).toMatchObject([{ decision: undefined }]);
  });

  it("that cannot be read is a bad request, as is one whose stored form cannot", async () => {
    const broken = rawBinding({ spec: { serviceRef: { name: 1 } } });
    expect(await post("/validate", bindingReview(broken))).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("request.object.spec.serviceRef.name: must be a string, not a number") },
    });
    const update = bindingReview(rawBinding({}), { operation: "UPDATE", oldObject: broken });
    expect(await post("/validate", update)).toMatchObject({
      status: 400,
      body: { message: expect.stringContaining("request.oldObject.spec.serviceRef.name: must be") },
    });
  });

  it("waits until the cluster's objects are known", async () => {
    expect(await post("/validate", bindingReview(rawBinding({})), "unsynced")).toMatchObject({ status: 503 });
  });
});

describe("an update of a plain Service, on the wire", () => {
  const update = { operation: "UPDATE", oldObject: ipv4 };
  const bound = knownCluster([rawBinding({}), rawIngress({ spec: { ingressClassName: "nginx" } })]);

  it("that breaks a binding is refused by /validate, naming it", async () => {
    expect((await post("/validate", reviewOf(ipv6, update), bound)).body.response).toMatchObject({
      allowed: false,
      status: {
        message: expect.stringContaining(
          'backend-loses-bound-family: spec.ipFamilies: has no IPv4, the family of TargetGroupBinding "web"',
        ),
      },
    });
  });

  it("is not touched by /mutate", async () => {
    expect((await post("/mutate", reviewOf(ipv6, update), bound)).body.response).toEqual({
      uid: "7f3c",
      allowed: true,
    });
  });

  it("that breaks nothing is admitted without a word, as is one of a Service that nobody uses", async () => {
    const admitted = { uid: "7f3c", allowed: true };
    expect((await post("/validate", reviewOf(ipv4, { ...update, oldObject: ipv6 }), bound)).body.response).toEqual(
      admitted,
    );
    expect((await post("/validate", reviewOf(ipv6, update), knownCluster([]))).body.response).toEqual(admitted);
  });

  it("waits until the cluster's objects are known", async () => {
    expect(await post("/validate", reviewOf(ipv6, update), "unsynced")).toMatchObject({ status: 503 });
  });
});

import { describe, expect, it } from "vitest";
import { applied } from "../../src/commands/applied.ts";

const lastApplied = "kubectl.kubernetes.io/last-applied-configuration";

describe("an object that is applied again", () => {
  it("has what the manifest has, and keeps what others have added", () => {
    const stored = object({
      annotations: { mine: "old", "dualstack.dev/injected": "x" },
      spec: { type: "LoadBalancer", loadBalancerClass: "c", ipFamilies: ["IPv4"] },
    });
    const manifest = object({ annotations: { mine: "new" }, spec: { type: "LoadBalancer", selector: { app: "a" } } });
    expect(applied(manifest, stored)).toMatchObject({
      metadata: { annotations: { mine: "new", "dualstack.dev/injected": "x" } },
      spec: { type: "LoadBalancer", loadBalancerClass: "c", ipFamilies: ["IPv4"], selector: { app: "a" } },
    });
  });

  it("loses what was applied before and is not any more", () => {
    const before = object({ annotations: { gone: "1", stays: "2" }, spec: { loadBalancerIP: "1.2.3.4", type: "a" } });
    const stored = object({
      annotations: { gone: "1", stays: "2", others: "3", [lastApplied]: JSON.stringify(before) },
      spec: { loadBalancerIP: "1.2.3.4", type: "a", clusterIP: "10.0.0.1" },
    });
    const result = applied(object({ annotations: { stays: "2" }, spec: { type: "a" } }), stored);
    expect(Object.keys(Object(result["metadata"]).annotations)).toEqual(["stays", "others", lastApplied]);
    expect(result["spec"]).toEqual({ type: "a", clusterIP: "10.0.0.1" });
  });

  it("loses all of a map that is not applied any more, but for what others have put there", () => {
    const before = { metadata: { annotations: { mine: "1" } } };
    const stored = object({ annotations: { mine: "1", others: "2", [lastApplied]: JSON.stringify(before) } });
    expect(Object.keys(Object(applied(object({}), stored)["metadata"]).annotations)).toEqual(["others", lastApplied]);
  });

  it.each(["{", "7", "[]"])("loses nothing where the note of kubectl says %s", (text) => {
    const stored = object({ annotations: { mine: "1", [lastApplied]: text } });
    expect(applied(object({}), stored)).toMatchObject({ metadata: { annotations: { mine: "1" } } });
  });

  it("loses what the manifest says to be null", () => {
    const stored = object({ spec: { a: 1, b: 2 } });
    expect(applied(object({ spec: { a: null } }), stored)["spec"]).toEqual({ b: 2 });
  });

  it("keeps the node ports of the ports that stay", () => {
    const stored = object({
      spec: {
        ports: [
          { port: 80, protocol: "TCP", nodePort: 30080, name: "http" },
          { port: 53, protocol: "UDP", nodePort: 30053 },
          { port: 53, protocol: "TCP", nodePort: 30054 },
        ],
      },
    });
    const ports = [{ port: 53 }, { port: 443 }, { port: 80, nodePort: 30001 }];
    expect(applied(object({ spec: { ports } }), stored)["spec"]).toEqual({
      ports: [
        { port: 53, protocol: "TCP", nodePort: 30054 },
        { port: 443 },
        { port: 80, protocol: "TCP", nodePort: 30001, name: "http" },
      ],
    });
  });

  it("has every other list as the manifest has it", () => {
    const stored = object({
      spec: { loadBalancerSourceRanges: ["10.0.0.0/8"], rules: [{ host: "a" }, { host: "b" }] },
    });
    const spec = { loadBalancerSourceRanges: ["::/0"], rules: [{ host: "b" }] };
    expect(applied(object({ spec }), stored)["spec"]).toEqual(spec);
  });

  it("has status, deletion and finalizers of the stored one, whatever an exported manifest says", () => {
    const status = { loadBalancer: { ingress: [{ hostname: "h" }] } };
    const stored = {
      metadata: { name: "a", finalizers: ["one", "two"], deletionTimestamp: "now" },
      status,
    };
    const manifest = { metadata: { name: "a", finalizers: ["two", "three"], deletionTimestamp: null }, status: {} };
    expect(applied(manifest, stored)).toEqual({
      metadata: { name: "a", annotations: {}, finalizers: ["one", "two", "three"], deletionTimestamp: "now" },
      status,
    });
  });

  it("takes no part of what it is made of with it", () => {
    const stored = object({ spec: { a: { b: 1 } } });
    const manifest = object({ spec: { a: { c: 2 } } });
    applied(manifest, stored);
    expect([stored["spec"], manifest["spec"]]).toEqual([{ a: { b: 1 } }, { a: { c: 2 } }]);
  });
});

function object({ annotations, spec }: { readonly annotations?: object; readonly spec?: object }) {
  return { metadata: { name: "a", ...(annotations && { annotations }) }, ...(spec && { spec }) };
}

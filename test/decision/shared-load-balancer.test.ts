import { describe, expect, it } from "vitest";
import { alb } from "../../src/annotations/catalog.ts";
import { denials } from "../../src/decision/decide.ts";
import { denialMessage } from "../../src/decision/messages.ts";
import { ingressState } from "../../src/decision/ingress-state.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import { decided } from "../support/decisions.ts";
import { knownCluster } from "../support/known-cluster.ts";
import { ingress } from "../support/subjects.ts";

const group = { [alb.groupName]: "shared" };
const spec = { ingressClassName: "alb" };
const built = { loadBalancer: { ingress: [{ hostname: "shared.elb.amazonaws.com" }] } };

function other(annotations: Readonly<Record<string, string>>, status: object = {}): object {
  const metadata = { namespace: "team-b", name: "other", annotations: { ...group, ...annotations } };
  return { kind: "Ingress", metadata, spec, status };
}

describe("a conflict in a group", () => {
  const cluster = [other({ [alb.scheme]: "internal" })];
  const annotations = { ...group, [alb.scheme]: "internet-facing" };
  const surroundings = { policy: undefined, cluster };

  it("cannot be confirmed by a creation, and none is told how", () => {
    const created = ingress({ annotations, spec });
    const decision = decided(created, surroundings);
    expect(denials(decision)).toMatchObject([{ rule: "group-scheme-conflict", confirmable: false }]);
    expect(denialMessage(created, decision)).not.toContain("dualstack.dev/confirm");
  });

  it("can be by the update that brings it about", () => {
    const updated = ingress({ annotations, spec }, { old: { annotations: group, spec } });
    const decision = decided(updated, surroundings);
    expect(denials(decision).find(({ rule }) => rule === "group-scheme-conflict")?.confirmable).toBe(true);
    expect(denialMessage(updated, decision)).toContain("dualstack.dev/confirm: group-scheme-conflict");
  });
});

describe("the load balancer of a group", () => {
  const profile = { subnetsHaveIPv6: undefined };
  const updated = ingress(
    { annotations: { ...group, [alb.ipAddressType]: "dualstack" }, spec },
    { old: { annotations: group, spec } },
  );
  const rulesOn = (status: object): readonly string[] =>
    decided(updated, { policy: undefined, profile, cluster: [other({}, status)] }).findings.map(({ rule }) => rule);

  it("is there for a member without an address, too, once another has one", () => {
    expect(rulesOn(built)).toContain("dualstack-needs-ipv6-subnets");
    expect(rulesOn({})).not.toContain("dualstack-needs-ipv6-subnets");
  });
});

describe("the scheme in force", () => {
  const { object } = ingress({ annotations: group, spec });
  const inForce = (manifests: readonly object[], unsure: "IngressClassParams"[] = []) =>
    ingressState({ namespace: "shop", name: "web" }, object, {
      namespaceLabels: {},
      profile: { ...defaultProfile, defaultScheme: "internet-facing" },
      install: { scope: "ClusterWide", excludedNamespaces: [] },
      cluster: knownCluster(manifests, unsure),
    }).inForce.scheme;

  it("is not known while IngressClassParams may put others into the group", () => {
    expect(inForce([])).toBe("internet-facing");
    expect(inForce([], ["IngressClassParams"])).toBeUndefined();
  });

  it("is internal by default where EKS Auto Mode builds it, whatever the other controller's flag", () => {
    const autoMode = { kind: "IngressClass", metadata: { name: "alb" }, spec: { controller: "eks.amazonaws.com/alb" } };
    expect(inForce([autoMode])).toBe("internal");
  });
});

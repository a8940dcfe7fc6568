import { describe, expect, it } from "vitest";
import { groupValues, targetTypeOf } from "../../../src/decision/cluster/values.ts";
import type { GroupValues } from "../../../src/decision/cluster/values.ts";
import { sendsToBackends } from "../../../src/decision/cluster/conflicts.ts";
import type { ClusterProfile } from "../../../src/decision/facts.ts";
import { defaultProfile } from "../../../src/decision/facts.ts";
import { annotated, stateOf } from "./groups.ts";
import type { MemberParts } from "./groups.ts";

function valuesOf(members: readonly MemberParts[], profile: Partial<ClusterProfile> = {}) {
  return groupValues(stateOf(members).members, { ...defaultProfile, ...profile });
}

/** With what is found out only when it is asked for. */
function written(values: GroupValues): GroupValues {
  const { scheme, ipAddressType, name, securityGroups, listeners, frontendScheme } = values;
  return { scheme, ipAddressType, name, securityGroups, listeners, frontendScheme };
}

describe("the values of a group's load balancer", () => {
  it("are the controller's defaults where nobody states any", () => {
    const defaults = {
      scheme: "internal",
      ipAddressType: "ipv4",
      name: undefined,
      securityGroups: "managed",
      listeners: new Map([[80, "HTTP"]]),
      frontendScheme: "none",
    };
    expect(written(valuesOf([{}, {}]))).toEqual(defaults);
    expect(valuesOf([{}], { defaultScheme: "internet-facing" }).scheme).toBe("internet-facing");
  });

  it("are what one member states, for all", () => {
    const stated = annotated(
      {},
      { scheme: "internet-facing", "ip-address-type": "dualstack-without-public-ipv4", "load-balancer-name": "lb" },
      { "security-groups": "sg-1", "listen-ports": '[{"HTTP":81}]' },
    );
    expect(written(valuesOf(stated))).toEqual({
      scheme: "internet-facing",
      ipAddressType: "dualstack-without-public-ipv4",
      name: "lb",
      securityGroups: "named",
      listeners: new Map([
        [80, "HTTP"],
        [81, "HTTP"],
      ]),
      frontendScheme: "none",
    });
  });

  it("are those of IngressClassParams before the annotations of the same Ingress, be they illegal", () => {
    const annotations = { scheme: "public", "ip-address-type": "ipv6", "load-balancer-name": "a" };
    const params = { scheme: "internal", ipAddressType: "dualstack", loadBalancerName: "b" };
    const { scheme, ipAddressType, name } = valuesOf([{ annotations, params }]);
    expect({ scheme, ipAddressType, name }).toEqual({ scheme: "internal", ipAddressType: "dualstack", name: "b" });
  });

  it("are unknown where members contradict each other or state what no load balancer can have", () => {
    const { scheme, ipAddressType } = valuesOf(
      annotated({ scheme: "internal", "ip-address-type": "" }, { scheme: "internet-facing" }),
    );
    expect({ scheme, ipAddressType }).toEqual({ scheme: undefined, ipAddressType: undefined });
  });

  it("are unknown where there may be IngressClassParams that state them, others not", () => {
    const open: MemberParts = { isOpen: true, annotations: { scheme: "internal", "security-groups": "sg-1" } };
    const { scheme, ipAddressType, name, securityGroups, listeners } = valuesOf([open, {}]);
    expect({ scheme, ipAddressType, name, securityGroups, listeners }).toEqual({
      scheme: undefined,
      ipAddressType: undefined,
      name: undefined,
      securityGroups: "named",
      listeners: undefined,
    });
    const withPorts = { isOpen: true, annotations: { "listen-ports": '[{"HTTP":81}]' } };
    expect(valuesOf([withPorts]).listeners).toEqual(new Map([[81, "HTTP"]]));
  });

  it("include the scheme of the NLB in front, which is not the load balancer's own", () => {
    const front = { "enable-frontend-nlb": "true", scheme: "internet-facing" };
    expect(valuesOf(annotated(front)).frontendScheme).toBe("internal");
    expect(valuesOf(annotated(front, { "frontend-nlb-scheme": "internet-facing" })).frontendScheme).toBe(
      "internet-facing",
    );
    expect(valuesOf(annotated(front, { "enable-frontend-nlb": "false" })).frontendScheme).toBeUndefined();
    expect(valuesOf(annotated({ "enable-frontend-nlb": "yes" })).frontendScheme).toBeUndefined();
    expect(valuesOf(annotated({ "enable-frontend-nlb": "false" })).frontendScheme).toBe("none");
  });
});

describe("the target type of a backend", () => {
  const typeOf = (parts: MemberParts, service?: string, profile: Partial<ClusterProfile> = {}) =>
    targetTypeOf(
      stateOf([parts]).own,
      { annotations: service === undefined ? {} : { "alb.ingress.kubernetes.io/target-type": service } },
      { ...defaultProfile, ...profile },
    );

  it("is that of the class, else of the Service, else of the Ingress, else the controller's default", () => {
    const annotations = { "target-type": "ip" };
    expect(typeOf({ annotations, params: { targetType: "instance" } }, "ip")).toBe("instance");
    expect(typeOf({ annotations }, "instance")).toBe("instance");
    expect(typeOf({ annotations })).toBe("ip");
    expect(typeOf({})).toBe("instance");
    expect(typeOf({}, undefined, { defaultTargetType: "ip" })).toBe("ip");
  });
  it("is ip by default under EKS Auto Mode", () => {
    expect(typeOf({ isAutoMode: true })).toBe("ip");
    expect(typeOf({ isAutoMode: true, annotations: { "target-type": "instance" } })).toBe("instance");
  });
  it("is unknown where the value that counts is illegal, or IngressClassParams may win", () => {
    expect(typeOf({ annotations: { "target-type": "ip" } }, "")).toBeUndefined();
    expect(typeOf({ annotations: { "target-type": "alb" }, params: { targetType: "ip" } })).toBe("ip");
    expect(typeOf({ isOpen: true, annotations: { "target-type": "ip" } })).toBeUndefined();
  });
});

describe("the controller looks at the backends of a member", () => {
  const both = { "certificate-arn": "arn:a", "listen-ports": '[{"HTTP":80},{"HTTPS":443}]' };
  const looks = (members: readonly MemberParts[]): readonly boolean[] => {
    const state = stateOf(members);
    return state.members.map((member) => sendsToBackends(member, state.members));
  };

  it("unless all that it listens with is HTTP, and HTTP is redirected", () => {
    expect(looks(annotated({ ...both, "ssl-redirect": "443" }, {}))).toEqual([true, false]);
    expect(looks(annotated(both, {}))).toEqual([true, true]);
    expect(looks(annotated({ ...both, "ssl-redirect": "444" }, {}))).toEqual([true, true]);
  });
  it("and not where it has no listener at all", () => {
    expect(looks(annotated({ "listen-ports": "[{}]" }))).toEqual([false]);
    expect(looks(annotated({ "listen-ports": "refused" }))).toEqual([true]);
  });
});

import { describe, expect, it } from "vitest";
import { othersProblems } from "../../../src/decision/cluster/group-others.ts";
import { groupProblems, redirectProblems } from "../../../src/decision/cluster/group-report.ts";
import type { GroupContext } from "../../../src/decision/cluster/group-text.ts";
import type { Setting } from "../../../src/decision/cluster/statement.ts";
import { defaultProfile } from "../../../src/decision/facts.ts";
import { annotated, stateOf } from "./groups.ts";
import type { MemberParts } from "./groups.ts";

/** The words in which a member is told of its group. */

function contextOf(members: readonly MemberParts[], showOtherNamespaces = false): GroupContext {
  const state = stateOf(members);
  const install = { scope: "ClusterWide", excludedNamespaces: [], showOtherNamespaces } as const;
  return { facts: { namespaceLabels: {}, profile: defaultProfile, install }, group: () => state, old: undefined };
}

function said(setting: Setting, members: readonly MemberParts[], showOtherNamespaces?: boolean): readonly string[] {
  return groupProblems(contextOf(members, showOtherNamespaces), [setting]).map(({ message }) =>
    message.replace(/: the controller then changes nothing of the whole group until they agree$/, "."),
  );
}

const group = 'IngressGroup "g"';
const front = { "enable-frontend-nlb": "true" };
const inShop = (name: string, annotations: Readonly<Record<string, string>>, params?: object): MemberParts => ({
  key: `shop/${name}`,
  annotations,
  ...(params === undefined ? {} : { params: { ...params } }),
});

describe("a contradiction", () => {
  it("does not show another namespace, unless the operator says so", () => {
    const members = annotated({ subnets: "a" }, { subnets: "b" });
    expect(said("subnets", members)).toEqual([`"a", while another Ingress of ${group} has another value.`]);
    expect(said("subnets", members, true)).toEqual([`"a", while team-1/web of ${group} has "b".`]);
  });
  it("shows its own namespace, and that there are more", () => {
    const [own, one, other] = [
      inShop("a", { subnets: "a" }),
      inShop("b", { subnets: "b" }),
      inShop("c", { subnets: "c" }),
    ];
    expect(said("subnets", [own, one])).toEqual([`"a", while shop/b of ${group} has "b".`]);
    expect(said("subnets", [own, one, other])).toEqual([`"a", while shop/b of ${group} has "b", and there are more.`]);
  });
  it("names its own namespace rather than nobody", () => {
    const members = [inShop("a", { subnets: "a" }), ...annotated({ subnets: "b" }), inShop("c", { subnets: "c" })];
    expect(said("subnets", members)).toEqual([`"a", while shop/c of ${group} has "c".`]);
  });
  it("names IngressClassParams, which are the cluster's", () => {
    const members = [inShop("a", {}, { scheme: "internal" }), inShop("b", {}, { scheme: "internet-facing" })];
    expect(said("scheme", members)).toEqual([
      `"internal" by IngressClassParams "params-0", while shop/b of ${group} has "internet-facing" by IngressClassParams "params-1".`,
    ]);
  });
  it("of an Ingress and its own class", () => {
    expect(said("wafv2-acl-arn", [{ annotations: { "wafv2-acl-arn": "a" }, params: { wafv2AclArn: "b" } }])).toEqual([
      '"a", while its class says "b" by IngressClassParams "params-0".',
    ]);
  });
  it("tells the key, the port, or the listener", () => {
    expect(said("tags", annotated({ tags: "A=1" }, { tags: "A=2" }))).toEqual([
      `"1" for "A", while another Ingress of ${group} has another value.`,
    ]);
    const ports = { "listen-ports": '[{"HTTP":8080},{"HTTP":80}]' };
    const cidrs = [
      { ...ports, "inbound-cidrs": "10.0.0.0/8" },
      { ...ports, "inbound-cidrs": "10.0.0.0/9" },
    ];
    expect(said("inbound-cidrs", annotated(...cidrs))).toEqual([
      `"10.0.0.0/8" on ports 80, 8080, while another Ingress of ${group} has another value.`,
    ]);
    const attributes = [{ "listener-attributes.HTTP-80": "a=1" }, { "listener-attributes.HTTP-80": "a=2" }];
    expect(said("listener-attributes", annotated(...attributes))).toEqual([
      `"1" for "a" of HTTP-80, while another Ingress of ${group} has another value.`,
    ]);
  });
  it("is told apart for ports on which it contradicts others", () => {
    const ports = (...numbers: readonly number[]): string => JSON.stringify(numbers.map((port) => ({ HTTP: port })));
    const on = (name: string, listenPorts: string, cidr: string): MemberParts =>
      inShop(name, { "listen-ports": listenPorts, "inbound-cidrs": cidr });
    const members = [
      on("a", ports(80, 81, 82), "10.0.0.0/8"),
      on("b", ports(80, 81, 82), "10.0.0.0/9"),
      on("c", ports(80), "10.0.0.0/9"),
      on("d", ports(81), "10.0.0.0/9"),
    ];
    const rest = `while shop/b of ${group} has "10.0.0.0/9" on port`;
    expect(said("inbound-cidrs", members)).toEqual([
      `"10.0.0.0/8" on port 80, ${rest} 80, and there are more.`,
      `"10.0.0.0/8" on port 81, ${rest} 81, and there are more.`,
      `"10.0.0.0/8" on port 82, ${rest} 82.`,
    ]);
  });
  it("tells what is so by default", () => {
    const https = { "listen-ports": '[{"HTTPS":80}]', "certificate-arn": "arn:a" };
    expect(said("listen-ports", [inShop("a", {}), inShop("b", https)])).toEqual([
      `HTTP on port 80, for want of listen-ports, while shop/b of ${group} has HTTPS on port 80.`,
    ]);
    const mapped = { "listen-ports": '[{"HTTP":81}]', "frontend-nlb-listener-port-mapping": "80=81" };
    expect(said("frontend-nlb-listener-port-mapping", [inShop("a", front), inShop("b", mapped)])).toEqual([
      `the NLB's port 80 on port 80, for want of a mapping, while shop/b of ${group} has the NLB's port 80 on port 81.`,
    ]);
    const silent = [inShop("a", { ...front, "frontend-nlb-attributes": "a=1" }), inShop("b", {})];
    expect(said("frontend-nlb-attributes", silent)).toEqual([`"a=1", while shop/b of ${group} has none written.`]);
  });
  it("of what only one of them may have", () => {
    const spec = { defaultBackend: { service: { name: "web", port: { number: 80 } } } };
    expect(said("default-backend", [{ spec }, { spec }])).toEqual([
      `a default backend on port 80, while another Ingress of ${group} has one, too.`,
    ]);
  });
  it("among others, which it makes count", () => {
    const members = annotated(front, { "frontend-nlb-scheme": "internal" }, { "frontend-nlb-scheme": "x" });
    expect(said("frontend-nlb-scheme", members)).toEqual([
      `"true" makes it count that other Ingresses of ${group} contradict each other on frontend-nlb-scheme.`,
    ]);
    expect(said("frontend-nlb-scheme", members, true)).toEqual([
      `"true" makes it count that team-1/web and team-2/web of ${group} contradict each other on frontend-nlb-scheme.`,
    ]);
  });
  it("among others, by its mere place", () => {
    const attributes = { "load-balancer-attributes": "a=1" };
    const params = { loadBalancerAttributes: [{ key: "a", value: "3" }] };
    const members = [{}, { annotations: attributes, params }, { annotations: { "load-balancer-attributes": "a=2" } }];
    expect(said("load-balancer-attributes", members)).toEqual([
      `its place in the group makes it count that other Ingresses of ${group} contradict each other on load-balancer-attributes.`,
    ]);
  });
  it("has a remedy of its own where what the group has is no choice", () => {
    const remedies = (setting: Setting, members: readonly MemberParts[]): readonly (string | undefined)[] =>
      groupProblems(contextOf(members), [setting]).map(({ remedy }) => remedy);
    expect(remedies("scheme", annotated({ scheme: "internal" }, { scheme: "x" }))).toEqual([undefined]);
    expect(remedies("scheme", [{ params: { scheme: "internal" } }, ...annotated({ scheme: "x" })])).toEqual([
      "Choose an IngressClass whose IngressClassParams agree with the group, or another group.",
    ]);
    expect(
      remedies("wafv2-acl-arn", [{ annotations: { "wafv2-acl-arn": "a" }, params: { wafv2AclArn: "b" } }]),
    ).toEqual(["Leave the annotation out, or state what the IngressClassParams say."]);
    const three = [
      { annotations: { "wafv2-acl-arn": "a" }, params: { wafv2AclArn: "b" } },
      ...annotated({ "wafv2-acl-arn": "b" }),
    ];
    expect(remedies("wafv2-acl-arn", three)).toEqual([
      "Leave the annotation out, or state what the IngressClassParams say.",
    ]);
  });
});

describe("a contradiction of another Ingress with its own class", () => {
  it("is not told as one of two", () => {
    const members = [inShop("a", {}), inShop("b", { "wafv2-acl-arn": "a" }, { wafv2AclArn: "b" })];
    expect(othersProblems(contextOf(members)).map(({ message }) => message)).toEqual([
      `other Ingresses of ${group} contradict each other on wafv2-acl-arn: the controller then changes nothing of the whole group`,
    ]);
  });
});

describe("a redirect", () => {
  it("tells the port and what is wrong with it", () => {
    const words = (members: readonly MemberParts[]): readonly string[] =>
      redirectProblems(contextOf(members)).map(({ message }) => message);
    expect(words(annotated({ "ssl-redirect": "443" }))).toEqual([
      `"443" is no place to redirect HTTP to: ${group} does not listen there`,
    ]);
    expect(words(annotated({ "ssl-redirect": "80" }))).toEqual([
      `"80" is no place to redirect HTTP to: ${group} listens there with HTTP`,
    ]);
  });
});

describe("what others do", () => {
  const consequence = "the controller then changes nothing of the whole group";
  const words = (members: readonly MemberParts[], showOtherNamespaces = false): readonly string[] =>
    othersProblems(contextOf(members, showOtherNamespaces)).map(({ message }) => message);

  it("is told once for each setting", () => {
    const members = annotated({}, { tags: "A=1,B=1" }, { tags: "A=2,B=2" });
    expect(words(members)).toEqual([`other Ingresses of ${group} contradict each other on tags: ${consequence}`]);
    expect(words(members, true)).toEqual([
      `team-1/web and team-2/web of ${group} contradict each other on tags: ${consequence}`,
    ]);
  });
  it("is not told in their words", () => {
    const members = annotated({}, { "group.order": "x" });
    expect(words(members)).toEqual([`another Ingress keeps ${group} from being loaded: ${consequence}`]);
    expect(words(members, true)).toEqual([
      `team-1/web keeps ${group} from being loaded (its annotation alb.ingress.kubernetes.io/group.order must be a whole number from -1000 to 1000): ${consequence}`,
    ]);
  });
  it("includes deletion protection of one that is leaving", () => {
    const leaving: MemberParts = {
      annotations: { "load-balancer-attributes": "deletion_protection.enabled=true" },
      finalizers: ["group.ingress.k8s.aws/g"],
      isTerminating: true,
    };
    expect(words([{}, leaving])).toEqual([
      `another Ingress of ${group} is being deleted and has deletion protection: ${consequence}`,
    ]);
    expect(words([{}, leaving], true)).toEqual([
      `team-1/web of ${group} is being deleted and has deletion protection: ${consequence}`,
    ]);
  });
});

import { describe, expect, it } from "vitest";
import { clashOf } from "../../../src/decision/cluster/clash.ts";
import { defaultProfile } from "../../../src/decision/facts.ts";
import type { ClusterProfile } from "../../../src/decision/facts.ts";
import type { Member } from "../../../src/decision/cluster/group.ts";
import { statementsOf } from "../../../src/decision/cluster/statements.ts";
import { annotated, stateOf } from "./groups.ts";
import type { MemberParts } from "./groups.ts";
import { someParams } from "./objects.ts";

/** "setting part" of each conflict, with a question mark where nobody can be sure. */
function found(members: readonly MemberParts[], profile?: Partial<ClusterProfile>): readonly string[] {
  return stateOf(members, 0, profile)
    .conflicts()
    .map(({ setting, part, isOpen }) => `${setting}${part === "" ? "" : ` ${part}`}${isOpen ? "?" : ""}`)
    .toSorted();
}

const certificate = { "certificate-arn": "arn:aws:acm:eu-west-1:1:certificate/a" };
const https = { ...certificate, "listen-ports": '[{"HTTPS":443}]' };
const both = { ...certificate, "listen-ports": '[{"HTTP":80},{"HTTPS":443}]' };
const front = { "enable-frontend-nlb": "true" };
const defaultBackend = { defaultBackend: { service: { name: "web", port: { number: 80 } } } };

function listenersOfClass(protocol: string, port: number, keys: readonly string[]): readonly object[] {
  return [{ protocol, port, listenerAttributes: keys.map((key) => ({ key, value: "3" })) }];
}

interface Border {
  readonly name: string;
  readonly agree: readonly MemberParts[];
  readonly disagree: readonly MemberParts[];
  readonly conflicts: readonly [string, ...string[]];
}

const borders: readonly Border[] = [
  {
    name: "scheme: who is silent follows",
    agree: annotated({ scheme: "internal" }, {}, { scheme: "internal" }),
    disagree: annotated({ scheme: "internal" }, {}, { scheme: "internet-facing" }),
    conflicts: ["scheme"],
  },
  {
    name: "scheme: IngressClassParams hide even an illegal annotation",
    agree: [{ annotations: { scheme: "public" }, params: { scheme: "internal" } }, { params: { scheme: "internal" } }],
    disagree: [{ annotations: { scheme: "public" }, params: {} }, { params: { scheme: "internal" } }],
    conflicts: ["scheme"],
  },
  {
    name: "ip-address-type: the empty text is a value",
    agree: annotated({ "ip-address-type": "dualstack" }, {}),
    disagree: annotated({ "ip-address-type": "dualstack" }, { "ip-address-type": "" }),
    conflicts: ["ip-address-type"],
  },
  {
    name: "load-balancer-name: IngressClassParams win, but an empty one states nothing",
    agree: [
      { annotations: { "load-balancer-name": "a" }, params: { loadBalancerName: "" } },
      { annotations: { "load-balancer-name": "a" } },
    ],
    disagree: [
      { annotations: { "load-balancer-name": "a" }, params: { loadBalancerName: "b" } },
      { annotations: { "load-balancer-name": "a" } },
    ],
    conflicts: ["load-balancer-name"],
  },
  {
    name: "subnets: in any order",
    agree: annotated({ subnets: "a,b" }, { subnets: "b, a" }),
    disagree: annotated({ subnets: "a,b" }, { subnets: "a" }),
    conflicts: ["subnets"],
  },
  {
    name: "subnets: IngressClassParams against another member's annotation, were they the same",
    agree: [{ annotations: { subnets: "c" }, params: { subnets: { ids: ["a"] } } }, {}],
    disagree: [{ params: { subnets: { ids: ["a"] } } }, { annotations: { subnets: "a" } }],
    conflicts: ["subnets"],
  },
  {
    name: "subnets: of IngressClassParams in their order",
    agree: [{ params: { subnets: { ids: ["a", "b"] } } }, { params: { subnets: { ids: ["a", "b"] } } }],
    disagree: [{ params: { subnets: { ids: ["a", "b"] } } }, { params: { subnets: { ids: ["b", "a"] } } }],
    conflicts: ["subnets"],
  },
  {
    name: "subnets: tags of IngressClassParams by key, their values in order",
    agree: [
      { params: { subnets: { tags: { a: ["1", "2"], b: ["3"] } } } },
      { params: { subnets: { tags: { b: ["3"], a: ["1", "2"] } } } },
    ],
    disagree: [
      { params: { subnets: { tags: { a: ["1", "2"] } } } },
      { params: { subnets: { tags: { a: ["2", "1"] } } } },
    ],
    conflicts: ["subnets"],
  },
  {
    name: "security-groups: in their order",
    agree: annotated({ "security-groups": "a,b" }, { "security-groups": "a, b," }),
    disagree: annotated({ "security-groups": "a,b" }, { "security-groups": "b,a" }),
    conflicts: ["security-groups"],
  },
  {
    name: "security-groups: present and empty is a value",
    agree: annotated({ "security-groups": "a" }, {}),
    disagree: annotated({ "security-groups": "a" }, { "security-groups": "" }),
    conflicts: ["security-groups"],
  },
  {
    name: "customer-owned-ipv4-pool",
    agree: annotated({ "customer-owned-ipv4-pool": "a" }, {}),
    disagree: annotated({ "customer-owned-ipv4-pool": "a" }, { "customer-owned-ipv4-pool": "b" }),
    conflicts: ["customer-owned-ipv4-pool"],
  },
  {
    name: "ipam-ipv4-pool-id: an empty one states nothing",
    agree: annotated({ "ipam-ipv4-pool-id": "a" }, { "ipam-ipv4-pool-id": "" }),
    disagree: annotated({ "ipam-ipv4-pool-id": "a" }, { "ipam-ipv4-pool-id": "b" }),
    conflicts: ["ipam-ipv4-pool-id"],
  },
  {
    name: "ipam-ipv4-pool-id: settled by IngressClassParams of the first member only",
    agree: [
      { annotations: { "ipam-ipv4-pool-id": "a" }, params: { ipamConfiguration: { ipv4IPAMPoolId: "p" } } },
      { annotations: { "ipam-ipv4-pool-id": "b" } },
    ],
    disagree: [
      { annotations: { "ipam-ipv4-pool-id": "a" } },
      { annotations: { "ipam-ipv4-pool-id": "b" }, params: { ipamConfiguration: { ipv4IPAMPoolId: "p" } } },
    ],
    conflicts: ["ipam-ipv4-pool-id"],
  },
  {
    name: "load-balancer-attributes: by key",
    agree: annotated({ "load-balancer-attributes": "a=1,b=2" }, { "load-balancer-attributes": "b=2,c=3" }),
    disagree: annotated({ "load-balancer-attributes": "a=1,b=2" }, { "load-balancer-attributes": "b=3,c=3" }),
    conflicts: ["load-balancer-attributes b"],
  },
  {
    name: "load-balancer-attributes: settled by IngressClassParams of the first member only, by key",
    agree: [
      {
        annotations: { "load-balancer-attributes": "a=1" },
        params: { loadBalancerAttributes: [{ key: "a", value: "3" }] },
      },
      { annotations: { "load-balancer-attributes": "a=2" } },
    ],
    disagree: [
      {
        annotations: { "load-balancer-attributes": "a=1,b=1" },
        params: {
          loadBalancerAttributes: [
            { key: "a", value: "3" },
            { key: "c", value: "3" },
          ],
        },
      },
      { annotations: { "load-balancer-attributes": "a=2,b=2" } },
    ],
    conflicts: ["load-balancer-attributes b"],
  },
  {
    name: "minimum-load-balancer-capacity: settled by IngressClassParams of the first member only",
    agree: [
      {
        annotations: { "minimum-load-balancer-capacity": "CapacityUnits=1" },
        params: { minimumLoadBalancerCapacity: { capacityUnits: 5 } },
      },
      { annotations: { "minimum-load-balancer-capacity": "CapacityUnits=2" } },
    ],
    disagree: [
      { annotations: { "minimum-load-balancer-capacity": "CapacityUnits=1" } },
      {
        annotations: { "minimum-load-balancer-capacity": "CapacityUnits=2" },
        params: { minimumLoadBalancerCapacity: { capacityUnits: 5 } },
      },
    ],
    conflicts: ["minimum-load-balancer-capacity CapacityUnits"],
  },
  {
    name: "tags: those of each member's own IngressClassParams win over its annotation",
    agree: [
      { annotations: { tags: "Team=x" }, params: { tags: [{ key: "Team", value: "y" }] } },
      { annotations: { tags: "Team=y,A=1" } },
    ],
    disagree: [
      { annotations: { tags: "Team=x" }, params: { tags: [{ key: "Team", value: "y" }] } },
      { annotations: { tags: "Team=x" } },
    ],
    conflicts: ["tags Team"],
  },
  {
    name: "tags: of the class by key, of several the last",
    agree: [
      {
        annotations: { tags: "Team=x,A=1" },
        params: {
          tags: [
            { key: "Team", value: "z" },
            { key: "B", value: "1" },
            { key: "Team", value: "y" },
          ],
        },
      },
      { annotations: { tags: "Team=y,A=1,B=1" } },
    ],
    disagree: [
      { annotations: { tags: "Team=x" }, params: { tags: [{ key: "B", value: "1" }] } },
      { annotations: { tags: "Team=y,B=2" } },
    ],
    conflicts: ["tags B", "tags Team"],
  },
  {
    name: "manage-backend-security-group-rules: as Go reads a boolean",
    agree: annotated(
      { "security-groups": "a", "manage-backend-security-group-rules": "true" },
      { "manage-backend-security-group-rules": "T" },
    ),
    disagree: annotated(
      { "security-groups": "a", "manage-backend-security-group-rules": "true" },
      { "manage-backend-security-group-rules": "F" },
    ),
    conflicts: ["manage-backend-security-group-rules"],
  },
  {
    name: "manage-backend-security-group-rules: only with named security groups",
    agree: annotated(
      { "security-groups": "", "manage-backend-security-group-rules": "true" },
      { "manage-backend-security-group-rules": "false" },
    ),
    disagree: annotated(
      { "manage-backend-security-group-rules": "true" },
      { "manage-backend-security-group-rules": "false" },
      { "security-groups": "a" },
    ),
    conflicts: ["manage-backend-security-group-rules"],
  },
  {
    name: "wafv2-acl-arn: an Ingress and its own class",
    agree: [{ annotations: { "wafv2-acl-arn": "arn:a" }, params: { wafv2AclArn: "arn:a" } }],
    disagree: [{ annotations: { "wafv2-acl-arn": "arn:a" }, params: { wafv2AclArn: "arn:b" } }],
    conflicts: ["wafv2-acl-arn"],
  },
  {
    name: "wafv2-acl-name: an Ingress and its own class",
    agree: [{ annotations: { "wafv2-acl-name": "a" }, params: { wafv2AclName: "a" } }],
    disagree: [{ annotations: { "wafv2-acl-name": "a" }, params: { wafv2AclName: "b" } }],
    conflicts: ["wafv2-acl-name"],
  },
  {
    name: "wafv2-acl-name: an empty one states nothing",
    agree: annotated({ "wafv2-acl-name": "a" }, { "wafv2-acl-name": "" }),
    disagree: annotated({ "wafv2-acl-name": "a" }, { "wafv2-acl-name": "none" }),
    conflicts: ["wafv2-acl-name"],
  },
  {
    name: "waf-acl-id: the older name counts where the newer is absent",
    agree: annotated({ "waf-acl-id": "a", "web-acl-id": "b" }, { "web-acl-id": "a" }),
    disagree: annotated({ "waf-acl-id": "a" }, { "web-acl-id": "b" }),
    conflicts: ["waf-acl-id"],
  },
  {
    name: "shield-advanced-protection",
    agree: annotated({ "shield-advanced-protection": "true" }, { "shield-advanced-protection": "1" }),
    disagree: annotated({ "shield-advanced-protection": "true" }, { "shield-advanced-protection": "0" }),
    conflicts: ["shield-advanced-protection"],
  },
  {
    name: "listen-ports: one protocol for a port",
    agree: annotated({ "listen-ports": '[{"HTTP":80}]' }, { ...certificate, "listen-ports": '[{"HTTPS":81}]' }),
    disagree: annotated({ "listen-ports": '[{"HTTP":81}]' }, { ...certificate, "listen-ports": '[{"HTTPS":81}]' }),
    conflicts: ["listen-ports 81"],
  },
  {
    name: "listen-ports: HTTP on 80 is the default, HTTPS on 443 with a certificate of the class",
    agree: [{}, { annotations: { "listen-ports": '[{"HTTP":443}]' } }],
    disagree: [{ params: { certificateArn: ["arn:a"] } }, { annotations: { "listen-ports": '[{"HTTP":443}]' } }],
    conflicts: ["listen-ports 443"],
  },
  {
    name: "listen-ports: a port with both protocols is one of them, at random",
    agree: annotated({ "listen-ports": '[{"HTTP":80,"HTTPS":80}]' }, {}),
    disagree: annotated({ "listen-ports": '[{"HTTP":80},{"HTTPS":80}]' }, {}),
    conflicts: ["listen-ports 80"],
  },
  {
    name: "inbound-cidrs: a set, and an empty one states nothing",
    agree: annotated(
      { "inbound-cidrs": "10.0.0.0/8,::/0" },
      { "inbound-cidrs": "::/0, 10.0.0.0/8, ::/0" },
      { "inbound-cidrs": "" },
    ),
    disagree: annotated({ "inbound-cidrs": "10.0.0.0/8,::/0" }, { "inbound-cidrs": "10.0.0.0/8" }),
    conflicts: ["inbound-cidrs 80"],
  },
  {
    name: "inbound-cidrs: on shared ports, and IngressClassParams win",
    agree: [
      { annotations: { "inbound-cidrs": "10.0.0.0/9" }, params: { inboundCIDRs: ["10.0.0.0/8"] } },
      { annotations: { "inbound-cidrs": "10.0.0.0/8" } },
      { annotations: { "inbound-cidrs": "10.0.0.0/9", "listen-ports": '[{"HTTP":81}]' } },
    ],
    disagree: [
      { annotations: { "inbound-cidrs": "10.0.0.0/9" }, params: {} },
      { annotations: { "inbound-cidrs": "10.0.0.0/8" } },
    ],
    conflicts: ["inbound-cidrs 80"],
  },
  {
    name: "security-group-prefix-lists: a set, and IngressClassParams win in either spelling",
    agree: [
      { annotations: { "security-group-prefix-lists": "pl-1" }, params: { PrefixListsIDs: ["pl-3", "pl-2"] } },
      { annotations: { "security-group-prefix-lists": "pl-2,pl-3" } },
    ],
    disagree: [
      { annotations: { "security-group-prefix-lists": "pl-2,pl-3" }, params: { prefixListsIDs: ["pl-2"] } },
      { annotations: { "security-group-prefix-lists": "pl-2,pl-3" } },
    ],
    conflicts: ["security-group-prefix-lists 80"],
  },
  {
    name: "ssl-policy: of HTTPS listeners",
    agree: annotated({ ...https, "ssl-policy": "A" }, { ...https }, { "ssl-policy": "B" }),
    disagree: annotated({ ...https, "ssl-policy": "A" }, { ...https, "ssl-policy": "" }),
    conflicts: ["ssl-policy 443"],
  },
  {
    name: "ssl-policy: of the class, which wins, of HTTPS listeners",
    agree: [
      { annotations: { "ssl-policy": "B" }, params: { sslPolicy: "A" } },
      { annotations: { "ssl-policy": "C" }, params: { sslPolicy: "C" } },
      { annotations: { ...https, "ssl-policy": "B" }, params: { sslPolicy: "A" } },
      { annotations: { ...https, "ssl-policy": "A" }, params: { sslPolicy: "" } },
    ],
    disagree: [{ annotations: https, params: { sslPolicy: "A" } }, { annotations: { ...https, "ssl-policy": "B" } }],
    conflicts: ["ssl-policy 443"],
  },
  {
    name: "mutual-authentication: of the port, with the defaults of its mode",
    agree: annotated(
      { ...https, "mutual-authentication": '[{"port":443,"mode":"verify","trustStore":"t"}]' },
      {
        ...https,
        "mutual-authentication":
          '[{"Port":443,"mode":"verify","trustStore":"t","ignoreClientCertificateExpiry":false}]',
      },
      { ...https, "mutual-authentication": '[{"port":444,"mode":"off"}]' },
    ),
    disagree: annotated(
      { ...https, "mutual-authentication": '[{"port":443,"mode":"verify","trustStore":"t"}]' },
      { ...https, "mutual-authentication": '[{"port":443,"mode":"passthrough"}]' },
    ),
    conflicts: ["mutual-authentication 443"],
  },
  {
    name: "mutual-authentication: a trust store by its name and by its ARN",
    agree: annotated(
      { ...https, "mutual-authentication": '[{"port":443,"mode":"verify","trustStore":"t"}]' },
      {
        ...https,
        "mutual-authentication":
          '[{"port":443,"mode":"verify","trustStore":"arn:aws:elasticloadbalancing:eu-west-1:1:truststore/t/73e2"}]',
      },
    ),
    disagree: annotated(
      { ...https, "mutual-authentication": '[{"port":443,"mode":"verify","trustStore":"t"}]' },
      {
        ...https,
        "mutual-authentication":
          '[{"port":443,"mode":"verify","trustStore":"arn:aws:elasticloadbalancing:eu-west-1:1:truststore/u/73e2"}]',
      },
    ),
    conflicts: ["mutual-authentication 443"],
  },
  {
    name: "listener-attributes: of a listener that is there with this protocol",
    agree: annotated(
      { "listener-attributes.HTTP-81": "a=1", "listener-attributes.HTTPS-80": "a=1" },
      { "listener-attributes.HTTP-81": "a=2", "listener-attributes.HTTPS-80": "a=2" },
    ),
    disagree: annotated({ "listener-attributes.HTTP-80": "a=1,b=1" }, { "listener-attributes.HTTP-80": "a=2" }),
    conflicts: ["listener-attributes HTTP-80 a"],
  },
  {
    name: "listener-attributes: settled by IngressClassParams of the first member that has the listener",
    agree: [
      { annotations: { "listen-ports": '[{"HTTP":81}]' } },
      {
        annotations: { "listener-attributes.HTTP-80": "a=1,b=1" },
        params: { listeners: listenersOfClass("HTTP", 80, ["a", "b"]) },
      },
      { annotations: { "listener-attributes.HTTP-80": "a=2,b=2" } },
    ],
    disagree: [
      {},
      {
        annotations: { "listener-attributes.HTTP-80": "a=1" },
        params: { listeners: listenersOfClass("HTTP", 80, ["a"]) },
      },
      { annotations: { "listener-attributes.HTTP-80": "a=2" } },
    ],
    conflicts: ["listener-attributes HTTP-80 a"],
  },
  {
    name: "listener-attributes: settled for this listener only, and these keys",
    agree: [
      {
        annotations: { "listener-attributes.HTTP-80": "a=1" },
        params: {
          listeners: [...listenersOfClass("HTTP", 81, []), ...listenersOfClass("HTTP", 80, ["a", "b"])],
        },
      },
      { annotations: { "listener-attributes.HTTP-80": "a=2" } },
    ],
    disagree: [
      {
        annotations: { "listener-attributes.HTTP-80": "a=1" },
        params: {
          listeners: [...listenersOfClass("HTTP", 81, ["a"]), ...listenersOfClass("HTTPS", 80, ["a"])],
        },
      },
      { annotations: { "listener-attributes.HTTP-80": "a=2" } },
    ],
    conflicts: ["listener-attributes HTTP-80 a"],
  },
  {
    name: "default backends: on a shared port",
    agree: [{ spec: defaultBackend }, { spec: defaultBackend, annotations: { "listen-ports": '[{"HTTP":81}]' } }],
    disagree: [
      { spec: defaultBackend },
      { spec: defaultBackend, annotations: { "listen-ports": '[{"HTTP":80},{"HTTP":81}]' } },
    ],
    conflicts: ["default-backend 80"],
  },
  {
    name: "default backends: not where HTTP is redirected",
    agree: [{ spec: defaultBackend, annotations: { ...both, "ssl-redirect": "443" } }, { spec: defaultBackend }],
    disagree: [
      { spec: defaultBackend, annotations: { ...both, "ssl-redirect": "443" } },
      { spec: defaultBackend, annotations: https },
    ],
    conflicts: ["default-backend 443"],
  },
  {
    name: "ssl-redirect: a port that cannot be read in IngressClassParams means no redirect at all",
    agree: [
      { annotations: { ...both, "ssl-redirect": "443" } },
      { annotations: { ...both, "ssl-redirect": "8443" } },
      { params: { sslRedirectPort: "https" } },
    ],
    disagree: [{ annotations: { ...both, "ssl-redirect": "443" } }, { params: { sslRedirectPort: "8443" } }],
    conflicts: ["ssl-redirect"],
  },
  {
    name: "enable-frontend-nlb",
    agree: annotated(front, {}),
    disagree: annotated(front, { "enable-frontend-nlb": "false" }),
    conflicts: ["enable-frontend-nlb"],
  },
  {
    name: "what is set for the NLB in front: only where there is one",
    agree: annotated({ "frontend-nlb-scheme": "internal" }, { "frontend-nlb-scheme": "internet-facing" }),
    disagree: annotated({ "frontend-nlb-scheme": "internal" }, { "frontend-nlb-scheme": "internet-facing" }, front),
    conflicts: ["frontend-nlb-scheme"],
  },
  {
    name: "frontend-nlb-subnets: in any order",
    agree: annotated({ ...front, "frontend-nlb-subnets": "a,b" }, { "frontend-nlb-subnets": "b,a" }, {}),
    disagree: annotated({ ...front, "frontend-nlb-subnets": "a,b" }, { "frontend-nlb-subnets": "a" }),
    conflicts: ["frontend-nlb-subnets"],
  },
  {
    name: "frontend-nlb-security-groups: in their order",
    agree: annotated({ ...front, "frontend-nlb-security-groups": "a,b" }, {}),
    disagree: annotated({ ...front, "frontend-nlb-security-groups": "a,b" }, { "frontend-nlb-security-groups": "b,a" }),
    conflicts: ["frontend-nlb-security-groups"],
  },
  {
    name: "frontend-nlb-eip-allocations: in any order",
    agree: annotated({ ...front, "frontend-nlb-eip-allocations": "a,b" }, { "frontend-nlb-eip-allocations": "b,a" }),
    disagree: annotated({ ...front, "frontend-nlb-eip-allocations": "a,b" }, { "frontend-nlb-eip-allocations": "a,c" }),
    conflicts: ["frontend-nlb-eip-allocations"],
  },
  {
    name: "frontend-nlb-attributes: whoever follows the first to state them has to state the same",
    agree: annotated(front, { "frontend-nlb-attributes": "a=1,b=2" }, { "frontend-nlb-attributes": "b=2,a=1" }),
    disagree: annotated({ ...front, "frontend-nlb-attributes": "a=1" }, {}),
    conflicts: ["frontend-nlb-attributes"],
  },
  {
    name: "frontend-nlb-tags: all of them, by those that state any",
    agree: annotated({ ...front, "frontend-nlb-tags": "a=1" }, {}),
    disagree: annotated({ ...front, "frontend-nlb-tags": "a=1" }, { "frontend-nlb-tags": "a=1,b=2" }),
    conflicts: ["frontend-nlb-tags"],
  },
  {
    name: "frontend-nlb-listener-port-mapping: one port behind each of the NLB's",
    agree: annotated(
      { ...front, "frontend-nlb-listener-port-mapping": "443=80" },
      { "listen-ports": '[{"HTTP":81}]', "frontend-nlb-listener-port-mapping": "444=81,443=80,445=82" },
    ),
    disagree: annotated(
      { ...front, "frontend-nlb-listener-port-mapping": "81=80" },
      { "listen-ports": '[{"HTTP":81}]' },
    ),
    conflicts: ["frontend-nlb-listener-port-mapping 81"],
  },
  {
    name: "health checks of the NLB's target groups: by those that state them",
    agree: annotated(
      { ...front, "frontend-nlb-healthcheck-interval-seconds": "10", "frontend-nlb-healthcheck-port": "traffic-port" },
      { "frontend-nlb-healthcheck-interval-seconds": "+10" },
    ),
    disagree: annotated(
      { ...front, "frontend-nlb-healthcheck-interval-seconds": "10", "frontend-nlb-healthcheck-port": "traffic-port" },
      { "frontend-nlb-healthcheck-interval-seconds": "11", "frontend-nlb-healthcheck-port": "80" },
    ),
    conflicts: ["frontend-nlb-healthcheck-interval-seconds 80", "frontend-nlb-healthcheck-port 80"],
  },
  {
    name: "success codes of the NLB's target groups: even the same, since pointers are compared",
    agree: annotated(
      { ...front, "frontend-nlb-healthcheck-success-codes": "200" },
      { "listen-ports": '[{"HTTP":81}]', "frontend-nlb-healthcheck-success-codes": "200" },
    ),
    disagree: annotated(
      { ...front, "frontend-nlb-healthcheck-success-codes": "200" },
      { "frontend-nlb-healthcheck-success-codes": "200" },
    ),
    conflicts: ["frontend-nlb-healthcheck-success-codes 80"],
  },
];

describe("members of a group", () => {
  it.each(borders)("agree: $name", ({ agree }) => {
    expect(found(agree)).toEqual([]);
  });
  it.each(borders)("disagree: $name", ({ disagree, conflicts }) => {
    expect(found(disagree)).toEqual(conflicts);
  });
  it("have no capacity to disagree on where the feature is off", () => {
    const members = annotated(
      { "minimum-load-balancer-capacity": "CapacityUnits=1" },
      { "minimum-load-balancer-capacity": "CapacityUnits=2" },
    );
    const featureGates = { ...defaultProfile.featureGates, LBCapacityReservation: false };
    expect(found(members, { featureGates })).toEqual([]);
  });
  it("have neither Shield nor the older firewall to disagree on under EKS Auto Mode", () => {
    const annotations = [
      { "shield-advanced-protection": "true", "waf-acl-id": "a", tags: "A=1" },
      { "shield-advanced-protection": "false", "waf-acl-id": "b", tags: "A=2" },
    ];
    expect(found(annotations.map((each) => ({ annotations: each, isAutoMode: true })))).toEqual(["tags A"]);
    expect(found(annotated(...annotations))).toEqual(["shield-advanced-protection", "tags A", "waf-acl-id"]);
  });
  it("are read again when their IngressClassParams change", () => {
    const { own } = stateOf([{ annotations: { scheme: "internal" } }]);
    const values = ({ classification }: Pick<Member, "classification">): readonly string[] =>
      statementsOf({ ingress: own.ingress, classification }).flatMap(({ setting, value, by }) =>
        setting === "scheme" ? [`${value} ${by}`] : [],
      );
    const { classification } = own;
    const params = someParams("p", { scheme: "internet-facing" });
    expect(values({ classification })).toEqual(["internal annotation"]);
    expect(values({ classification: { ...classification, params } })).toEqual(["internet-facing params"]);
    expect(values({ classification })).toEqual(["internal annotation"]);
  });
  it("are read again when it is known otherwise whether the controller makes certificates", () => {
    const rules = [{ host: "shop.example" }];
    const { own } = stateOf([{ annotations: { "create-acm-cert": "true" }, spec: { rules } }]);
    const portsWith = (makesCertificates: boolean | undefined): readonly string[] =>
      statementsOf({
        ingress: own.ingress,
        classification: { ...own.classification, makesCertificates },
      }).flatMap(({ setting, part, value }) => (setting === "listen-ports" ? [`${part} ${value}`] : []));
    expect(portsWith(undefined)).toEqual([]);
    expect(portsWith(true)).toEqual(["443 HTTPS"]);
    expect(portsWith(false)).toEqual(["80 HTTP"]);
  });
  it("are not found at odds by what the controller cannot parse", () => {
    const malformed = {
      ...front,
      "listen-ports": "80",
      tags: "a",
      "load-balancer-attributes": "a",
      "shield-advanced-protection": "yes",
      "ssl-redirect": "x",
      "inbound-cidrs": "10.0.0.0",
      "mutual-authentication": "{",
      "frontend-nlb-attributes": "a",
      "frontend-nlb-listener-port-mapping": "x=80",
    };
    const other = {
      ...both,
      tags: "a=1",
      "load-balancer-attributes": "a=1",
      "shield-advanced-protection": "true",
      "ssl-redirect": "443",
      "inbound-cidrs": "10.0.0.0/8",
      "mutual-authentication": '[{"port":443,"mode":"off"}]',
      "frontend-nlb-attributes": "a=1",
      "frontend-nlb-listener-port-mapping": "80=443",
    };
    expect(found(annotated(malformed, other))).toEqual([]);
  });
  it.each([
    [{ "inbound-cidrs": "10.0.0.0/8,10.0.0.0" }, { "inbound-cidrs": "10.0.0.0/8" }],
    [
      { ...front, "frontend-nlb-listener-port-mapping": "80=x" },
      { "listen-ports": '[{"HTTP":81}]', "frontend-nlb-listener-port-mapping": "80=81" },
    ],
  ])("are not found at odds by what it cannot parse in part: %o", (one, other) => {
    expect(found(annotated(one, other))).toEqual([]);
  });
  it.each([
    ["load-balancer-attributes", "a=1", "a=2", "load-balancer-attributes a"],
    ["minimum-load-balancer-capacity", "a=1", "a=2", "minimum-load-balancer-capacity a"],
    ["ipam-ipv4-pool-id", "1", "2", "ipam-ipv4-pool-id"],
    ["listener-attributes.HTTP-80", "a=1", "a=2", "listener-attributes HTTP-80 a"],
  ])("may be settled by IngressClassParams of the first that nobody knows: %s", (key, one, other, conflict) => {
    const members = annotated({}, { [key]: one }, { [key]: other });
    expect(found([{ isOpen: true }, ...members.slice(1)])).toEqual([`${conflict}?`]);
    expect(found(members)).toEqual([conflict]);
    expect(found([...members.slice(1), { isOpen: true }])).toEqual([conflict]);
  });
  it.each(["scheme", "tags", "security-groups", "subnets"])(
    "are not settled by those of the first, whatever they are: %s",
    (key) => {
      const members = annotated({}, { [key]: "a=1" }, { [key]: "a=2" });
      expect(found([{ isOpen: true }, ...members.slice(1)])).toEqual([key === "tags" ? "tags a" : key]);
    },
  );
  it("have no attributes of the NLB in front to disagree on where one of them cannot be read", () => {
    const first = { ...front, "frontend-nlb-attributes": "a=1" };
    const last = { "frontend-nlb-attributes": "a=2" };
    expect(found(annotated(first, { "frontend-nlb-attributes": "a" }, last))).toEqual([]);
    expect(found(annotated(first, { "frontend-nlb-attributes": "a=1" }, last))).toEqual(["frontend-nlb-attributes"]);
  });
});

describe("the part of one member", () => {
  const isOpen = (members: readonly MemberParts[], own = 0): readonly (boolean | undefined)[] => {
    const state = stateOf(members, own);
    return state.conflicts().map((conflict) => clashOf(conflict, state.own)?.isOpen);
  };
  const [a, b]: readonly MemberParts[] = annotated({ scheme: "internal" }, { scheme: "internet-facing" });
  const open: MemberParts = { ...b, isOpen: true };
  if (a === undefined || b === undefined) throw new Error("two members");

  it("is what it states against others", () => {
    expect(isOpen([a, b])).toEqual([false]);
    expect(isOpen([a, b, {}], 2)).toEqual([undefined]);
  });
  it("may be settled by IngressClassParams of its own that nobody knows, or of all that say otherwise", () => {
    expect(isOpen([a, open])).toEqual([true]);
    expect(isOpen([a, open], 1)).toEqual([true]);
    expect(isOpen([a, open, b])).toEqual([false]);
  });
  it.each([
    ["inbound-cidrs", "10.0.0.0/8", "10.0.0.0/9", true],
    ["tags", "A=1", "A=2", true],
    ["subnets", "a", "b", true],
    ["customer-owned-ipv4-pool", "a", "b", false],
    ["ipam-ipv4-pool-id", "a", "b", false],
    ["load-balancer-attributes", "a=1", "a=2", false],
    ["shield-advanced-protection", "true", "false", false],
  ])("may be settled by its own class, where a class has a say: %s", (key, one, other, expected) => {
    const [first, second] = annotated({ [key]: one }, { [key]: other });
    expect(isOpen([{ ...first }, { ...second, isOpen: true }], 1)).toEqual([expected]);
  });
  it("may be settled by a certificate of its class, which makes its default port another one", () => {
    const mapped = {
      annotations: { ...front, "listen-ports": '[{"HTTP":81}]', "frontend-nlb-listener-port-mapping": "80=81" },
    };
    expect(isOpen([mapped, { isOpen: true }], 1)).toEqual([true]);
    expect(isOpen([mapped, { isOpen: true, annotations: { "listen-ports": '[{"HTTP":80}]' } }], 1)).toEqual([false]);
  });
  it("is certain where the class has no say", () => {
    const attributes = { ...front, "frontend-nlb-attributes": "a=1" };
    expect(isOpen([{ annotations: attributes }, { isOpen: true }], 1)).toEqual([false]);
    const scheme = annotated({ ...front, "frontend-nlb-scheme": "internal" }, { "frontend-nlb-scheme": "x" });
    expect(isOpen(scheme.map((parts) => ({ ...parts, isOpen: true })))).toEqual([false]);
    expect(
      isOpen([{ annotations: { "security-groups": "a" }, isOpen: true }, ...annotated({ "security-groups": "b" })]),
    ).toEqual([false]);
  });
});

describe("a redirect from HTTP", () => {
  const faults = (members: readonly MemberParts[], profile?: Partial<ClusterProfile>): readonly string[] =>
    stateOf(members, 0, profile)
      .redirectFaults()
      .map(({ port, fault, isOpen }) => `${port} ${fault}${isOpen ? "?" : ""}`);

  it("finds the listener of any member", () => {
    expect(faults(annotated({ "ssl-redirect": "443" }, https))).toEqual([]);
    expect(faults(annotated({ "ssl-redirect": "443" }, {}))).toEqual(["443 no listener"]);
  });
  it("needs HTTPS there", () => {
    expect(faults(annotated({ "ssl-redirect": "80" }, https))).toEqual(["80 not HTTPS"]);
    expect(faults(annotated({ "ssl-redirect": "80", "listen-ports": '[{"HTTP":80,"HTTPS":80}]' }))).toEqual([]);
  });
  it("may be settled by IngressClassParams that nobody knows", () => {
    expect(faults([{ annotations: { "ssl-redirect": "443" }, isOpen: true }])).toEqual(["443 no listener?"]);
    expect(faults([{ annotations: { "ssl-redirect": "443" } }, { isOpen: true }])).toEqual(["443 no listener?"]);
  });
  it("is none where members disagree on the port, or the listeners are not known", () => {
    expect(faults(annotated({ "ssl-redirect": "443" }, { "ssl-redirect": "444" }))).toEqual([]);
    expect(faults(annotated({ "ssl-redirect": "443" }, { "listen-ports": "443" }))).toEqual([]);
  });

  describe("to a certificate that the controller is to make", () => {
    const { featureGates } = defaultProfile;
    const unknown = { featureGates };
    const on = { featureGates: { ...featureGates, EnableCertificateManagement: true } };
    const off = { featureGates: { ...featureGates, EnableCertificateManagement: false } };
    const withHost = { rules: [{ host: "shop.example" }] };
    const asking = (annotations: object = {}, spec: Readonly<Record<string, unknown>> = withHost): MemberParts => ({
      annotations: { "ssl-redirect": "443", "create-acm-cert": "true", ...annotations },
      spec,
    });

    it.each<[name: string, profile: Partial<ClusterProfile>, member: MemberParts, expected: readonly string[]]>([
      ["finds it with the gate on", on, asking(), []],
      ["finds none with the gate off", off, asking(), ["443 no listener"]],
      ["may find it as long as nobody knows the gate", unknown, asking(), []],
      ["is refused elsewhere with the gate on", on, asking({ "ssl-redirect": "80" }), ["80 no listener"]],
      ["may be right elsewhere as long as nobody knows the gate", unknown, asking({ "ssl-redirect": "80" }), []],
      ["finds it for a host of spec.tls", on, asking({}, { tls: [{ hosts: ["shop.example"] }] }), []],
      ["may find any without a host, which versions differ in", on, asking({ "ssl-redirect": "444" }, {}), []],
      ["may find any for an empty host", on, asking({ "ssl-redirect": "444" }, { rules: [{ host: "" }] }), []],
      ["finds none without a host and with the gate off", off, asking({}, {}), ["443 no listener"]],
      ["finds none where none is asked for", on, asking({ "create-acm-cert": "no" }), ["443 no listener"]],
      ["leaves written ports alone", on, asking({ "listen-ports": '[{"HTTP":80}]' }), ["443 no listener"]],
      [
        "does not know EKS Auto Mode's ports, whatever the gate",
        off,
        { ...asking({ "ssl-redirect": "80" }), isAutoMode: true },
        [],
      ],
    ])("%s", (_name, profile, member, expected) => {
      expect(faults([member], profile)).toEqual(expected);
    });
  });
});

import { backendIpv6NeedsDualstack } from "../../src/rules/backend-ipv6-needs-dualstack.ts";
import { testRule } from "../support/rule-tester.ts";
import { rawBinding } from "../support/subjects.ts";
import { autoModeClass, ingressWith, ofClass, plain, ruledClass } from "./backends.ts";

const old = plain();
const service = plain({ ipFamilies: ["IPv4", "IPv6"] });
const fields = ["spec.ipFamilies"] as const;
const other = (annotations: Readonly<Record<string, string>>) => ({
  ...ingressWith({ "group.name": "g", ...annotations }),
  metadata: {
    namespace: "other",
    name: "api",
    annotations: Object.fromEntries(
      Object.entries({ "group.name": "g", ...annotations }).map(([key, value]) => [
        `alb.ingress.kubernetes.io/${key}`,
        value,
      ]),
    ),
  },
});

testRule(backendIpv6NeedsDualstack, {
  allow: [
    { name: "IPv4 only", service: plain(), old, cluster: [ingressWith({})] },
    { name: "a dual-stack ALB", service, old, cluster: [ingressWith({ "ip-address-type": "dualstack" })] },
    {
      name: "dual-stack without public IPv4",
      service,
      old,
      cluster: [ingressWith({ "ip-address-type": "dualstack-without-public-ipv4" })],
    },
    {
      name: "another member of the group makes it dual-stack",
      service,
      old,
      cluster: [ingressWith({ "group.name": "g" }), other({ "ip-address-type": "dualstack" })],
    },
    {
      name: "members that are not known may make it dual-stack",
      service,
      old,
      cluster: [ingressWith({ "group.name": "g" })],
      unsure: ["Ingress"],
    },
    {
      name: "IngressClassParams make it dual-stack",
      service,
      old,
      cluster: [...ruledClass({ ipAddressType: "dualstack" }), ingressWith({}, ofClass("ruled"))],
    },
    {
      name: "an address type that the controller refuses",
      service,
      old,
      cluster: [ingressWith({ "ip-address-type": "" })],
    },
    { name: "an ALB without listeners", service, old, cluster: [ingressWith({ "listen-ports": "[{}]" })] },
    { name: "a TargetGroupBinding", service, old, cluster: [rawBinding({})] },
    { name: "no Ingress sends to the Service", service, old, cluster: [] },
    { name: "a new Service", service, cluster: [ingressWith({})] },
    { name: "the mutating phase", service, old, phase: "mutating", cluster: [ingressWith({})] },
  ],
  deny: [
    { name: "an ALB that is IPv4 only by default", service, old, cluster: [ingressWith({})], fields },
    { name: "by its annotation", service, old, cluster: [ingressWith({ "ip-address-type": "ipv4" })], fields },
    {
      name: "IPv6 alone",
      service: plain({ ipFamilies: ["IPv6"] }),
      old,
      cluster: [ingressWith({})],
      fields,
    },
    {
      name: "the whole group is IPv4 only",
      service,
      old,
      cluster: [ingressWith({ "group.name": "g" }), other({})],
      fields,
    },
    {
      name: "each Ingress",
      service,
      old,
      cluster: [ingressWith({}), { ...ingressWith({}), metadata: { namespace: "shop", name: "api" } }],
      fields: ["spec.ipFamilies", "spec.ipFamilies"],
    },
    {
      name: "a Service with a load balancer of its own",
      service: { spec: { ipFamilies: ["IPv4", "IPv6"] } },
      old: { spec: { ipFamilies: ["IPv4"] } },
      cluster: [ingressWith({})],
      fields,
    },
  ],
  warn: [
    {
      name: "members that are not known have to agree, but may redirect all of HTTP",
      service,
      old,
      cluster: [ingressWith({ "group.name": "g", "ip-address-type": "ipv4" })],
      unsure: ["Ingress"],
      fields,
    },
    { name: "of EKS Auto Mode", service, old, cluster: [autoModeClass, ingressWith({}, ofClass("auto"))], fields },
  ],
});

import { backendFamilyChangeBlocksController } from "../../src/rules/backend-family-change-blocks-controller.ts";
import { testRule } from "../support/rule-tester.ts";
import { rawBinding } from "../support/subjects.ts";
import { autoModeClass, ingressWith, ofClass, plain, provisioned } from "./backends.ts";

const ipv4 = plain();
const dualstack = plain({ ipFamilies: ["IPv4", "IPv6"] });
const built = ingressWith({ "ip-address-type": "dualstack" }, provisioned);
const fields = ["spec.ipFamilies"] as const;

testRule(backendFamilyChangeBlocksController, {
  allow: [
    { name: "IPv4 joins or leaves IPv6", service: plain({ ipFamilies: ["IPv6"] }), old: dualstack, cluster: [built] },
    { name: "the families stay", service: plain({ ports: [] }), old: ipv4, cluster: [built] },
    { name: "no ALB yet", service: dualstack, old: ipv4, cluster: [ingressWith({ "ip-address-type": "dualstack" })] },
    { name: "a binding", service: dualstack, old: ipv4, cluster: [rawBinding({})] },
    {
      name: "an Ingress of another class",
      service: dualstack,
      old: ipv4,
      cluster: [ingressWith({}, { ...provisioned, ...ofClass("nginx") })],
    },
  ],
  deny: [
    { name: "IPv6 is added", service: dualstack, old: ipv4, cluster: [built], fields },
    { name: "IPv6 goes", service: ipv4, old: dualstack, cluster: [built], fields },
    {
      name: "IPv6 takes the place of IPv4",
      service: plain({ ipFamilies: ["IPv6"] }),
      old: ipv4,
      cluster: [built],
      fields,
    },
    {
      name: "an ALB with an address",
      service: dualstack,
      old: ipv4,
      cluster: [
        ingressWith({}, { status: { loadBalancer: { ingress: [{ hostname: "web-1.elb.eu-west-1.amazonaws.com" }] } } }),
      ],
      fields,
    },
    {
      name: "all families go with the type",
      service: plain({ type: "ExternalName", ipFamilies: undefined }),
      old: dualstack,
      cluster: [built],
      fields,
    },
  ],
  warn: [
    {
      name: "of EKS Auto Mode",
      service: dualstack,
      old: ipv4,
      cluster: [autoModeClass, ingressWith({}, { ...ofClass("auto"), finalizers: ["eks.amazonaws.com/resources"] })],
      fields,
    },
  ],
});

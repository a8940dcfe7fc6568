import { alb } from "../../src/annotations/catalog.ts";
import { backendNeedsNodePort } from "../../src/rules/backend-needs-node-port.ts";
import { testRule } from "../support/rule-tester.ts";
import { rawBinding } from "../support/subjects.ts";
import { autoModeClass, ingressWith, ofClass, plain, ruledClass } from "./backends.ts";

const nodePorts = plain({ type: "NodePort", ports: [{ name: "http", port: 80, nodePort: 30080 }] });
const service = plain();
const old = nodePorts;
const fields = ["spec.type"] as const;
const instance = rawBinding({ spec: { targetType: "instance" } });

testRule(backendNeedsNodePort, {
  allow: [
    { name: "node ports stay", service: nodePorts, old, cluster: [ingressWith({}), instance] },
    {
      name: "a LoadBalancer Service has them too",
      service: { spec: { ports: [{ name: "http", port: 80, nodePort: 30080 }] } },
      old,
      cluster: [ingressWith({}), instance],
    },
    { name: "ip targets", service, old, cluster: [ingressWith({ "target-type": "ip" }), rawBinding({})] },
    {
      name: "ip targets by this very update",
      service: plain({}, { [alb.targetType]: "ip" }),
      old,
      cluster: [ingressWith({ "target-type": "instance" })],
    },
    { name: "ip targets by default", service, old, profile: { defaultTargetType: "ip" }, cluster: [ingressWith({})] },
    {
      name: "ip targets by IngressClassParams",
      service: plain({}, { [alb.targetType]: "instance" }),
      old,
      cluster: [...ruledClass({ targetType: "ip" }), ingressWith({}, ofClass("ruled"))],
    },
    {
      name: "ip targets by default of EKS Auto Mode",
      service,
      old,
      cluster: [autoModeClass, ingressWith({}, ofClass("auto"))],
    },
    {
      name: "IngressClassParams that are not known may set ip targets",
      service,
      old,
      cluster: [...ruledClass({}).slice(0, 1), ingressWith({}, ofClass("ruled"))],
      unsure: ["IngressClassParams"],
    },
    {
      name: "another port of the Service",
      service: plain({ type: "NodePort", ports: [{ port: 80, nodePort: 30080 }, { port: 81 }] }),
      old,
      cluster: [ingressWith({})],
    },
    {
      name: "a port that is gone",
      service: plain({ ports: [{ port: 81 }] }),
      old,
      cluster: [ingressWith({}), instance],
    },
    { name: "a binding that a controller made", service, old, cluster: [ofController()] },
  ],
  deny: [
    { name: "the type that gives them goes", service, old, cluster: [ingressWith({})], fields },
    {
      name: "this very update asks for instance targets",
      service: plain({}, { [alb.targetType]: "instance" }),
      old: plain(),
      cluster: [ingressWith({ "target-type": "ip" })],
      fields,
    },
    {
      name: "a LoadBalancer Service without them",
      service: { spec: { allocateLoadBalancerNodePorts: false } },
      old,
      cluster: [ingressWith({})],
      fields: ["spec.ports[0].nodePort"],
    },
    { name: "a binding of instance targets", service, old, cluster: [instance], fields },
    { name: "both", service, old, cluster: [instance, ingressWith({})], fields: ["spec.type", "spec.type"] },
  ],
  warn: [
    {
      name: "of EKS Auto Mode",
      service,
      old,
      cluster: [autoModeClass, ingressWith({ "target-type": "instance" }, ofClass("auto"))],
      fields,
    },
  ],
});

function ofController(): unknown {
  const labels = { "ingress.k8s.aws/stack-namespace": "shop", "ingress.k8s.aws/stack-name": "web" };
  return rawBinding({ labels, spec: { targetType: "instance" } });
}

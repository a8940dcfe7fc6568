import { alb } from "../../src/annotations/catalog.ts";
import { defaultProfile } from "../../src/decision/facts.ts";
import { backendTargetTypeRefused } from "../../src/rules/backend-target-type-refused.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, ingressWith, ofClass, plain, ruledClass } from "./backends.ts";

const old = plain();
const service = (targetType: string) => plain({}, { [alb.targetType]: targetType });
const cluster = [ingressWith({ "target-type": "ip" })];
const fields = ["metadata.annotations[alb.ingress.kubernetes.io/target-type]"] as const;
const gateOff = { featureGates: { ...defaultProfile.featureGates, EnableIPTargetType: false } };

testRule(backendTargetTypeRefused, {
  allow: [
    { name: "ip", service: service("ip"), old, cluster },
    { name: "instance", service: service("instance"), old, cluster },
    { name: "no annotation", service: plain(), old: service("nodes"), cluster },
    {
      name: "IngressClassParams set it",
      service: service("nodes"),
      old,
      cluster: [...ruledClass({ targetType: "ip" }), ingressWith({}, ofClass("ruled"))],
    },
    {
      name: "an Ingress of another controller",
      service: service("nodes"),
      old,
      cluster: [{ ...autoModeClass, spec: { controller: "example.com/proxy" } }, ingressWith({}, ofClass("auto"))],
    },
    {
      name: "the Ingress is being deleted",
      service: service("nodes"),
      old,
      cluster: [deleted(ingressWith({}))],
    },
    { name: "no Ingress sends to the Service", service: service("nodes"), old, cluster: [] },
    { name: "nothing is known of the cluster", service: service("nodes"), old },
    { name: "the gate of another controller", service: service("ip"), old, profile: gateOff, cluster: autoMode() },
  ],
  deny: [
    { name: "another word", service: service("nodes"), old, cluster, fields },
    { name: "another case", service: service("IP"), old, cluster, fields },
    { name: "an empty one", service: service(""), old, cluster, fields },
    {
      name: "IngressClassParams do not set it",
      service: service("nodes"),
      old,
      cluster: [...ruledClass({ scheme: "internal" }), ingressWith({}, ofClass("ruled"))],
      fields,
    },
    { name: "ip while the gate is off", service: service("ip"), old, profile: gateOff, cluster, fields },
    {
      name: "on a Service with a load balancer of its own",
      service: { ...service("nodes"), spec: { type: "LoadBalancer" } },
      old: { spec: { type: "LoadBalancer" } },
      cluster,
      fields,
    },
  ],
  warn: [
    { name: "of EKS Auto Mode", service: service("nodes"), old, cluster: autoMode(), fields },
    {
      name: "IngressClassParams that are not known may set it",
      service: service("nodes"),
      old,
      cluster: [...ruledClass({}).slice(0, 1), ingressWith({}, ofClass("ruled"))],
      unsure: ["IngressClassParams"],
      fields,
    },
  ],
});

function autoMode(): readonly unknown[] {
  return [autoModeClass, ingressWith({}, ofClass("auto"))];
}

function deleted(ingress: Readonly<Record<string, unknown>>): unknown {
  const metadata = { namespace: "shop", name: "web", deletionTimestamp: "2026-01-01T00:00:00Z" };
  return { ...ingress, metadata };
}

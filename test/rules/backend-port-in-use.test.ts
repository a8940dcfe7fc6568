import { backendPortInUse } from "../../src/rules/backend-port-in-use.ts";
import { testRule } from "../support/rule-tester.ts";
import { rawBinding } from "../support/subjects.ts";
import { autoModeClass, ingressWith, ofClass, plain } from "./backends.ts";

const http = { name: "http", port: 80 };
const old = plain();
const named = ingressWith({}, { spec: { defaultBackend: { service: { name: "web", port: { name: "http" } } } } });
const forward = JSON.stringify({
  type: "forward",
  forwardConfig: { targetGroups: [{ serviceName: "web", servicePort: "80" }] },
});
const action = ingressWith(
  { "actions.all": forward },
  { spec: { defaultBackend: { service: { name: "all", port: { name: "use-annotation" } } } } },
);
const fields = ["spec.ports"] as const;

testRule(backendPortInUse, {
  allow: [
    { name: "a second port", service: plain({ ports: [{ name: "https", port: 443 }, http] }), old, cluster: [named] },
    {
      name: "another name of a port that is known by its number",
      service: plain({ ports: [{ name: "web", port: 80 }] }),
      old,
      cluster: [ingressWith({}), action, rawBinding({})],
    },
    {
      name: "another number of a port that is known by its name",
      service: plain({ ports: [{ name: "http", port: 8080 }] }),
      old,
      cluster: [named, rawBinding({ spec: { serviceRef: { name: "web", port: "http" } } })],
    },
    {
      name: "the port of another Service",
      service: plain({ ports: [{ port: 81 }] }),
      old,
      cluster: [ingressWith({}, { spec: { defaultBackend: { service: { name: "api", port: { number: 80 } } } } })],
    },
    {
      name: "an Ingress of another class",
      service: plain({ ports: [{ port: 81 }] }),
      old,
      cluster: [ingressWith({}, ofClass("nginx"))],
    },
    {
      name: "an Ingress whose group has no valid name",
      service: plain({ ports: [{ port: 81 }] }),
      old,
      cluster: [ingressWith({ "group.name": "My_Group" })],
    },
  ],
  deny: [
    { name: "its number", service: plain({ ports: [{ ...http, port: 81 }] }), old, cluster: [ingressWith({})], fields },
    { name: "its name", service: plain({ ports: [{ name: "web", port: 80 }] }), old, cluster: [named], fields },
    { name: "in an action", service: plain({ ports: [{ ...http, port: 81 }] }), old, cluster: [action], fields },
    {
      name: "of a binding",
      service: plain({ ports: [{ ...http, port: 81 }] }),
      old,
      cluster: [rawBinding({})],
      fields,
    },
    {
      name: "a binding of EKS Auto Mode",
      service: plain({ ports: [{ ...http, port: 81 }] }),
      old,
      cluster: [rawBinding({ apiVersion: "eks.amazonaws.com/v1" })],
      fields,
    },
    {
      name: "all ports",
      service: plain({ type: "ExternalName", ports: [], ipFamilies: undefined }),
      old,
      cluster: [ingressWith({}), rawBinding({})],
      fields: ["spec.ports", "spec.ports"],
    },
  ],
  warn: [
    {
      name: "of EKS Auto Mode",
      service: plain({ ports: [{ ...http, port: 81 }] }),
      old,
      cluster: [autoModeClass, ingressWith({}, ofClass("auto"))],
      fields,
    },
  ],
});

import { bindingPortMissing } from "../../src/rules/binding-port-missing.ts";
import { testRule } from "../support/rule-tester.ts";
import { rawService } from "../support/subjects.ts";

const ports = [
  { name: "http", port: 80 },
  { name: "443", port: 8443 },
];
const cluster = [rawService({ spec: { type: "ClusterIP", ports } })];
const to = (port: number | string) => ({ spec: { serviceRef: { name: "web", port } } });
const fields = ["spec.serviceRef.port"] as const;

testRule(bindingPortMissing, {
  allow: [
    { name: "by number", binding: to(80), cluster },
    { name: "by name", binding: to("http"), cluster },
    { name: "by a name that looks like a number", binding: to("443"), cluster },
    { name: "no such Service", binding: { spec: { serviceRef: { name: "api", port: 1 } } }, cluster },
    { name: "the Service is not known", binding: to(81), cluster: [], unsure: ["Service"] },
    { name: "nothing is known of the cluster", binding: to(81) },
  ],
  deny: [
    { name: "no port has the number", binding: to(81), cluster, fields },
    { name: "no port has the name", binding: to("https"), cluster, fields },
    { name: "a number as text is a name", binding: to("80"), cluster, fields },
    { name: "a target port", binding: to(443), cluster, fields },
    { name: "of EKS Auto Mode", binding: { apiVersion: "eks.amazonaws.com/v1", ...to(81) }, cluster, fields },
  ],
});

import { bindingServiceMissing } from "../../src/rules/binding-service-missing.ts";
import { testRule } from "../support/rule-tester.ts";
import { rawService } from "../support/subjects.ts";

const web = rawService({ spec: { type: "ClusterIP" } });
const toApi = { spec: { serviceRef: { name: "api", port: 80 } } };

testRule(bindingServiceMissing, {
  allow: [
    { name: "the Service is there", binding: {}, cluster: [web] },
    { name: "not all Services are known", binding: toApi, cluster: [web], unsure: ["Service"] },
    { name: "nothing is known of the cluster", binding: toApi },
  ],
  warn: [
    { name: "a binding before its Service", binding: toApi, cluster: [web], fields: ["spec.serviceRef.name"] },
    {
      name: "the Service is in another namespace",
      binding: {},
      cluster: [inOther()],
      fields: ["spec.serviceRef.name"],
    },
  ],
  deny: [
    {
      name: "a binding is turned to a Service that is not there",
      binding: toApi,
      old: {},
      cluster: [web],
      fields: ["spec.serviceRef.name"],
    },
  ],
});

function inOther(): unknown {
  return { ...web, metadata: { namespace: "other", name: "web" } };
}

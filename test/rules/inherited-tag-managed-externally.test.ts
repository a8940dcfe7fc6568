import { inheritedTagManagedExternally } from "../../src/rules/inherited-tag-managed-externally.ts";
import { testRule } from "../support/rule-tester.ts";
import { pathsTo, service } from "./backend-services.ts";
import { autoModeClass, classWithParams, inGroup, member } from "./group-members.ts";

const profile = { externalManagedTags: ["cost"] };
const tagged = { tags: [{ key: "cost", value: "1" }] };
const gold = { spec: { ingressClassName: "gold" } };
const web = (tags: string): object => service("shop/web", { annotations: { tags } });
const redirecting = member("team-b/api", {
  "listen-ports": '[{"HTTPS":443}]',
  "certificate-arn": "arn:a",
  "ssl-redirect": "443",
});

testRule(inheritedTagManagedExternally, {
  allow: [
    { name: "other tags", ingress: {}, cluster: [web("team=a")], profile },
    { name: "the tag, unless the flag is set", ingress: {}, cluster: [web("cost=1")] },
    { name: "tags that are no map", ingress: {}, cluster: [web("cost")], profile },
    { name: "the class's, unless the flag is set", ingress: gold, cluster: classWithParams("gold", tagged) },
    {
      name: "other tags of the class",
      ingress: gold,
      cluster: classWithParams("gold", { tags: [{ key: "team", value: "a" }] }),
      profile,
    },
    { name: "Auto Mode, which has no such flag", ingress: gold, cluster: autoModeClass("gold", tagged), profile },
    {
      name: "another Service",
      ingress: {},
      cluster: [service("shop/web"), service("shop/api", { annotations: { tags: "cost=1" } })],
      profile,
    },
    {
      name: "an Ingress of which nothing is built, since its only listener redirects",
      ingress: inGroup(),
      cluster: [web("cost=1"), redirecting],
      profile,
    },
  ],
  deny: [
    {
      name: "the class",
      ingress: gold,
      cluster: classWithParams("gold", tagged),
      profile,
      fields: ["spec.ingressClassName"],
    },
    { name: "a Service", ingress: {}, cluster: [web("team=a,cost=1")], profile, fields: ["spec.defaultBackend"] },
    {
      name: "each Service once",
      ingress: { spec: pathsTo(["api", 80], ["web", 80], ["web", 80]) },
      cluster: [web("cost=1"), service("shop/api", { annotations: { tags: "cost=2" } })],
      profile,
      fields: ["spec.rules[0].http.paths[0].backend", "spec.rules[0].http.paths[1].backend"],
    },
  ],
  warn: [
    {
      name: "a member of a group that may be redirected",
      ingress: inGroup(),
      cluster: [web("cost=1")],
      unsure: ["Ingress"],
      profile,
      fields: ["spec.defaultBackend"],
    },
  ],
});

import { conditionMixesValuesAndPatterns } from "../../src/rules/condition-mixes-values-and-patterns.ts";
import { testRule } from "../support/rule-tester.ts";
import { inGroup, keyed, member } from "./group-members.ts";

interface RuleParts {
  readonly host?: string;
  readonly path?: string;
  readonly pathType?: string;
}

function rule({ host, path, pathType = "Prefix" }: RuleParts): { readonly rules: readonly object[] } {
  const backend = { service: { name: "web", port: { number: 80 } } };
  return { rules: [{ host, http: { paths: [{ pathType, path, backend }] } }] };
}

function conditions(...list: readonly object[]): { readonly annotations: Readonly<Record<string, string>> } {
  return { annotations: keyed({ "conditions.web": JSON.stringify(list) }) };
}

const hosts = (config: object): object => ({ field: "host-header", hostHeaderConfig: config });
const paths = (config: object): object => ({ field: "path-pattern", pathPatternConfig: config });
const byPattern = keyed({ "use-regex-path-match": "true" });
const field = "metadata.annotations[alb.ingress.kubernetes.io/conditions.web]";
const patterns = { regexValues: ["^a"] };
const values = { values: ["a"] };
const redirecting = member("team-b/api", {
  "listen-ports": '[{"HTTPS":443}]',
  "certificate-arn": "arn:a",
  "ssl-redirect": "443",
});

testRule(conditionMixesValuesAndPatterns, {
  allow: [
    { name: "values and a host", ingress: { ...conditions(hosts(values)), spec: rule({ host: "a.example.com" }) } },
    { name: "patterns without a host", ingress: { ...conditions(hosts(patterns)), spec: rule({ path: "/" }) } },
    { name: "patterns without a path", ingress: { ...conditions(paths(patterns)), spec: rule({ host: "a" }) } },
    { name: "patterns twice", ingress: { ...conditions(hosts(patterns), hosts(patterns)), spec: rule({}) } },
    {
      name: "patterns for what is compared with something else",
      ingress: {
        ...conditions({ field: "http-header", httpHeaderConfig: { httpHeaderName: "a", ...patterns } }),
        spec: rule({ host: "a.example.com", path: "/" }),
      },
    },
    {
      name: "patterns for hosts, and values for paths",
      ingress: { ...conditions(hosts(patterns), paths(values)), spec: rule({ path: "/" }) },
    },
    {
      name: "patterns together with a path that is one",
      ingress: {
        annotations: { ...conditions(paths(patterns)).annotations, ...byPattern },
        spec: rule({ path: "/^a", pathType: "ImplementationSpecific" }),
      },
    },
    {
      name: "the default backend, which has no host",
      ingress: conditions(hosts(patterns), hosts(values)),
    },
    {
      name: "what another rule reports",
      ingress: { ...conditions(hosts({ ...values, ...patterns })), spec: rule({ host: "a.example.com" }) },
    },
    {
      name: "another controller's Ingress",
      ingress: { ...conditions(hosts(patterns)), spec: { ...rule({ host: "a" }), ingressClassName: "nginx" } },
    },
    {
      name: "an Ingress of which nothing is built, since its only listener redirects",
      ingress: {
        annotations: { ...inGroup().annotations, ...conditions(hosts(patterns)).annotations },
        spec: rule({ host: "a.example.com" }),
      },
      cluster: [redirecting],
    },
  ],
  deny: [
    {
      name: "patterns and the rule's host",
      ingress: { ...conditions(hosts(patterns)), spec: rule({ host: "a.example.com" }) },
      fields: [field],
    },
    {
      name: "patterns and the rule's path",
      ingress: { ...conditions(paths(patterns)), spec: rule({ path: "/" }) },
      fields: [field],
    },
    {
      name: "patterns and values in two conditions",
      ingress: { ...conditions(hosts(patterns), hosts(values)), spec: rule({}) },
      fields: [field],
    },
    {
      name: "values and a path that is a pattern",
      ingress: {
        annotations: { ...conditions(paths(values)).annotations, ...byPattern },
        spec: rule({ path: "/^a", pathType: "ImplementationSpecific" }),
      },
      fields: [field],
    },
    {
      name: "patterns and a path that is none, since it is a prefix",
      ingress: {
        annotations: { ...conditions(paths(patterns)).annotations, ...byPattern },
        spec: rule({ path: "/a" }),
      },
      fields: [field],
    },
  ],
  warn: [
    {
      name: "a member of a group that may be redirected",
      ingress: {
        annotations: { ...inGroup().annotations, ...conditions(hosts(patterns)).annotations },
        spec: rule({ host: "a.example.com" }),
      },
      fields: [field],
    },
  ],
});

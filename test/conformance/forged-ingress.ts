import { alb } from "../../src/annotations/catalog.ts";
import { defineRule } from "../../src/decision/rule.ts";
import type { Basis, IngressContext, Rule, Severity } from "../../src/decision/rule.ts";
import { readCases } from "./cases.ts";
import { plainWorld } from "./forged.ts";
import type { IngressCase } from "./ingress-case.ts";

type Fields = Readonly<Record<string, unknown>>;

/** A case in the format of the files: shop/web of the class `alb` in front of the Service shop/web, and accepted unless `verdict` differs. */
export interface IngressParts {
  readonly annotations?: Readonly<Record<string, string>>;
  readonly metadata?: Fields;
  readonly spec?: Fields;
  readonly others?: readonly Fields[];
  readonly services?: readonly Fields[];
  readonly classes?: readonly Fields[];
  /** `spec` of the IngressClassParams "params", which the class "with-params" names. */
  readonly params?: Fields;
  readonly world?: Fields;
  readonly verdict?: Fields;
}

export function forgedIngressLine(parts: IngressParts): string {
  const {
    annotations = {},
    metadata,
    spec,
    others = [],
    services = [forgedService({})],
    classes = forgedClasses,
  } = parts;
  const subject = {
    metadata: { name: "web", namespace: "shop", annotations, ...metadata },
    spec: { ...routes, ...spec },
  };
  return JSON.stringify({
    id: "forged",
    topic: "forged",
    case: {
      kind: "ingress",
      world: { ...plainWorld, ...parts.world },
      subject: "shop/web",
      ingresses: [subject, ...others],
      services,
      ingressClasses: classes,
      ingressClassParams: [{ metadata: { name: "params" }, spec: parts.params ?? {} }],
      namespaces: ["shop", "team-b"].map((name) => ({ metadata: { name, labels: { team: name } } })),
    },
    verdict: {
      owned: true,
      groupID: "shop/web",
      groupMembers: ["shop/web"],
      error: null,
      stage: null,
      loadBalancer: { name: "k8s-shop-web-0123456789", scheme: "internal", ipAddressType: "ipv4" },
      targetGroups: [{ id: "shop/web-web:80", service: "shop/web", port: 80, targetType: "instance" }],
      listeners: [{ port: 80, protocol: "HTTP" }],
      webhook: { error: null, targetGroupBindingError: null },
      ...parts.verdict,
    },
  });
}

export function forgedIngress(parts: IngressParts): IngressCase {
  const [only] = readCases("forged.ndjson", forgedIngressLine(parts));
  if (only?.kind !== "ingress") throw new Error("the forged case is no Ingress");
  return only;
}

const routes = {
  ingressClassName: "alb",
  rules: [
    {
      http: { paths: [{ path: "/", pathType: "Prefix", backend: { service: { name: "web", port: { number: 80 } } } }] },
    },
  ],
};

const forgedClasses: readonly Fields[] = [
  { metadata: { name: "alb" }, spec: { controller: "ingress.k8s.aws/alb" } },
  {
    metadata: { name: "with-params" },
    spec: {
      controller: "ingress.k8s.aws/alb",
      parameters: { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name: "params" },
    },
  },
  { metadata: { name: "nginx" }, spec: { controller: "k8s.io/ingress-nginx" } },
];

/** shop/web with one port, of type NodePort. */
export function forgedService({
  name = "web",
  annotations = {},
  spec = {},
}: {
  readonly name?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly spec?: Fields;
}): Fields {
  return {
    metadata: { name, namespace: "shop", annotations },
    spec: {
      type: "NodePort",
      ipFamilies: ["IPv4"],
      ports: [{ name: "http", protocol: "TCP", port: 80, targetPort: 8080, nodePort: 30080 }],
      ...spec,
    },
  };
}

export const inGroup = { [alb.groupName]: "g1" };

interface MemberParts {
  readonly name?: string;
  readonly annotations?: Readonly<Record<string, string>>;
  readonly metadata?: Fields;
  readonly spec?: Fields;
}

/** Another member of the group g1, team-b/api. */
export function forgedMember({ name = "api", annotations = {}, metadata, spec }: MemberParts): Fields {
  return {
    metadata: { name, namespace: "team-b", annotations: { ...inGroup, ...annotations }, ...metadata },
    spec: { ingressClassName: "alb", ...spec },
  };
}

/** What the controller says of g1 with these members. */
export function ofGroup(...names: readonly string[]): Fields {
  return { groupID: "g1", groupMembers: ["shop/web", ...names] };
}

/** The verdict of what the controller rejects. */
export function rejectedIngress(error: string, verdict: Fields = {}): Fields {
  return { error, stage: "model", loadBalancer: null, targetGroups: [], listeners: [], ...verdict };
}

/** The verdict of what the controller cannot load. */
export function notLoaded(error: string): Fields {
  return rejectedIngress(error, { owned: false, stage: "load", groupID: undefined, groupMembers: undefined });
}

interface RuleParts {
  readonly id?: string;
  readonly field: string;
  readonly severity?: Severity;
  readonly basis?: Basis;
  /** Left out: on every Ingress. */
  readonly reports?: (context: IngressContext) => boolean;
}

/** A rule that reports one field, so that tests of the judge do not depend on the rules that there are. */
export function forgedIngressRule(parts: RuleParts): Rule {
  const { id = "forged", field, severity = "deny", basis = "controller", reports = () => true } = parts;
  return defineRule({
    id,
    kinds: ["Ingress"],
    severity,
    basis,
    summary: "",
    remediation: "",
    source: "x",
    ingress: (context) => (reports(context) ? [{ field, message: "no" }] : []),
  });
}

import { alb, catalog } from "../annotations/catalog.ts";
import { keysOf, mayGoUnread } from "../annotations/entry.ts";
import { parseMap } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const invalidMap = defineRule({
  id: "invalid-map",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "An annotation for attributes, tags or labels is a list of key=value pairs that the controller can parse.",
  remediation:
    "Write key=value pairs with commas between them, and a backslash before a comma that is part of a value, or delete the annotation.",
  source: "AWS Load Balancer Controller 3.5, pkg/annotations/parser.go:149-253",
  onlyWith: keysOf(catalog, ({ type }) => type === "map"),
  // Of Auto Mode too: target node labels are read once the targets are instances.
  blocksInjection: true,
  service,
  ingress,
});

/** IngressClassParams win over it, whatever it says: where a class has some, the value may never be read. */
const overruledByParams: ReadonlySet<string> = new Set([alb.minimumLoadBalancerCapacity]);

/** The load balancer's tags are those of the Ingress, whatever the Services behind it say. */
const alwaysRead: ReadonlySet<string> = new Set([alb.tags]);

function service(context: ServiceContext): readonly Problem[] {
  return malformed(context).map(({ key, value }) => ({
    field: annotationField(key),
    message: messageOn(value),
    ...asFarAsKnown(context.controller),
  }));
}

function ingress(context: IngressContext): readonly Problem[] {
  const hasParams = context.albClass?.hasParams === true;
  return malformed(context).map(({ key, value, entry }): Problem => {
    const problem = { field: annotationField(key), message: messageOn(value) };
    const mayWin = mayGoUnread(entry) && !alwaysRead.has(key);
    return mayWin || (hasParams && overruledByParams.has(key)) ? { ...problem, severity: "warn" } : problem;
  });
}

function malformed({ read }: ServiceContext | IngressContext): ReturnType<ServiceContext["read"]> {
  return read().filter(({ value, entry }) => entry.value.type === "map" && parseMap(value) === undefined);
}

function messageOn(value: string): string {
  return `${quote(value)} is not a list of key=value pairs`;
}

import { alb } from "../annotations/catalog.ts";
import { parseList } from "../annotations/parse.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const singleSubnet = defineRule({
  id: "single-subnet",
  kinds: ["Ingress"],
  severity: "warn",
  basis: "controller",
  summary: "An ALB has subnets in two zones at least.",
  remediation: "Name two subnets or more, each in a zone of its own.",
  source: "AWS Load Balancer Controller 3.5, pkg/networking/subnet_resolver.go:689-717",
  ingress,
});

/** One is enough in a Local Zone, a Wavelength Zone or on an Outpost: nobody tells us. */
function ingress({ ingress: { annotations }, classification, facts }: IngressContext): readonly Problem[] {
  if (classification.outcome !== "served" || facts.profile.featureGates.ALBSingleSubnet) return [];
  const ofClass = classification.params?.subnets;
  const ids = ofClass === undefined ? parseList(annotations[alb.subnets] ?? "") : ofClass.ids;
  const [id] = ids;
  if (id === undefined || ids.length > 1 || !id.startsWith("subnet-")) return [];
  const field = ofClass === undefined ? annotationField(alb.subnets) : "spec.ingressClassName";
  const whose = ofClass === undefined ? "" : "of the IngressClassParams of its class ";
  const message = `the one subnet ${whose}${quote(id)} is too few, unless it is in a Local Zone or on an Outpost: the controller asks for two`;
  return [{ field, message, identity: `one subnet ${id}` }];
}

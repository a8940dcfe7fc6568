import { nlb } from "../annotations/catalog.ts";
import { parseList } from "../annotations/parse.ts";
import { annotationField, asFarAsKnown, buildsNlb, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const subnetNamedTwice = defineRule({
  id: "subnet-named-twice",
  kinds: ["Service"],
  severity: "deny",
  basis: "controller",
  summary: "The subnets of an NLB are named once each.",
  remediation: "Name each subnet once; a load balancer has one subnet in each zone.",
  source: "AWS Load Balancer Controller 3.5, pkg/networking/subnet_resolver.go:395",
  onlyWith: [nlb.subnets],
  service,
});

/** By id only: several subnets may have the same Name tag, and then it is right to say it as often. */
function service({ service: { annotations }, controller }: ServiceContext): readonly Problem[] {
  if (!buildsNlb(controller)) return [];
  const ids = parseList(annotations[nlb.subnets] ?? "").filter((item) => item.startsWith("subnet-"));
  const twice = ids.find((id, index) => ids.indexOf(id) !== index);
  if (twice === undefined) return [];
  const message = `${quote(twice)} is named more than once, and the controller does not find as many subnets as are named`;
  return [{ field: annotationField(nlb.subnets), message, ...asFarAsKnown(controller) }];
}

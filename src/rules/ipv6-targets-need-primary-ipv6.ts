import { nlb } from "../annotations/catalog.ts";
import { albValues, annotationField, backendProblems, defineRule, quote, targetTypeField } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const ipv6TargetsNeedPrimaryIpv6 = defineRule({
  id: "ipv6-targets-need-primary-ipv6",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "aws",
  summary: "Nodes that are the IPv6 targets of a load balancer have a primary IPv6 address.",
  remediation:
    'Set the annotation nlb-target-type to "ip", or make the Service IPv4 only; where the nodes have primary IPv6 addresses, the cluster profile should say so.',
  source: "https://docs.aws.amazon.com/elasticloadbalancing/latest/network/target-group-register-targets.html",
  readsFamilies: true,
  service,
  ingress,
});

/** Without dual-stack the controller refuses IPv6 targets before: ipv6-needs-dualstack says so. */
function service({ service: { ipFamilies }, inForce, facts }: ServiceContext): readonly Problem[] {
  if (inForce.targetType !== "instance" || inForce.ipAddressType !== "dualstack") return [];
  if (ipFamilies?.includes("IPv6") !== true) return [];
  const fault = faultOf("IPv6 targets", facts);
  return fault === undefined ? [] : [{ field: annotationField(nlb.targetType), ...fault }];
}

function ingress(context: IngressContext): readonly Problem[] {
  if (context.facts.profile.nodesHavePrimaryIPv6 === true) return [];
  return backendProblems(context, (backend) => {
    if (backend.targetType !== "instance" || backend.service?.ipFamilies?.includes("IPv6") !== true) return undefined;
    const { ipAddressType } = albValues(context);
    if (ipAddressType === undefined || ipAddressType === "ipv4") return undefined;
    const name = quote(backend.target.service);
    const fault = faultOf(`the targets of the Service ${name}, which has IPv6,`, context.facts);
    const field = targetTypeField(context, backend);
    const identity = `IPv6 nodes behind ${name}`;
    return fault && { ...fault, ...(field && { field }), remedy: remedyOfIngress, identity };
  });
}

const remedyOfIngress =
  'Set the target-type to "ip", or make the Service IPv4 only; where the nodes have primary IPv6 addresses, the cluster profile should say so.';

function faultOf(
  targets: string,
  { profile: { nodesHavePrimaryIPv6 } }: ServiceContext["facts"],
): Pick<Problem, "message" | "severity"> | undefined {
  const needs = `${targets} have to be nodes with a primary IPv6 address`;
  switch (nodesHavePrimaryIPv6) {
    case true:
      return undefined;
    case false:
      return { message: `${needs}, and the cluster profile says that they have none` };
    case undefined:
      return { message: `${needs}, of which the cluster profile says nothing`, severity: "warn" };
  }
}

import { alb, nlb } from "../annotations/catalog.ts";
import {
  albValues,
  annotationField,
  asFarAsKnownOf,
  backendProblems,
  buildsNlb,
  defineRule,
  ipv6LostToOthers,
  quote,
  whoStates,
} from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const ipv6NeedsDualstack = defineRule({
  id: "ipv6-needs-dualstack",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "controller",
  summary: "A Service with IPv6 among its ipFamilies has a dual-stack load balancer.",
  remediation: 'Set the annotation ip-address-type to "dualstack", or make the Service IPv4 only.',
  source: {
    Service: "AWS Load Balancer Controller 3.5, pkg/service/model_build_target_group.go:828-843",
    Ingress: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_target_group.go:274-289",
  },
  readsFamilies: true,
  service,
  ingress,
});

function service({ service, controller, inForce }: ServiceContext): readonly Problem[] {
  const { annotations, ipFamilies } = service;
  if (!buildsNlb(controller)) return [];
  if (inForce.ipAddressType !== "ipv4" || ipFamilies?.includes("IPv6") !== true) return [];
  const remedy = remedyFor(service);
  const written = annotations[nlb.ipAddressType];
  if (written === undefined) {
    const message = "has IPv6, and the NLB would be IPv4 only, since no ip-address-type is given";
    return [{ field: "spec.ipFamilies", message, identity, ...remedy }];
  }
  const message = `${quote(written)} does not fit spec.ipFamilies, which has IPv6`;
  return [{ field: annotationField(nlb.ipAddressType), message, identity, ...remedy }];
}

/** Writing "ipv4" where it is in force already introduces nothing. */
const identity = "IPv6 behind IPv4";

/** A dual-stack NLB takes a UDP port only with the prefix: who is told the first half alone comes back with the second. */
function remedyFor({ annotations, ports }: ServiceContext["service"]): { readonly remedy?: string } {
  const hasUdp = ports.some(({ protocol }) => protocol === "UDP");
  if (!hasUdp || annotations[nlb.enablePrefixForIpv6SourceNat] === "on") return {};
  return {
    remedy: `Set the annotation ip-address-type to "dualstack" and, for the UDP port, ${nlb.enablePrefixForIpv6SourceNat} to "on", or make the Service IPv4 only.`,
  };
}

function ingress(context: IngressContext): readonly Problem[] {
  const lost = context.old === undefined ? [] : ipv6LostToOthers(context);
  if (!context.backends().some(hasIPv6) || albValues(context).ipAddressType !== "ipv4") return lost;
  const problems = backendProblems(context, (backend) => {
    if (!hasIPv6(backend)) return undefined;
    const { service } = backend.target;
    return { ...behindIPv4(quote(service), context), identity: `${identity} ${service}`, ...asFarAsKnownOf(context) };
  });
  return [...problems, ...lost];
}

function hasIPv6({ service }: ReturnType<IngressContext["backends"]>[number]): boolean {
  return service?.ipFamilies?.includes("IPv6") === true;
}

function behindIPv4(
  service: string,
  context: IngressContext,
): Pick<Problem, "message" | "remedy"> & { readonly field?: string } {
  const has = `the Service ${service} has IPv6 among its ipFamilies`;
  switch (whoStates(context, "ip-address-type")) {
    case "ingress": {
      const message = `"ipv4" does not fit the Service ${service}, which has IPv6 among its ipFamilies`;
      return { field: annotationField(alb.ipAddressType), message };
    }
    case "class": {
      const remedy =
        "Use an IngressClass whose IngressClassParams make the ALB dual-stack, or make the Service IPv4 only.";
      return { message: `${has}, and the ALB is IPv4 only by its IngressClassParams`, remedy };
    }
    case "others": {
      const remedy = "Use an IngressGroup whose ALB is dual-stack, or make the Service IPv4 only.";
      return { message: `${has}, and the ALB of its IngressGroup is IPv4 only`, remedy };
    }
    case "nobody":
      return { message: `${has}, and the ALB would be IPv4 only, since no ip-address-type is given` };
  }
}

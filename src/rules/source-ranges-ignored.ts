import { nlb } from "../annotations/catalog.ts";
import { parseBool, parseList, parseMap } from "../annotations/parse.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const sourceRangesIgnored = defineRule({
  id: "source-ranges-ignored",
  kinds: ["Service"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "Source ranges are written where the controller makes use of them.",
  remediation:
    "Put the ranges into these security groups, or delete the annotation security-groups: the controller then makes a group with the ranges.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:100-150",
  // Among others a target type of ours, which would take away what the ranges are applied to.
  blocksInjection: true,
  onlyWith: [nlb.loadBalancerSourceRanges],
  onlyFor: ["source-ranges"],
  service,
});

function service(context: ServiceContext): readonly Problem[] {
  const { service: spec, controller } = context;
  const { securityGroups } = context.inForce;
  if (securityGroups === undefined || securityGroups === "managed") return [];
  const field = writtenRanges(spec, controller);
  if (field === undefined) return [];
  if (securityGroups === "none") return onTargets(context).map((problem) => ({ field, ...problem }));
  const message = "the ranges restrict nobody: the security groups that are named decide, and are left as they are";
  return [{ field, message }];
}

/** The field wins, if it has any. Auto Mode reads nothing else (EKS user guide, auto-configure-nlb). */
function writtenRanges(
  { loadBalancerSourceRanges, annotations }: ServiceContext["service"],
  { name }: ServiceContext["controller"],
): string | undefined {
  if (loadBalancerSourceRanges.length > 0) return "spec.loadBalancerSourceRanges";
  if (name === "eks-auto-mode") return undefined;
  const items = parseList(annotations[nlb.loadBalancerSourceRanges] ?? "");
  return items.length > 0 ? annotationField(nlb.loadBalancerSourceRanges) : undefined;
}

/** Without security groups of its own the NLB takes everybody, and the ranges go to the security groups of the targets. */
function onTargets({
  service: { annotations },
  inForce,
  listeners,
}: ServiceContext): readonly Omit<Problem, "field">[] {
  const manages = annotations[nlb.manageBackendSecurityGroupRules];
  if (manages !== undefined && parseBool(manages) === false) {
    const message =
      "the ranges restrict nobody: the NLB has no security groups, and those of the targets are left as they are";
    const remedy =
      "Put the ranges into the security groups of the targets, or delete the annotation manage-backend-security-group-rules.";
    return [{ message, remedy }];
  }
  const open = listeners().filter(
    ({ port, targetProtocol, isLost }) =>
      !isLost && seesClients({ port, targetProtocol, annotations, targetType: inForce.targetType }) === false,
  );
  if (open.length === 0) return [];
  const ports = open.map(({ port }) => port).join(", ");
  const message = `the ranges restrict nobody on port ${ports}: the NLB has no security groups, and its targets do not see the addresses of clients`;
  const remedy = `Set "preserve_client_ip.enabled=true" in ${nlb.targetGroupAttributes}, or create the NLB with security groups.`;
  return [{ message, remedy }];
}

interface TargetGroup {
  readonly port: number;
  readonly targetProtocol: string;
  readonly targetType: string | undefined;
  readonly annotations: Readonly<Record<string, string>>;
}

/** model_build_target_group.go:307-325,396-413. undefined: what is written does not parse. */
function seesClients({ port, targetProtocol, targetType, annotations }: TargetGroup): boolean | undefined {
  if (targetProtocol !== "TCP" && targetProtocol !== "TLS") return true;
  const attribute =
    preserveClientIp(annotations[`${nlb.targetGroupAttributes}.${port}`]) ??
    preserveClientIp(annotations[nlb.targetGroupAttributes]);
  if (attribute !== undefined) return parseBool(attribute);
  return targetType === undefined ? undefined : targetType === "instance";
}

function preserveClientIp(attributes: string | undefined): string | undefined {
  if (attributes === undefined) return undefined;
  const map = parseMap(attributes);
  return map === undefined ? "malformed" : map.get("preserve_client_ip.enabled");
}

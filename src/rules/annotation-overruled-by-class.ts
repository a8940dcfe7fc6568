import { alb } from "../annotations/catalog.ts";
import { parseInteger, parseList, parseMap } from "../annotations/parse.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem } from "../decision/rule.ts";

export const annotationOverruledByClass = defineRule({
  id: "annotation-overruled-by-class",
  kinds: ["Ingress"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "An annotation says nothing else than the IngressClassParams that win over it.",
  remediation: "Delete the annotation, or use an IngressClass whose IngressClassParams leave it open.",
  source: "AWS Load Balancer Controller 3.5, pkg/ingress/model_build_load_balancer.go:97-221",
  onlyWith: [
    alb.groupName,
    alb.loadBalancerName,
    alb.scheme,
    alb.ipAddressType,
    alb.targetType,
    alb.inboundCidrs,
    alb.securityGroupPrefixLists,
    alb.certificateArn,
    alb.sslPolicy,
    alb.sslRedirect,
    alb.subnets,
    alb.tags,
    alb.loadBalancerAttributes,
    alb.minimumLoadBalancerCapacity,
    alb.ipamIpv4PoolId,
  ],
  ingress,
});

function ingress(context: IngressContext): readonly Problem[] {
  const { classification, ingress: ingressView, group } = context;
  const params = classification.outcome === "served" ? classification.params : undefined;
  if (params === undefined) return [];
  const { annotations } = ingressView;
  const isFirst = (): boolean => group()?.members[0] === group()?.own;
  return [
    ...whole(annotations, params),
    ...byKey(annotations, alb.tags, "tags", params.tags),
    // These are those of the group's first member.
    ...(params.loadBalancerAttributes !== undefined && isFirst()
      ? byKey(annotations, alb.loadBalancerAttributes, "loadBalancerAttributes", params.loadBalancerAttributes)
      : []),
    ...(params.minimumCapacityUnits !== undefined && isFirst()
      ? capacity(annotations[alb.minimumLoadBalancerCapacity], params.minimumCapacityUnits)
      : []),
    ...((params.ipv4IpamPoolId ?? "") !== "" && isFirst()
      ? text(annotations, alb.ipamIpv4PoolId, "ipamConfiguration", params.ipv4IpamPoolId)
      : []),
  ];
}

type Annotations = IngressContext["ingress"]["annotations"];
type Params = NonNullable<Extract<IngressContext["classification"], { outcome: "served" }>["params"]>;

function whole(annotations: Annotations, params: Params): readonly Problem[] {
  return [
    ...text(annotations, alb.groupName, "group", params.groupName),
    ...text(annotations, alb.loadBalancerName, "loadBalancerName", params.loadBalancerName),
    ...text(annotations, alb.scheme, "scheme", params.scheme),
    ...text(annotations, alb.ipAddressType, "ipAddressType", params.ipAddressType),
    ...text(annotations, alb.targetType, "targetType", params.targetType),
    ...set(annotations, alb.inboundCidrs, "inboundCIDRs", params.inboundCidrs),
    ...set(annotations, alb.securityGroupPrefixLists, "prefixListsIDs", params.prefixListIds),
    ...set(annotations, alb.certificateArn, "certificateArn", params.certificateArns),
    ...text(annotations, alb.sslPolicy, "sslPolicy", params.sslPolicy),
    ...redirect(annotations[alb.sslRedirect], params.sslRedirectPort),
    ...subnets(annotations, params.subnets),
  ];
}

function text(annotations: Annotations, key: string, name: string, value: string | undefined): readonly Problem[] {
  const written = annotations[key];
  if (written === undefined || value === undefined || written === value) return [];
  return [overruled(key, written, name, value)];
}

/** The order of items changes nothing, but for the first certificate, which is the default. */
function set(
  annotations: Annotations,
  key: string,
  name: string,
  items: readonly string[] | undefined,
): readonly Problem[] {
  const written = annotations[key];
  if (written === undefined || items === undefined) return [];
  const own = parseList(written);
  const isSame = JSON.stringify([...new Set(own)].toSorted()) === JSON.stringify([...new Set(items)].toSorted());
  const hasSameDefault = key !== alb.certificateArn || own[0] === items[0];
  return isSame && hasSameDefault ? [] : [overruled(key, written, name, items.join(","))];
}

function redirect(written: string | undefined, port: string | undefined): readonly Problem[] {
  if (written === undefined || port === undefined) return [];
  const isSame = parseInteger(written, 32) !== undefined && parseInteger(written, 32) === parseInteger(port, 32);
  return isSame ? [] : [overruled(alb.sslRedirect, written, "sslRedirectPort", port)];
}

function subnets(annotations: Annotations, selector: Params["subnets"]): readonly Problem[] {
  if (selector === undefined) return [];
  if (selector.ids.length > 0) return set(annotations, alb.subnets, "subnets", selector.ids);
  const written = annotations[alb.subnets];
  return written === undefined ? [] : [overruled(alb.subnets, written, "subnets", "a choice by tags")];
}

function capacity(written: string | undefined, units: number): readonly Problem[] {
  if (written === undefined || parseMap(written)?.get("CapacityUnits") === String(units)) return [];
  return [overruled(alb.minimumLoadBalancerCapacity, written, "minimumLoadBalancerCapacity", `CapacityUnits=${units}`)];
}

function byKey(annotations: Annotations, key: string, name: string, pairs: Params["tags"] = []): readonly Problem[] {
  const written = annotations[key];
  const own = pairs.length === 0 || written === undefined ? undefined : parseMap(written);
  if (own === undefined) return [];
  return pairs.flatMap((pair): readonly Problem[] => {
    const value = own.get(pair.key);
    if (value === undefined || value === pair.value) return [];
    return [overruled(key, `${pair.key}=${value}`, name, `${pair.key}=${pair.value}`)];
  });
}

function overruled(key: string, written: string, name: string, value: string): Problem {
  const message = `${quote(written)} is ignored: the IngressClassParams of the class set ${name} to ${quote(value)}`;
  return { field: annotationField(key), message };
}

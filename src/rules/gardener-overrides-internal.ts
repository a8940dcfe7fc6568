import { nlb } from "../annotations/catalog.ts";
import { gardenerActs, gardenerRewrites, ignoreLoadBalancer, isGardenerRewritten } from "../annotations/gardener.ts";
import { parseBool } from "../annotations/parse.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";

export const gardenerOverridesInternal = defineRule({
  id: "gardener-overrides-internal",
  kinds: ["Service"],
  severity: "deny",
  basis: "ignored-intent",
  summary: "An internal load balancer is asked for in words that Gardener's webhook understands.",
  remediation: `Write ${nlb.scheme}: "internal", or add the annotation ${ignoreLoadBalancer}: "true".`,
  source: "Gardener extension for AWS 1.73, pkg/webhook/shootservice/mutator.go:111-129",
  onlyWith: [nlb.internal],
  service({ service: { annotations }, inForce, old, facts }) {
    const value = annotations[nlb.internal];
    if (value === undefined || value === "" || !gardenerActs(facts.profile)) return [];
    // Of a load balancer that exists another rule says more.
    if (old?.provisioned === true && old.service.type === "LoadBalancer") return [];
    if (!gardenerRewrites(annotations, old?.service.annotations)) return [];
    const isRewritten = isGardenerRewritten(annotations);
    const isMeantInternal = isRewritten ? (parseBool(value) ?? true) : inForce.scheme === "internal";
    if (!isMeantInternal) return [];
    const message = `Gardener's webhook reads "true" only, and makes a load balancer with ${quote(value)} PUBLIC`;
    const isCertain = isRewritten || facts.profile.ipFamily !== undefined;
    return [{ field: annotationField(nlb.internal), message, ...(isCertain ? {} : { severity: "warn" }) }];
  },
});

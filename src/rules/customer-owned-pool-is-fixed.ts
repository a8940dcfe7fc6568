import { alb } from "../annotations/catalog.ts";
import { annotationField, defineRule } from "../decision/rule.ts";

export const customerOwnedPoolIsFixed = defineRule({
  id: "customer-owned-pool-is-fixed",
  kinds: ["Ingress"],
  severity: "warn",
  basis: "update-hazard",
  summary: "The customer-owned address pool of a load balancer that exists stays as it is.",
  remediation: "Keep the pool; for another one, create a second Ingress, move DNS to it, then delete this one.",
  source: "AWS Load Balancer Controller 3.5, pkg/deploy/elbv2/load_balancer_manager.go:273-280",
  updatesOnly: true,
  onlyWith: [alb.customerOwnedIpv4Pool],
  ingress({ ingress, group, old }) {
    const key = alb.customerOwnedIpv4Pool;
    if (old === undefined || ingress.annotations[key] === old.ingress.annotations[key]) return [];
    // One that is replaced takes the new pool.
    const stays = group()
      ?.changesFrom(old.group())
      .some(({ before, after }) => before.scheme === after.scheme);
    if (stays !== true) return [];
    const message =
      "the load balancer exists and keeps the pool that it was made with: the controller only logs the difference";
    return [{ field: annotationField(key), message }];
  },
});

import { nlb } from "../annotations/catalog.ts";
import {
  gardenerActs,
  gardenerRewrites,
  gardenerValues,
  ignoreLoadBalancer,
  isGardenerRewritten,
} from "../annotations/gardener.ts";
import { annotationField, defineRule } from "../decision/rule.ts";
import type { Problem, ServiceContext, ServiceState } from "../decision/rule.ts";

export const gardenerMigratesLoadBalancer = defineRule({
  id: "gardener-migrates-load-balancer",
  kinds: ["Service"],
  severity: "deny",
  basis: "update-hazard",
  summary: "An update gives Gardener's webhook no reason to replace a load balancer that exists.",
  remediation: `Delete ip-address-type, or add the annotation ${ignoreLoadBalancer}: "true"; to migrate, create a second Service, move DNS to it, then delete this one.`,
  source: "Gardener extension for AWS 1.73, pkg/webhook/shootservice/mutator.go:84-129",
  updatesOnly: true,
  confirmable: true,
  onlyWith: [nlb.ipAddressType, ignoreLoadBalancer],
  service(context) {
    const { service, old, facts } = context;
    if (!gardenerActs(facts.profile) || old?.provisioned !== true) return [];
    if (service.type !== "LoadBalancer") return [];
    if (!gardenerRewrites(service.annotations, old.service.annotations) || isSpared(context)) return [];
    const consequence = consequenceFor(old, context);
    return consequence === undefined ? [] : [problem(context, consequence)];
  },
});

/**
 * Its webhook has had its turn before the validating phase. What it has left alone then is in no danger, unless it was down,
 * and the update brings about what it would act on at the next one.
 */
function isSpared({ phase, service, facts, old }: ServiceContext): boolean {
  if (phase === "mutating" || isGardenerRewritten(service.annotations)) return false;
  const stored = old?.service.annotations ?? {};
  return facts.profile.ipFamily === undefined || gardenerRewrites(stored, stored);
}

function consequenceFor(old: ServiceState, { service, controller }: ServiceContext): string | undefined {
  switch (old.controller.name) {
    case "cloud-controller-manager":
      return service.loadBalancerClass === undefined
        ? "hands the Service over to the AWS Load Balancer Controller, which builds a new, PUBLIC load balancer with another DNS name, and the old one stays for ever without an owner"
        : undefined;
    case "aws-load-balancer-controller":
      // Once it has written its scheme, the rule on that says what follows.
      return controller.name === old.controller.name &&
        old.inForce.scheme === "internal" &&
        service.annotations[nlb.scheme] !== gardenerValues.scheme
        ? "makes the load balancer internet-facing: the controller deletes it first, then makes a new, PUBLIC one with another DNS name"
        : undefined;
    case "eks-auto-mode":
    case "other":
    case "nobody":
      return undefined;
  }
}

function problem({ service, old }: ServiceContext, consequence: string): Problem {
  if (old?.service.annotations[ignoreLoadBalancer] === "true" && !(ignoreLoadBalancer in service.annotations)) {
    const remedy = `Keep "true"; to migrate, create a second Service, move DNS to it, then delete this one.`;
    return {
      field: annotationField(ignoreLoadBalancer),
      message: `without it Gardener's webhook ${consequence}`,
      remedy,
    };
  }
  return { field: annotationField(nlb.ipAddressType), message: `for "dualstack" Gardener's webhook ${consequence}` };
}

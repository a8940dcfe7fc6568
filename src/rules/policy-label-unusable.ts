import { policyLabel } from "../annotations/own.ts";
import { defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

const id = "policy-label-unusable";

export const policyLabelUnusable = defineRule({
  id,
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "policy",
  summary:
    "The policy that a namespace picks by label must exist, be selectable, and be allowed to replace the default one.",
  remediation: `Correct the label ${policyLabel} of the namespace.`,
  source: "LoadBalancerPolicy, spec.selectable and spec.overridable",
  // The fault is the namespace's: no injected value brings it about.
  blocksInjection: false,
  onlyFor: ["picked-policy"],
  service(context) {
    if (context.service.type !== "LoadBalancer") return [];
    return unusablePick(context, context.old?.service.type !== "LoadBalancer");
  },
  ingress(context) {
    if (context.albClass === undefined) return [];
    return unusablePick(context, context.old?.albClass === undefined);
  },
});

/** `isNew`: the request asks for a load balancer that was not asked for before. */
function unusablePick(context: ServiceContext | IngressContext, isNew: boolean): readonly Problem[] {
  const { namespace, operation, old, policy } = context;
  const { pick } = policy;
  if (pick === undefined) return [];

  // A fault of the stored object would silence the warning, which each update is to repeat. A refusal it must excuse.
  const isStored = operation === "UPDATE" && old === undefined;
  if (isStored && policy.policy?.spec.rules[id] !== "Deny") return [];

  const { name, outcome, winner } = pick;
  const field = `namespace label ${policyLabel}`;
  const label = `namespace ${quote(namespace)} picks policy ${quote(name)}`;
  switch (outcome) {
    case "missing":
    case "not-selectable": {
      const fault = outcome === "missing" ? "which does not exist" : "which is not selectable";
      const harmless = winner !== undefined && winner.spec.mode !== "Enforce";
      const instead = harmless
        ? `policy ${winner.metadata.name} with mode ${winner.spec.mode} stands in`
        : "no policy is in force";
      const remedy =
        outcome === "missing"
          ? `Correct or remove the label of the namespace, or have the policy ${quote(name)} created.`
          : `Correct or remove the label of the namespace, or have selectable set to true in the policy ${quote(name)}.`;
      const message = `${label}, ${fault}, so ${instead}`;
      // In mode Warn it is told as what mode Enforce would refuse.
      const isRefused = isNew && (!harmless || winner.spec.mode === "Warn");
      return [{ field, message, remedy, severity: isRefused ? "deny" : "warn" }];
    }
    case "not-overridable": {
      const inForce = winner?.metadata.name ?? "the default";
      const message = `${label}, which is ignored: policy ${inForce} is in force and not overridable`;
      const remedy = `Remove the label of the namespace, or have overridable set to true in the policy ${quote(inForce)}.`;
      return [{ field, message, remedy, severity: "warn" }];
    }
  }
}

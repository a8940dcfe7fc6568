import { nlb } from "../annotations/catalog.ts";
import { annotationField, defineRule, ipTargetProblems } from "../decision/rule.ts";

export const gardenerNeedsInstanceTargets = defineRule({
  id: "gardener-needs-instance-targets",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "aws",
  summary: "Load balancers of a cluster that Gardener runs have instance targets.",
  remediation: 'Write "instance".',
  source: "Gardener extension for AWS 1.73, docs/usage/usage.md:491",
  onlyFor: ["gardener"],
  service({ service: { annotations }, controller, inForce, facts }) {
    if (facts.profile.platform !== "gardener" || controller.name !== "aws-load-balancer-controller") return [];
    // On an overlay network the rule on that has the reason.
    if (inForce.targetType !== "ip" || facts.profile.overlayNetwork === true) return [];
    if (annotations[nlb.type] === "nlb-ip") {
      const remedy = `Write ${nlb.type}: "external" and ${nlb.targetType}: "instance".`;
      return [
        { field: annotationField(nlb.type), message: `"nlb-ip" means ip targets, ${unsupported}`, identity, remedy },
      ];
    }
    const which = nlb.targetType in annotations ? '"ip"' : "ip, by the controller's default,";
    return [
      { field: annotationField(nlb.targetType), message: `${which} means pod addresses, ${unsupported}`, identity },
    ];
  },
  ingress(context) {
    const { platform, overlayNetwork } = context.facts.profile;
    return platform === "gardener" && overlayNetwork !== true ? ipTargetProblems(context, unsupported) : [];
  },
});

/** However a Service comes to have them. */
const identity = "ip targets";

const unsupported = "which Gardener does not support: its load balancers do not reach them";

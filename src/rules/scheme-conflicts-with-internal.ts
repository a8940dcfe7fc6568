import { nlb } from "../annotations/catalog.ts";
import { parseBool } from "../annotations/parse.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { Problem, ServiceContext } from "../decision/rule.ts";

export const schemeConflictsWithInternal = defineRule({
  id: "scheme-conflicts-with-internal",
  kinds: ["Service"],
  severity: "warn",
  basis: "ignored-intent",
  summary: "The older internal annotation does not contradict scheme.",
  remediation: "Let scheme say what you mean, and delete the internal annotation.",
  source: "AWS Load Balancer Controller 3.5, pkg/service/model_build_load_balancer.go:231-286",
  onlyWith: [nlb.internal],
  service,
});

function service({ service: { annotations }, controller }: ServiceContext): readonly Problem[] {
  if (controller.name !== "aws-load-balancer-controller") return [];
  const scheme = annotations[nlb.scheme];
  const internal = annotations[nlb.internal];
  if (scheme !== "internal" && scheme !== "internet-facing") return [];
  if (internal === undefined || internal === "" || isInternal(internal) === (scheme === "internal")) return [];
  return [
    {
      field: annotationField(nlb.internal),
      message: `${quote(internal)} contradicts the scheme ${quote(scheme)}, which is all that the controller reads`,
    },
  ];
}

/** A Go boolean where it is one, else as the in-tree controller reads it: anything but "false" (aws.go:2453-2460). */
function isInternal(value: string): boolean {
  return parseBool(value) ?? true;
}

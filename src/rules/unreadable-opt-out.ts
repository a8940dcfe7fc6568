import { injectKey } from "../annotations/own.ts";
import { parseBool } from "../annotations/parse.ts";
import { annotationField, defineRule, quote } from "../decision/rule.ts";
import type { IngressContext, Problem, ServiceContext } from "../decision/rule.ts";

export const unreadableOptOut = defineRule({
  id: "unreadable-opt-out",
  kinds: ["Service", "Ingress"],
  severity: "deny",
  basis: "policy",
  summary:
    "Who writes dualstack.dev/inject writes a value that means something: false on an object, disabled on a namespace.",
  remediation: 'Write "false" to have nothing injected into this object, or delete the annotation.',
  source: "LoadBalancerPolicy, labels and annotations of namespaces and objects",
  blocksInjection: false,
  onlyWith: { service: [injectKey] },
  onlyFor: ["scope-label"],
  service: (context) => check(context.service.annotations, context),
  ingress: (context) => check(context.ingress.annotations, context),
});

type Surroundings = Pick<ServiceContext | IngressContext, "namespace" | "facts">;

function check(annotations: Readonly<Record<string, string>>, { namespace, facts }: Surroundings): readonly Problem[] {
  const own = annotations[injectKey];
  const label = facts.namespaceLabels[injectKey];
  return [
    ...(own === undefined || parseBool(own) !== undefined
      ? []
      : [
          {
            field: annotationField(injectKey),
            message: `${quote(own)} is neither true nor false, so it is not known whether to inject`,
          },
        ]),
    ...(label === undefined || label === "enabled" || label === "disabled"
      ? []
      : [
          {
            field: `namespace label ${injectKey}`,
            message: `${quote(label)} on namespace ${namespace} means nothing`,
            remedy: 'The label takes "enabled" and "disabled".',
            severity: "warn" as const,
          },
        ]),
  ];
}

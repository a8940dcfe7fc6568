import { bindingNodeSelectorWithIpTargets } from "../../src/rules/binding-node-selector-with-ip-targets.ts";
import { testRule } from "../support/rule-tester.ts";

const nodeSelector = { matchLabels: { pool: "edge" } };
const fields = ["spec.nodeSelector"] as const;

testRule(bindingNodeSelectorWithIpTargets, {
  allow: [
    { name: "ip targets without one", binding: {} },
    { name: "instance targets", binding: { spec: { targetType: "instance", nodeSelector } } },
    { name: "the type is not given", binding: { spec: { targetType: undefined, nodeSelector } } },
  ],
  deny: [
    { name: "ip targets", binding: { spec: { nodeSelector } }, fields },
    { name: "an empty one is one", binding: { spec: { nodeSelector: {} } }, fields },
  ],
  warn: [{ name: "of EKS Auto Mode", binding: { apiVersion: "eks.amazonaws.com/v1", spec: { nodeSelector } }, fields }],
});

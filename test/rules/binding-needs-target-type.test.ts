import { bindingNeedsTargetType } from "../../src/rules/binding-needs-target-type.ts";
import { testRule } from "../support/rule-tester.ts";

const fields = ["spec.targetType"] as const;
const without = { spec: { targetType: undefined } };

testRule(bindingNeedsTargetType, {
  allow: [{ name: "ip", binding: {} }],
  deny: [
    { name: "none", binding: without, fields },
    { name: "none of EKS Auto Mode", binding: { apiVersion: "eks.amazonaws.com/v1", ...without }, fields },
  ],
});

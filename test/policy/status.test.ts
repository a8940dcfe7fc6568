import { expect, test } from "vitest";
import { type Condition, PolicyStatus } from "../../src/policy/status.ts";

const accepted: Condition = {
  type: "Accepted",
  status: "True",
  observedGeneration: 2,
  lastTransitionTime: "2026-01-01T00:00:00Z",
  reason: "Valid",
  message: "in force",
};

test("a status keeps the whole of the spec that is in force", () => {
  const inForce = { generation: 2, spec: { mode: "Enforce", aFieldOfAnotherVersion: { nested: [1] } } };
  const status = { observedGeneration: 2, conditions: [accepted], inForce };
  expect(PolicyStatus.parse(status)).toEqual(status);
  expect(PolicyStatus.parse({})).toEqual({});
});

test.each([
  ["a condition without a time", { conditions: [{ ...accepted, lastTransitionTime: undefined }] }],
  ["a reason of several words", { conditions: [{ ...accepted, reason: "not valid" }] }],
  ["a spec without its generation", { inForce: { spec: {} } }],
])("%s is no status", (_, status) => {
  expect(PolicyStatus.safeParse(status).success).toBe(false);
});

import { expect, it } from "vitest";
import { forbidsDeletion } from "../../src/annotations/deletion-protection.ts";

const attributes = "service.beta.kubernetes.io/aws-load-balancer-attributes";

it.each<[string, Record<string, string>, boolean]>([
  ["no attributes", {}, false],
  ["other attributes", { [attributes]: "load_balancing.cross_zone.enabled=true" }, false],
  ["protection off", { [attributes]: "deletion_protection.enabled=F" }, false],
  ["protection on", { [attributes]: "a=b,deletion_protection.enabled=1" }, true],
  ["protection that is no boolean", { [attributes]: "deletion_protection.enabled=yes" }, true],
  ["protection without a value", { [attributes]: "deletion_protection.enabled=" }, true],
  ["attributes that cannot be read", { [attributes]: "a" }, true],
])("the AWS controller deletes nothing: %s", (_name, annotations, forbids) => {
  expect(forbidsDeletion(annotations)).toBe(forbids);
});

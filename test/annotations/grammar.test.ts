import { describe, expect, test } from "vitest";
import { catalogEntry } from "../../src/annotations/catalog.ts";
import type { AnnotationEntry } from "../../src/annotations/catalog.ts";
import { faultsIn } from "../../src/annotations/grammar.ts";
import { listenPortsShape, parseListenPorts } from "../../src/annotations/listen-ports.ts";
import { mutualAuthenticationShape, parseMutualAuthentication } from "../../src/annotations/mutual-authentication.ts";

function entryOf(suffix: string): AnnotationEntry {
  const entry = catalogEntry(`alb.ingress.kubernetes.io/${suffix}`, "Ingress");
  if (entry === undefined) throw new Error(`no annotation ${suffix}`);
  return entry;
}

function messages(suffix: string, raw: string): readonly string[] {
  return faultsIn(raw, entryOf(suffix)).map(({ message }) => message);
}

describe("one grammar each", () => {
  test.each([
    ["load-balancer-name", "anything at all"],
    ["scheme", "internal"],
    ["backend-protocol", "HTTPS"],
    ["backend-protocol-version", "GRPC"],
    ["use-regex-path-match", "T"],
    ["group.order", "-1000"],
    ["healthcheck-interval-seconds", "+5"],
    ["inbound-cidrs", "10.0.0.0/8, ::/0"],
    ["tags", "a=b,c="],
    ["listen-ports", '[{"HTTP":80}]'],
  ])("%s: %s", (suffix, raw) => {
    expect(messages(suffix, raw)).toEqual([]);
  });

  test.each([
    ["scheme", "Internal", '"Internal" is not allowed, only "internal", "internet-facing"'],
    [
      "use-regex-path-match",
      "yes",
      '"yes" is not a boolean of the Go language (1, t, T, TRUE, true, True, 0, f, F, FALSE, false, False)',
    ],
    ["group.order", "1001", "1001 is out of range: only -1000 to 1000 is allowed"],
    ["healthcheck-interval-seconds", "5s", '"5s" is not an integer of 32 bits'],
    ["inbound-cidrs", "10.0.0.0", '"10.0.0.0" is not a CIDR'],
  ])("%s: not %s", (suffix, raw, message) => {
    expect(messages(suffix, raw)).toEqual([message]);
  });

  test("a value that is right but for case and blanks has a remedy of its own", () => {
    expect(faultsIn(" Internal ", entryOf("scheme")).map(({ remedy }) => remedy)).toEqual([
      'Write "internal", without blanks and in this spelling.',
    ]);
    expect(faultsIn("private", entryOf("scheme")).map(({ remedy }) => remedy)).toEqual([undefined]);
  });
});

describe("what reads a value and what judges it agree", () => {
  test.each([
    "",
    "[]",
    "[{}]",
    "[null]",
    "{}",
    '[{"HTTP":80}]',
    '[{"HTTP":80.0}]',
    '[{"HTTP":8e1}]',
    '[{"HTTP":80},{"HTTPS":0}]',
    '[{"http":80}]',
    '[["HTTP",80]]',
  ])("listen-ports %s", (raw) => {
    expect(parseListenPorts(raw) === undefined).toBe(messages("listen-ports", raw).length > 0);
  });

  test.each([
    "",
    "[]",
    "[null]",
    '[{"port":443,"mode":"off"}]',
    '[{"port":443.0,"mode":"off"}]',
    '[{"port":443,"mode":"verify","trustStore":"1.5"}]',
    '[{"port":443,"mode":"verify","trustStore":"t","advertiseTrustStoreCaNames":"yes"}]',
    '[{"port":443,"mode":"off"},{"port":444,"mode":"verify"}]',
  ])("mutual-authentication %s", (raw) => {
    expect(parseMutualAuthentication(raw) === undefined).toBe(messages("mutual-authentication", raw).length > 0);
  });

  test("they say how to write it", () => {
    expect([listenPortsShape.remedy, mutualAuthenticationShape.remedy].join(" ")).toMatch(/"HTTPS": 443.*"mode"/);
  });
});

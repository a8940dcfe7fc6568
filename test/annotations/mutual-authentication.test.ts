import { describe, expect, it } from "vitest";
import { parseMutualAuthentication } from "../../src/annotations/mutual-authentication.ts";

describe("mutual-authentication", () => {
  it("has what is said for each port, of two for one port the last", () => {
    const raw =
      '[{"port":443,"mode":"off"},{"port":8443,"mode":"passthrough"},{"port":443,"mode":"verify","trustStore":"t"}]';
    expect([...(parseMutualAuthentication(raw) ?? [])]).toEqual([
      [443, { mode: "verify", trustStore: "t", ignoresExpiry: false, advertisesTrustStore: undefined }],
      [8443, { mode: "passthrough", trustStore: undefined, ignoresExpiry: undefined, advertisesTrustStore: undefined }],
    ]);
  });

  it("has every port up to the last", () => {
    expect([
      ...(parseMutualAuthentication('[{"port":1,"mode":"off"},{"port":65535,"mode":"off"}]')?.keys() ?? []),
    ]).toEqual([1, 65_535]);
  });

  it("reads names in any case, as Go does, and null as nothing", () => {
    const raw =
      '[{"PORT":443,"Mode":"verify","truststore":"t","ignoreClientCertificateExpiry":true,"advertiseTrustStoreCaNames":"on"},{"port":444,"mode":"off","trustStore":null}]';
    expect([...(parseMutualAuthentication(raw)?.values() ?? [])]).toEqual([
      { mode: "verify", trustStore: "t", ignoresExpiry: true, advertisesTrustStore: "on" },
      { mode: "off", trustStore: undefined, ignoresExpiry: undefined, advertisesTrustStore: undefined },
    ]);
  });

  it.each([
    "",
    "{",
    "[]",
    "{}",
    "[1]",
    "[null]",
    '[{"mode":"off"}]',
    '[{"port":0,"mode":"off"}]',
    '[{"port":65536,"mode":"off"}]',
    '[{"port":443.5,"mode":"off"}]',
    '[{"port":443}]',
    '[{"port":443,"mode":"foo"}]',
    '[{"port":443,"mode":"verify"}]',
    '[{"port":443,"mode":"verify","trustStore":1}]',
    '[{"port":443,"mode":"off","trustStore":"t"}]',
    '[{"port":443,"mode":"passthrough","ignoreClientCertificateExpiry":false}]',
    '[{"port":443,"mode":"verify","trustStore":"t","ignoreClientCertificateExpiry":"no"}]',
    '[{"port":443,"mode":"off","advertiseTrustStoreCaNames":true}]',
    '[{"port":443,"mode":"passthrough","advertiseTrustStoreCaNames":"on"}]',
    '[{"port":443,"mode":"verify","trustStore":"t","advertiseTrustStoreCaNames":"yes"}]',
    '[{"port":443.0,"mode":"off"}]',
  ])("refuses %s", (raw) => {
    expect(parseMutualAuthentication(raw)).toBeUndefined();
  });
});

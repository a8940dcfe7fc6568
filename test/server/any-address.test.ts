import { expect, it } from "vitest";
import { bindable } from "../../src/server/any-address.ts";

it.each([
  ["::", true, "::"],
  ["::", false, "0.0.0.0"],
  ["::1", false, "::1"],
  ["127.0.0.1", false, "127.0.0.1"],
  ["localhost", true, "127.0.0.1"],
])("%s on a machine whose IPv6 is %s is bound as %s", (host, hasIPv6, bound) => {
  expect(bindable({ host, port: 8443 }, hasIPv6)).toEqual({ host: bound, port: 8443 });
});

import { describe, expect, it } from "vitest";
import { parseListenPorts } from "../../src/annotations/listen-ports.ts";

describe("listen-ports", () => {
  it.each([
    ['[{"HTTP":80},{"HTTPS":443}]', "80 HTTP, 443 HTTPS"],
    [' [ {"HTTP" : 80, "HTTPS": 443} ] ', "80 HTTP, 443 HTTPS"],
    ['[{"HTTP":80},{"HTTPS":80}]', "80 HTTPS"],
    ['[{"HTTP":80,"HTTPS":80}]', "80 undefined"],
    ['[{"HTTP":80,"HTTPS":80},{"HTTP":80}]', "80 HTTP"],
    ['[{"HTTP":80,"HTTP":81}]', "81 HTTP"],
    ['[{"HTTP":1},{"HTTP":65535}]', "1 HTTP, 65535 HTTP"],
    ["[{}]", ""],
    ["[null]", ""],
  ])("%s", (raw, expected) => {
    const ports = parseListenPorts(raw);
    expect([...(ports ?? [["refused"]])].map((port) => port.map(String).join(" ")).join(", ")).toBe(expected);
  });

  it.each([
    "",
    "80",
    "[]",
    "null",
    '{"HTTP":80}',
    "[{'HTTP':80}]",
    '[{"HTTP":80},]',
    '[{"HTTP":"80"}]',
    '[{"HTTP":80.5}]',
    '[{"HTTP":80.0}]',
    '[{"HTTP":8e1}]',
    '[{"HTTP":8E1}]',
    '[{"HTTP":0}]',
    '[{"HTTP":-1}]',
    '[{"HTTP":65536}]',
    '[{"HTTP":null}]',
    '[{"http":80}]',
    '[{"TCP":80}]',
    '[["HTTP",80]]',
  ])("refuses %s", (raw) => {
    expect(parseListenPorts(raw)).toBeUndefined();
  });
});

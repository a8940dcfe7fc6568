import { describe, expect, test } from "vitest";
import {
  albAction,
  albConditions,
  albTransforms,
  cognitoProvider,
  conditionValuesIn,
  forwardCount,
  oidcProvider,
  tokenValidation,
} from "../../src/annotations/alb-json.ts";
import type { JsonShape } from "../../src/annotations/entry.ts";

function faultOf({ faultOf: check }: JsonShape, json: string): string | undefined {
  return check(JSON.parse(json), json);
}

const redirect = '"type":"redirect","redirectConfig":{"statusCode":"HTTP_301"}';
const forwardTo = (...targets: readonly string[]): string =>
  `{"type":"forward","forwardConfig":{"targetGroups":[${targets.join(",")}]}}`;

describe("an action", () => {
  test.each([
    '{"type":"fixed-response","fixedResponseConfig":{"statusCode":"404"}}',
    `{${redirect}}`,
    '{"TYPE":"redirect","redirectconfig":{"statuscode":"HTTP_301","port":null}}',
    '{"type":"redirect","redirectConfig":{"statusCode":"HTTP_999"},"more":1}',
    '{"type":"forward","targetGroupARN":"arn:a"}',
    '{"type":"forward","targetGroupName":"a","forwardConfig":null}',
    '{"type":"forward","forwardConfig":{}}',
    forwardTo('{"serviceName":"web","servicePort":80}'),
    forwardTo('{"serviceName":"web","servicePort":"http"}'),
    forwardTo('{"serviceName":"web","servicePort":80,"weight":1}', '{"targetGroupARN":"arn:a","weight":-1}'),
    '{"type":"forward","forwardConfig":{"targetGroups":[],"targetGroupStickinessConfig":{"enabled":true,"durationSeconds":60}}}',
    `{"type":"redirect","type":"forward","targetGroupARN":"arn:a"}`,
  ])("takes %s", (json) => {
    expect(faultOf(albAction, json)).toBeUndefined();
  });

  test.each([
    ["[]", "it is not an object"],
    ["null", 'its type is not "forward", "redirect" or "fixed-response"'],
    ['{"type":"Redirect"}', 'its type is not "forward", "redirect" or "fixed-response"'],
    ['{"type":"redirect"}', "it has no redirectConfig"],
    ['{"type":"redirect","redirectConfig":{"port":"443"}}', "redirectConfig has no statusCode"],
    ['{"type":"fixed-response","fixedResponseConfig":{"statusCode":""}}', "fixedResponseConfig has no statusCode"],
    [
      '{"type":"fixed-response","fixedResponseConfig":{"statusCode":404}}',
      "fixedResponseConfig is not right: statusCode is not a text",
    ],
    [
      `{${redirect},"fixedResponseConfig":{"statusCode":404}}`,
      "fixedResponseConfig is not right: statusCode is not a text",
    ],
    [`{${redirect},"forwardConfig":[]}`, "forwardConfig is not an object"],
    ['{"type":"forward"}', "it has no forwardConfig, and names no target group"],
    [
      '{"type":"forward","targetGroupARN":"arn:a","forwardConfig":{}}',
      "it names a target group beside its forwardConfig",
    ],
    [forwardTo("{}"), "each target group needs either a serviceName or a targetGroupARN or targetGroupName"],
    [
      forwardTo('{"serviceName":"web","servicePort":80,"targetGroupName":"a"}'),
      "each target group needs either a serviceName or a targetGroupARN or targetGroupName",
    ],
    [forwardTo('{"serviceName":"web"}'), "a serviceName needs a servicePort"],
    [
      forwardTo('{"targetGroupName":"a","weight":1}', '{"targetGroupName":"b"}'),
      "each of several target groups needs a weight",
    ],
    [
      forwardTo('{"serviceName":"web","servicePort":80.5}'),
      "forwardConfig is not right: targetGroups is not right: servicePort is not a name or an integer",
    ],
    [
      forwardTo('{"serviceName":"web","servicePort":80,"weight":"1"}'),
      "forwardConfig is not right: targetGroups is not right: weight is not an integer",
    ],
    [
      forwardTo('{"serviceName":"web","servicePort":2147483648}'),
      "forwardConfig is not right: targetGroups is not right: servicePort is not a name or an integer",
    ],
    [
      '{"type":"forward","forwardConfig":{"targetGroups":{}}}',
      "forwardConfig is not right: targetGroups is not a list of objects",
    ],
    [
      '{"type":"forward","forwardConfig":{"targetGroupStickinessConfig":{"enabled":"true"}}}',
      "forwardConfig is not right: targetGroupStickinessConfig is not right: enabled is not true or false",
    ],
  ])("refuses %s", (json, fault) => {
    expect(faultOf(albAction, json)).toBe(fault);
  });

  test.each([
    ['{"type":"forward","targetGroupARN":"arn:a"}', 1],
    [forwardTo('{"serviceName":"web","servicePort":80}'), 1],
    [forwardTo('{"targetGroupName":"a"}', '{"targetGroupName":"b"}'), 2],
    ['{"type":"forward","forwardConfig":{}}', 0],
    [`{${redirect},"targetGroupARN":"arn:a"}`, 0],
    ["[]", 0],
  ])("%s forwards to %d target groups", (json, count) => {
    expect(forwardCount(JSON.parse(json))).toBe(count);
  });
});

describe("conditions", () => {
  test.each([
    "null",
    "[]",
    "[null]",
    '[{"field":"cookie"}]',
    '[{"field":"host-header","hostHeaderConfig":{"values":["a"]}}]',
    '[{"field":"path-pattern","pathPatternConfig":{"regexValues":["^a"]}}]',
    '[{"field":"http-header","httpHeaderConfig":{"httpHeaderName":"a","values":["b"]}}]',
    '[{"field":"http-header","httpHeaderConfig":{"values":["b"]}}]',
    '[{"field":"http-request-method","httpRequestMethodConfig":{"values":["GET"]}}]',
    '[{"field":"query-string","queryStringConfig":{"values":[{"value":"b"}]}}]',
    '[{"field":"source-ip","sourceIPConfig":{"values":["here"]}}]',
  ])("takes %s", (json) => {
    expect(faultOf(albConditions, json)).toBeUndefined();
  });

  test.each([
    ["{}", "it is not a list of objects"],
    ["[1]", "it is not a list of objects"],
    ['[{"field":1}]', "field is not a text"],
    ['[{"field":"host-header"}]', "the condition host-header has no hostHeaderConfig"],
    ['[{"field":"host-header","hostHeaderConfig":{}}]', "hostHeaderConfig has no values"],
    [
      '[{"field":"path-pattern","pathPatternConfig":{"values":["/"],"regexValues":["^/"]}}]',
      "pathPatternConfig has both values and regexValues",
    ],
    ['[{"field":"source-ip","sourceIPConfig":{"regexValues":["^1"]}}]', "sourceIPConfig has no values"],
    [
      '[{"field":"query-string","queryStringConfig":{"values":[{"value":"b"},{"key":"a"}]}}]',
      "queryStringConfig has a pair without a value",
    ],
    [
      '[{"field":"query-string","queryStringConfig":{"values":["a=b"]}}]',
      "queryStringConfig is not right: values is not a list of objects",
    ],
    [
      '[{"field":"host-header","hostHeaderConfig":{"values":"a"}}]',
      "hostHeaderConfig is not right: values is not a list of texts",
    ],
    [
      '[{"field":"host-header","hostHeaderConfig":{"values":["a",1]}}]',
      "hostHeaderConfig is not right: values is not a list of texts",
    ],
    ['[{"field":"cookie"},{"field":"source-ip"}]', "the condition source-ip has no sourceIPConfig"],
  ])("refuses %s", (json, fault) => {
    expect(faultOf(albConditions, json)).toBe(fault);
  });

  test("compare hosts and paths with values or patterns", () => {
    const json =
      '[{"field":"host-header","hostHeaderConfig":{"values":["a"]}},{"field":"source-ip","sourceIPConfig":{"values":["10.0.0.0/8"]}},{"field":"path-pattern","pathPatternConfig":{"regexValues":["^a"]}}]';
    expect(conditionValuesIn(JSON.parse(json))).toEqual([
      { field: "host-header", hasValues: true, hasPatterns: false },
      { field: "path-pattern", hasValues: false, hasPatterns: true },
    ]);
  });

  test("compare nothing where they are refused", () => {
    const json = '[{"field":"host-header","hostHeaderConfig":{"values":["a"]}},{"field":"source-ip"}]';
    expect(conditionValuesIn(JSON.parse(json))).toEqual([]);
  });
});

describe("transforms", () => {
  test.each([
    "[]",
    "null",
    '[{"type":"url-rewrite","urlRewriteConfig":{"rewrites":[{"regex":"^a","replace":"b"}]}}]',
    '[{"type":"host-header-rewrite","hostHeaderRewriteConfig":{"rewrites":[{}]}}]',
  ])("takes %s", (json) => {
    expect(faultOf(albTransforms, json)).toBeUndefined();
  });

  test.each([
    ["{}", "it is not a list of objects"],
    ["[{}]", 'a type is not "url-rewrite" or "host-header-rewrite"'],
    ['[{"type":"url-rewrite","hostHeaderRewriteConfig":{"rewrites":[{}]}}]', "it has no urlRewriteConfig"],
    ['[{"type":"url-rewrite","urlRewriteConfig":{"rewrites":[]}}]', "urlRewriteConfig has no rewrites"],
    [
      '[{"type":"url-rewrite","urlRewriteConfig":{"rewrites":[{"regex":1}]}}]',
      "urlRewriteConfig is not right: rewrites is not right: regex is not a text",
    ],
  ])("refuses %s", (json, fault) => {
    expect(faultOf(albTransforms, json)).toBe(fault);
  });
});

describe("an identity provider, and what validates tokens", () => {
  test.each([
    [cognitoProvider, "{}"],
    [cognitoProvider, '{"userPoolARN":"arn:a","authenticationRequestExtraParams":{"a":"b"}}'],
    [oidcProvider, "null"],
    [oidcProvider, '{"issuer":"a","secretname":"b","unknown":1}'],
    [
      tokenValidation,
      '{"jwksEndpoint":"a","issuer":"b","additionalClaims":[{"format":"x","name":"a","values":["b"]}]}',
    ],
  ])("takes %#: %s", (shape, json) => {
    expect(faultOf(shape, json)).toBeUndefined();
  });

  test.each([
    [cognitoProvider, "[]", "it is not an object"],
    [cognitoProvider, '{"userPoolARN":1}', "userPoolARN is not a text"],
    [
      cognitoProvider,
      '{"authenticationRequestExtraParams":{"a":1}}',
      "authenticationRequestExtraParams is not an object of texts",
    ],
    [oidcProvider, '{"Issuer":{}}', "issuer is not a text"],
    [oidcProvider, '{"userPoolARN":1,"secretName":2}', "secretName is not a text"],
    [tokenValidation, '{"additionalClaims":{}}', "additionalClaims is not a list of objects"],
    [
      tokenValidation,
      '{"additionalClaims":[{"values":"a"}]}',
      "additionalClaims is not right: values is not a list of texts",
    ],
  ])("refuses %#: %s", (shape, json, fault) => {
    expect(faultOf(shape, json)).toBe(fault);
  });
});

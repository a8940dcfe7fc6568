import { invalidJson } from "../../src/rules/invalid-json.ts";
import { testRule } from "../support/rule-tester.ts";
import { forwardTo, pathsTo, service } from "./backend-services.ts";
import { keyed } from "./group-members.ts";

testRule(invalidJson, {
  allow: [
    {
      name: "a forward action",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"baseServiceWeight": 50, "targetGroups": [{"serviceName": "web-v2", "servicePort": 80, "weight": 50}]}}',
        },
      },
    },
    {
      name: "one target without a weight, and names in another case",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"Type": "forward", "forwardconfig": {"targetGroups": [{"targetGroupArn": "arn:x"}]}}',
        },
      },
    },
    {
      name: "null, which counts as left out",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"baseServiceWeight": 50, "targetGroups": [{"serviceName": null, "targetGroupARN": "arn:x", "weight": null}]}}',
        },
      },
    },
    {
      name: "several targets, each with a weight",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"baseServiceWeight": 50, "targetGroups": [{"serviceName": "a", "servicePort": "http", "weight": 0}, {"targetGroupARN": "arn:x", "weight": 999}]}}',
        },
      },
    },
    {
      name: "every field with a value of its type",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"baseServiceWeight": -5, "targetGroups": [{"serviceName": "a", "servicePort": 2147483647, "decrypt": true}], "targetGroupStickinessConfig": {"enabled": false}}}',
        },
      },
    },
    {
      name: "no target but the Service itself",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80": '{"type": "forward", "forwardConfig": {"targetGroups": null}}',
        },
      },
    },
    {
      name: "an action for a listener that is not there",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/actions.UDP-80": "{" },
      },
    },
    {
      name: "the in-tree controller, which reads none",
      service: { annotations: { "service.beta.kubernetes.io/actions.TCP-80": "{" } },
    },
    {
      name: "what an ALB's controller takes: names in any case, null, and a field of a condition that it does not know",
      ingress: {
        annotations: keyed({
          "listen-ports": '[{"HTTP": 80}, null]',
          "mutual-authentication":
            '[{"Port": 443, "mode": "verify", "trustStore": "t", "advertiseTrustStoreCaNames": "on"}]',
          "actions.web": '{"Type": "redirect", "redirectConfig": {"host": null, "statusCode": "HTTP_301"}}',
          "conditions.web":
            '[{"field": "color"}, {"field": "host-header", "hostHeaderConfig": {"regexValues": ["a"]}}]',
          "transforms.web":
            '[{"type": "url-rewrite", "urlRewriteConfig": {"rewrites": [{"regex": "a", "replace": "b"}]}}]',
          "auth-idp-oidc": '{"issuer": "i", "authenticationRequestExtraParams": {"a": "b"}}',
          "jwt-validation": '{"jwksEndpoint": "j", "additionalClaims": [{"name": "scope", "values": ["a"]}]}',
        }),
        spec: pathsTo(["web", "use-annotation"]),
      },
      cluster: [],
    },
    {
      name: "an action that no backend takes, and conditions and transforms of none",
      ingress: { annotations: keyed({ "actions.web": "{", "conditions.api": "[", "transforms.api": "[" }) },
      cluster: [],
    },
    {
      name: "an Ingress of another class",
      ingress: { spec: { ingressClassName: "nginx" }, annotations: { "alb.ingress.kubernetes.io/listen-ports": "[" } },
    },
  ],
  deny: [
    {
      name: "an empty text",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/actions.TCP-80": "" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "names without quotes",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/actions.TCP-80": "{type: forward}" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "a list",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/actions.TCP-80": "[]" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "nothing",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/actions.TCP-80": "null" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "another type",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "redirect", "forwardConfig": {"baseServiceWeight": 50, "targetGroups": [{"serviceName": "web-v2", "servicePort": 80, "weight": 50}]}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "no type",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/actions.TCP-80": '{"forwardConfig": {"targetGroups": []}}' },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "a forward action without forwardConfig, on which the controller crashes",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: { "service.beta.kubernetes.io/actions.TCP-80": '{"type": "forward"}' },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "target groups that are no list",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80": '{"type": "forward", "forwardConfig": {"targetGroups": {}}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "a target that is nothing",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"baseServiceWeight": 50, "targetGroups": [null]}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "a target that is two",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"baseServiceWeight": 50, "targetGroups": [{"serviceName": "a", "servicePort": 80, "targetGroupARN": "arn:x"}]}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "a Service without a port",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"baseServiceWeight": 50, "targetGroups": [{"serviceName": "a"}]}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "a weight beyond 999",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"baseServiceWeight": 50, "targetGroups": [{"targetGroupARN": "arn:x", "weight": 1000}]}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "a negative weight",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"baseServiceWeight": 50, "targetGroups": [{"targetGroupARN": "arn:x", "weight": -1}]}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "a weight as text",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"baseServiceWeight": 50, "targetGroups": [{"targetGroupARN": "arn:x", "weight": "50"}]}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "a weight of the Service itself that is a text",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"baseServiceWeight": "50", "targetGroups": []}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "a weight of the Service itself of more than 32 bits",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"baseServiceWeight": 2147483648, "targetGroups": []}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "stickiness that is no object",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"targetGroups": [], "targetGroupStickinessConfig": true}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "stickiness enabled by a text",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"targetGroups": [], "targetGroupStickinessConfig": {"enabled": "true"}}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "a Service's name that is a number",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"targetGroups": [{"serviceName": 5, "servicePort": 80}]}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "an ARN that is a number",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"targetGroups": [{"targetGroupARN": 5}]}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "a port that is neither name nor integer",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"targetGroups": [{"serviceName": "a", "servicePort": 80.5}]}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "decryption by a text",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"targetGroups": [{"serviceName": "a", "servicePort": 80, "decrypt": "true"}]}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "two targets, one without a weight",
      service: {
        spec: { loadBalancerClass: "service.k8s.aws/nlb" },
        annotations: {
          "service.beta.kubernetes.io/actions.TCP-80":
            '{"type": "forward", "forwardConfig": {"baseServiceWeight": 50, "targetGroups": [{"targetGroupARN": "arn:x", "weight": 1}, {"targetGroupARN": "arn:y"}]}}',
        },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "a comma at the end, single quotes, and an empty text",
      ingress: {
        annotations: {
          "alb.ingress.kubernetes.io/listen-ports": '[{"HTTP": 80},]',
          "alb.ingress.kubernetes.io/mutual-authentication": "[{'port': 443}]",
          "alb.ingress.kubernetes.io/conditions.web": "",
        },
      },
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/listen-ports]",
        "metadata.annotations[alb.ingress.kubernetes.io/mutual-authentication]",
        "metadata.annotations[alb.ingress.kubernetes.io/conditions.web]",
      ],
    },
    {
      name: "JSON of another kind",
      ingress: {
        annotations: keyed({
          "listen-ports": '{"HTTP": 80}',
          "mutual-authentication": "null",
          "actions.web": "[]",
          "conditions.web": '{"field": "source-ip"}',
          "transforms.web": '["url-rewrite"]',
          "auth-idp-cognito": '"pool"',
        }),
        spec: pathsTo(["web", "use-annotation"]),
      },
      cluster: [],
      fields: [
        "metadata.annotations[alb.ingress.kubernetes.io/listen-ports]",
        "metadata.annotations[alb.ingress.kubernetes.io/mutual-authentication]",
        "metadata.annotations[alb.ingress.kubernetes.io/actions.web]",
        "metadata.annotations[alb.ingress.kubernetes.io/conditions.web]",
        "metadata.annotations[alb.ingress.kubernetes.io/transforms.web]",
        "metadata.annotations[alb.ingress.kubernetes.io/auth-idp-cognito]",
      ],
    },
    {
      name: "an identity provider on which the only Service says nothing",
      ingress: { annotations: keyed({ "auth-idp-oidc": '{"issuer": 1}' }), spec: pathsTo(["web", 80]) },
      cluster: [service("shop/web")],
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/auth-idp-oidc]"],
    },
    {
      name: "an identity provider for several Services, none of which may say it",
      ingress: {
        annotations: keyed({ "auth-idp-oidc": "{", "actions.web": forwardTo("web", "api") }),
        spec: pathsTo(["web", "use-annotation"]),
      },
      cluster: [service("shop/web", { annotations: { "auth-idp-oidc": "{}" } }), service("shop/api")],
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/auth-idp-oidc]"],
    },
  ],
  warn: [
    {
      name: "Auto Mode, as far as anybody knows",
      service: {
        spec: { loadBalancerClass: "eks.amazonaws.com/nlb" },
        annotations: { "service.beta.kubernetes.io/actions.TCP-80": "{" },
      },
      fields: ["metadata.annotations[service.beta.kubernetes.io/actions.TCP-80]"],
    },
    {
      name: "validation of tokens without a listener of HTTPS",
      ingress: { annotations: { "alb.ingress.kubernetes.io/jwt-validation": "{" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/jwt-validation]"],
    },
    {
      name: "an identity provider on which a Service behind the Ingress may have its own word",
      ingress: { annotations: { "alb.ingress.kubernetes.io/auth-idp-oidc": "{" } },
      fields: ["metadata.annotations[alb.ingress.kubernetes.io/auth-idp-oidc]"],
    },
  ],
});

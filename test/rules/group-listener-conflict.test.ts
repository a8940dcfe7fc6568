import { groupListenerConflict } from "../../src/rules/group-listener-conflict.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams, inGroup, member } from "./group-members.ts";

const at = (key: string): string => `metadata.annotations[alb.ingress.kubernetes.io/${key}]`;
const both = {
  "listen-ports": '[{"HTTP":80},{"HTTPS":443}]',
  "certificate-arn": "arn:aws:acm:eu-west-1:1:certificate/a",
};

testRule(groupListenerConflict, {
  allow: [
    {
      name: "other sources on another port",
      ingress: inGroup({ "inbound-cidrs": "10.0.0.0/8" }),
      cluster: [member("team-b/api", { "inbound-cidrs": "10.0.0.0/9", "listen-ports": '[{"HTTP":81}]' })],
    },
    {
      name: "a TLS policy that the other leaves open",
      ingress: inGroup({ ...both, "ssl-policy": "ELBSecurityPolicy-TLS13-1-2-2021-06" }),
      cluster: [member("team-b/api", both)],
    },
    {
      name: "listen-ports that the controller refuses, for which another rule speaks",
      ingress: inGroup({ "listen-ports": "80", "inbound-cidrs": "10.0.0.0/8" }),
      cluster: [member("team-b/api", { "inbound-cidrs": "10.0.0.0/9" })],
    },
  ],
  deny: [
    {
      name: "another protocol on the port that is the default",
      ingress: inGroup(),
      cluster: [member("team-b/api", { "listen-ports": '[{"HTTPS":80}]', "certificate-arn": both["certificate-arn"] })],
      fields: [at("listen-ports")],
    },
    {
      name: "other sources, once for all the ports that are shared",
      ingress: inGroup({ ...both, "inbound-cidrs": "10.0.0.0/8" }),
      cluster: [member("team-b/api", { ...both, "inbound-cidrs": "10.0.0.0/9" })],
      fields: [at("inbound-cidrs")],
    },
    {
      name: "sources of IngressClassParams",
      ingress: { ...inGroup({ "inbound-cidrs": "10.0.0.0/9" }), spec: { ingressClassName: "pub" } },
      cluster: [
        member("team-b/api", { "inbound-cidrs": "10.0.0.0/9" }),
        ...classWithParams("pub", { inboundCIDRs: ["10.0.0.0/8"] }),
      ],
      fields: ["spec.ingressClassName"],
    },
    {
      name: "another TLS policy, attribute and mutual TLS",
      ingress: inGroup({
        ...both,
        "ssl-policy": "A",
        "mutual-authentication": '[{"port":443,"mode":"passthrough"}]',
        "listener-attributes.HTTPS-443": "a=1",
      }),
      cluster: [
        member("team-b/api", {
          ...both,
          "ssl-policy": "B",
          "mutual-authentication": '[{"port":443,"mode":"off"}]',
          "listener-attributes.HTTPS-443": "a=2",
        }),
      ],
      fields: [at("ssl-policy"), at("mutual-authentication"), at("listener-attributes.HTTPS-443")],
    },
  ],
  warn: [
    {
      name: "the default port of a class that may bring a certificate, which makes it another port",
      ingress: { ...inGroup(), spec: { ingressClassName: "pub" } },
      cluster: [
        member("team-b/api", { "listen-ports": '[{"HTTPS":80}]', "certificate-arn": both["certificate-arn"] }),
        ...classWithParams("pub", {}).slice(0, 1),
      ],
      unsure: ["IngressClassParams"],
      fields: [at("listen-ports")],
    },
  ],
});

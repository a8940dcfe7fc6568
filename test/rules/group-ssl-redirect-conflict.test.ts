import { groupSslRedirectConflict } from "../../src/rules/group-ssl-redirect-conflict.ts";
import { testRule } from "../support/rule-tester.ts";
import { classWithParams, inGroup, member } from "./group-members.ts";

const field = "metadata.annotations[alb.ingress.kubernetes.io/ssl-redirect]";
const others = [member("team-b/api", { "ssl-redirect": "8443" })];

testRule(groupSslRedirectConflict, {
  allow: [
    { name: "the port that the group redirects to", ingress: inGroup({ "ssl-redirect": "8443" }), cluster: others },
    { name: "none of its own", ingress: inGroup(), cluster: others },
    {
      name: "a value that the controller refuses, for which another rule speaks",
      ingress: inGroup({ "ssl-redirect": "https" }),
      cluster: others,
    },
    {
      name: "IngressClassParams that cannot be read, so that there is no redirect at all",
      ingress: inGroup({ "ssl-redirect": "443" }),
      cluster: [
        ...others,
        member("team-c/api", {}, { ingressClassName: "pub" }),
        ...classWithParams("pub", { sslRedirectPort: "https" }),
      ],
    },
  ],
  deny: [
    { name: "another port", ingress: inGroup({ "ssl-redirect": "443" }), cluster: others, fields: [field] },
    {
      name: "another port by IngressClassParams",
      ingress: { ...inGroup({ "ssl-redirect": "8443" }), spec: { ingressClassName: "pub" } },
      cluster: [...others, ...classWithParams("pub", { sslRedirectPort: "443" })],
      fields: ["spec.ingressClassName"],
    },
  ],
});

import { groupDefaultBackendConflict } from "../../src/rules/group-default-backend-conflict.ts";
import { testRule } from "../support/rule-tester.ts";
import { inGroup, keyed, member } from "./group-members.ts";

const withDefault = { defaultBackend: { service: { name: "api", port: { number: 80 } } } };
const redirected = {
  "listen-ports": '[{"HTTP":80},{"HTTPS":443}]',
  "certificate-arn": "arn:aws:acm:eu-west-1:1:certificate/a",
  "ssl-redirect": "443",
};

testRule(groupDefaultBackendConflict, {
  allow: [
    { name: "the only default backend", ingress: inGroup(), cluster: [member("team-b/api")] },
    {
      name: "no default backend of its own",
      ingress: { ...inGroup(), spec: { defaultBackend: undefined } },
      cluster: [member("team-b/api", {}, withDefault)],
    },
    {
      name: "another port",
      ingress: inGroup({ "listen-ports": '[{"HTTP":81}]' }),
      cluster: [member("team-b/api", {}, withDefault)],
    },
    {
      name: "a shared port that another Ingress redirects to HTTPS",
      ingress: inGroup(),
      cluster: [member("team-b/api", redirected, withDefault)],
    },
    { name: "no group", ingress: { annotations: keyed({}) }, cluster: [member("team-b/api", {}, withDefault)] },
  ],
  deny: [
    {
      name: "a second default backend on the same port",
      ingress: inGroup(),
      cluster: [member("team-b/api", {}, withDefault)],
      fields: ["spec.defaultBackend"],
    },
    {
      name: "on HTTPS, where nothing is redirected; once for all ports",
      ingress: inGroup({ ...redirected, "listen-ports": '[{"HTTP":80},{"HTTPS":443},{"HTTPS":8443}]' }),
      cluster: [member("team-b/api", { ...redirected, "listen-ports": '[{"HTTPS":443},{"HTTPS":8443}]' }, withDefault)],
      fields: ["spec.defaultBackend"],
    },
    {
      name: "an update that adds one",
      old: { ...inGroup(), spec: { defaultBackend: undefined } },
      ingress: inGroup(),
      cluster: [member("team-b/api", {}, withDefault)],
      fields: ["spec.defaultBackend"],
    },
  ],
});

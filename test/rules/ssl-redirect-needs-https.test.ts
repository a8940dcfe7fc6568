import { defaultProfile } from "../../src/decision/facts.ts";
import { sslRedirectNeedsHttps } from "../../src/rules/ssl-redirect-needs-https.ts";
import { testRule } from "../support/rule-tester.ts";
import { autoModeClass, classWithParams, inGroup, keyed, member } from "./group-members.ts";

const redirect = "metadata.annotations[alb.ingress.kubernetes.io/ssl-redirect]";
const ports = "metadata.annotations[alb.ingress.kubernetes.io/listen-ports]";
const certificate = { "certificate-arn": "arn:aws:acm:eu-west-1:1:certificate/a" };
const both = { ...certificate, "listen-ports": '[{"HTTP":80},{"HTTPS":443}]' };
const to443 = { "ssl-redirect": "443" };
const { featureGates } = defaultProfile;
const gateOn = { featureGates: { ...featureGates, EnableCertificateManagement: true } };
const gateOff = { featureGates: { ...featureGates, EnableCertificateManagement: false } };
const asksForCertificate = {
  annotations: keyed({ ...to443, "create-acm-cert": "true" }),
  spec: { ingressClassName: "alb", rules: [{ host: "shop.example" }] },
};

testRule(sslRedirectNeedsHttps, {
  allow: [
    { name: "its own HTTPS listener", ingress: { annotations: keyed({ ...both, ...to443 }) }, cluster: [] },
    { name: "HTTPS by a certificate", ingress: { annotations: keyed({ ...certificate, ...to443 }) }, cluster: [] },
    {
      name: "HTTPS by a certificate of the class",
      ingress: { annotations: keyed(to443), spec: { ingressClassName: "pub" } },
      cluster: classWithParams("pub", { certificateArn: ["arn:a"] }),
    },
    {
      name: "HTTPS by a certificate that the controller makes",
      ingress: asksForCertificate,
      profile: gateOn,
      cluster: [],
    },
    {
      name: "a certificate to be made, where nobody knows whether the controller makes any",
      ingress: asksForCertificate,
      cluster: [],
    },
    {
      name: "the HTTPS listener of another member",
      ingress: inGroup(to443),
      cluster: [member("team-b/api", both)],
    },
    {
      name: "a redirect of another member that was not in order before",
      old: inGroup({ "listen-ports": '[{"HTTP":80}]' }),
      ingress: inGroup({ "listen-ports": '[{"HTTP":81}]' }),
      cluster: [member("team-b/api", to443)],
    },
    {
      name: "a redirect of another member that was not in order without this one",
      ingress: inGroup(),
      cluster: [member("team-b/api", to443)],
    },
    {
      name: "two members that redirect to different ports, for which another rule speaks",
      ingress: inGroup(to443),
      cluster: [member("team-b/api", { "ssl-redirect": "444" })],
    },
    {
      name: "listen-ports that the controller refuses, for which another rule speaks",
      ingress: { annotations: keyed({ "listen-ports": "443", ...to443 }) },
      cluster: [],
    },
  ],
  deny: [
    { name: "no such listener", ingress: { annotations: keyed(to443) }, cluster: [], fields: [redirect] },
    {
      name: "a certificate that the controller makes only with its feature gate on",
      ingress: asksForCertificate,
      profile: gateOff,
      cluster: [],
      fields: [redirect],
    },
    {
      name: "a listener of HTTP",
      ingress: { annotations: keyed({ ...both, "ssl-redirect": "80" }) },
      cluster: [],
      fields: [redirect],
    },
    {
      name: "a port of IngressClassParams",
      ingress: { annotations: keyed(both), spec: { ingressClassName: "pub" } },
      cluster: classWithParams("pub", { sslRedirectPort: "444" }),
      fields: ["spec.ingressClassName"],
    },
    {
      name: "the listener taken away to which another member redirects",
      old: inGroup(both),
      ingress: inGroup(),
      cluster: [member("team-b/api", to443)],
      fields: [ports],
    },
  ],
  warn: [
    {
      name: "a class that may bring a certificate",
      ingress: { annotations: keyed(to443) },
      fields: [redirect],
    },
    {
      name: "a group whose other members nobody knows",
      ingress: inGroup({ ...to443, "listen-ports": '[{"HTTP":80}]' }),
      profile: { albClasses: [{ name: "alb", hasParams: false }] },
      fields: [redirect],
    },
    {
      name: "EKS Auto Mode, whose source is closed",
      ingress: { annotations: keyed(to443), spec: { ingressClassName: "auto" } },
      cluster: autoModeClass("auto"),
      fields: [redirect],
    },
  ],
});

import type { HelpGroup } from "./help.ts";
import { profileSettings } from "./profile.ts";
import type { Table } from "./table.ts";
import {
  address,
  countUpTo,
  directory,
  dnsName,
  file,
  fileOrDirectory,
  httpUrl,
  namespaceName,
  oneOf,
  secondsUpTo,
  trueOrFalse,
} from "./values.ts";

const generalSettings = {
  help: { flag: "help", short: "h", takes: "nothing", flagOnly: true, description: "Print this text." },
  version: { flag: "version", takes: "nothing", flagOnly: true, description: "Print the version." },
} as const satisfies Table;

const servingSettings = {
  listen: {
    flag: "listen",
    takes: "value",
    type: address,
    default: "127.0.0.1:8443",
    description: "Where admission reviews are answered, over TLS. In a pod: 0.0.0.0:8443 or [::]:8443.",
  },
  healthListen: {
    flag: "health-listen",
    takes: "value",
    type: address,
    default: "127.0.0.1:8081",
    description: "Where /livez, /readyz and /metrics are answered, over plain HTTP.",
  },
  tlsDir: {
    flag: "tls-dir",
    takes: "value",
    type: directory,
    description: "Folder of tls.crt and tls.key, watched for changes.",
    otherwise: "local mode, with a throwaway certificate made at start",
  },
  selfManagedCertificate: {
    flag: "self-managed-certificate",
    takes: "nothing",
    description:
      "Make and renew the certificate ourselves, in the Secret dualstack-webhook-ca, and have the webhook configurations trust it.",
    otherwise: "the certificate is somebody else's, such as cert-manager's",
  },
  tlsMinVersion: {
    flag: "tls-min-version",
    takes: "value",
    type: oneOf("1.2", "1.3"),
    default: "1.3",
    description: "The oldest TLS version to speak; 1.2 only for a middlebox that inspects TLS.",
  },
  tlsNames: {
    flag: "tls-name",
    takes: "names",
    type: dnsName,
    description: "A DNS name that the certificate must carry, such as SERVICE.NAMESPACE.svc.",
    otherwise: "not checked",
  },
  shutdownDelay: {
    flag: "shutdown-delay",
    takes: "value",
    // A drain longer than five minutes outlives every sensible termination grace period.
    type: secondsUpTo(300),
    description: "How long to keep serving after SIGTERM, until the API servers have stopped calling this pod.",
    otherwise: "10 with --in-cluster, else 0",
  },
  maxConnectionAge: {
    flag: "max-connection-age",
    takes: "value",
    type: secondsUpTo(86_400),
    default: "300",
    description: "How long an API server may use a connection before it is asked to open another; 0: for ever.",
  },
  maxInFlight: {
    flag: "max-in-flight",
    takes: "value",
    type: countUpTo(100_000),
    default: "1000",
    description: "How many requests may be under way; more are asked to come again in a second.",
  },
} as const satisfies Table;

const clusterSettings = {
  inCluster: {
    flag: "in-cluster",
    takes: "nothing",
    description: "Read the cluster with the pod's service account. Needs --tls-dir.",
  },
  serviceAccountDir: {
    flag: "service-account-dir",
    takes: "value",
    type: directory,
    description: "Folder of the service account's token and ca.crt, for --in-cluster.",
    otherwise: "where Kubernetes mounts it",
  },
  kubeconfig: {
    flag: "kubeconfig",
    takes: "value",
    type: file,
    description: "Read the cluster with this kubeconfig's current context.",
    otherwise: "no cluster is read",
  },
  canaryNamespace: {
    flag: "canary-namespace",
    takes: "value",
    type: namespaceName,
    description:
      "Prove now and then that the API server calls this webhook, by dry runs of a good and a bad Service in this namespace.",
    otherwise: "not proved",
  },
} as const satisfies Table;

const policySettings = {
  policies: {
    flag: "policy",
    takes: "paths",
    type: fileOrDirectory,
    description:
      "LoadBalancerPolicy manifests, read at start in place of those of the cluster; the variable separates paths by colons.",
    otherwise:
      "with a cluster its LoadBalancerPolicy objects, kept up to date; in local mode the built-in starter policy; else none",
  },
  scope: {
    flag: "scope",
    takes: "value",
    type: oneOf("ClusterWide", "OptIn"),
    default: "ClusterWide",
    description: "OptIn: only namespaces labelled dualstack.dev/inject=enabled. As in the webhook configurations.",
  },
  excludedNamespaces: {
    flag: "exclude-namespace",
    takes: "names",
    type: namespaceName,
    description: "Namespaces to leave alone. As in the webhook configurations.",
    otherwise: "none",
  },
  showOtherNamespaces: {
    flag: "show-other-namespaces",
    takes: "value",
    type: trueOrFalse,
    default: "false",
    description:
      "Name what stands in other namespaces in messages about an IngressGroup. Who may dry-run then sees it.",
  },
} as const satisfies Table;

const outputSettings = {
  logLevel: {
    flag: "log-level",
    takes: "value",
    type: oneOf("trace", "debug", "info", "warn", "error", "silent"),
    default: "info",
    description:
      "The least severe lines to log; info has one for each decision, debug one more with its details. The signal SIGUSR2 switches to debug, and back.",
  },
  logFile: {
    flag: "log-file",
    takes: "value",
    type: file,
    description: "Where to log, as lines of JSON.",
    otherwise: "standard output",
  },
  events: {
    flag: "events",
    takes: "nothing",
    description:
      "Write a Kubernetes Event into an object's namespace where it is refused, or a value is left out. Needs the right that comes with deploy/events.",
  },
  otlpEndpoint: {
    flag: "otlp-endpoint",
    takes: "value",
    type: httpUrl,
    description: "The OpenTelemetry collector to send traces to: OTLP over HTTP, as JSON, at this URL and /v1/traces.",
    otherwise: "OTEL_EXPORTER_OTLP_ENDPOINT where that is set, else no traces",
  },
  demo: {
    flag: "demo",
    takes: "value",
    type: trueOrFalse,
    description: "Send the manifests in examples/ through our own endpoint at start, and print the answers.",
    otherwise: "true in local mode without a cluster, else false",
  },
} as const satisfies Table;

export const webhookGroups: readonly HelpGroup[] = [
  { title: "General", table: generalSettings },
  { title: "Serving", table: servingSettings },
  { title: "Cluster access", table: clusterSettings },
  { title: "Policy", table: policySettings },
  { title: "What the cluster is like", table: profileSettings },
  { title: "Output", table: outputSettings },
];

/** Every setting of the webhook by its name in the program; a name that stands twice would be lost, so a test compares. */
export const webhookSettings = {
  ...generalSettings,
  ...servingSettings,
  ...clusterSettings,
  ...policySettings,
  ...profileSettings,
  ...outputSettings,
};

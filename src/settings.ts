import type { ClusterProfile, Install } from "./decision/facts.ts";
import { helpText } from "./settings/help.ts";
import { certificateContradictions } from "./settings/certificate.ts";
import { nearest } from "./text/nearest.ts";
import { toProfile } from "./settings/profile.ts";
import { readTable, variableOf, type Environment, type Reading } from "./settings/table.ts";
import { httpUrl } from "./settings/values.ts";
import type { Address } from "./settings/values.ts";
import { webhookGroups, webhookSettings } from "./settings/webhook.ts";

export interface Settings {
  readonly listen: Address;
  readonly healthListen: Address;
  readonly tls: TlsSettings;
  readonly cluster: ClusterAccess;
  /** Policy files and folders; empty: the policies of the cluster; without one, in local mode the built-in starter policy, else none. */
  readonly policies: readonly string[];
  readonly profile: ClusterProfile;
  readonly install: Install;
  readonly logLevel: "trace" | "debug" | "info" | "warn" | "error" | "silent";
  /** undefined: standard output. */
  readonly logFile: string | undefined;
  readonly shutdownDelaySeconds: number;
  /** 0: connections may stay for ever. */
  readonly maxConnectionAgeSeconds: number;
  readonly maxInFlight: number;
  /** Where a good and a bad Service are sent as dry runs; undefined: nowhere. */
  readonly canaryNamespace: string | undefined;
  /** Write Kubernetes Events. */
  readonly events: boolean;
  /** Of an OpenTelemetry collector; undefined: no traces. */
  readonly otlpEndpoint: string | undefined;
  /** Send the manifests in examples/ through our own endpoint at start. */
  readonly demo: boolean;
}

interface TlsSettings {
  /** Of tls.crt and tls.key; undefined: self-managed, or local mode with a throwaway certificate. */
  readonly dir: string | undefined;
  /** Made and renewed by ourselves, in a Secret of the cluster. */
  readonly selfManaged: boolean;
  /** Names that the certificate must carry. */
  readonly names: readonly string[];
  readonly minVersion: "TLSv1.2" | "TLSv1.3";
}

type ClusterAccess =
  | { readonly by: "nothing" }
  | { readonly by: "in-cluster"; readonly folder: string | undefined }
  | { readonly by: "kubeconfig"; readonly file: string };

export type SettingsResult =
  | { readonly outcome: "settings"; readonly settings: Settings }
  | { readonly outcome: "help"; readonly help: string }
  | { readonly outcome: "version" }
  /** One sentence each, all that were found. */
  | { readonly outcome: "problems"; readonly problems: readonly string[] };

/** The webhook's settings from its arguments and environment. A flag wins over its variable. */
export function readSettings(argv: readonly string[], env: Environment): SettingsResult {
  const reading = readTable(webhookSettings, argv, env);
  if (reading.values.help) return { outcome: "help", help: help() };
  if (reading.values.version) return { outcome: "version" };
  const standardEndpoint = env["OTEL_EXPORTER_OTLP_ENDPOINT"] || undefined;
  const problems = [
    ...reading.problems,
    ...(standardEndpoint === undefined || httpUrl.parse(standardEndpoint) !== undefined
      ? []
      : [`OTEL_EXPORTER_OTLP_ENDPOINT is ${JSON.stringify(standardEndpoint)}: it must be ${httpUrl.allowed}.`]),
    ...reading.operands.map((word) => `${JSON.stringify(word)} is not a flag: the webhook takes nothing but flags.`),
    ...unknownVariables(env),
    ...contradictions(reading),
  ];
  if (problems.length > 0) return { outcome: "problems", problems };
  return {
    outcome: "settings",
    settings: toSettings(reading.values, standardEndpoint && httpUrl.parse(standardEndpoint)),
  };
}

function help(): string {
  return helpText(
    [
      "Usage: dualstack-webhook [FLAG]...",
      "With no flags: local mode on https://127.0.0.1:8443, with no cluster.",
      "A flag wins over the environment variable beside it. A flag that may be repeated takes names separated by commas too.",
    ],
    webhookGroups,
  );
}

/** What Kubernetes puts into every pod of a namespace that has a Service whose name starts with "dualstack". */
const serviceLink = /_SERVICE_(HOST|PORT(_[A-Z0-9_]+)?)$|_PORT(_\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)?$/;

function unknownVariables(env: Environment): readonly string[] {
  const known = Object.values(webhookSettings).flatMap((setting) => variableOf(setting) ?? []);
  return Object.keys(env)
    .filter((name) => name.startsWith("DUALSTACK_") && !known.includes(name) && !serviceLink.test(name))
    .map((name) => {
      const meant = nearest(name, known);
      return `${name} is not a setting${meant === undefined ? "" : `: did you mean ${meant}`}; --help lists them all.`;
    });
}

function contradictions({ values, givenBy }: Reading<typeof webhookSettings>): readonly string[] {
  const { inCluster, kubeconfig, serviceAccountDir, tlsDir, listen, healthListen, canaryNamespace } = values;
  const problems: string[] = [];
  if (inCluster && kubeconfig !== undefined) {
    problems.push(`${givenBy.inCluster} and ${givenBy.kubeconfig} contradict each other: give one of them.`);
  }
  if (serviceAccountDir !== undefined && !inCluster) {
    problems.push(`${givenBy.serviceAccountDir} needs --in-cluster: nothing else uses a service account.`);
  }
  if (values.events && !inCluster && kubeconfig === undefined) {
    problems.push(`${givenBy.events} needs --in-cluster or --kubeconfig: Events are written to a cluster.`);
  }
  problems.push(...certificateContradictions({ values, givenBy }));
  if (canaryNamespace !== undefined && !inCluster && kubeconfig === undefined) {
    problems.push(`${givenBy.canaryNamespace} needs --in-cluster or --kubeconfig: it asks the API server.`);
  }
  if (canaryNamespace !== undefined && values.excludedNamespaces.includes(canaryNamespace)) {
    const excluded = `${givenBy.excludedNamespaces} names ${canaryNamespace} too`;
    problems.push(`${givenBy.canaryNamespace} is ${canaryNamespace}, and ${excluded}: nothing would be judged there.`);
  }
  const isNotLocal = inCluster || tlsDir !== undefined || values.selfManagedCertificate;
  if (values.demo === true && isNotLocal) {
    const other = (inCluster ? givenBy.inCluster : givenBy.tlsDir) ?? givenBy.selfManagedCertificate;
    problems.push(
      `${givenBy.demo} is true, but the demo runs in local mode only: leave it out, or leave out ${other}.`,
    );
  }
  if (listen.port !== 0 && listen.port === healthListen.port && listen.host === healthListen.host) {
    const names = `${givenBy.listen ?? "--listen"} and ${givenBy.healthListen ?? "--health-listen"}`;
    problems.push(`${names} are both port ${listen.port} of ${listen.host}: give each its own port.`);
  }
  return problems;
}

function toSettings(values: Reading<typeof webhookSettings>["values"], standardEndpoint: string | undefined): Settings {
  const { tlsDir, inCluster, kubeconfig } = values;
  const local = tlsDir === undefined && !inCluster && kubeconfig === undefined;
  return {
    listen: values.listen,
    healthListen: values.healthListen,
    tls: {
      dir: tlsDir,
      selfManaged: values.selfManagedCertificate,
      names: values.tlsNames,
      minVersion: `TLSv${values.tlsMinVersion}`,
    },
    cluster: clusterAccess(values),
    policies: values.policies,
    profile: toProfile(values),
    install: {
      scope: values.scope,
      excludedNamespaces: values.excludedNamespaces,
      showOtherNamespaces: values.showOtherNamespaces,
    },
    logLevel: values.logLevel,
    logFile: values.logFile,
    shutdownDelaySeconds: values.shutdownDelay ?? (inCluster ? 10 : 0),
    maxConnectionAgeSeconds: values.maxConnectionAge,
    maxInFlight: values.maxInFlight,
    canaryNamespace: values.canaryNamespace,
    events: values.events,
    otlpEndpoint: values.otlpEndpoint ?? standardEndpoint,
    demo: values.demo ?? local,
  };
}

function clusterAccess({
  inCluster,
  serviceAccountDir,
  kubeconfig,
}: Reading<typeof webhookSettings>["values"]): ClusterAccess {
  if (inCluster) return { by: "in-cluster", folder: serviceAccountDir };
  return kubeconfig === undefined ? { by: "nothing" } : { by: "kubeconfig", file: kubeconfig };
}

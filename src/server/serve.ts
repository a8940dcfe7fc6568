import type { Server } from "node:http";
import { Server as TlsServer } from "node:tls";
import type { FastifyInstance } from "fastify";
import type { Logger } from "pino";
import type { ClusterKind } from "../decision/cluster/cluster.ts";
import type { Facts, IpFamily } from "../decision/facts.ts";
import { connect } from "../kubernetes/client.ts";
import type { ApiClient } from "../kubernetes/client.ts";
import { systemClock } from "../kubernetes/clock.ts";
import { watchCluster } from "../kubernetes/cluster-cache.ts";
import type { ClusterCache } from "../kubernetes/cluster-cache.ts";
import { detectFamilies } from "../kubernetes/ip-family.ts";
import type { FamilyDetection } from "../kubernetes/ip-family.ts";
import { watchNamespaces } from "../kubernetes/namespaces.ts";
import type { Namespaces } from "../kubernetes/namespaces.ts";
import { judgesNothing, policySet } from "../policy/resolve.ts";
import type { PolicySet } from "../policy/resolve.ts";
import type { Settings } from "../settings.ts";
import type { Address } from "../settings/values.ts";
import { bindable } from "./any-address.ts";
import type { Lifetimes } from "./authority/plan.ts";
import type { Certificate } from "./certificate-files.ts";
import { startCanary } from "./canary.ts";
import type { Canary } from "./canary.ts";
import { logDetail, reportDecision } from "./decision-log.ts";
import type { WriteLine } from "./decision-log.ts";
import { drain } from "./drain.ts";
import { watchEventLoop } from "./event-loop.ts";
import { startEvents } from "./events.ts";
import type { Events } from "./events.ts";
import { startGroupCheck } from "./group-check.ts";
import type { GroupCheck } from "./group-check.ts";
import { buildHealthServer } from "./health.ts";
import { buildMetrics } from "./metrics.ts";
import { inFlight } from "./overload.ts";
import type { CacheState } from "./scraped-metrics.ts";
import type { Traces } from "./open-telemetry.ts";
import { profileOf } from "./profile.ts";
import { fixedPolicies, startLivePolicies } from "./policies.ts";
import type { PolicySource } from "./policies.ts";
import { buildServer } from "./server.ts";
import { certificateOf, selfManagedOf } from "./serving-certificate.ts";
import type { ServingCertificate } from "./serving-certificate.ts";
import type { StopSignals } from "./stop-signals.ts";
import { namespaceOf, startWriterLease } from "./writer-lease.ts";
import type { WriterLease } from "./writer-lease.ts";

export interface ServeOptions {
  readonly settings: Settings;
  /** "live": those of the cluster, as they are at each moment. */
  readonly policies: PolicySet | "live";
  readonly log: Logger;
  /** Into the same log as `log`. */
  readonly writeLine: WriteLine;
  readonly version: string;
  readonly stop: StopSignals;
  /** Of a self-managed certificate; shorter ones for tests. */
  readonly lifetimes?: Lifetimes | undefined;
}

/** Wires everything, listens, and resolves once a signal has drained it. Throws one sentence where it can't start. */
export async function serve(options: ServeOptions): Promise<void> {
  const { settings, policies: given, log, writeLine, version, stop, lifetimes } = options;
  if (stoppedEarly(stop, log)) return;
  const state = { draining: false, listening: false, showing: false };
  const { profile: told, assumptions } = profileOf(settings);
  const { minVersion } = settings.tls;
  const eventLoop = watchEventLoop();
  const requests = inFlight({ most: settings.maxInFlight, isLagging: eventLoop.isLagging });
  let app: FastifyInstance | undefined;
  let health: Server | undefined;
  let namespaces: Namespaces | undefined;
  let objects: ClusterCache | undefined;
  let groupCheck: GroupCheck | undefined;
  let policies: PolicySource | undefined = given === "live" ? undefined : fixedPolicies(given, log);
  let lease: WriterLease | undefined;
  let profile = told;
  let families: FamilyDetection | undefined;
  let tls: ServingCertificate | undefined;
  let canary: Canary | undefined;
  let traces: Traces | undefined;
  let events: Events | undefined;

  const metrics = buildMetrics({
    version,
    inFlight: requests.count,
    caches: () => [
      ...(namespaces === undefined ? [] : [cacheState("namespaces", namespaces)]),
      ...(objects?.states() ?? []),
      ...(policies?.states() ?? []),
    ],
    policies: () => policies?.counts(),
    certificateExpiry: () => tls?.current()?.notAfter,
    selfManaged: settings.tls.selfManaged ? () => tls?.selfManaged : undefined,
    canary: () => canary?.state,
  });
  try {
    // First, so that a start that takes long is not taken for a death.
    health = buildHealthServer({
      metrics,
      checks: {
        listening: () => state.listening || "not listening yet",
        certificate: () => tls?.check() ?? "not loaded yet",
        policies: () => policies?.current() !== undefined || "the policies have not been listed yet",
        namespaces: () =>
          (namespaces === undefined ? settings.cluster.by === "nothing" : namespaces.watched.synced) ||
          "the namespaces have not been listed yet",
        objects: () => {
          const missing = (objects?.states() ?? []).filter(({ synced }) => !synced).map(({ resource }) => resource);
          return missing.length === 0 || `not listed yet: ${missing.join(", ")}`;
        },
        families: () => families?.attempted !== false || "the cluster's IP family has not been looked for yet",
        draining: () => !state.draining || "shutting down",
      },
      notes: { certificate: () => tls?.fault(), policies: () => policies?.note(), canary: () => canary?.note() },
    });
    await listen(health, bindable(settings.healthListen));
    const onChange = ({ cert, key }: Certificate): void => {
      if (app?.server instanceof TlsServer) app.server.setSecureContext({ cert, key, minVersion });
      canary?.changed("certificate");
    };
    const { selfManaged, names } = settings.tls;
    if (!selfManaged) tls = await certificateOf(settings, log, metrics, onChange);
    // Reading the credentials may take a minute.
    const client = await Promise.race([clientOf(settings), stop.first.then(() => undefined)]);
    if (stoppedEarly(stop, log)) return;
    const watching = client && { client, clock: systemClock, random: Math.random, log };
    namespaces = watching && watchNamespaces(watching);
    const labels = namespaces?.watched;
    if (watching !== undefined && (selfManaged || given === "live")) {
      const namespace = await namespaceOf(settings.cluster);
      lease = startWriterLease({ ...watching, namespace });
      if (selfManaged) tls = selfManagedOf({ ...watching, namespace, names, lease, lifetimes, onChange, metrics });
      if (given === "live") {
        policies = startLivePolicies({ ...watching, lease, metrics, onSet: () => canary?.changed("policies") });
      }
    }
    if (tls === undefined) throw new Error("there is nowhere to have a certificate from");
    // What comes into force later may need what is kept only from the start on.
    const kinds = given !== "live" && judgesNothing(given) ? new Set<ClusterKind>() : keptKinds;
    objects = watching && watchCluster({ ...watching, kinds, labelsOf: (name) => labels?.get(name) });
    if (objects !== undefined) {
      const { cluster } = objects;
      const ingresses = () => cluster.ingresses();
      groupCheck = startGroupCheck({ cluster, ingresses, profile: told, clock: systemClock, log, metrics });
    }
    if (watching !== undefined && told.ipFamily === undefined) {
      const onKnown = (detectedFamilies: readonly IpFamily[]): void => {
        profile = { ...told, detectedFamilies };
      };
      families = detectFamilies({ ...watching, onKnown });
    }
    if (watching !== undefined && settings.events) events = startEvents({ ...watching, metrics });
    const { otlpEndpoint } = settings;
    if (otlpEndpoint !== undefined) {
      traces = (await import("./open-telemetry.ts")).startTraces({ endpoint: otlpEndpoint, version, log });
    }
    const certificate = tls.current();
    app = buildServer({
      policies: () => policies?.current(),
      namespaceLabels: (name, deadlineMs) =>
        namespaces === undefined ? { "kubernetes.io/metadata.name": name } : namespaces.labelsOf(name, deadlineMs),
      get profile() {
        return profile;
      },
      install: settings.install,
      cluster: () => (objects?.synced === false ? "unsynced" : objects?.cluster),
      lookUpClass: (name, deadlineMs) => objects?.lookUpClass(name, deadlineMs),
      requests,
      answered: (answered) => {
        // The examples are shown in words: a line of JSON for each decision would stand between them.
        const isHeard = !state.showing && log.isLevelEnabled("info");
        const isCanarys = canary?.answered(answered.review) === true;
        reportDecision(answered, { version, write: isHeard ? writeLine : undefined, metrics, isCanarys });
        if (log.isLevelEnabled("debug")) logDetail(answered, log);
        events?.answered(answered);
      },
      traces,
      refused: metrics.badRequest,
      failed: metrics.failed,
      shed: metrics.shed,
      draining: () => state.draining,
      limits: {
        connections: settings.maxInFlight * connectionsPerRequest,
        connectionAgeMs: settings.maxConnectionAgeSeconds * 1000,
      },
      log,
      // Without one yet, nobody is answered: the port is opened with the first.
      tls: { ...(certificate && { cert: certificate.cert, key: certificate.key }), minVersion },
    });
    await Promise.race([tls.first, stop.first]);
    if (stoppedEarly(stop, log)) return;
    const url = await app.listen(bindable(settings.listen));
    state.listening = true;

    // No API server has been sent here while it was not ready.
    const isReady = (): boolean =>
      policies?.current() !== undefined && isSynced(namespaces) && objects?.synced !== false;
    const delayMs = (): number => (isReady() ? settings.shutdownDelaySeconds * 1000 : 0);
    const drained = drain({ app, health, state, delayMs, stop, log });
    if (watching !== undefined && settings.canaryNamespace !== undefined) {
      const namespace = settings.canaryNamespace;
      const facts = (): Facts | undefined => {
        const namespaceLabels = labels?.get(namespace);
        return namespaceLabels && { namespaceLabels, profile, install: settings.install, cluster: objects?.cluster };
      };
      canary = startCanary({
        ...watching,
        namespace,
        ready: isReady,
        policies: () => policies?.current() ?? policySet([]),
        facts,
      });
    }
    const policyNames = (policies?.current()?.ordered ?? []).map(({ metadata }) => metadata.name);
    if (settings.demo && tls.local !== undefined) {
      const { ca, caFile } = tls.local;
      const print = (text: string): boolean => process.stdout.write(text);
      const { showExamples } = await import("./examples.ts");
      state.showing = true;
      await showExamples({ url, ca, caFile, policyNames, assumptions, print }).catch((error: unknown) => {
        // A signal closes the endpoint that the examples are sent to.
        if (stop.received() === undefined) throw error;
      });
      state.showing = false;
    } else {
      log.info({ url, policies: given === "live" ? "live" : policyNames, scope: settings.install.scope }, "listening");
    }
    await drained;
  } finally {
    eventLoop.stop();
    health?.close();
    namespaces?.stop();
    groupCheck?.stop();
    policies?.stop();
    objects?.stop();
    families?.stop();
    canary?.stop();
    events?.stop();
    await Promise.all([app?.close(), tls?.close(), lease?.stop()]);
    await traces?.stop();
  }
}

/** Some wait for the next request, and some bring one that is refused. */
const connectionsPerRequest = 2;

/** Other objects that a decision may need: rules read them under every policy that is not off, and under none. */
const keptKinds: ReadonlySet<ClusterKind> = new Set([
  "Ingress",
  "IngressClass",
  "IngressClassParams",
  "Service",
  "TargetGroupBinding",
]);

function stoppedEarly(stop: StopSignals, log: Logger): boolean {
  const signal = stop.received();
  if (signal !== undefined) log.info({ signal }, "stopped before it was ready");
  return signal !== undefined;
}

function isSynced(namespaces: Namespaces | undefined): boolean {
  return namespaces?.watched.synced !== false;
}

async function clientOf({ cluster }: Settings): Promise<ApiClient | undefined> {
  if (cluster.by === "nothing") return undefined;
  if (cluster.by === "kubeconfig") return connect({ kubeconfig: cluster.file });
  return connect(cluster.folder === undefined ? {} : { inCluster: { folder: cluster.folder } });
}

function cacheState(resource: string, { watched }: Namespaces): CacheState {
  const { synced, lastEventAt, restarts } = watched;
  return { resource, synced, restarts, lastEventAt: lastEventAt === undefined ? undefined : new Date(lastEventAt) };
}

function listen(server: Server, { host, port }: Address): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
}

import prometheus from "prom-client";
import type { CanaryState } from "./canary.ts";

export interface CacheState {
  readonly resource: string;
  readonly synced: boolean;
  /** undefined: there has been none. */
  readonly lastEventAt: Date | undefined;
  /** How often the watch was restarted, by reason. */
  readonly restarts: ReadonlyMap<string, number>;
}

interface SelfManagedState {
  authorityExpiry(): Date | undefined;
  trusted(): boolean | undefined;
}

/** All are asked at each scrape. */
export interface ScrapeOptions {
  readonly version: string;
  /** Requests that are under way, those that will be refused among them. */
  readonly inFlight: () => number;
  readonly caches: () => readonly CacheState[];
  readonly certificateExpiry: () => Date | undefined;
  /** Where the certificate is self-managed. */
  readonly selfManaged?: (() => SelfManagedState | undefined) | undefined;
  /** The last run of the canary. undefined: there has been none. */
  readonly canary?: () => CanaryState | undefined;
  /** How many policies there are, by what became of them. undefined: they have not been read yet. */
  readonly policies?: () => ReadonlyMap<string, number> | undefined;
}

/** Registers what is asked for at each scrape: nothing is done for it in between. */
export function scrapedMetrics(
  registry: prometheus.Registry,
  {
    version,
    inFlight,
    caches,
    certificateExpiry,
    selfManaged,
    policies = () => undefined,
    canary = () => undefined,
  }: ScrapeOptions,
): void {
  if (selfManaged !== undefined) selfManagedGauges(registry, selfManaged);
  const registers = [registry];
  new prometheus.Gauge({
    name: "dualstack_admission_in_flight",
    help: "Admission reviews being answered.",
    registers,
    collect() {
      this.set(inFlight());
    },
  });
  new prometheus.Gauge({
    name: "dualstack_cache_synced",
    help: "1 once a cache has been filled from the API server.",
    labelNames: ["resource"],
    registers,
    collect() {
      for (const { resource, synced } of caches()) this.set({ resource }, synced ? 1 : 0);
    },
  });
  new prometheus.Gauge({
    name: "dualstack_cache_last_event_timestamp_seconds",
    help: "When a cache last heard from the API server, bookmarks included.",
    labelNames: ["resource"],
    registers,
    collect() {
      for (const { resource, lastEventAt } of caches()) {
        if (lastEventAt !== undefined) this.set({ resource }, lastEventAt.getTime() / 1000);
      }
    },
  });
  new prometheus.Counter({
    name: "dualstack_watch_restarts_total",
    help: "Watches of the API server that had to be restarted.",
    labelNames: ["resource", "reason"],
    registers,
    collect() {
      this.reset();
      for (const { resource, restarts } of caches()) {
        for (const [reason, count] of restarts) this.inc({ resource, reason }, count);
      }
    },
  });
  new prometheus.Gauge({
    name: "dualstack_certificate_expiry_timestamp_seconds",
    help: "When the serving certificate expires.",
    registers,
    collect() {
      const expiry = certificateExpiry();
      // A gauge starts at 0, which every expiry alert would take for long ago.
      this.set(expiry === undefined ? Number.NaN : expiry.getTime() / 1000);
    },
  });
  new prometheus.Gauge({
    name: "dualstack_canary_success",
    help: "1 where the last dry run of the canary through the API server found nothing wrong, else 0; by what it found.",
    labelNames: ["result"],
    registers,
    collect() {
      this.reset();
      const last = canary();
      if (last !== undefined) this.set({ result: last.result }, last.ok ? 1 : 0);
    },
  });
  new prometheus.Gauge({
    name: "dualstack_canary_last_run_timestamp_seconds",
    help: "When the canary last ran to its end.",
    registers,
    collect() {
      const last = canary();
      this.set(last === undefined ? Number.NaN : last.at.getTime() / 1000);
    },
  });
  new prometheus.Gauge({
    name: "dualstack_policies",
    help: "Policies by what became of them: accepted; last-good, whose present version cannot be used, so that an earlier one stays in force; refused, of which nothing is in force; orphan, in force although its CRD has vanished.",
    labelNames: ["state"],
    registers,
    collect() {
      for (const [state, count] of policies() ?? []) this.set({ state }, count);
    },
  });
  new prometheus.Gauge({
    name: "dualstack_build_info",
    help: "1, with the program's and Node's version.",
    labelNames: ["version", "node"],
    registers,
  }).set({ version, node: process.version }, 1);
}

/** Not known is not a number: 0 would be long ago, or not trusted. */
function selfManagedGauges(registry: prometheus.Registry, state: () => SelfManagedState | undefined): void {
  const registers = [registry];
  new prometheus.Gauge({
    name: "dualstack_certificate_authority_expiry_timestamp_seconds",
    help: "When the CA of the self-managed certificate expires.",
    registers,
    collect() {
      this.set((state()?.authorityExpiry()?.getTime() ?? Number.NaN) / 1000);
    },
  });
  new prometheus.Gauge({
    name: "dualstack_certificate_trusted",
    help: "1 while both webhook configurations trust the CA of the self-managed certificate, as last looked at.",
    registers,
    collect() {
      const trusted = state()?.trusted();
      this.set(trusted === undefined ? Number.NaN : Number(trusted));
    },
  });
}

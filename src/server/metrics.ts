import prometheus from "prom-client";
import { faultKinds } from "../decision/cluster/broken-groups.ts";
import type { FaultKind } from "../decision/cluster/broken-groups.ts";
import { shedReasons } from "./overload.ts";
import type { ShedReason } from "./overload.ts";
import { scrapedMetrics } from "./scraped-metrics.ts";
import type { ScrapeOptions } from "./scraped-metrics.ts";

/** What became of a Kubernetes Event. */
const eventResults = ["written", "failed", "repeated", "dropped"] as const;
type EventResult = (typeof eventResults)[number];

/** unavailable: answered with 503, the caller tries again. error: a bug, answered with 500. */
type Outcome = "allowed" | "patched" | "denied" | "unavailable" | "error";

/** The kinds that are judged. */
export const kindLabels = ["Service", "Ingress", "TargetGroupBinding", "LoadBalancerPolicy"] as const;

/** One answered review. Its labels are few and fixed: no names, namespaces or users. */
export interface AnsweredRequest {
  readonly webhook: "mutate" | "validate";
  readonly operation: "CREATE" | "UPDATE" | "other";
  readonly kind: (typeof kindLabels)[number] | "other";
  readonly outcome: Outcome;
  readonly dryRun: boolean;
  readonly seconds: number;
  readonly violations: readonly Violation[];
  readonly injected: readonly Injected[];
}

export interface Violation {
  /** "" where no policy is in force. */
  readonly policy: string;
  readonly rule: string;
  /** shadow-deny: it would refuse, were the policy's mode Enforce. */
  readonly action: "deny" | "warn" | "shadow-deny";
}

export interface Injected {
  /** The policy field that has the value: service.scheme, … */
  readonly setting: string;
  /** shadow-inject: it would be injected, were the policy's mode Enforce. */
  readonly action: "inject" | "shadow-inject";
}

export interface Metrics {
  readonly contentType: string;
  readonly render: () => Promise<string>;
  readonly answered: (request: AnsweredRequest) => void;
  /** A call that ended before it was known what it was about. */
  readonly failed: (webhook: AnsweredRequest["webhook"], outcome: "unavailable" | "error") => void;
  /** A call that was refused for now, which `failed` counts too, or a connection that was dropped. */
  readonly shed: (reason: ShedReason) => void;
  readonly event: (result: EventResult) => void;
  readonly badRequest: (reason: "bad-request" | "tls") => void;
  readonly certificateReloaded: (result: "success" | "failure") => void;
  readonly policyStatusWritten: (result: "success" | "failure") => void;
  /** How many IngressGroups are broken now, each by the first of its faults. Before the first call nothing is said of them. */
  readonly brokenGroups: (counts: ReadonlyMap<FaultKind, number>) => void;
}

/** Our decisions take well under a millisecond and the API server waits five seconds at most by our manifests. */
const buckets = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

/** The program's metrics in a registry of their own, with those of the process. */
export function buildMetrics(options: ScrapeOptions): Metrics {
  const registry = new prometheus.Registry();
  prometheus.collectDefaultMetrics({ register: registry });
  scrapedMetrics(registry, options);
  const requests = counted(registry, {
    name: "dualstack_admission_requests_total",
    help: "Calls of the webhooks, by what was answered.",
    labelNames: ["webhook", "operation", "kind", "decision", "dry_run"],
  });
  const duration = new prometheus.Histogram({
    name: "dualstack_admission_duration_seconds",
    help: "Time from a review's arrival to its answer.",
    labelNames: ["webhook"],
    buckets,
    registers: [registry],
    collect() {
      for (const { tell } of Object.values(durationOf)) tell();
    },
  });
  const durationOf = { mutate: observed(duration.labels("mutate")), validate: observed(duration.labels("validate")) };
  const violations = counted(registry, {
    name: "dualstack_policy_violations_total",
    help: "Findings of rules, by what became of them: shadow-deny is what a policy of mode Warn would refuse in mode Enforce.",
    labelNames: ["policy", "rule", "action"],
  });
  const injected = counted(registry, {
    name: "dualstack_injected_values_total",
    help: "Values injected into objects, dry runs too: shadow-inject is what a policy of mode Warn would inject in mode Enforce.",
    labelNames: ["setting", "action"],
  });
  const badRequests = counter(
    registry,
    "dualstack_bad_requests_total",
    "Requests and connections that brought no review.",
    ["reason"],
  );
  for (const reason of ["bad-request", "tls"]) badRequests.inc({ reason }, 0);
  const shed = counter(
    registry,
    "dualstack_admission_shed_total",
    "Calls answered with 503 and Retry-After, and connections dropped, by what there was too much of.",
    ["reason"],
  );
  for (const reason of shedReasons) shed.inc({ reason }, 0);
  const events = counter(registry, "dualstack_events_total", "Kubernetes Events, by what became of them.", ["result"]);
  for (const result of eventResults) events.inc({ result }, 0);
  const reloads = counter(registry, "dualstack_certificate_reload_total", "Changes of the certificate's files.", [
    "result",
  ]);
  for (const result of ["success", "failure"]) reloads.inc({ result }, 0);
  const statusWrites = counter(
    registry,
    "dualstack_status_writes_total",
    "Attempts to write what became of a LoadBalancerPolicy into its status.",
    ["result"],
  );
  for (const result of ["success", "failure"]) statusWrites.inc({ result }, 0);
  const brokenGroups = new prometheus.Gauge({
    name: "dualstack_broken_ingress_groups",
    help: "IngressGroups whose controller changes nothing until a fault is mended, by the first of their faults.",
    labelNames: ["fault"],
    registers: [registry],
  });

  return {
    contentType: registry.contentType,
    render: () => registry.metrics(),
    answered(request) {
      const { webhook, operation, kind, outcome, dryRun } = request;
      requests.add(webhook, operation, kind, outcome, dryRun ? "true" : "false");
      durationOf[webhook].add(request.seconds);
      for (const { policy, rule, action } of request.violations) violations.add(policy, rule, action);
      for (const { setting, action } of request.injected) injected.add(setting, action);
    },
    failed(webhook, outcome) {
      requests.add(webhook, "other", "other", outcome, "false");
    },
    shed(reason) {
      shed.inc({ reason });
    },
    event(result) {
      events.inc({ result });
    },
    badRequest(reason) {
      badRequests.inc({ reason });
    },
    certificateReloaded: (result) => reloads.inc({ result }),
    policyStatusWritten: (result) => statusWrites.inc({ result }),
    brokenGroups(counts) {
      for (const fault of faultKinds) brokenGroups.set({ fault }, counts.get(fault) ?? 0);
    },
  };
}

interface CounterOptions {
  readonly name: string;
  readonly help: string;
  readonly labelNames: readonly string[];
}

interface Counted {
  /** The values of the labels, in the order of their names. */
  readonly add: (...values: readonly string[]) => void;
}

/** Counts by itself and tells at each scrape: the library puts the labels together anew each time it counts. */
function counted(registry: prometheus.Registry, { name, help, labelNames }: CounterOptions): Counted {
  const counts: { readonly labels: Record<string, string>; count: number }[] = [];
  const root: Branch = { below: new Map(), leaf: undefined };
  new prometheus.Counter({
    name,
    help,
    labelNames,
    registers: [registry],
    collect() {
      this.reset();
      for (const { labels, count } of counts) this.inc(labels, count);
    },
  });
  return {
    add(...values) {
      let branch = root;
      for (const value of values) {
        let next = branch.below.get(value);
        if (next === undefined) {
          next = { below: new Map(), leaf: undefined };
          branch.below.set(value, next);
        }
        branch = next;
      }
      if (branch.leaf === undefined) {
        const labels = Object.fromEntries(labelNames.map((label, index) => [label, values[index] ?? ""]));
        branch.leaf = { labels, count: 0 };
        counts.push(branch.leaf);
      }
      branch.leaf.count += 1;
    },
  };
}

/** A step for each label's value: to put a key together from all of them would take longer than to go this way. */
interface Branch {
  readonly below: Map<string, Branch>;
  leaf: { readonly labels: Record<string, string>; count: number } | undefined;
}

interface Observed {
  readonly add: (value: number) => void;
  /** All that is kept, to the library. */
  readonly tell: () => void;
}

/** Keeps values until there are many, or until they are asked for: the library looks for their labels with each. */
function observed(histogram: { readonly observe: (value: number) => void }): Observed {
  const values = new Float64Array(256);
  let count = 0;
  const tell = (): void => {
    for (let index = 0; index < count; index += 1) histogram.observe(values[index] ?? 0);
    count = 0;
  };
  return {
    add(value) {
      values[count] = value;
      count += 1;
      if (count === values.length) tell();
    },
    tell,
  };
}

function counter<L extends string>(
  registry: prometheus.Registry,
  name: string,
  help: string,
  labelNames: readonly L[],
): prometheus.Counter<L> {
  return new prometheus.Counter({ name, help, labelNames, registers: [registry] });
}

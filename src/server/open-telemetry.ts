import type { IncomingMessage, ServerResponse } from "node:http";
import { defaultTextMapGetter, diag, DiagLogLevel, ROOT_CONTEXT, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import type { Attributes } from "@opentelemetry/api";
import { W3CTraceContextPropagator } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { detectResources, envDetector, resourceFromAttributes } from "@opentelemetry/resources";
import { AlwaysOnSampler, BatchSpanProcessor, ParentBasedSampler, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Answered } from "./admission.ts";

/** Imported only where an endpoint is given: the libraries take 20 MiB of memory. */

type Traced = Pick<Answered, "review" | "decision" | "outcome">;

export interface Traces {
  /** Called with every request, however it ends. */
  readonly arrived: (request: IncomingMessage, response: ServerResponse) => void;
  /** What was decided about one, before its answer has gone. */
  readonly answered: (request: IncomingMessage, answered: Traced) => void;
  readonly stop: () => Promise<void>;
}

export interface TracesOptions {
  /** Of the collector: OTLP over HTTP, without the path /v1/traces. */
  readonly endpoint: string;
  readonly version: string;
  readonly log: { warn(data: object, message: string): void };
}

/** Admission is rare, and whoever looks for a trace has just made the request. */
const sendEveryMs = 1000;
/** A collector that does not answer must not hold back the end of the program. */
const sendTimeoutMs = 2000;
/** A collector that is away would otherwise fill the log. */
const complainEveryMs = 60_000;

/**
 * A span for each request: the child of the API server's span where that sends a trace context, and sampled as it says. Spans
 * are made after the answer and sent in batches; of too many, the last are dropped.
 */
export function startTraces({ endpoint, version, log }: TracesOptions): Traces {
  complainInto(log);
  const exporter = new OTLPTraceExporter({ url: `${endpoint}/v1/traces`, timeoutMillis: sendTimeoutMs });
  const own = resourceFromAttributes({ "service.name": "dualstack-webhook", "service.version": version });
  const provider = new TracerProvider({
    // OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES go first.
    resource: own.merge(detectResources({ detectors: [envDetector] })),
    sampler: new ParentBasedSampler({ root: new AlwaysOnSampler() }),
    spanProcessors: [new BatchSpanProcessor({ exporter, scheduledDelayMillis: sendEveryMs })],
  });
  const tracer = provider.getTracer("dualstack-webhook", version);
  const propagator = new W3CTraceContextPropagator();
  const decisions = new WeakMap<IncomingMessage, Traced>();

  function finish(request: IncomingMessage, response: ServerResponse, startTime: number): void {
    const parent = propagator.extract(ROOT_CONTEXT, request.headers, defaultTextMapGetter);
    const route = routeOf(request.url ?? "");
    const attributes: Attributes = { "http.request.method": request.method ?? "", "http.route": route };
    const answered = decisions.get(request);
    const span = tracer.startSpan(
      `${request.method ?? ""} ${route}`,
      { kind: SpanKind.SERVER, startTime, attributes },
      parent,
    );
    if (response.headersSent) span.setAttribute("http.response.status_code", response.statusCode);
    if (answered !== undefined) span.setAttributes(attributesOf(answered));
    if (!response.writableFinished) span.setStatus({ code: SpanStatusCode.ERROR, message: "the caller went away" });
    else if (response.statusCode >= 500) span.setStatus({ code: SpanStatusCode.ERROR });
    span.end(performance.now());
  }

  return {
    arrived(request, response) {
      const started = performance.now();
      response.once("close", () => {
        finish(request, response, started);
      });
    },
    answered: (request, answered) => void decisions.set(request, answered),
    async stop() {
      await provider.shutdown().catch(() => undefined);
      diag.disable();
    },
  };
}

/** Anybody can ask for any path. */
function routeOf(url: string): string {
  return /^\/(?:mutate|validate)(?=\?|$)/.exec(url)?.[0] ?? "other";
}

/** What finds a request again, and what became of it: no user, and no value of the object. */
function attributesOf({ review, decision, outcome }: Traced): Attributes {
  return {
    "k8s.admission.uid": review.uid,
    "k8s.admission.operation": review.operation,
    "k8s.admission.kind": review.kind,
    "k8s.admission.dry_run": review.dryRun,
    "k8s.namespace.name": review.namespace,
    "k8s.admission.name": review.name,
    "dualstack.outcome": outcome,
    ...(decision === undefined
      ? {}
      : {
          "dualstack.policy": decision.policy.policy?.metadata.name ?? "",
          "dualstack.injected": decision.injections.map(({ target }) => target),
          "dualstack.rules": [...new Set(decision.findings.map(({ rule }) => rule))],
        }),
  };
}

/** The library tells of its failures here, and to nobody else. */
function complainInto(log: TracesOptions["log"]): void {
  let next = -Infinity;
  const complain = (problem: string): void => {
    if (performance.now() < next) return;
    next = performance.now() + complainEveryMs;
    log.warn({ problem: problem.slice(0, 500) }, "traces cannot be sent: see --otlp-endpoint");
  };
  const silent = (): void => undefined;
  const logger = { error: complain, warn: silent, info: silent, debug: silent, verbose: silent };
  diag.setLogger(logger, { logLevel: DiagLogLevel.ERROR, suppressOverrideMessage: true });
}

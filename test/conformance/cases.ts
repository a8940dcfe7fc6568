import { z } from "zod";
import { UnreadableObject, serviceView } from "../../src/decision/subject.ts";
import type { ServiceView } from "../../src/decision/subject.ts";
import { world } from "./world.ts";
import type { World } from "./world.ts";

/** A Service, the cluster it is in, and what became of it. */
export interface ServiceCase extends Place {
  readonly kind: "service";
  readonly namespace: string;
  readonly name: string;
  readonly service: ServiceView;
  readonly world: World;
  readonly verdict: Verdict;
}

/** Not judged yet. */
interface IngressCase extends Place {
  readonly kind: "ingress";
}

export type ConformanceCase = ServiceCase | IngressCase;

interface Place {
  readonly id: string;
  readonly topic: string;
  readonly file: string;
  /** From 1. */
  readonly line: number;
}

/** A file that cannot be read, or not as cases; the message names file and line. */
export class IllFormed extends Error {
  constructor(file: string, line: number | undefined, message: string) {
    super(`${line === undefined ? file : `${file}:${line}`}: ${message}`);
    this.name = "IllFormed";
  }
}

const targetGroup = z.looseObject({
  service: z.string(),
  port: z.union([z.number(), z.string()]),
  targetType: z.string(),
  proxyProtocolV2: z.boolean(),
});

const verdict = z.looseObject({
  owned: z.boolean(),
  error: z.string().nullable(),
  errorVariants: z.array(z.string()).min(1).optional(),
  unstableOutcome: z.boolean().default(false),
  loadBalancer: z.looseObject({ scheme: z.string(), ipAddressType: z.string() }).nullable(),
  targetGroups: z.array(targetGroup),
  listeners: z.array(z.looseObject({ port: z.number(), protocol: z.string() })),
  webhook: z.looseObject({ targetGroupBindingError: z.string().nullable() }),
});

type RawVerdict = z.infer<typeof verdict>;

/** What the controller made of the object. */
export interface Verdict extends Pick<
  RawVerdict,
  "owned" | "unstableOutcome" | "loadBalancer" | "targetGroups" | "listeners"
> {
  /** [] where it accepted; several where its text differs from run to run. */
  readonly errors: readonly string[];
  readonly targetGroupBindingError: string | undefined;
}

const place = { id: z.string().min(1), topic: z.string().min(1), nearestAccepted: z.string().optional() };

const head = z.looseObject({ case: z.looseObject({ kind: z.enum(["service", "ingress"]) }) });

const serviceLine = z.strictObject({
  ...place,
  case: z.strictObject({
    kind: z.literal("service"),
    world,
    service: z.looseObject({ metadata: z.looseObject({ name: z.string(), namespace: z.string() }) }),
    /** What actions of the Service may name: no part of what an admission webhook is shown. */
    otherServices: z.array(z.unknown()).optional(),
  }),
  verdict,
});

const ingressLine = z.strictObject({
  ...place,
  case: z.looseObject({ kind: z.literal("ingress"), world }),
  verdict: z.looseObject({ owned: z.boolean(), error: z.string().nullable() }),
});

/** The cases of a file with one JSON object a line. Throws IllFormed. */
export function readCases(file: string, text: string): readonly ConformanceCase[] {
  const cases = text
    .split("\n")
    .flatMap((line, index) => (line.trim() === "" ? [] : [readCase(line, { file, line: index + 1 })]));
  if (cases.length === 0) throw new IllFormed(file, 1, "there is no case in this file");
  return cases;
}

type Position = Pick<Place, "file" | "line">;

function readCase(text: string, at: Position): ConformanceCase {
  const raw = readJson(text, at);
  if (check(head, raw, at).case.kind === "ingress") {
    const { id, topic } = check(ingressLine, raw, at);
    return { kind: "ingress", id, topic, ...at };
  }
  const { id, topic, case: given, verdict: found } = check(serviceLine, raw, at);
  const { name, namespace } = given.service.metadata;
  const service = readService(given.service, at);
  return { kind: "service", id, topic, ...at, namespace, name, service, world: given.world, verdict: read(found, at) };
}

function readJson(text: string, { file, line }: Position): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new IllFormed(file, line, `not one JSON object: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function check<T>(schema: z.ZodType<T>, raw: unknown, { file, line }: Position): T {
  const { data, error } = schema.safeParse(raw);
  if (error === undefined) return data;
  const problems = error.issues.map(
    ({ path, message }) => `${path.length === 0 ? "the line" : path.join(".")}: ${message}`,
  );
  throw new IllFormed(file, line, problems.join("; "));
}

function readService(raw: unknown, { file, line }: Position): ServiceView {
  try {
    return serviceView(raw);
  } catch (error) {
    if (error instanceof UnreadableObject) throw new IllFormed(file, line, `case.service.${error.message}`);
    throw error;
  }
}

const unstable = "<unstable>";

function read(found: RawVerdict, { file, line }: Position): Verdict {
  const { owned, error, errorVariants, unstableOutcome, loadBalancer, targetGroups, listeners, webhook } = found;
  if (error === unstable && errorVariants === undefined) {
    throw new IllFormed(file, line, `verdict.errorVariants: is missing, and verdict.error is ${unstable}`);
  }
  if (owned && error === null && loadBalancer === null) {
    throw new IllFormed(file, line, "verdict.loadBalancer: is null, and the verdict has no error");
  }
  const errors = error === null ? [] : error === unstable ? (errorVariants ?? []) : [error];
  const targetGroupBindingError = webhook.targetGroupBindingError ?? undefined;
  return { owned, errors, unstableOutcome, loadBalancer, targetGroups, listeners, targetGroupBindingError };
}

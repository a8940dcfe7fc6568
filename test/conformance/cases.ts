import { z } from "zod";
import { serviceView } from "../../src/decision/subject.ts";
import type { ServiceView } from "../../src/decision/subject.ts";
import { readIngressCase } from "./ingress-case.ts";
import type { IngressCase } from "./ingress-case.ts";
import { check, errorFields, IllFormed, place, readErrors, readObject } from "./line.ts";
import type { Place, Position } from "./line.ts";
import { world } from "./world.ts";
import type { World } from "./world.ts";

export type ConformanceCase = ServiceCase | IngressCase;

/** A Service, the cluster it is in, and what became of it. */
export interface ServiceCase extends Place {
  readonly kind: "service";
  readonly namespace: string;
  readonly name: string;
  readonly service: ServiceView;
  readonly world: World;
  readonly verdict: Verdict;
}

const targetGroup = z.looseObject({
  service: z.string(),
  port: z.union([z.number(), z.string()]),
  targetType: z.string(),
  proxyProtocolV2: z.boolean(),
});

const verdict = z.looseObject({
  ...errorFields,
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

/** The cases of a file with one JSON object a line. Throws IllFormed. */
export function readCases(file: string, text: string): readonly ConformanceCase[] {
  const cases = text
    .split("\n")
    .flatMap((line, index) => (line.trim() === "" ? [] : [readCase(line, { file, line: index + 1 })]));
  if (cases.length === 0) throw new IllFormed(file, 1, "there is no case in this file");
  return cases;
}

function readCase(text: string, at: Position): ConformanceCase {
  const raw = readJson(text, at);
  return check(head, raw, at).case.kind === "ingress" ? readIngressCase(raw, at) : readServiceCase(raw, at);
}

function readJson(text: string, { file, line }: Position): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new IllFormed(file, line, `not one JSON object: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function readServiceCase(raw: unknown, at: Position): ServiceCase {
  const { id, topic, case: given, verdict: found } = check(serviceLine, raw, at);
  const { name, namespace } = given.service.metadata;
  const service = readObject(serviceView, given.service, "case.service", at);
  return { kind: "service", id, topic, ...at, namespace, name, service, world: given.world, verdict: read(found, at) };
}

function read(found: RawVerdict, at: Position): Verdict {
  const { owned, unstableOutcome, loadBalancer, targetGroups, listeners, webhook } = found;
  const errors = readErrors(found, at);
  const targetGroupBindingError = webhook.targetGroupBindingError ?? undefined;
  return { owned, errors, unstableOutcome, loadBalancer, targetGroups, listeners, targetGroupBindingError };
}

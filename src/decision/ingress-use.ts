import { forwardCount } from "../annotations/alb-json.ts";
import { alb } from "../annotations/alb.ts";
import type { AnnotationEntry } from "../annotations/entry.ts";
import { parseBool, parseInteger, parseJson, parseMap } from "../annotations/parse.ts";
import { targetsOf } from "./cluster/backends.ts";
import { hasFrontend, sendsToBackends } from "./cluster/conflicts.ts";
import { listenPortsOf } from "./cluster/statements.ts";
import { canBeOverruled, isOverruled } from "./reading.ts";
import type { Backend, IngressContext } from "./rule.ts";
import type { IngressPath, ServiceBackend } from "./subject.ts";

/** Whether the controller parses an annotation. `perhaps`: something decides it that is not known, or not there yet. */
export type Use = "read" | "perhaps" | "unread";

/** The parts of a context that decide it. */
export type UseContext = Pick<
  IngressContext,
  "ingress" | "classification" | "albClass" | "group" | "backends" | "facts"
>;

export interface Annotation {
  readonly key: string;
  readonly entry: AnnotationEntry;
}

/** Of an annotation that read() has. */
export function useOf(context: UseContext, annotation: Annotation): Use {
  const use = useFor(context, annotation);
  return use === "read" && mayHaveParams(context) && canBeOverruled(annotation.key) ? "perhaps" : use;
}

/** Where an Ingress sends traffic: each of its backends that is a Service, or an action by the name of one. */
export interface BackendReference {
  readonly field: string;
  readonly backend: ServiceBackend;
  /** undefined: it is the default backend. */
  readonly path: IngressPath | undefined;
  readonly targets: readonly Backend[];
  /** Its only target group is that of a Service, which then has a say in authentication (enhanced_backend_builder.go:302-316). */
  readonly single: Backend | undefined;
}

export function backendReferences({
  ingress,
  backends,
}: Pick<UseContext, "ingress" | "backends">): readonly BackendReference[] {
  const { defaultBackend, rules } = ingress;
  const byTarget = new Map(backends().map((backend) => [nameOf(backend.target), backend]));
  const references: BackendReference[] = [];
  const add = (field: string, backend: IngressPath["backend"], path?: IngressPath): void => {
    if (backend.kind === "resource") return;
    const targets = targetsOf(backend, ingress.annotations).flatMap((target) => byTarget.get(nameOf(target)) ?? []);
    const action = ingress.annotations[`${alb.actions}.${backend.name}`];
    const count = isAction(backend) ? forwardCount(parseJson(action ?? "")?.value) : 1;
    references.push({
      field,
      backend,
      path,
      targets,
      single: count === 1 ? targets[0] : undefined,
    });
  };
  if (defaultBackend !== undefined) add("spec.defaultBackend", defaultBackend);
  for (const [index, { paths }] of rules.entries()) {
    for (const [at, path] of paths.entries()) add(`spec.rules[${index}].http.paths[${at}].backend`, path.backend, path);
  }
  return references;
}

/** Whether the controller builds anything for the backends of the Ingress. */
export function backendUse(context: UseContext): Use {
  if (context.classification.outcome !== "served") return "unread";
  const state = context.group();
  if (state === undefined) return "read";
  const { own, members } = state;
  if (!sendsToBackends(own, members)) return mayHaveParams(context) ? "perhaps" : "unread";
  const ports = listenPortsOf(own);
  if (ports === undefined || [...ports.values()].some((protocol) => protocol !== "HTTP")) return "read";
  // Another member, or IngressClassParams, may redirect all of HTTP.
  return isGroupKnown(context) ? "read" : "perhaps";
}

/** Whether a listener of the Ingress has HTTPS; undefined: not known. */
export function listensWithHttps(context: UseContext): boolean | undefined {
  const state = context.group();
  const ports = state && listenPortsOf(state.own);
  if (ports === undefined) return undefined;
  const protocols = [...ports.values()];
  if (protocols.includes("HTTPS")) return true;
  const isWritten = alb.listenPorts in context.ingress.annotations;
  return protocols.includes(undefined) || (!isWritten && mayHaveParams(context)) ? undefined : false;
}

/** Of an annotation of a Service, for one of the backends that lead to it. */
export function useOnService(
  context: UseContext,
  { key, entry }: Annotation,
  reference: BackendReference,
  backend: Backend,
): Use {
  const { params } = servedOf(context);
  if (params !== undefined && isOverruled(key, params)) return "unread";
  const use = weaker(backendUse(context), canBeOverruled(key) && mayHaveParams(context) ? "perhaps" : "read");
  const { readFor } = entry;
  if (readFor === "authentication") return reference.single === backend ? use : "unread";
  if (readFor === "instance-target") return weaker(use, useForInstances(backend));
  if (readFor === "target-of-port") return key.slice(entry.key.length) === portOf(backend) ? use : "unread";
  // The word of the Ingress comes first, and is enough.
  const isEnough = readFor === "each-target" && parseBool(context.ingress.annotations[key] ?? "") === true;
  return isEnough ? weaker(use, "perhaps") : use;
}

/** Whether the group has no member that nobody knows. */
export function isMembershipKnown({ group, facts: { cluster } }: Pick<UseContext, "group" | "facts">): boolean {
  if (group()?.id.kind !== "explicit") return true;
  return cluster?.isComplete("Ingress") === true && cluster.isComplete("IngressClass");
}

/** The stronger of two that both have to hold. */
export function weaker(one: Use, other: Use): Use {
  if (one === "unread" || other === "unread") return "unread";
  return one === "perhaps" || other === "perhaps" ? "perhaps" : "read";
}

function useFor(context: UseContext, { key, entry }: Annotation): Use {
  const member = key.slice(entry.key.length);
  switch (entry.readFor) {
    case undefined:
      return "read";
    case "target":
      return onTargets(context, key, () => "read");
    case "instance-target":
      return onTargets(context, key, useForInstances);
    case "each-target":
      return onTargets(context, undefined, () => "read");
    case "target-of-port":
      return onTargets(context, key, (backend) => (portOf(backend) === member ? "read" : "unread"));
    case "authentication":
      return onReferences(context, ({ single }) => (single === undefined ? "read" : saidBy(single, key, "read")));
    case "token-validation":
      return forTokens(context, key);
    case "backend":
      return forBackend(context, key, member);
    case "action":
      return onReferences(context, ({ backend }) => (isAction(backend) && backend.name === member ? "read" : "unread"));
    case "path":
      return onReferences(context, ({ path }) => (path !== undefined && isPattern(path) ? "read" : "unread"));
    case "listener":
      return forListener(context, member);
    case "redirect":
      return forRedirect(context);
    case "named-security-groups":
      return forNamedGroups(context);
    case "capacity":
      return forCapacity(context);
    case "frontend":
      return forFrontend(context);
    case "frontend-listener":
      return weaker(forFrontend(context), hasFrontendListener(context) ? "read" : "unread");
  }
}

/** A target group is not built for a Service that is missing; once it is there, it is. */
function onTargets(context: UseContext, key: string | undefined, useBy: (backend: Backend) => Use): Use {
  const uses = context.backends().map((backend) => weaker(saidBy(backend, key, "perhaps"), useBy(backend)));
  return weaker(backendUse(context), strongest(uses));
}

/** Whether a Service leaves the annotation to the Ingress; `missing`: what holds while there is no such Service. */
function saidBy({ service, isMissing }: Backend, key: string | undefined, missing: Use): Use {
  if (service === undefined) return isMissing ? missing : "perhaps";
  return key !== undefined && key in service.annotations ? "unread" : "read";
}

function useForInstances({ targetType }: Backend): Use {
  return targetType === undefined ? "perhaps" : targetType === "instance" ? "read" : "unread";
}

function portOf({ target: { service, port } }: Backend): string {
  return `${service}.${port}`;
}

/** A port by number is none by name. */
function nameOf({ service, port }: Backend["target"]): string {
  return `${service} ${typeof port} ${port}`;
}

function onReferences(context: UseContext, useBy: (reference: BackendReference) => Use): Use {
  return weaker(backendUse(context), strongest(backendReferences(context).map(useBy)));
}

/** On HTTP nobody can say; nor whether a Service may say it. */
function forTokens(context: UseContext, key: string): Use {
  const use = listensWithHttps(context) === true ? "read" : "perhaps";
  return weaker(
    use,
    onReferences(context, ({ single }) =>
      single?.service !== undefined && key in single.service.annotations ? "perhaps" : "read",
    ),
  );
}

/** The controller's own webhook reads the conditions of all paths, whether they come to be built or not (ingress_validator.go:213-240). */
function forBackend(context: UseContext, key: string, name: string): Use {
  const named = (reference: BackendReference): boolean => reference.backend.name === name;
  const isOfPath = backendReferences(context).some((reference) => reference.path !== undefined && named(reference));
  if (isOfPath && key.startsWith(alb.conditions)) return "read";
  return onReferences(context, (reference) => (named(reference) ? "read" : "unread"));
}

/** model_build_listener_rules.go: the rest are taken as they stand. */
function isPattern({ path = "", pathType = "ImplementationSpecific" }: IngressPath): boolean {
  return path !== "" && pathType === "ImplementationSpecific";
}

function forListener(context: UseContext, name: string): Use {
  const state = context.group();
  const ports = state && listenPortsOf(state.own);
  if (ports === undefined) return "perhaps";
  const uses = [...ports].map(([port, protocol]): Use => {
    if (protocol === undefined) return name === `HTTP-${port}` || name === `HTTPS-${port}` ? "perhaps" : "unread";
    return name === `${protocol}-${port}` ? "read" : "unread";
  });
  // A certificate of the class would make it another listener.
  const isOpen = !(alb.listenPorts in context.ingress.annotations) && mayHaveParams(context);
  return isOpen ? "perhaps" : strongest(uses);
}

/** What is no number in the IngressClassParams of an earlier member ends the search (model_builder.go:515-520). */
function forRedirect({ group }: UseContext): Use {
  const state = group();
  const before = state?.members.slice(0, state.members.indexOf(state.own)) ?? [];
  const ends = before.some(({ classification: { params } }) => {
    const port = params?.sslRedirectPort;
    return port !== undefined && parseInteger(port, 32) === undefined;
  });
  return ends ? "unread" : "read";
}

function forNamedGroups(context: UseContext): Use {
  const groups = context.group()?.values().securityGroups;
  if (groups === "named") return "read";
  return groups === "managed" && isMembershipKnown(context) ? "unread" : "perhaps";
}

/** model_build_load_balancer_capacity_reservation.go:40-46. */
function forCapacity(context: UseContext): Use {
  if (!context.facts.profile.featureGates.LBCapacityReservation) return "unread";
  const state = context.group();
  const first = state?.members[0];
  if (state === undefined || first === undefined) return "read";
  if (first.classification.params?.minimumCapacityUnits !== undefined) return "unread";
  const mayHave = first === state.own ? mayHaveParams(context) : !first.classification.paramsKnown;
  return mayHave || !isMembershipKnown(context) ? "perhaps" : "read";
}

function forFrontend(context: UseContext): Use {
  const state = context.group();
  if (state === undefined || hasFrontend(state.members)) return "read";
  const isStated = state.members.some(({ ingress }) => alb.enableFrontendNlb in ingress.view.annotations);
  // Another word than true fails first, or means that there is none.
  return isStated || isMembershipKnown(context) ? "unread" : "perhaps";
}

/** Only ports on which the Ingress itself listens are mapped. */
function hasFrontendListener({ group, ingress: { annotations } }: UseContext): boolean {
  const state = group();
  const ports = state && listenPortsOf(state.own);
  if (ports === undefined) return true;
  const mapping = parseMap(annotations[alb.frontendNlbListenerPortMapping] ?? "") ?? new Map<string, string>();
  const targets = [...mapping.values()].map((port) => parseInteger(port, 32));
  return targets.length === 0 ? ports.size > 0 : targets.some((port) => port !== undefined && ports.has(port));
}

/** Whether IngressClassParams that are not known may have a say. Where the operator does not tell, there are none. */
function mayHaveParams(context: UseContext): boolean {
  return !servedOf(context).paramsKnown && context.albClass?.hasParams === true;
}

function servedOf({
  classification,
}: UseContext): Pick<Extract<UseContext["classification"], { outcome: "served" }>, "params" | "paramsKnown"> {
  return classification.outcome === "served" ? classification : { params: undefined, paramsKnown: true };
}

/** Of a class of which the operator tells nothing, too. */
function isGroupKnown(context: UseContext): boolean {
  const state = context.group();
  const others = state?.members.filter((member) => member !== state.own) ?? [];
  const areKnown = others.every(({ classification }) => classification.paramsKnown);
  return areKnown && isMembershipKnown(context) && !mayHaveParams(context);
}

function isAction({ port }: ServiceBackend): boolean {
  return port === "use-annotation";
}

function strongest(uses: readonly Use[]): Use {
  if (uses.includes("read")) return "read";
  return uses.includes("perhaps") ? "perhaps" : "unread";
}

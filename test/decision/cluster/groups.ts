import { alb } from "../../../src/annotations/catalog.ts";
import { classify } from "../../../src/decision/cluster/classify.ts";
import { groupStateOf } from "../../../src/decision/cluster/group-state.ts";
import type { GroupState } from "../../../src/decision/cluster/group-state.ts";
import type { IngressObject } from "../../../src/decision/cluster/views.ts";
import { defaultProfile } from "../../../src/decision/facts.ts";
import type { ClusterProfile } from "../../../src/decision/facts.ts";
import { aClass, aCluster, anIngress, someParams } from "./objects.ts";

/** A member of the group "g". */
export interface MemberParts {
  /** "namespace/name"; left out: team-0/web, team-1/web, and so on. */
  readonly key?: string;
  /** Without the prefix of their keys. */
  readonly annotations?: Readonly<Record<string, string>>;
  /** The spec of the IngressClassParams of a class of its own. */
  readonly params?: Readonly<Record<string, unknown>>;
  /** The class of its own has IngressClassParams that nobody knows. */
  readonly isOpen?: boolean;
  /** Its class is EKS Auto Mode's, and puts it into the group. */
  readonly isAutoMode?: boolean;
  readonly spec?: Readonly<Record<string, unknown>>;
  readonly finalizers?: readonly string[];
  readonly isTerminating?: boolean;
}

export function annotated(...each: readonly Readonly<Record<string, string>>[]): readonly MemberParts[] {
  return each.map((annotations) => ({ annotations }));
}

/** The group as one of its members sees it, the first unless told. undefined: it belongs to none. */
export function groupOf(
  members: readonly MemberParts[],
  own = 0,
  profile: Partial<ClusterProfile> = {},
): GroupState | undefined {
  const ingresses = members.map(ingressOf);
  const withParams = members.flatMap((parts, index) =>
    parts.params === undefined && parts.isAutoMode !== true ? [] : [paramsOf(parts, index)],
  );
  const classes = members.map(({ isAutoMode = false }, index) =>
    isAutoMode
      ? aClass(`class-${index}`, {
          controller: "eks.amazonaws.com/alb",
          params: { apiGroup: "eks.amazonaws.com", kind: "IngressClassParams", name: `params-${index}` },
        })
      : aClass(`class-${index}`, { params: `params-${index}` }),
  );
  const cluster = aCluster({ ingresses, classes: [aClass("alb"), ...classes], params: withParams });
  cluster.setComplete("IngressClassParams", false);
  const facts = { ...defaultProfile, ...profile };
  const ingress = ingresses[own];
  if (ingress === undefined) throw new Error("the group has no such member");
  const served = classify(ingress, cluster, facts);
  return served.outcome === "served" ? groupStateOf(ingress, served, cluster, facts) : undefined;
}

export function stateOf(...given: Parameters<typeof groupOf>): GroupState {
  const state = groupOf(...given);
  if (state === undefined) throw new Error("the Ingress is in no group");
  return state;
}

function ingressOf(parts: MemberParts, index: number): IngressObject {
  const { key = `team-${index}/web`, annotations = {}, params, spec = {}, finalizers = [] } = parts;
  const { isOpen = false, isAutoMode = false, isTerminating = false } = parts;
  const group = annotations["group.name"] === undefined && !isAutoMode ? { [alb.groupName]: "g" } : {};
  const keyed = Object.entries(annotations).map(([name, value]) => [`alb.ingress.kubernetes.io/${name}`, value]);
  return anIngress(key, {
    className: params === undefined && !isOpen && !isAutoMode ? "alb" : `class-${index}`,
    annotations: { ...group, ...Object.fromEntries(keyed) },
    finalizers,
    isTerminating,
    spec,
  });
}

function paramsOf({ params = {}, isAutoMode = false }: MemberParts, index: number): ReturnType<typeof someParams> {
  const name = `params-${index}`;
  return isAutoMode
    ? someParams(name, { group: { name: "g" }, ...params }, "eks.amazonaws.com/v1")
    : someParams(name, params);
}

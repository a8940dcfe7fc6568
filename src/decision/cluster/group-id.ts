import { alb } from "../../annotations/catalog.ts";
import type { AlbController, Served } from "./classify.ts";
import type { IngressObject } from "./views.ts";

/** Ingresses that share a load balancer. The two controllers know nothing of each other's. */
export type GroupId = ExplicitGroup | ImplicitGroup;

export interface ExplicitGroup {
  readonly kind: "explicit";
  readonly controller: AlbController;
  readonly name: string;
}

/** Of one Ingress that names no group. */
export interface ImplicitGroup {
  readonly kind: "implicit";
  readonly controller: AlbController;
  readonly namespace: string;
  readonly name: string;
}

export interface InvalidGroup {
  readonly kind: "invalid";
  readonly problem: string;
}

/** The group of an Ingress that is served and not being deleted (group_loader.go:232-255, 315-323). */
export function groupIdOf({ namespace, name, view }: IngressObject, classification: Served): GroupId | InvalidGroup {
  const { controller, params } = classification;
  const group = params?.groupName ?? groupByAnnotation(view, controller);
  if (group === undefined) return { kind: "implicit", controller, namespace, name };
  if (group.length <= 63 && /^([a-z0-9][-a-z0-9.]*)?[a-z0-9]$/.test(group)) {
    return { kind: "explicit", controller, name: group };
  }
  const problem =
    'the name of the group must be 1 to 63 lower-case letters, digits, "-" and ".", and start and end with a letter or a digit';
  return { kind: "invalid", problem };
}

/** EKS Auto Mode does not read the annotation. */
export function groupByAnnotation(
  { annotations }: IngressObject["view"],
  controller: AlbController,
): string | undefined {
  return controller === "eks-auto-mode" ? undefined : annotations[alb.groupName];
}

/** The finalizer that the controller puts on the members of a group. EKS Auto Mode has the same ones under a domain of its own. */
export function groupFinalizer(id: GroupId): string {
  const domain = id.controller === "eks-auto-mode" ? "ingress.eks.amazonaws.com" : "ingress.k8s.aws";
  switch (id.kind) {
    case "explicit":
      return `group.${domain}/${id.name}`;
    case "implicit":
      return `${domain}/resources`;
  }
}

/** Whether what one Ingress asks for is this group. */
export function isGroup(one: GroupId | InvalidGroup, other: GroupId): boolean {
  switch (one.kind) {
    case "invalid":
      return false;
    case "explicit":
      return other.kind === "explicit" && one.controller === other.controller && one.name === other.name;
    case "implicit":
      return (
        other.kind === "implicit" &&
        one.controller === other.controller &&
        one.namespace === other.namespace &&
        one.name === other.name
      );
  }
}

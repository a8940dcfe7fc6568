import { alb, ingressClassAnnotation } from "../../annotations/catalog.ts";
import type { Labels } from "../../policy/selector.ts";
import { backendTargets } from "./backends.ts";
import type { IngressClassParamsView } from "./class-params.ts";
import type { ParamsApi } from "./metadata.ts";
import type { BackendService, BindingView, IngressClassView, IngressObject } from "./views.ts";

export type ClusterKind = "Ingress" | "IngressClass" | "IngressClassParams" | "Service" | "TargetGroupBinding";

/** The other objects of the cluster, as far as they are known. Every look-up costs as much as what it finds. */
export interface Cluster {
  /** Another one after each change of what is known, but for namespace labels. */
  readonly version: number;
  /** Whether all objects of a kind are known, so that one that is not found does not exist. */
  isComplete(kind: ClusterKind): boolean;
  ingress(namespace: string, name: string): IngressObject | undefined;
  /** All that are known: for what is done aside, not for a request. */
  ingresses(): Iterable<IngressObject>;
  ingressClass(name: string): IngressClassView | undefined;
  ingressClasses(): Iterable<IngressClassView>;
  ingressClassParams(api: ParamsApi, name: string): IngressClassParamsView | undefined;
  service(namespace: string, name: string): BackendService | undefined;
  /** undefined: not known. */
  namespaceLabels(name: string): Labels | undefined;
  /** By the annotation alb.ingress.kubernetes.io/group.name as written. */
  ingressesNamingGroup(name: string): Iterable<IngressObject>;
  /** By spec.ingressClassName as written; a class annotation may override it (not for EKS Auto Mode, which reads none). */
  ingressesOfClass(className: string): Iterable<IngressObject>;
  /** With neither class annotation nor spec.ingressClassName. */
  classlessIngresses(): Iterable<IngressObject>;
  ingressesWithFinalizer(finalizer: string): Iterable<IngressObject>;
  /** Those that name the Service as a backend, in rules, defaultBackend or the actions that these refer to. */
  ingressesUsing(namespace: string, service: string): Iterable<IngressObject>;
  bindingsOf(namespace: string, service: string): Iterable<BindingView>;
}

export interface ClusterViews {
  readonly Ingress: IngressObject;
  readonly IngressClass: IngressClassView;
  readonly IngressClassParams: IngressClassParamsView;
  readonly Service: BackendService;
  readonly TargetGroupBinding: BindingView;
}

export interface ClusterOptions {
  /** undefined: not known. */
  readonly namespaceLabels?: (name: string) => Labels | undefined;
}

/** One object a key: "namespace/name", "name" of an IngressClass, "api/name" of params, "api/namespace/name" of a TargetGroupBinding. */
export function keyOf<K extends ClusterKind>(kind: K, view: ClusterViews[K]): string;
export function keyOf(_kind: ClusterKind, view: ClusterViews[ClusterKind]): string {
  const path = "namespace" in view ? `${view.namespace}/${view.name}` : view.name;
  return "api" in view ? `${view.api}/${path}` : path;
}

/**
 * What caches feed. It is indexed by what is written on the objects alone, so that nothing is out of date when a class or its
 * parameters change.
 */
export class ClusterObjects implements Cluster {
  version = 0;
  readonly #namespaceLabels: (name: string) => Labels | undefined;
  readonly #complete = new Set<ClusterKind>();
  readonly #ingresses = new Store<IngressObject>((ingress) => ingressIndexes(ingress));
  readonly #classes = new Store<IngressClassView>(() => []);
  readonly #params = new Store<IngressClassParamsView>(() => []);
  readonly #services = new Store<BackendService>(() => []);
  readonly #bindings = new Store<BindingView>(({ namespace, serviceName }) => [`${namespace}/${serviceName}`]);
  readonly #stores: { readonly [K in ClusterKind]: Store<ClusterViews[K]> } = {
    Ingress: this.#ingresses,
    IngressClass: this.#classes,
    IngressClassParams: this.#params,
    Service: this.#services,
    TargetGroupBinding: this.#bindings,
  };

  constructor({ namespaceLabels = () => undefined }: ClusterOptions = {}) {
    this.#namespaceLabels = namespaceLabels;
  }

  set<K extends ClusterKind>(kind: K, view: ClusterViews[K]): void {
    this.version += 1;
    this.#stores[kind].set(keyOf(kind, view), view);
  }

  /** By what keyOf() says. */
  delete(kind: ClusterKind, key: string): void {
    this.version += 1;
    this.#stores[kind].delete(key);
  }

  /** All objects of a kind, or those of one API where a kind has two: others of it are forgotten. Whether they are complete stays as it is. */
  replace<K extends ClusterKind>(kind: K, views: Iterable<ClusterViews[K]>, api?: ParamsApi): void {
    this.version += 1;
    const store = this.#stores[kind];
    store.clear(api === undefined ? "" : `${api}/`);
    for (const view of views) store.set(keyOf(kind, view), view);
  }

  setComplete(kind: ClusterKind, isComplete: boolean): void {
    this.version += 1;
    if (isComplete) this.#complete.add(kind);
    else this.#complete.delete(kind);
  }

  isComplete(kind: ClusterKind): boolean {
    return this.#complete.has(kind);
  }

  ingress(namespace: string, name: string): IngressObject | undefined {
    return this.#ingresses.get(`${namespace}/${name}`);
  }

  ingresses(): Iterable<IngressObject> {
    return this.#ingresses.all();
  }

  ingressClass(name: string): IngressClassView | undefined {
    return this.#classes.get(name);
  }

  ingressClasses(): Iterable<IngressClassView> {
    return this.#classes.all();
  }

  ingressClassParams(api: ParamsApi, name: string): IngressClassParamsView | undefined {
    return this.#params.get(`${api}/${name}`);
  }

  service(namespace: string, name: string): BackendService | undefined {
    return this.#services.get(`${namespace}/${name}`);
  }

  namespaceLabels(name: string): Labels | undefined {
    return this.#namespaceLabels(name);
  }

  ingressesNamingGroup(name: string): Iterable<IngressObject> {
    return this.#ingresses.indexedBy(`group:${name}`);
  }

  ingressesOfClass(className: string): Iterable<IngressObject> {
    return this.#ingresses.indexedBy(`class:${className}`);
  }

  classlessIngresses(): Iterable<IngressObject> {
    return this.#ingresses.indexedBy(classless);
  }

  ingressesWithFinalizer(finalizer: string): Iterable<IngressObject> {
    return this.#ingresses.indexedBy(`finalizer:${finalizer}`);
  }

  ingressesUsing(namespace: string, service: string): Iterable<IngressObject> {
    return this.#ingresses.indexedBy(`service:${namespace}/${service}`);
  }

  bindingsOf(namespace: string, service: string): Iterable<BindingView> {
    return this.#bindings.indexedBy(`${namespace}/${service}`);
  }
}

/** With neither class annotation nor spec.ingressClassName. */
export function isClassless({ view }: IngressObject): boolean {
  return view.ingressClassName === undefined && view.annotations[ingressClassAnnotation] === undefined;
}

const classless = "classless";

/** What an Ingress can be found by. */
function ingressIndexes(ingress: IngressObject): readonly string[] {
  const { namespace, view } = ingress;
  const group = view.annotations[alb.groupName];
  const services = new Set(backendTargets(view).map(({ service }) => service));
  const indexes = [
    ...view.finalizers.map((finalizer) => `finalizer:${finalizer}`),
    ...[...services].map((service) => `service:${namespace}/${service}`),
  ];
  if (group !== undefined) indexes.push(`group:${group}`);
  if (view.ingressClassName !== undefined) indexes.push(`class:${view.ingressClassName}`);
  if (isClassless(ingress)) indexes.push(classless);
  return indexes;
}

/** Objects by key, each to be found by any number of other texts. */
class Store<T> {
  readonly #indexesOf: (object: T) => readonly string[];
  readonly #objects = new Map<string, T>();
  readonly #indexed = new Map<string, Set<T>>();

  constructor(indexesOf: (object: T) => readonly string[]) {
    this.#indexesOf = indexesOf;
  }

  get(key: string): T | undefined {
    return this.#objects.get(key);
  }

  all(): Iterable<T> {
    return this.#objects.values();
  }

  indexedBy(index: string): Iterable<T> {
    return this.#indexed.get(index) ?? [];
  }

  set(key: string, object: T): void {
    this.delete(key);
    this.#objects.set(key, object);
    for (const index of this.#indexesOf(object)) {
      const found = this.#indexed.get(index);
      if (found === undefined) this.#indexed.set(index, new Set([object]));
      else found.add(object);
    }
  }

  delete(key: string): void {
    const object = this.#objects.get(key);
    if (object === undefined) return;
    this.#objects.delete(key);
    for (const index of this.#indexesOf(object)) {
      const found = this.#indexed.get(index);
      found?.delete(object);
      if (found?.size === 0) this.#indexed.delete(index);
    }
  }

  clear(keyPrefix: string): void {
    for (const key of this.#objects.keys()) {
      if (key.startsWith(keyPrefix)) this.delete(key);
    }
  }
}

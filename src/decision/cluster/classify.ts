import { ingressClassAnnotation } from "../../annotations/catalog.ts";
import { matchesSelector } from "../../policy/selector.ts";
import type { ClusterProfile, ControllerName } from "../facts.ts";
import type { Cluster } from "./cluster.ts";
import type { IngressClassParamsView } from "./class-params.ts";
import type { ParamsApi } from "./metadata.ts";
import type { IngressClassView, IngressObject } from "./views.ts";

export type AlbController = Extract<ControllerName, "aws-load-balancer-controller" | "eks-auto-mode">;

export type Classification =
  | Served
  | { readonly outcome: "not-served" }
  /** A class or its parameters are at fault: no controller builds anything. */
  | { readonly outcome: "invalid"; readonly problem: string };

export interface Served {
  readonly outcome: "served";
  /** What chose the class. */
  readonly by: "annotation" | "field" | "default" | "flag";
  readonly controller: AlbController;
  /** "" where the flag takes Ingresses without a class. */
  readonly className: string;
  readonly params: IngressClassParamsView | undefined;
  /** false: there may be IngressClassParams. */
  readonly paramsKnown: boolean;
  /** Whether it makes a certificate of ACM for an Ingress that asks for one. undefined: not known. */
  readonly makesCertificates: boolean | undefined;
}

/**
 * Who serves an Ingress, by which class. The AWS Load Balancer Controller's own order: group_loader.go:196-229, class_loader.go:54-148.
 * EKS Auto Mode reads no class annotation; the rest of its reading is taken to be the same, since its source is closed.
 */
export function classify(
  ingress: IngressObject,
  cluster: Cluster | undefined,
  profile: ClusterProfile,
): Classification {
  const { annotations, ingressClassName } = ingress.view;
  const annotation = annotations[ingressClassAnnotation];
  if (annotation !== undefined && matchesAnnotation(annotation, profile)) {
    return { ...byController(profile), by: "annotation", className: annotation, paramsKnown: true };
  }
  if (ingressClassName !== undefined) {
    const known = cluster?.ingressClass(ingressClassName);
    if (annotation !== undefined && controllerOf(known) !== "eks-auto-mode") return notServed;
    if (known !== undefined) return byClass(ingress, known, { by: "field", cluster, profile });
    if (cluster?.isComplete("IngressClass") !== true) return byName(ingressClassName, profile);
    return invalid(`the IngressClass ${JSON.stringify(ingressClassName)} does not exist`);
  }
  if (annotation !== undefined) return notServed;
  const defaults = defaultClasses(cluster);
  if (defaults.length > 1) {
    const names = defaults.map(({ name }) => name).toSorted();
    return invalid(`several IngressClasses are annotated as the default class: ${names.join(", ")}`);
  }
  const isComplete = cluster?.isComplete("IngressClass") === true;
  const [theDefault] = defaults;
  if (theDefault !== undefined && isComplete) return byClass(ingress, theDefault, { by: "default", cluster, profile });
  if (profile.ingressClass !== "") return notServed;
  return { ...byController(profile), by: "flag", className: "", paramsKnown: isComplete };
}

/** The classes of Ingresses that name none; with several of them the controllers load no such Ingress. */
export function defaultClasses(cluster: Cluster | undefined): readonly IngressClassView[] {
  return cluster === undefined ? [] : [...cluster.ingressClasses()].filter(({ isDefault }) => isDefault);
}

/** undefined: a controller that builds no ALBs. */
export function controllerOf(
  ingressClass: Pick<IngressClassView, "controller"> | undefined,
): AlbController | undefined {
  switch (ingressClass?.controller ?? "") {
    case "ingress.k8s.aws/alb":
      return "aws-load-balancer-controller";
    case "eks.amazonaws.com/alb":
      return "eks-auto-mode";
    default:
      return undefined;
  }
}

/** The API group of a controller's IngressClassParams. */
export function paramsApi(controller: AlbController): ParamsApi {
  switch (controller) {
    case "aws-load-balancer-controller":
      return "elbv2.k8s.aws";
    case "eks-auto-mode":
      return "eks.amazonaws.com";
  }
}

const notServed: Classification = { outcome: "not-served" };

function byController(
  profile: ClusterProfile,
): Pick<Served, "outcome" | "controller" | "params" | "makesCertificates"> {
  const controller = "aws-load-balancer-controller";
  return { outcome: "served", controller, params: undefined, makesCertificates: certificatesOf(controller, profile) };
}

/** EKS Auto Mode has no such gate, and does not support these certificates yet (EKS user guide, auto-configure-alb). */
function certificatesOf(controller: AlbController, { featureGates }: ClusterProfile): boolean | undefined {
  return controller === "eks-auto-mode" ? undefined : featureGates.EnableCertificateManagement;
}

function invalid(problem: string): Classification {
  return { outcome: "invalid", problem };
}

/** class_annotation_matcher.go:26-31. */
function matchesAnnotation(annotation: string, { ingressClass }: ClusterProfile): boolean {
  return annotation === ingressClass || (ingressClass === "" && annotation === "alb");
}

function byClass(
  ingress: IngressObject,
  ingressClass: IngressClassView,
  { by, cluster, profile }: { by: "field" | "default"; cluster: Cluster | undefined; profile: ClusterProfile },
): Classification {
  const controller = controllerOf(ingressClass);
  if (controller === undefined) return notServed;
  const { name: className, parameters } = ingressClass;
  const makesCertificates = certificatesOf(controller, profile);
  const served = { outcome: "served", by, controller, className, makesCertificates } as const;
  if (parameters === undefined) return { ...served, params: undefined, paramsKnown: true };
  const api = paramsApi(controller);
  if (parameters.apiGroup !== api || parameters.kind !== "IngressClassParams") {
    return invalid(`spec.parameters of the IngressClass "${className}" must name IngressClassParams of ${api}`);
  }
  const params = cluster?.ingressClassParams(api, parameters.name);
  if (params === undefined) {
    if (cluster?.isComplete("IngressClassParams") !== true) return { ...served, params, paramsKnown: false };
    return invalid(
      `the IngressClassParams "${parameters.name}" that the IngressClass "${className}" names do not exist`,
    );
  }
  const problem = namespaceProblem(params, cluster?.namespaceLabels(ingress.namespace));
  return problem === undefined ? { ...served, params, paramsKnown: true } : invalid(problem);
}

/** Labels that are not known may match. */
function namespaceProblem(
  { name, namespaceSelector }: IngressClassParamsView,
  labels: Readonly<Record<string, string>> | undefined,
): string | undefined {
  if (namespaceSelector === undefined) return undefined;
  if (namespaceSelector === "invalid") {
    return `the namespaceSelector of the IngressClassParams "${name}" is not valid, so that no namespace may use them`;
  }
  if (labels === undefined || matchesSelector(namespaceSelector, labels)) return undefined;
  return `the namespaceSelector of the IngressClassParams "${name}" does not match the namespace's labels`;
}

/** What the operator told of a class whose object is not known. */
function byName(className: string, profile: ClusterProfile): Classification {
  const { albClasses, controllers } = profile;
  const told = albClasses.find(({ name }) => name === className);
  if (told === undefined) return notServed;
  const isAutoMode =
    controllers?.includes("eks-auto-mode") === true && !controllers.includes("aws-load-balancer-controller");
  const controller = isAutoMode ? "eks-auto-mode" : "aws-load-balancer-controller";
  return {
    outcome: "served",
    by: "field",
    controller,
    className,
    params: undefined,
    paramsKnown: told.hasParams === false,
    makesCertificates: certificatesOf(controller, profile),
  };
}

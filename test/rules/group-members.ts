/** Other objects for tests of rules about IngressGroups; keys of annotations without their prefix. */

type Annotations = Readonly<Record<string, string>>;

export function keyed(annotations: Annotations): Annotations {
  return Object.fromEntries(
    Object.entries(annotations).map(([key, value]) => [`alb.ingress.kubernetes.io/${key}`, value]),
  );
}

/** Of the subject, in the group "g". */
export function inGroup(annotations: Annotations = {}): { readonly annotations: Annotations } {
  return { annotations: keyed({ "group.name": "g", ...annotations }) };
}

/** Another member of the group "g", of the class "alb" unless its spec says otherwise. */
export function member(key: string, annotations: Annotations = {}, spec: object = {}): object {
  const [namespace, name] = key.split("/");
  return {
    kind: "Ingress",
    metadata: { namespace, name, ...inGroup(annotations) },
    spec: { ingressClassName: "alb", ...spec },
  };
}

/** An IngressClass with IngressClassParams, both of this name. */
export function classWithParams(name: string, spec: object): readonly object[] {
  const parameters = { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name };
  return [
    { kind: "IngressClass", metadata: { name }, spec: { controller: "ingress.k8s.aws/alb", parameters } },
    { kind: "IngressClassParams", apiVersion: "elbv2.k8s.aws/v1beta1", metadata: { name }, spec },
  ];
}

/** A class of EKS Auto Mode that puts its Ingresses into the group "g". */
export function autoModeClass(name: string, spec: object = {}): readonly object[] {
  const parameters = { apiGroup: "eks.amazonaws.com", kind: "IngressClassParams", name };
  return [
    { kind: "IngressClass", metadata: { name }, spec: { controller: "eks.amazonaws.com/alb", parameters } },
    {
      kind: "IngressClassParams",
      apiVersion: "eks.amazonaws.com/v1",
      metadata: { name },
      spec: { group: { name: "g" }, ...spec },
    },
  ];
}

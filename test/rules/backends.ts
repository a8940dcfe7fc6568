import { rawIngress } from "../support/subjects.ts";
import type { ObjectParts } from "../support/subjects.ts";

/** What stands before the Service shop/web in tests of its edits. */

/** A ClusterIP Service, IPv4 only, with the port http. */
export function plain(spec: ObjectParts["spec"] = {}, annotations?: ObjectParts["annotations"]): ObjectParts {
  return {
    ...(annotations === undefined ? {} : { annotations }),
    spec: { type: "ClusterIP", ipFamilies: ["IPv4"], ports: [{ name: "http", port: 80 }], ...spec },
  };
}

/** An Ingress of the class alb that sends everything to port 80. Keys of annotations are without their prefix. */
export function ingressWith(
  annotations: Readonly<Record<string, string>>,
  rest: Omit<ObjectParts, "annotations"> = {},
) {
  const keyed = Object.entries(annotations).map(([key, value]) => [`alb.ingress.kubernetes.io/${key}`, value]);
  return rawIngress({ annotations: Object.fromEntries(keyed), ...rest });
}

/** The mark of an ALB that exists. */
export const provisioned = { finalizers: ["ingress.k8s.aws/resources"] };

/** An IngressClass of EKS Auto Mode by the name of auto. */
export const autoModeClass = {
  kind: "IngressClass",
  metadata: { name: "auto" },
  spec: { controller: "eks.amazonaws.com/alb" },
};

/** An IngressClass with parameters that set this, by the name of ruled. */
export function ruledClass(spec: Readonly<Record<string, unknown>>): readonly unknown[] {
  return [
    {
      kind: "IngressClass",
      metadata: { name: "ruled" },
      spec: {
        controller: "ingress.k8s.aws/alb",
        parameters: { apiGroup: "elbv2.k8s.aws", kind: "IngressClassParams", name: "ruled" },
      },
    },
    { apiVersion: "elbv2.k8s.aws/v1beta1", kind: "IngressClassParams", metadata: { name: "ruled" }, spec },
  ];
}

export const ofClass = (ingressClassName: string) => ({ spec: { ingressClassName } });

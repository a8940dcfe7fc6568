import { keyed } from "./group-members.ts";

/** Other Ingresses for tests of rules about load balancers that exist; keys of annotations without their prefix. */

type Annotations = Readonly<Record<string, string>>;

export const status = { loadBalancer: { ingress: [{ hostname: "k8s-g.elb.eu-west-1.amazonaws.com" }] } };

/** Of the subject, in a group that has a load balancer. */
export function builtIn(group: string, annotations: Annotations = {}) {
  return { annotations: keyed({ "group.name": group, ...annotations }), status };
}

/** A member of the group "g", or another one, of the class "alb". */
export function built(key: string, annotations: Annotations = {}, group = "g"): object {
  const [namespace, name] = key.split("/");
  return {
    kind: "Ingress",
    metadata: { namespace, name, annotations: keyed({ "group.name": group, ...annotations }) },
    spec: { ingressClassName: "alb" },
    status,
  };
}

/** The class "nginx" of another controller. */
export const nginx = {
  kind: "IngressClass",
  metadata: { name: "nginx" },
  spec: { controller: "k8s.io/ingress-nginx" },
};

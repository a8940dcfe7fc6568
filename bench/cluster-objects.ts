/** The cluster in which Ingresses are measured: one of some size, with IngressGroups of several sizes among many other Ingresses. */

/** Namespaces, Ingresses in no group, and Services: so many of each. */
export const others = 10_000;
/** Where the Ingresses that are reviewed are. */
export const shop = "shop";

/** By what comes out once the Ingress that is reviewed has joined. */
export const groups: readonly { readonly size: number; readonly name: string; readonly others: number }[] = [
  1, 10, 100,
].map((size) => ({ size, name: `group-of-${size}`, others: size - 1 }));

export const albClass = {
  metadata: { name: "alb", uid: "3c8f2b1e-7d57-4bb0-9d3f-0f1f6f6f0a01", resourceVersion: "7" },
  spec: { controller: "ingress.k8s.aws/alb" },
};

export function inNamespace(index: number): string {
  return `namespace-${index}`;
}

export function namespace(name: string): object {
  return { metadata: { name, resourceVersion: "7", labels: { "kubernetes.io/metadata.name": name, team: name } } };
}

const labels = { "app.kubernetes.io/name": "checkout", "app.kubernetes.io/managed-by": "Helm" };

/** As an API server stores an object: half of it is what nobody but field managers reads. */
function metadata(name: string, annotations: Readonly<Record<string, string>>): object {
  const fields = { ".": {}, ...Object.fromEntries(Object.keys(annotations).map((key) => [`f:${key}`, {}])) };
  return {
    name: "checkout",
    namespace: name,
    uid: "2f0c9c1e-1d0b-4c0e-8f5a-6f7f4f0a9b11",
    resourceVersion: "4711",
    generation: 1,
    creationTimestamp: "2026-11-21T09:30:00Z",
    labels,
    annotations,
    managedFields: [
      {
        manager: "helm",
        operation: "Update",
        apiVersion: "v1",
        time: "2026-11-21T09:30:00Z",
        fieldsType: "FieldsV1",
        fieldsV1: { "f:metadata": { "f:annotations": fields, "f:labels": { ".": {} } }, "f:spec": { "f:rules": {} } },
      },
    ],
  };
}

const helm = { "meta.helm.sh/release-name": "checkout", "meta.helm.sh/release-namespace": "shop" };

/** A stored one; `group` undefined: alone. */
export function ingress(inside: string, group: string | undefined): object {
  const alb = "alb.ingress.kubernetes.io";
  const annotations = {
    ...helm,
    ...(group === undefined ? {} : { [`${alb}/group.name`]: group }),
    [`${alb}/scheme`]: "internet-facing",
    [`${alb}/ip-address-type`]: "dualstack",
    [`${alb}/target-type`]: "ip",
    [`${alb}/listen-ports`]: '[{"HTTP": 80}, {"HTTPS": 443}]',
    [`${alb}/certificate-arn`]: "arn:aws:acm:eu-west-1:111122223333:certificate/0f1f6f6f-0a01-4bb0-9d3f-3c8f2b1e7d57",
  };
  return {
    metadata: { ...metadata(inside, annotations), finalizers: [finalizer(group)] },
    spec: ingressSpec(inside),
    status: { loadBalancer: { ingress: [{ hostname: "k8s-shop-0f1f6f6f-111122223333.eu-west-1.elb.amazonaws.com" }] } },
  };
}

function finalizer(group: string | undefined): string {
  return group === undefined ? "ingress.k8s.aws/resources" : `group.ingress.k8s.aws/${group}`;
}

/** One that comes into being, and leaves to policy and group what it can. */
export function newIngress(group: string): object {
  return {
    apiVersion: "networking.k8s.io/v1",
    kind: "Ingress",
    metadata: metadata(shop, { ...helm, "alb.ingress.kubernetes.io/group.name": group }),
    spec: ingressSpec(shop),
  };
}

function ingressSpec(inside: string): object {
  const backend = { service: { name: "checkout", port: { number: 80 } } };
  const paths = ["/", "/basket"].map((path) => ({ path, pathType: "Prefix", backend }));
  return { ingressClassName: "alb", rules: [{ host: `${inside}.example.com`, http: { paths } }] };
}

export function service(inside: string): object {
  return {
    metadata: metadata(inside, helm),
    spec: {
      type: "NodePort",
      clusterIP: "10.96.142.7",
      clusterIPs: ["10.96.142.7"],
      ipFamilies: ["IPv4"],
      ipFamilyPolicy: "SingleStack",
      internalTrafficPolicy: "Cluster",
      externalTrafficPolicy: "Cluster",
      sessionAffinity: "None",
      selector: labels,
      ports: [{ name: "http", protocol: "TCP", port: 80, targetPort: 8080, nodePort: 31080 }],
    },
    status: { loadBalancer: {} },
  };
}

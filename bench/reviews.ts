import { newIngress } from "./cluster-objects.ts";

/** The review that an API server sends for `kubectl apply` of a Service that leaves everything to the policy. */
const uid = "8d5f4f3e-6a1c-4d0b-9c39-000000000000";

const injected = {
  "service.beta.kubernetes.io/aws-load-balancer-ip-address-type": "dualstack",
  "service.beta.kubernetes.io/aws-load-balancer-nlb-target-type": "ip",
};

const labels = {
  "app.kubernetes.io/name": "checkout",
  "app.kubernetes.io/instance": "checkout-production",
  "app.kubernetes.io/managed-by": "kustomize",
  "app.kubernetes.io/part-of": "shop",
};

const metadata = {
  name: "checkout",
  namespace: "shop",
  uid: "2f0c9c1e-1d0b-4c0e-8f5a-6f7f4f0a9b11",
  creationTimestamp: "2026-11-21T09:30:00Z",
  labels,
  managedFields: [
    {
      manager: "kubectl-client-side-apply",
      operation: "Update",
      apiVersion: "v1",
      time: "2026-11-21T09:30:00Z",
      fieldsType: "FieldsV1",
      fieldsV1: {
        "f:metadata": {
          "f:labels": {
            ".": {},
            "f:app.kubernetes.io/name": {},
            "f:app.kubernetes.io/instance": {},
            "f:app.kubernetes.io/managed-by": {},
            "f:app.kubernetes.io/part-of": {},
          },
        },
        "f:spec": { "f:externalTrafficPolicy": {}, "f:ports": {}, "f:selector": {}, "f:type": {} },
      },
    },
  ],
};

const spec = {
  type: "LoadBalancer",
  selector: { "app.kubernetes.io/name": "checkout" },
  sessionAffinity: "None",
  externalTrafficPolicy: "Cluster",
  internalTrafficPolicy: "Cluster",
  allocateLoadBalancerNodePorts: true,
  ports: [
    { name: "http", protocol: "TCP", port: 80, targetPort: 8080 },
    { name: "https", protocol: "TCP", port: 443, targetPort: 8443 },
  ],
};

const applied = "kubectl.kubernetes.io/last-applied-configuration";
const annotations = {
  "example.com/team": "shop",
  [applied]: JSON.stringify({
    apiVersion: "v1",
    kind: "Service",
    metadata: { name: "checkout", namespace: "shop" },
    spec,
  }),
};

/** As it reaches the mutating webhooks: before the API server allocates anything. */
const before = { metadata: { ...metadata, annotations }, spec };

/** As it reaches the validating webhooks: with our injections and the API server's allocations. */
const after = {
  metadata: {
    ...metadata,
    annotations: {
      ...annotations,
      ...injected,
      "dualstack.dev/injected": `policy=dualstack; keys=${[...Object.keys(injected), "spec.loadBalancerClass"].join(",")}`,
    },
  },
  spec: {
    ...spec,
    loadBalancerClass: "service.k8s.aws/nlb",
    clusterIP: "10.96.142.7",
    clusterIPs: ["10.96.142.7"],
    ipFamilies: ["IPv4"],
    ipFamilyPolicy: "SingleStack",
    ports: spec.ports.map((port, index) => ({ ...port, nodePort: 31080 + index })),
  },
};

const kinds = {
  Service: {
    kind: { group: "", version: "v1", kind: "Service" },
    resource: { group: "", version: "v1", resource: "services" },
  },
  Ingress: {
    kind: { group: "networking.k8s.io", version: "v1", kind: "Ingress" },
    resource: { group: "networking.k8s.io", version: "v1", resource: "ingresses" },
  },
};

function review(of: keyof typeof kinds, object: object): string {
  const { kind, resource } = kinds[of];
  return JSON.stringify({
    kind: "AdmissionReview",
    apiVersion: "admission.k8s.io/v1",
    request: {
      uid,
      kind,
      resource,
      requestKind: kind,
      requestResource: resource,
      name: "checkout",
      namespace: "shop",
      operation: "CREATE",
      userInfo: { username: "jane@example.com", groups: ["shop-developers", "system:authenticated"] },
      object: { kind: of, apiVersion: "v1", ...object, status: { loadBalancer: {} } },
      oldObject: null,
      dryRun: false,
      options: { kind: "CreateOptions", apiVersion: "meta.k8s.io/v1", fieldManager: "kubectl-client-side-apply" },
    },
  });
}

/** A request that can be sent again and again, each time with another uid. */
export interface Message {
  readonly path: "/mutate" | "/validate";
  /** Head and body; `nextUid` writes into it. */
  readonly bytes: Buffer;
  /** Gives the review its next uid, and returns it. */
  readonly nextUid: () => string;
}

export function mutateMessage(): Message {
  return message("/mutate", review("Service", before));
}

export function validateMessage(): Message {
  return message("/validate", review("Service", after));
}

/** An Ingress that joins the group. */
export function joiningMessage(group: string): Message {
  return message("/mutate", review("Ingress", newIngress(group)));
}

/** The review alone, without the HTTP around it. */
export function bodyOf({ bytes }: Message): string {
  const text = bytes.toString();
  return text.slice(text.indexOf(endOfHead) + endOfHead.length);
}

const endOfHead = "\r\n\r\n";

function message(path: Message["path"], body: string): Message {
  const head = [
    `POST ${path}?timeout=5s HTTP/1.1`,
    "Host: dualstack-webhook.dualstack-system.svc:443",
    "User-Agent: kube-apiserver-admission",
    `Content-Length: ${Buffer.byteLength(body)}`,
    "Accept: application/json, */*",
    "Content-Type: application/json",
    "Accept-Encoding: gzip",
  ].join("\r\n");
  const bytes = Buffer.from(head + endOfHead + body);
  const digits = 12;
  const start = bytes.indexOf(uid) + uid.length - digits;
  let count = 0;
  const nextUid = (): string => {
    count += 1;
    bytes.write(String(count).padStart(digits, "0"), start, "latin1");
    return bytes.toString("latin1", start + digits - uid.length, start + digits);
  };
  return { path, bytes, nextUid };
}

import { expect, it } from "vitest";
import { readSettings, type Settings } from "../../src/settings.ts";
import { at, list, pick, renderOverlay } from "./render.ts";

const manifests = renderOverlay("cluster-wide");
const deployment = pick(manifests, "Deployment");
const pod = at(deployment, "spec", "template", "spec");
const container = at(pod, "containers", 0);
const labels = { "app.kubernetes.io/name": "dualstack-webhook" };

it("the namespace demands the restricted pod security profile", () => {
  expect(pick(manifests, "Namespace", "dualstack-system").metadata.labels).toEqual({
    ...labels,
    "pod-security.kubernetes.io/enforce": "restricted",
    "pod-security.kubernetes.io/warn": "restricted",
    "pod-security.kubernetes.io/audit": "restricted",
  });
});

it("the pod and its only container drop every right they do not need", () => {
  expect(list(pod, "containers")).toHaveLength(1);
  expect(at(pod, "initContainers")).toBeUndefined();
  expect(at(pod, "securityContext")).toEqual({
    runAsNonRoot: true,
    runAsUser: 65532,
    runAsGroup: 65532,
    fsGroup: 65532,
    seccompProfile: { type: "RuntimeDefault" },
  });
  expect(at(container, "securityContext")).toEqual({
    allowPrivilegeEscalation: false,
    privileged: false,
    readOnlyRootFilesystem: true,
    capabilities: { drop: ["ALL"] },
  });
  for (const key of ["hostNetwork", "hostPID", "hostIPC"]) expect(pod).not.toHaveProperty(key);
});

it("the account may read, and write nothing but what became of policies and dry runs in a namespace for these, and only our pod has its token", () => {
  for (const rule of list(pick(manifests, "ClusterRole"), "rules")) {
    const [resource] = list(rule, "resources");
    const allowed = resource === "loadbalancerpolicies/status" ? ["patch"] : ["get", "list", "watch"];
    expect(allowed).toEqual(expect.arrayContaining([...list(rule, "verbs")]));
    expect([...list(rule, "apiGroups"), ...list(rule, "resources")]).not.toContain("*");
  }
  const roles = manifests.filter(({ kind }) => kind === "Role");
  expect(roles.map((role) => [role.metadata.namespace, at(role, "rules")])).toEqual([
    ["dualstack-canary", [{ apiGroups: [""], resources: ["services"], verbs: ["create"] }]],
    ["default", [{ apiGroups: [""], resources: ["services"], resourceNames: ["kubernetes"], verbs: ["get"] }]],
    [
      "dualstack-system",
      [
        {
          apiGroups: ["coordination.k8s.io"],
          resources: ["leases"],
          resourceNames: ["dualstack-webhook"],
          verbs: ["get", "update"],
        },
      ],
    ],
  ]);
  const bindings = manifests.filter(({ kind }) => kind.endsWith("RoleBinding"));
  for (const role of [pick(manifests, "ClusterRole"), ...roles]) {
    const { kind, metadata } = role;
    const ofRole = bindings.filter((each) => each.metadata.namespace === metadata.namespace);
    expect(ofRole).toMatchObject([
      {
        kind: `${kind}Binding`,
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name: metadata.name },
        subjects: [{ kind: "ServiceAccount", name: "dualstack-webhook", namespace: "dualstack-system" }],
      },
    ]);
  }
  expect(bindings).toHaveLength(4);
  expect(at(pick(manifests, "ServiceAccount"), "automountServiceAccountToken")).toBe(false);
  expect(pod).toMatchObject({ serviceAccountName: "dualstack-webhook", automountServiceAccountToken: true });
});

it("a rollout never has fewer pods that answer, and a drain takes one at a time", () => {
  expect(at(deployment, "spec")).toMatchObject({
    replicas: 3,
    strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
    selector: { matchLabels: labels },
    template: { metadata: { labels } },
  });
  expect(at(pick(manifests, "PodDisruptionBudget"), "spec")).toEqual({
    maxUnavailable: 1,
    unhealthyPodEvictionPolicy: "AlwaysAllow",
    selector: { matchLabels: labels },
  });
  expect(pod).toMatchObject({ priorityClassName: "system-cluster-critical", enableServiceLinks: false });
});

it("the replicas are spread over zones and nodes", () => {
  const constraint = { maxSkew: 1, labelSelector: { matchLabels: labels }, matchLabelKeys: ["pod-template-hash"] };
  expect(at(pod, "topologySpreadConstraints")).toEqual([
    { ...constraint, topologyKey: "topology.kubernetes.io/zone", whenUnsatisfiable: "ScheduleAnyway" },
    {
      ...constraint,
      topologyKey: "kubernetes.io/hostname",
      whenUnsatisfiable: "DoNotSchedule",
      nodeTaintsPolicy: "Honor",
    },
  ]);
});

it("there is time to drain: the delay, the longest call, and five seconds more", () => {
  const timeouts = ["MutatingWebhookConfiguration", "ValidatingWebhookConfiguration"].flatMap((kind) =>
    list(pick(manifests, kind), "webhooks").map((entry) => Number(at(entry, "timeoutSeconds"))),
  );
  expect(at(pod, "terminationGracePeriodSeconds")).toBe(60);
  expect(settings().shutdownDelaySeconds + Math.max(...timeouts) + 5).toBeLessThanOrEqual(60);
});

it("the program listens where the Service, the probes and the network policy look for it", () => {
  const { listen, healthListen } = settings();
  // "::" takes both families; 0.0.0.0 cannot be reached in a cluster of IPv6 pods.
  expect([listen.host, healthListen.host]).toEqual(["::", "::"]);
  expect(at(container, "ports")).toEqual([
    { name: "webhook", containerPort: listen.port },
    { name: "health", containerPort: healthListen.port },
  ]);
  expect(at(pick(manifests, "Service"), "spec")).toEqual({
    type: "ClusterIP",
    selector: labels,
    ports: [{ name: "webhook", port: 443, targetPort: "webhook", protocol: "TCP", appProtocol: "https" }],
  });
  expect(at(container, "startupProbe", "httpGet")).toEqual({ path: "/livez", port: "health" });
  expect(at(container, "livenessProbe", "httpGet")).toEqual({ path: "/livez", port: "health" });
  expect(at(container, "readinessProbe", "httpGet")).toEqual({ path: "/readyz", port: "health" });
  expect(at(pick(manifests, "NetworkPolicy"), "spec")).toEqual({
    podSelector: { matchLabels: labels },
    policyTypes: ["Ingress", "Egress"],
    ingress: [
      { ports: [{ port: "webhook", protocol: "TCP" }] },
      {
        from: [{ namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": "monitoring" } } }],
        ports: [{ port: "health", protocol: "TCP" }],
      },
    ],
    egress: [
      {
        ports: [
          { port: 443, protocol: "TCP" },
          { port: 6443, protocol: "TCP" },
        ],
      },
    ],
  });
});

it("the program reads its certificate from a whole mounted folder, and its policies from the cluster", () => {
  const { tls, policies, cluster } = settings();
  expect(at(container, "volumeMounts")).toEqual([{ name: "tls", mountPath: tls.dir, readOnly: true }]);
  expect(at(pod, "volumes")).toEqual([
    { name: "tls", secret: { secretName: "dualstack-webhook-tls", defaultMode: 0o440 } },
  ]);
  expect(policies).toEqual([]);
  expect(cluster).toEqual({ by: "in-cluster", folder: undefined });
});

it("memory is bounded, and nothing throttles an answer", () => {
  expect(at(container, "resources")).toEqual({
    requests: { cpu: "100m", memory: "256Mi" },
    limits: { memory: "512Mi" },
  });
});

it("the serving certificate carries the name that the API server asks for, and comes from the long-lived CA", () => {
  const certificate = pick(manifests, "Certificate");
  const service = pick(manifests, "Service").metadata;
  const host = `${service.name}.${service.namespace ?? ""}`;
  expect(settings().tls.names).toEqual([`${host}.svc`]);
  expect(at(certificate, "spec")).toEqual({
    secretName: "dualstack-webhook-tls",
    dnsNames: [`${host}.svc`, `${host}.svc.cluster.local`, host],
    duration: "2160h",
    renewBefore: "720h",
    usages: ["digital signature", "server auth"],
    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Always" },
    issuerRef: { group: "cert-manager.io", kind: "Issuer", name: "dualstack-webhook-ca" },
  });
  const ca = pick(manifests, "Certificate", "dualstack-webhook-ca");
  expect(at(ca, "spec")).toEqual({
    isCA: true,
    commonName: "dualstack-webhook-ca",
    secretName: "dualstack-webhook-cert-manager-ca",
    duration: "87600h",
    privateKey: { algorithm: "ECDSA", size: 256, rotationPolicy: "Never" },
    issuerRef: { group: "cert-manager.io", kind: "Issuer", name: "dualstack-webhook-selfsigned" },
  });
  expect(at(pick(manifests, "Issuer", "dualstack-webhook-ca"), "spec")).toEqual({
    ca: { secretName: "dualstack-webhook-cert-manager-ca" },
  });
  expect(at(pick(manifests, "Issuer", "dualstack-webhook-selfsigned"), "spec")).toEqual({ selfSigned: {} });
});

function settings(): Settings {
  const result = readSettings(list(container, "args").map(String), {});
  if (result.outcome !== "settings") throw new Error(`the program refuses its arguments: ${JSON.stringify(result)}`);
  return result.settings;
}

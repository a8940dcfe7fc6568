/** Where the values of the Helm chart go in the manifests that it is made of. */

/** One place of a manifest that a value decides. */
export interface Insertion {
  readonly find: string | RegExp;
  readonly put: string | ((found: string) => string);
  /** How often it has to be there: once, unless said. */
  readonly times?: number;
}

export interface Source {
  /** From the root of the repository. */
  readonly path: string;
  readonly insertions?: readonly Insertion[];
  /** Of the values: without it nothing of this file is installed. */
  readonly onlyIf?: string;
}

export const whereCertManager = 'eq .Values.certificates.mode "CertManager"';
export const whereSelfManaged = 'eq .Values.certificates.mode "SelfManaged"';
export const whereMonitored = ".Values.monitoring.enabled";
export const whereEvents = ".Values.events.enabled";

/** Those by which a Prometheus chooses what it reads. */
const monitoringLabels: Insertion = {
  find: /(?<=^metadata:\n(?: {2}[^l].*\n)+ {2}labels:\n {4}.*\n)/m,
  put: "    {{- with .Values.monitoring.labels }}\n    {{- toYaml . | nindent 4 }}\n    {{- end }}\n",
};

export const ownNamespace = "{{ .Values.namespace.name }}";
const excludedNamespaces = "{{ append .Values.excludedNamespaces .Values.namespace.name | toJson }}";

/** The key of our label comes before it in every selector. */
const scopeOfSelector: Insertion = {
  find: "          operator: NotIn\n          values: [disabled]\n",
  put:
    '          operator: {{ ternary "In" "NotIn" (eq .Values.scope "OptIn") }}\n' +
    '          values: [{{ ternary "enabled" "disabled" (eq .Values.scope "OptIn") }}]\n',
  times: 6,
};

export const sources: readonly Source[] = [
  {
    // A template, and not in crds/, which Helm never upgrades: a new field of the program would be dropped by an old CRD.
    path: "deploy/base/00-crd.yaml",
    onlyIf: ".Values.crds.install",
    insertions: [
      {
        find: /(?<=\n)(?=spec:\n {2}group: dualstack.dev\n)/,
        put: "  {{- if .Values.crds.keep }}\n  annotations:\n    helm.sh/resource-policy: keep\n  {{- end }}\n",
      },
    ],
  },
  { path: "deploy/base/10-namespace.yaml", onlyIf: ".Values.namespace.create" },
  {
    path: "deploy/base/50-deployment.yaml",
    insertions: [
      { find: "  replicas: 3\n", put: "  replicas: {{ .Values.replicas }}\n" },
      {
        find: /(?<= {6}labels:\n {8}app.kubernetes.io\/name: dualstack-webhook\n)(?= {4}spec:\n)/,
        put: block({ of: ".Values.podAnnotations", as: "annotations", indent: 6 }),
      },
      {
        find: "priorityClassName: system-cluster-critical\n",
        put: "priorityClassName: {{ .Values.priorityClassName }}\n",
      },
      {
        find: /(?<=\n)(?= {6}securityContext:\n {8}runAsNonRoot: true\n)/,
        put:
          block({ of: ".Values.image.pullSecrets", as: "imagePullSecrets", indent: 6 }) +
          block({ of: ".Values.nodeSelector", as: "nodeSelector", indent: 6 }) +
          block({ of: ".Values.tolerations", as: "tolerations", indent: 6 }),
      },
      {
        find: /(?: {10}# Name, registry and digest .*\n)? {10}image: dualstack-webhook:\S+\n/,
        put:
          "          {{- with .Values.image }}\n" +
          "          image: {{ .repository }}{{ if .digest }}@{{ .digest }}{{ else }}:{{ .tag | default $.Chart.AppVersion }}{{ end }}\n" +
          "          {{- end }}\n",
      },
      { find: / {10}# The overlay adds --scope, .*\n/, put: "" },
      {
        find: "            - --tls-dir=/etc/dualstack-webhook/tls\n",
        put: (found) =>
          `            {{- if ${whereCertManager} }}\n${found}            {{- else }}\n` +
          "            - --self-managed-certificate\n            {{- end }}\n",
      },
      {
        find: / {10}volumeMounts:\n(?: {12}#.*\n)* {12}- name: tls\n(?: {14}.*\n)+ {6}volumes:\n(?: {8}#.*\n)* {8}- name: tls\n(?: {10}.*\n)+$/,
        put: onlyWithCertManager,
      },
      {
        find: "            - --exclude-namespace=kube-system\n            - --exclude-namespace=kube-node-lease\n",
        put: "            {{- range .Values.excludedNamespaces }}\n            - --exclude-namespace={{ . }}\n            {{- end }}\n",
      },
      {
        find: /(?<=\n)(?= {10}ports:\n)/,
        put:
          "            # As the selectors of 70-webhooks.yaml; the program judges it again, so that kubectl dualstack preview agrees.\n" +
          "            - --scope={{ .Values.scope }}\n" +
          `            {{- if ${whereEvents} }}\n            - --events\n            {{- end }}\n` +
          "            {{- range .Values.extraArgs }}\n            - {{ toJson . }}\n            {{- end }}\n",
      },
      {
        find: / {10}resources:\n(?: {12}.*\n)+/,
        put: "          resources:\n            {{- toYaml .Values.resources | nindent 12 }}\n",
      },
    ],
  },
  {
    path: "deploy/base/65-networkpolicy.yaml",
    insertions: [
      {
        find: "kubernetes.io/metadata.name: monitoring\n",
        put: "kubernetes.io/metadata.name: {{ toJson .Values.networkPolicy.metricsNamespace }}\n",
      },
      {
        find: "        - port: 443\n          protocol: TCP\n        - port: 6443\n          protocol: TCP\n",
        put:
          "        {{- range .Values.networkPolicy.apiServerPorts }}\n        - port: {{ . }}\n          protocol: TCP\n" +
          "        {{- end }}\n",
      },
    ],
  },
  { path: "deploy/monitoring/servicemonitor.yaml", insertions: [monitoringLabels] },
  { path: "deploy/monitoring/prometheus-rules.yaml", insertions: [monitoringLabels] },
  {
    path: "deploy/base/70-webhooks.yaml",
    insertions: [
      {
        find: "values: [kube-system, kube-node-lease, dualstack-system]\n",
        put: `values: ${excludedNamespaces}\n`,
        times: 6,
      },
      {
        find: / {2}annotations:\n(?: {4}#.*\n)* {4}cert-manager\.io\/inject-ca-from: .*\n/,
        put: onlyWithCertManager,
        times: 2,
      },
      scopeOfSelector,
      failurePolicyOf("services"),
      failurePolicyOf("ingresses"),
      {
        find: / {14}'azure-application-gateway',\n(?: {14}'[a-z]+',?\n)+/,
        put:
          "              {{- range $index, $name := .Values.foreignIngressClasses }}{{ if $index }},{{ end }}\n" +
          "              '{{ $name }}'\n" +
          "              {{- end }}\n",
        times: 2,
      },
    ],
  },
];

function onlyWithCertManager(found: string): string {
  return `{{- if ${whereCertManager} }}\n${found}{{- end }}\n`;
}

function failurePolicyOf(resource: "services" | "ingresses"): Insertion {
  return {
    find: new RegExp(
      `(?<=  - name: ${resource}\\.validate\\.dualstack\\.dev\\n(?: {4}#.*\\n)*    failurePolicy: )\\w+`,
    ),
    put: `{{ .Values.failurePolicies.${resource} }}`,
  };
}

/** A field that is there only where its value is not empty. */
function block({ of, as, indent }: { readonly of: string; readonly as: string; readonly indent: number }): string {
  const margin = " ".repeat(indent);
  return `${margin}{{- with ${of} }}\n${margin}${as}:\n${margin}  {{- toYaml . | nindent ${indent + 2} }}\n${margin}{{- end }}\n`;
}

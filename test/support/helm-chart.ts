/**
 * The templates of the Helm chart: the manifests of deploy/base and certs/ with values put in where the overlays differ
 * and where clusters do. What is not named here is as in the manifest, comments too, so that both installations stay one.
 */
import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parse, stringify } from "yaml";

export interface Template {
  /** From the root of the repository. */
  readonly path: string;
  readonly text: string;
}

/** One place of a manifest that a value decides. */
interface Insertion {
  readonly find: string | RegExp;
  readonly put: string;
  /** How often it has to be there: once, unless said. */
  readonly times?: number;
}

interface Source {
  /** From the root of the repository. */
  readonly path: string;
  readonly insertions?: readonly Insertion[];
  /** Of the values: without it nothing of this file is installed. */
  readonly onlyIf?: string;
}

const templatesFolder = "deploy/helm/dualstack-webhook/templates";

const root = join(import.meta.dirname, "..", "..");

/** One for each manifest. A manifest that nothing here speaks of is taken as it is. */
export function chartTemplates(): readonly Template[] {
  const manifests = ["deploy/base", "certs", "deploy/monitoring", "deploy/events"].flatMap(manifestsIn);
  return [...manifests.map(templateOf), dashboard()];
}

function templateOf(path: string): Template {
  const { insertions = [], onlyIf } = sources.find((source) => source.path === path) ?? {};
  const manifest = escaped(readFileSync(join(root, path), "utf8"));
  const body = [...insertions, ...everywhere].reduce((text, insertion) => inserted(text, insertion, path), manifest);
  const prefix = /^deploy\/(?:monitoring|events)(?=\/)/.exec(path)?.[0].replace("deploy/", "").concat("-") ?? "";
  return { path: `${templatesFolder}/${prefix}${basename(path)}`, text: template(path, body, onlyIf) };
}

/** Of the component that holds it, which has kustomize make the ConfigMap. */
function dashboard(): Template {
  const path = "deploy/monitoring/kustomization.yaml";
  const { configMapGenerator } = parse(readFileSync(join(root, path), "utf8")) as {
    readonly configMapGenerator: readonly {
      readonly name: string;
      readonly namespace: string;
      readonly files: readonly string[];
      readonly options: { readonly labels: Readonly<Record<string, string>> };
    }[];
  };
  const [generator] = configMapGenerator;
  const [key = "", file = ""] = generator?.files[0]?.split("=") ?? [];
  const { name, namespace, options } = generator ?? {};
  const head = { apiVersion: "v1", kind: "ConfigMap", metadata: { name, namespace, labels: options?.labels } };
  const json = readFileSync(join(root, "deploy/monitoring", file), "utf8").replaceAll(/^(?=.)/gm, "    ");
  const manifest = escaped(`${stringify(head)}data:\n  ${key}: |\n${json}`);
  const body = everywhere.reduce((text, insertion) => inserted(text, insertion, path), manifest);
  return { path: `${templatesFolder}/monitoring-dashboard.yaml`, text: template(path, body, whereMonitored) };
}

function template(path: string, body: string, onlyIf: string | undefined): string {
  return `${header(path)}${onlyIf === undefined ? body : `{{- if ${onlyIf} }}\n${body}{{- end }}\n`}`;
}

const whereMonitored = ".Values.monitoring.enabled";

/** Those by which a Prometheus chooses what it reads. */
const monitoringLabels: Insertion = {
  find: /(?<=^metadata:\n(?: {2}[^l].*\n)+ {2}labels:\n {4}.*\n)/m,
  put: "    {{- with .Values.monitoring.labels }}\n    {{- toYaml . | nindent 4 }}\n    {{- end }}\n",
};

const ownNamespace = "{{ .Values.namespace.name }}";
const excludedNamespaces = "{{ append .Values.excludedNamespaces .Values.namespace.name | toJson }}";

/** The key of our label comes before it in every selector. */
const scopeOfSelector: Insertion = {
  find: "          operator: NotIn\n          values: [disabled]\n",
  put:
    '          operator: {{ ternary "In" "NotIn" (eq .Values.scope "OptIn") }}\n' +
    '          values: [{{ ternary "enabled" "disabled" (eq .Values.scope "OptIn") }}]\n',
  times: 6,
};

const sources: readonly Source[] = [
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
        find: "            - --exclude-namespace=kube-system\n            - --exclude-namespace=kube-node-lease\n",
        put: "            {{- range .Values.excludedNamespaces }}\n            - --exclude-namespace={{ . }}\n            {{- end }}\n",
      },
      {
        find: /(?<=\n)(?= {10}ports:\n)/,
        put:
          "            # As the selectors of 70-webhooks.yaml; the program judges it again, so that kubectl dualstack preview agrees.\n" +
          "            - --scope={{ .Values.scope }}\n" +
          "            {{- if .Values.events.enabled }}\n            - --events\n            {{- end }}\n" +
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
  { path: "deploy/events/rbac.yaml", onlyIf: ".Values.events.enabled" },
  { path: "deploy/monitoring/service.yaml", onlyIf: whereMonitored },
  { path: "deploy/monitoring/servicemonitor.yaml", onlyIf: whereMonitored, insertions: [monitoringLabels] },
  { path: "deploy/monitoring/prometheus-rules.yaml", onlyIf: whereMonitored, insertions: [monitoringLabels] },
  {
    path: "deploy/base/70-webhooks.yaml",
    insertions: [
      {
        find: "values: [kube-system, kube-node-lease, dualstack-system]\n",
        put: `values: ${excludedNamespaces}\n`,
        times: 6,
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

/** Comments, too, name the namespace that is really ours. */
const everywhere: readonly Insertion[] = [{ find: /dualstack-system/, put: ownNamespace, times: Number.NaN }];

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

function header(path: string): string {
  return `{{- /* Generated from ${path} by npm run generate: edit that, or test/support/helm-chart.ts. */}}\n`;
}

/** Texts that are templates of another program, as alerts are, stay what they are. */
function escaped(text: string): string {
  return text.replaceAll("{{", '{{ "{{" }}');
}

function inserted(text: string, { find, put, times = 1 }: Insertion, path: string): string {
  const pattern = typeof find === "string" ? find : new RegExp(find, `${find.flags}g`);
  const found = typeof pattern === "string" ? text.split(pattern).length - 1 : [...text.matchAll(pattern)].length;
  if (found !== times && !Number.isNaN(times)) {
    throw new Error(
      `test/support/helm-chart.ts expects this ${times} times in ${path}, and it is there ${found} times: ${String(find)}`,
    );
  }
  return text.replaceAll(pattern, () => put);
}

function manifestsIn(folder: string): readonly string[] {
  return readdirSync(join(root, folder))
    .filter((file) => file.endsWith(".yaml") && file !== "kustomization.yaml")
    .toSorted()
    .map((file) => `${folder}/${file}`);
}

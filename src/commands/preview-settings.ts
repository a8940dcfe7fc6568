import type { ClusterProfile, Install } from "../decision/facts.ts";
import type { Labels } from "../policy/resolve.ts";
import { labelKey, labelValue } from "../policy/syntax.ts";
import type { HelpGroup } from "../settings/help.ts";
import { profileSettings, toProfile } from "../settings/profile.ts";
import { readTable } from "../settings/table.ts";
import type { Environment, Reading, Table } from "../settings/table.ts";
import { file, fileOrDirectory, namespaceName, oneOf } from "../settings/values.ts";
import type { ValueType } from "../settings/values.ts";

export interface PreviewSettings {
  /** Files, folders and `-`, in the order of the command line. At least one, unless a cluster is read. */
  readonly paths: readonly string[];
  /** The running cluster to read. undefined: none. */
  readonly cluster: ClusterSettings | undefined;
  /** Of objects that name none. */
  readonly namespace: string;
  /** Of every namespace that is not among the input. */
  readonly namespaceLabels: Labels;
  /** Policy files and folders; empty: those of the input, else the built-in starter policy. */
  readonly policies: readonly string[];
  readonly profile: ClusterProfile;
  readonly install: Install;
  readonly output: "table" | "yaml" | "json";
}

export interface ClusterSettings {
  /** undefined: the file that kubectl would take. */
  readonly kubeconfig: string | undefined;
}

export type PreviewSettingsResult =
  | { readonly outcome: "settings"; readonly settings: PreviewSettings }
  | { readonly outcome: "help" }
  /** One sentence each, all that were found. */
  | { readonly outcome: "problems"; readonly problems: readonly string[] };

/** The preview's settings from its arguments and environment. A flag wins over its variable. */
export function readPreviewSettings(argv: readonly string[], env: Environment): PreviewSettingsResult {
  const reading = readTable(previewTable, argv.flatMap(apart), env);
  if (reading.values.help) return { outcome: "help" };
  const problems = [...reading.problems, ...reading.operands.map(stray), ...contradictions(reading)];
  if (problems.length > 0) return { outcome: "problems", problems };
  const { paths, cluster, kubeconfig, namespace, policies, output, scope, excludedNamespaces } = reading.values;
  return {
    outcome: "settings",
    settings: {
      paths,
      cluster: cluster ? { kubeconfig } : undefined,
      namespace,
      namespaceLabels: Object.fromEntries(reading.values.namespaceLabels),
      policies,
      profile: toProfile(reading.values),
      // Whoever asks can read all of the input anyway.
      install: { scope, excludedNamespaces, showOtherNamespaces: true },
      output,
    },
  };
}

const label: ValueType<readonly [string, string]> = {
  name: "KEY=VALUE",
  allowed: "a label such as dualstack.dev/policy=NAME",
  parse: (text) => {
    const equals = text.indexOf("=");
    const [key, value] = [text.slice(0, equals), text.slice(equals + 1)];
    const legal = equals > 0 && labelKey.safeParse(key).success && labelValue.safeParse(value).success;
    return legal ? [key, value] : undefined;
  },
};

const inputSettings = {
  paths: {
    flag: "filename",
    short: "f",
    takes: "paths",
    flagOnly: true,
    type: { ...fileOrDirectory, name: "PATH|-", allowed: "the path of a file or a folder, or - for standard input" },
    description: "Manifests: a file, a folder with all that is below it, or - for standard input.",
  },
  namespace: {
    flag: "namespace",
    short: "n",
    takes: "value",
    flagOnly: true,
    type: namespaceName,
    default: "default",
    description: "The namespace of objects that name none.",
  },
  namespaceLabels: {
    flag: "namespace-labels",
    takes: "names",
    flagOnly: true,
    type: label,
    description:
      "Labels of each namespace that is neither among the input nor in the cluster. One that is among the input has the labels of its manifest and no others.",
    otherwise: "none but kubernetes.io/metadata.name, which each namespace has",
  },
} as const satisfies Table;

const clusterSettings = {
  cluster: {
    flag: "cluster",
    takes: "nothing",
    flagOnly: true,
    description:
      "Read a running cluster, with GET requests only: manifests are judged in its presence. Without -f: list its broken IngressGroups.",
  },
  kubeconfig: {
    flag: "kubeconfig",
    takes: "value",
    flagOnly: true,
    type: file,
    description: "The kubeconfig whose current context --cluster reads.",
    otherwise: "KUBECONFIG, ~/.kube/config, or else the service account of the pod",
  },
} as const satisfies Table;

const policySettings = {
  policies: {
    flag: "policy",
    takes: "paths",
    type: fileOrDirectory,
    description: "LoadBalancerPolicy manifests, besides those among the input; the variable separates paths by colons.",
    otherwise: "where the input has none, the built-in starter policy",
  },
  scope: {
    flag: "scope",
    takes: "value",
    type: oneOf("ClusterWide", "OptIn"),
    default: "ClusterWide",
    description: "OptIn: only namespaces labelled dualstack.dev/inject=enabled. As the webhook is installed.",
  },
  excludedNamespaces: {
    flag: "exclude-namespace",
    takes: "names",
    type: namespaceName,
    description: "Namespaces to leave alone. As the webhook is installed.",
    otherwise: "none",
  },
} as const satisfies Table;

const outputSettings = {
  output: {
    flag: "output",
    short: "o",
    takes: "value",
    flagOnly: true,
    type: oneOf("table", "yaml", "json"),
    default: "table",
    description: "table for people, yaml for kubectl apply -f -, json for programs.",
  },
  help: { flag: "help", short: "h", takes: "nothing", flagOnly: true, description: "Print this text." },
} as const satisfies Table;

export const previewGroups: readonly HelpGroup[] = [
  { title: "Input", table: inputSettings },
  { title: "A running cluster", table: clusterSettings },
  { title: "Policy", table: policySettings },
  { title: "What the cluster is like", table: profileSettings },
  { title: "Output", table: outputSettings },
];

const previewTable = { ...inputSettings, ...clusterSettings, ...policySettings, ...profileSettings, ...outputSettings };

/** -ojson as kubectl takes it: the value joined to its short flag. */
function apart(word: string): readonly string[] {
  const [, flag, value] = /^(-[fno])([^=].*)$/s.exec(word) ?? [];
  return flag === undefined || value === undefined ? [word] : [flag, value];
}

function stray(word: string): string {
  return `${JSON.stringify(word)} is not a flag: name each file or folder with its own -f.`;
}

function contradictions({ values, problems }: Reading<typeof previewTable>): readonly string[] {
  const found: string[] = [];
  const spoken = problems.some((problem) => problem.includes("--filename"));
  if (values.paths.length === 0 && !values.cluster && !spoken) {
    found.push(
      "-f is missing: name a file, a folder, or - for standard input; or give --cluster to look at a cluster.",
    );
  }
  if (values.kubeconfig !== undefined && !values.cluster) {
    found.push("--kubeconfig needs --cluster: without it no cluster is read.");
  }
  if (values.paths.filter((path) => path === "-").length > 1) {
    found.push("-f - is given more than once: standard input can be read once only.");
  }
  const seen = new Map<string, string>();
  for (const [key, value] of values.namespaceLabels) {
    const before = seen.get(key);
    if (before !== undefined && before !== value) {
      found.push(
        `--namespace-labels gives ${key} the values ${JSON.stringify(before)} and ${JSON.stringify(value)}: give one.`,
      );
    }
    seen.set(key, value);
  }
  return found;
}

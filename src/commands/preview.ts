import { helpText } from "../settings/help.ts";
import { wrap } from "../text/wrap.ts";
import { clusterKinds } from "../kubernetes/cluster-sources.ts";
import { readManifests } from "../kubernetes/manifests.ts";
import type { ManifestProblem, Manifests } from "../kubernetes/manifests.ts";
import { painter } from "./colour.ts";
import { complain } from "./complain.ts";
import { roundedNumbers } from "./exact-numbers.ts";
import { exitCode } from "./exit-codes.ts";
import { inputFacts } from "./input-facts.ts";
import { inputPolicies, withClusterPolicies } from "./input-policies.ts";
import { problemText } from "./input-problem.ts";
import type { Io } from "./io.ts";
import { jsonOutput } from "./json-output.ts";
import { readLiveCluster } from "./live-cluster.ts";
import { judge } from "./judge.ts";
import type { Entry, JudgeInput } from "./judge.ts";
import { previewGroups, readPreviewSettings } from "./preview-settings.ts";
import type { PreviewSettings } from "./preview-settings.ts";
import { progressOn } from "./progress.ts";
import type { Progress } from "./progress.ts";
import type { Command } from "./command.ts";
import { sharperFlags } from "./sharper.ts";
import { showBrokenGroups } from "./preview-groups.ts";
import { summaryOf, summaryText } from "./summary.ts";
import { tableEntry } from "./table-output.ts";
import { yamlEntry } from "./yaml-output.ts";

export const previewCommand: Command = {
  name: "preview",
  summary: "Show what the webhook would do with manifests; no cluster is needed.",
  help,
  run: preview,
};

/** Decides about every manifest as the webhook would, and shows it. */
async function preview(argv: readonly string[], io: Io): Promise<number> {
  const result = readPreviewSettings(argv, io.env);
  switch (result.outcome) {
    case "help":
      io.stdout.write(help());
      return exitCode.clean;
    case "problems":
      return complain(io, "kubectl dualstack preview cannot start", result.problems);
    case "settings":
      return show(result.settings, io);
  }
}

async function show(settings: PreviewSettings, io: Io): Promise<number> {
  const { cluster } = settings;
  if (cluster !== undefined && settings.paths.length === 0) return showBrokenGroups({ ...settings, cluster }, io);
  const progress = progressOn(io);
  const { documents, problems: unreadable } = await readAll(settings.paths, io, progress);
  const given = await inputPolicies(settings.policies, documents);
  if (given.problems.length > 0) {
    progress.clear();
    return complain(io, "no decision without policies that can be read", [
      ...unreadable.map(problemText),
      ...given.problems,
    ]);
  }
  const read =
    cluster &&
    (await readLiveCluster({
      ...settings,
      ...cluster,
      kinds: clusterKinds,
      // As the webhook does it: files take the place of the cluster's own.
      withPolicies: settings.policies.length === 0,
      documents,
      env: io.env,
      progress,
    }));
  if (read !== undefined && "problem" in read) {
    progress.clear();
    return complain(io, "no decision without the cluster", [read.problem]);
  }
  const live = read?.live;
  const { set: policies, notes } = withClusterPolicies(given, live?.snapshot.policies);
  const facts = inputFacts(documents, { ...settings, live });
  const { install, namespace } = settings;
  const input: JudgeInput = { policies, facts, install, namespace, stored: live?.stored ?? new Map() };
  const entries = documents.map((document, index) => {
    progress.report(`judging ${index + 1} of ${documents.length}`);
    return judge(document, input);
  });
  const problems = [
    ...unreadable,
    ...facts.problems,
    ...entries.flatMap((entry) => (entry.kind === "unreadable" ? [entry.problem] : [])),
    ...(settings.output === "yaml" ? documents.flatMap(roundedNumbers) : []),
    ...(documents.length === 0 && unreadable.length === 0 ? [nothingFound(settings.paths)] : []),
  ];
  progress.clear();

  for (const note of [...notes, ...(live?.notes ?? [])]) io.stderr.write(wrap(note, 0));
  write(settings, io, entries, problems, input);
  if (problems.length > 0) return complain(io, "the input cannot be read in full", problems.map(problemText));
  return summaryOf(entries).refused > 0 ? exitCode.refused : exitCode.clean;
}

async function readAll(paths: readonly string[], io: Io, progress: Progress): Promise<Manifests> {
  const read: Manifests[] = [];
  for (const path of paths) {
    progress.report(`reading ${path}`);
    read.push(await readManifests([path], io.stdin));
  }
  return {
    documents: read.flatMap(({ documents }) => documents),
    problems: read.flatMap(({ problems }) => problems),
  };
}

function nothingFound(paths: readonly string[]): ManifestProblem {
  return {
    source: paths.map((path) => (path === "-" ? "stdin" : path)).join(", "),
    line: undefined,
    message: "holds no Kubernetes object: check what is given with -f.",
  };
}

function write(
  { output }: PreviewSettings,
  { stdout, env }: Io,
  entries: readonly Entry[],
  problems: readonly ManifestProblem[],
  input: JudgeInput,
): void {
  switch (output) {
    case "json":
      stdout.write(jsonOutput(entries, problems));
      return;
    case "yaml":
      for (const entry of entries) stdout.write(yamlEntry(entry));
      return;
    case "table": {
      const paint = painter(stdout.isTerminal, env);
      const judged = entries.flatMap((entry) => (entry.kind === "judged" ? [entry.judged] : []));
      for (const each of judged) stdout.write(tableEntry(each, paint));
      stdout.write(paint("bold", `${summaryText(summaryOf(entries))}\n`));
      const flags = sharperFlags(judged, input);
      if (flags.length > 0) {
        stdout.write(wrap(`Knowing more of the cluster would change or confirm some of this: ${flags.join(", ")}`, 2));
      }
    }
  }
}

function help(): string {
  return helpText(
    [
      "Usage: kubectl dualstack preview [-f PATH|-]... [--cluster] [FLAG]...",
      "Shows what dualstack-webhook would do with the Services, Ingresses and TargetGroupBindings of manifests, as if each were applied now, where all the others are there already: what is set and because of which policy field, what is left out and why, and what is refused. It reads YAML with any number of documents, JSON, and lists; without --cluster, no cluster is asked.",
      "What the input says of the cluster counts: Namespaces with their labels, IngressClasses and IngressClassParams, Services, Ingresses and TargetGroupBindings, and LoadBalancerPolicies as if they were given with --policy. What it does not say is not known: nothing is taken to be missing. Other manifests pass as they are.",
      "With --cluster, the manifests are applied to that cluster as kubectl apply would: an object that is there already is updated, and it is known what there is. Its policies count, and those of the input in the place of those of their names; with --policy, only what is given. Without -f, no manifest is judged: it lists the groups of Ingresses whose members contradict each other, or that cannot be loaded, so that their controller has stopped.",
      "A flag wins over the environment variable beside it. A flag that may be repeated takes names separated by commas too.",
    ],
    previewGroups,
  ).concat(closing);
}

const closing = `The shape of -o json, which only ever grows
  objects[]   kind, namespace, name, source, line,
              operation     CREATE, or UPDATE of what the cluster has
              outcome       changed | allowed | untouched | refused
              untouched     out-of-scope | terminating | not-ours | policy-off;
                            only where the outcome is untouched
              policy        the name of the policy in force, or null
              controller    who builds the load balancer, or null
              injections[]  target, value, because
              leftOut[]     target, value, because, reason, message
              cautions[]    warnings that go with the injections
              findings[]    rule, severity, field, message, remedy, confirmable;
                            excused where it does not refuse
              result        the manifest as it would be
  summary     objects, changed, refused, allowed, untouched, otherDocuments
  problems[]  source, line (or null), message

The same without -f
  groups[]    the broken ones: name, kind (explicit | implicit), controller,
              members[]     namespace/name, in the order of the group
              faults[]      kind (load | conflict | redirect), about, message,
                            stated[]: ingress, field, value
  summary     ingresses, groups, broken
  problems[]  what of the cluster may not be read

Exit codes
  0  nothing would be refused
     (without -f: no group is broken)
  1  something would be refused
     (without -f: a group is broken)
  2  bad usage, or input that cannot be read in full; what can be is shown
  3  a fault of this program, or of where it writes to

Examples
  kubectl dualstack preview -f deploy/ --policy policies/
  kubectl dualstack preview -f deploy/ --policy policies/ --cluster
  kubectl dualstack preview --cluster -o json
  helm template my-chart | kubectl dualstack preview -f - -n shop -o json
  kubectl dualstack preview -f a.yaml -o yaml > b.yaml
`;

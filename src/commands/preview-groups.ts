import { checkGroups, isBroken } from "../decision/cluster/broken-groups.ts";
import type { BrokenGroupFault, CheckedGroup } from "../decision/cluster/broken-groups.ts";
import type { ManifestDocument } from "../kubernetes/manifests.ts";
import { wrap } from "../text/wrap.ts";
import { painter } from "./colour.ts";
import type { Paint } from "./colour.ts";
import { complain } from "./complain.ts";
import { exitCode } from "./exit-codes.ts";
import { inputFacts } from "./input-facts.ts";
import type { Io } from "./io.ts";
import { readLiveCluster } from "./live-cluster.ts";
import type { ClusterSettings, PreviewSettings } from "./preview-settings.ts";
import { progressOn } from "./progress.ts";
import { plural } from "./summary.ts";
import { yamlText } from "./yaml-output.ts";

interface GroupSettings extends PreviewSettings {
  readonly cluster: ClusterSettings;
}

/** What the groups of Ingresses depend on. */
const kinds = ["Ingress", "IngressClass", "IngressClassParams"] as const;
const noDocuments: readonly ManifestDocument[] = [];

/** Lists the IngressGroups of a running cluster whose controller has stopped, or will at its next attempt. */
export async function showBrokenGroups(settings: GroupSettings, io: Io): Promise<number> {
  const progress = progressOn(io);
  const { env } = io;
  const read = await readLiveCluster({
    ...settings,
    ...settings.cluster,
    kinds,
    withPolicies: false,
    documents: noDocuments,
    env,
    progress,
  });
  progress.clear();
  if ("problem" in read) return complain(io, "the cluster cannot be read", [read.problem]);
  const { live } = read;
  const { cluster, profile } = inputFacts(noDocuments, { ...settings, live });
  const ingresses = live.snapshot.views.Ingress;
  const groups: CheckedGroup[] = [];
  for (const group of checkGroups({ ingresses, cluster, profile })) {
    if (group !== undefined && (group.members.length > 0 || isBroken(group))) groups.push(group);
  }
  const broken = groups.filter(isBroken).toSorted((one, other) => (one.name < other.name ? -1 : 1));
  const summary = { ingresses: ingresses.length, groups: groups.length, broken: broken.length };
  write(settings, io, { broken, summary, problems: live.notes });
  if (live.notes.length > 0) return complain(io, "the cluster cannot be read in full", live.notes);
  return broken.length > 0 ? exitCode.refused : exitCode.clean;
}

interface Found {
  readonly broken: readonly CheckedGroup[];
  readonly summary: { readonly ingresses: number; readonly groups: number; readonly broken: number };
  readonly problems: readonly string[];
}

function write({ output }: GroupSettings, { stdout, env }: Io, found: Found): void {
  switch (output) {
    case "json":
      stdout.write(`${JSON.stringify(plain(found), null, 2)}\n`);
      return;
    case "yaml":
      stdout.write(yamlText(plain(found)));
      return;
    case "table": {
      const paint = painter(stdout.isTerminal, env);
      for (const group of found.broken) stdout.write(tableEntry(group, paint));
      stdout.write(paint("bold", wrap(summaryText(found), 2)));
    }
  }
}

/** Its shape is API and stands in the help text. */
function plain({ broken, summary, problems }: Found): object {
  const groups = broken.map(({ id, name, members, faults }) => ({
    name,
    kind: id.kind,
    controller: id.controller,
    members: members.map(({ ingress }) => `${ingress.namespace}/${ingress.name}`),
    faults,
  }));
  return { groups, summary, problems };
}

function tableEntry({ id, name, members, faults }: CheckedGroup, paint: Paint): string {
  const title = id.kind === "explicit" ? `IngressGroup ${name}` : `Ingress ${name}`;
  const names = members.map(({ ingress }) => `${ingress.namespace}/${ingress.name}`);
  return [
    paint("bold", block(title, 2)),
    paint("dim", block(`  built by ${id.controller}`, 2)),
    ...(id.kind === "implicit" ? [] : [block(`  members: ${names.length === 0 ? "none" : names.join(", ")}`, 4)]),
    ...faults.map((fault) => paint("red", block(`  x ${faultText(fault)}`, 4))),
    "\n",
  ].join("");
}

function faultText({ kind, message }: BrokenGroupFault): string {
  return kind === "load" ? `cannot be loaded: ${message}` : message;
}

function summaryText({ summary: { groups, broken } }: Found): string {
  const all = `${plural(groups, "group")} of Ingresses`;
  if (broken === 0) return `${all}, none broken`;
  return `${all}, ${broken} broken: the controller changes nothing of ${broken === 1 ? "it" : "them"} until that is mended`;
}

/** Values may hold anything, such as what a terminal takes for a command. */
function block(text: string, indent: number): string {
  return wrap(text.toWellFormed().replaceAll(/\p{Cc}/gu, "\uFFFD"), indent);
}

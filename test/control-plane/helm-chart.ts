/** The project's own Helm chart, for tests. */
import { join } from "node:path";
import { parseAllDocuments } from "yaml";
import { deploy } from "../deploy/render.ts";
import type { Manifest } from "../deploy/render.ts";
import { findHelm } from "./assets.ts";
import { expectSuccess } from "./kubernetes.ts";
import type { Result } from "./processes.ts";
import type { ControlPlane } from "./start.ts";

/** Runs helm against a control plane. */
export type Helm = (...args: readonly string[]) => Promise<Result>;

export const chart = join(deploy, "helm", "dualstack-webhook");

/** A first call on a machine builds helm, unless run.ts has done so. */
export async function helmIn(plane: ControlPlane): Promise<Helm> {
  const program = await findHelm();
  return (...args) => plane.run(program, args);
}

/** What the chart makes of values, each as `name=JSON`. */
export async function renderChart(helm: Helm, ...set: readonly string[]): Promise<readonly Manifest[]> {
  const args = set.map((each) => `--set-json=${each}`);
  const { stdout } = await expectSuccess(helm("template", "dualstack-webhook", chart, ...args));
  return manifestsOf(stdout);
}

export function manifestsOf(yaml: string): readonly Manifest[] {
  return parseAllDocuments(yaml, { version: "1.1" })
    .map((document) => document.toJS() as Manifest | null)
    .filter((manifest) => manifest !== null);
}

export function nameOf({ kind, metadata }: Manifest): string {
  return `${kind} ${metadata.namespace ?? ""}/${metadata.name}`;
}

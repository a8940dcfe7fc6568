import { randomUUID } from "node:crypto";
import { readFile } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { ApiClient } from "../kubernetes/client.ts";
import type { Clock } from "../kubernetes/clock.ts";
import { serviceAccountFolder } from "../kubernetes/credentials.ts";
import { holdLease } from "../kubernetes/lease.ts";
import type { Lease } from "../kubernetes/lease.ts";
import type { WatchLog } from "../kubernetes/watch.ts";
import type { Settings } from "../settings.ts";

/** The one Lease of this program: whatever one of several replicas writes, it writes by this. */
export interface WriterLease extends Lease {
  /** Called each time that this replica becomes the one that writes. */
  onHeld(listener: () => void): void;
}

interface WriterLeaseOptions {
  readonly client: ApiClient;
  readonly clock: Clock;
  /** 0 ≤ random() < 1 */
  readonly random: () => number;
  readonly log: WatchLog;
  /** Where this program is installed. */
  readonly namespace: string;
}

/** As deploy/ has both: the right to the Lease is for its name. */
const name = "dualstack-webhook";
const usualNamespace = "dualstack-system";

/** The namespace that this program is installed in: that of its pod, and of a program outside the cluster the usual one. */
export async function namespaceOf(cluster: Settings["cluster"]): Promise<string> {
  if (cluster.by !== "in-cluster") return usualNamespace;
  const file = join(cluster.folder ?? serviceAccountFolder, "namespace");
  const text = await readFile(file, "utf8").catch(() => "");
  return text.trim() === "" ? usualNamespace : text.trim();
}

export function startWriterLease(options: WriterLeaseOptions): WriterLease {
  const listeners: (() => void)[] = [];
  const lease = holdLease({
    ...options,
    name,
    // In a pod the host's name is the pod's, which a restarted container has, too.
    identity: `${hostname()}_${randomUUID()}`,
    onHeld() {
      for (const listen of listeners) listen();
    },
  });
  return {
    get held() {
      return lease.held;
    },
    stop: () => lease.stop(),
    onHeld: (listener) => void listeners.push(listener),
  };
}

import { watch } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { certificateFault, readCertificate, sameCertificate, type Certificate } from "./certificate-files.ts";

export interface CertificateSource {
  current(): Certificate;
  /** true, or why the current certificate does not serve: a readiness check. */
  check(): true | string;
  /** What is wrong with the files now, while the certificate before stays in use: not a matter of readiness. */
  fault(): string | undefined;
  close(): void;
}

/** The two methods of a pino logger that are called here. */
interface CertificateLog {
  info(fields: object, message: string): void;
  error(fields: object, message: string): void;
}

export interface CertificateOptions {
  /** Holds tls.crt and tls.key, and perhaps ca.crt, as a mounted Secret does. */
  readonly dir: string;
  /** DNS names that the certificate must carry as subject alternative names. */
  readonly names: readonly string[];
  /** Called with each later certificate. setSecureContext replaces every TLS option, so minVersion must be given again. */
  readonly onChange: (certificate: Certificate) => void;
  /** Called once for each new certificate and once for each distinct fault. */
  readonly onReload?: (result: "success" | "failure") => void;
  readonly log: CertificateLog;
  readonly now?: () => Date;
  readonly pollMs?: number;
}

/** kubelet replaces the files of a Secret by one rename; whoever copies two files needs a moment between them. */
const settleMs = 100;

/**
 * Loads a certificate and follows its files: a faulty change is reported and the old certificate stays.
 * Throws one sentence that names the file where the first load fails.
 */
export async function watchCertificate(options: CertificateOptions): Promise<CertificateSource> {
  const { dir, names, onChange, onReload, log, now = () => new Date(), pollMs = 10_000 } = options;
  let current = await readCertificate(dir, names, now());
  let fault: string | undefined;
  let closed = false;
  let running = false;
  let again = false;

  /** One reload at a time; a change that arrives meanwhile causes one more. */
  async function reload(): Promise<void> {
    again = true;
    if (running) return;
    running = true;
    try {
      while (again && !closed) {
        await sleep(settleMs, undefined, { ref: false });
        again = false;
        if (!closed) await load();
      }
    } finally {
      running = false;
    }
  }

  /** The files may be swapped between the reading of one and the other: a fault is one that is found twice running. */
  async function readSettled(): Promise<Certificate> {
    let found = fault;
    for (;;) {
      try {
        return await readCertificate(dir, names, now());
      } catch (error) {
        const problem = problemOf(error);
        if (problem === found || closed) throw error;
        found = problem;
        await sleep(settleMs, undefined, { ref: false });
      }
    }
  }

  async function load(): Promise<void> {
    try {
      const next = await readSettled();
      if (closed) return;
      fault = undefined;
      if (sameCertificate(next, current)) return;
      onChange(next);
      current = next;
      log.info({ dir, notAfter: next.notAfter }, "certificate reloaded");
      onReload?.("success");
    } catch (error) {
      if (!closed) report(problemOf(error));
    }
  }

  function report(problem: string): void {
    if (problem === fault) return;
    fault = problem;
    log.error({ dir, problem, notAfter: current.notAfter }, "certificate not reloaded: the old one stays in use");
    onReload?.("failure");
  }

  /** The caller's own functions may throw; that must end neither the process nor the watch. */
  function changed(): void {
    reload().catch((error: unknown) => log.error({ dir, problem: String(error) }, "certificate reload failed"));
  }

  const stopWatching = watchDirectory(dir, changed, log);
  // A watch ends with its folder, and network file systems have none.
  const poll = setInterval(changed, pollMs).unref();

  return {
    current: () => current,
    check: () => certificateFault(current, now()) ?? true,
    fault: () => fault && `${fault} The one until ${current.notAfter.toISOString()} stays in use.`,
    close() {
      closed = true;
      stopWatching();
      clearInterval(poll);
    },
  };
}

function problemOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Watches the folder, not its files: a watch on a file dies with the first swap of the ..data link. */
function watchDirectory(dir: string, changed: () => void, log: CertificateLog): () => void {
  try {
    const watcher = watch(dir, { persistent: false }, changed);
    watcher.on("error", (error) => {
      log.error({ dir, problem: error.message }, "certificate folder is no longer watched: polling only");
      watcher.close();
    });
    return () => watcher.close();
  } catch (error) {
    log.error({ dir, problem: String(error) }, "certificate folder cannot be watched: polling only");
    return () => undefined;
  }
}

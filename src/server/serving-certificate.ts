import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Logger } from "pino";
import type { Settings } from "../settings.ts";
import { startSelfManaged } from "./authority/self-managed.ts";
import type { SelfManagedCertificate, SelfManagedOptions } from "./authority/self-managed.ts";
import type { Certificate } from "./certificate-files.ts";
import { watchCertificate } from "./certificates.ts";
import type { CertificateSource } from "./certificates.ts";
import { createLocalCertificate } from "./local-certificate.ts";
import type { LocalCertificate } from "./local-certificate.ts";
import type { Metrics } from "./metrics.ts";

/** What is served over TLS, wherever it comes from. */
export interface ServingCertificate extends Pick<CertificateSource, "check" | "fault"> {
  /** undefined: there has been none yet. */
  current(): Certificate | undefined;
  /** Resolves with the first; never where there is none. */
  readonly first: Promise<void>;
  readonly local: LocalCertificate | undefined;
  readonly selfManaged: Pick<SelfManagedCertificate, "authorityExpiry" | "trusted"> | undefined;
  readonly close: () => Promise<void>;
}

const atOnce = { first: Promise.resolve(), selfManaged: undefined };

/** From files, or made here for a laptop. Throws one sentence where the files cannot be used. */
export async function certificateOf(
  { tls }: Settings,
  log: Pick<Logger, "info" | "error">,
  metrics: Pick<Metrics, "certificateReloaded">,
  onChange: (certificate: Certificate) => void,
): Promise<ServingCertificate> {
  if (tls.dir === undefined) {
    const local = await createLocalCertificate();
    const close = (): Promise<void> => rm(dirname(local.caFile), { recursive: true, force: true });
    return { ...atOnce, local, close, current: () => local, check: () => true, fault: () => undefined };
  }
  const { dir, names } = tls;
  const source = await watchCertificate({ dir, names, log, onChange, onReload: metrics.certificateReloaded });
  const close = async (): Promise<void> => {
    source.close();
  };
  return { ...source, ...atOnce, local: undefined, close };
}

/** From a Secret of the cluster, which some replica keeps. */
export function selfManagedOf({
  metrics,
  ...options
}: Omit<SelfManagedOptions, "onReload"> & {
  readonly metrics: Pick<Metrics, "certificateReloaded">;
}): ServingCertificate {
  const source = startSelfManaged({ ...options, onReload: metrics.certificateReloaded });
  return { ...source, local: undefined, selfManaged: source, close: () => source.stop() };
}

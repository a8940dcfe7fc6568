import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import type { Logger } from "pino";
import type { Settings } from "../settings.ts";
import { watchCertificate } from "./certificates.ts";
import type { CertificateSource } from "./certificates.ts";
import { createLocalCertificate } from "./local-certificate.ts";
import type { LocalCertificate } from "./local-certificate.ts";
import type { Metrics } from "./metrics.ts";

/** What is served over TLS, wherever it comes from. */
export interface ServingCertificate extends Pick<CertificateSource, "current" | "check" | "fault"> {
  readonly local: LocalCertificate | undefined;
  readonly close: () => Promise<void>;
}

/** From files, or made here for a laptop. Throws one sentence where the files cannot be used. */
export async function certificateOf(
  { tls }: Settings,
  log: Pick<Logger, "info" | "error">,
  metrics: Pick<Metrics, "certificateReloaded">,
  onChange: (certificate: ReturnType<CertificateSource["current"]>) => void,
): Promise<ServingCertificate> {
  if (tls.dir === undefined) {
    const local = await createLocalCertificate();
    const close = (): Promise<void> => rm(dirname(local.caFile), { recursive: true, force: true });
    return { local, close, current: () => local, check: () => true, fault: () => undefined };
  }
  const { dir, names } = tls;
  const source = await watchCertificate({ dir, names, log, onChange, onReload: metrics.certificateReloaded });
  const close = async (): Promise<void> => {
    source.close();
  };
  return { ...source, local: undefined, close };
}

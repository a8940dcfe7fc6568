import type { Reading } from "./table.ts";
import type { webhookSettings } from "./webhook.ts";

/** What does not go together of the settings that say where the certificate comes from. One sentence each. */
export function certificateContradictions({
  values: { selfManagedCertificate, tlsDir, tlsNames, inCluster, kubeconfig },
  givenBy,
}: Pick<Reading<typeof webhookSettings>, "values" | "givenBy">): readonly string[] {
  if (!selfManagedCertificate) {
    if (tlsDir !== undefined) return [];
    return [
      ...(inCluster
        ? [
            `${givenBy.inCluster} needs --tls-dir or --self-managed-certificate: the API server trusts no throwaway certificate.`,
          ]
        : []),
      ...(givenBy.tlsNames === undefined
        ? []
        : [`${givenBy.tlsNames} needs --tls-dir: the throwaway certificate is for localhost only.`]),
    ];
  }
  const flag = givenBy.selfManagedCertificate;
  return [
    ...(tlsDir === undefined ? [] : [`${flag} and ${givenBy.tlsDir} contradict each other: give one of them.`]),
    ...(inCluster || kubeconfig !== undefined
      ? []
      : [`${flag} needs --in-cluster or --kubeconfig: the certificate is kept in the cluster.`]),
    ...(tlsNames.length > 0 ? [] : [`${flag} needs --tls-name: the certificate is made for the names that it gives.`]),
  ];
}

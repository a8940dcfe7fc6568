import { X509Certificate } from "node:crypto";

/** The certificates of a text, each as Node writes it, so that equal ones are equal texts. What is none is left out. */
export function certificatesIn(text: string): readonly string[] {
  const blocks = text.match(/-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/g) ?? [];
  return [...new Set(blocks.flatMap((block) => canonical(block) ?? []))];
}

/** Whether this authority has signed the certificate. */
export function isSignedBy(cert: string, authority: string): boolean {
  const certificate = new X509Certificate(cert);
  const issuer = new X509Certificate(authority);
  return certificate.checkIssued(issuer) && certificate.verify(issuer.publicKey);
}

function canonical(pem: string): string | undefined {
  try {
    return new X509Certificate(pem).toString();
  } catch {
    return undefined;
  }
}

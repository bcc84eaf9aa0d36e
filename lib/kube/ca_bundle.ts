/**
 * Bundles of trusted certificates: `ca.crt`, `certificate-authority-data`.
 *
 * @module
 */

const BLOCK =
  /-----BEGIN CERTIFICATE-----([A-Za-z0-9+/=\s]*)-----END CERTIFICATE-----/g;

/** The tag of an ASN.1 SEQUENCE, which is what a certificate is (X.690, section 8.9). */
const SEQUENCE = 0x30;

/**
 * The certificates of a PEM bundle (RFC 7468), each as a PEM text of its own;
 * none where the text holds no certificate, or a broken one. Blocks with other
 * labels and text between blocks are left aside.
 *
 * @example
 * ```ts
 * import { bundledCertificates } from "./ca_bundle.ts";
 *
 * console.log(bundledCertificates("not PEM").length); // 0
 * ```
 */
export function bundledCertificates(pem: string): string[] {
  const certificates: string[] = [];
  for (const [, body = ""] of pem.matchAll(BLOCK)) {
    const base64 = body.replaceAll(/\s+/g, "");
    if (!isDerSequence(base64)) return [];
    const lines = base64.match(/.{1,64}/g) ?? [];
    certificates.push(
      `-----BEGIN CERTIFICATE-----\n${
        lines.join("\n")
      }\n-----END CERTIFICATE-----\n`,
    );
  }
  return certificates;
}

function isDerSequence(base64: string): boolean {
  try {
    const der = atob(base64);
    return der.length > 4 && der.charCodeAt(0) === SEQUENCE;
  } catch {
    return false;
  }
}

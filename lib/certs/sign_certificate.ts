/**
 * Putting a certificate together and signing it. The one module that loads the
 * X.509 library, so import it dynamically, where something is really issued.
 *
 * @module
 */

// It must stand first: @peculiar/x509 needs it while it loads.
import "reflect-metadata";
import * as x509 from "@peculiar/x509";
import type { Certificate } from "./certificate.ts";
import type { KeyAlgorithm } from "./key_algorithms.ts";
import type { SubjectName } from "./subject_name.ts";

/** What a certificate is to say. */
export interface CertificateContent {
  readonly commonName: string;
  readonly names: readonly SubjectName[];
  /** Milliseconds since the Unix epoch, in whole seconds. */
  readonly notBefore: number;
  /** Milliseconds since the Unix epoch, in whole seconds. */
  readonly notAfter: number;
  readonly purpose: "authority" | "server" | "server-and-client";
  /** The certificate's own key. */
  readonly keys: CryptoKeyPair;
  readonly keyAlgorithm: KeyAlgorithm;
}

/** Who signs a certificate. */
export interface Signer {
  readonly certificate: Certificate;
  readonly privateKey: CryptoKey;
  readonly keyAlgorithm: KeyAlgorithm;
}

/** Signs a certificate, with its own key where there is no other signer, and gives it in DER. */
export async function signCertificate(
  content: CertificateContent,
  signer: Signer | null,
  crypto: Crypto,
): Promise<Uint8Array<ArrayBuffer>> {
  // As an object, or the library would read escapes in it.
  const commonName = { utf8String: content.commonName };
  const subject = new x509.Name([{ CN: [commonName] }]);
  const subjectKey = await x509.SubjectKeyIdentifierExtension
    .create(content.keys.publicKey, false, crypto);
  const authorityKeyId = signer === null
    ? subjectKey.keyId
    : signer.certificate.subjectKeyId;
  const certificate = await x509.X509CertificateGenerator.create({
    // No serialNumber: the library takes 128 bits of crypto.getRandomValues.
    subject,
    issuer: signer === null
      ? subject
      : new x509.Name(signer.certificate.encoded.subject),
    notBefore: new Date(content.notBefore),
    notAfter: new Date(content.notAfter),
    publicKey: content.keys.publicKey,
    signingKey: signer?.privateKey ?? content.keys.privateKey,
    signingAlgorithm: (signer ?? content).keyAlgorithm.signature,
    extensions: [
      ...purposeExtensions(content),
      ...nameExtensions(content.names),
      subjectKey,
      ...(authorityKeyId === null
        ? []
        : [new x509.AuthorityKeyIdentifierExtension(authorityKeyId)]),
    ],
  }, crypto);
  return new Uint8Array(certificate.rawData);
}

/** Basic constraints, key usage and extended key usage (RFC 5280, sections 4.2.1.9, 4.2.1.3 and 4.2.1.12). */
function purposeExtensions(
  { purpose, keyAlgorithm }: CertificateContent,
): x509.Extension[] {
  const flags = x509.KeyUsageFlags;
  if (purpose === "authority") {
    return [
      new x509.BasicConstraintsExtension(true, 0, true),
      new x509.KeyUsagesExtension(flags.keyCertSign | flags.cRLSign, true),
    ];
  }
  const { serverAuth, clientAuth } = x509.ExtendedKeyUsage;
  return [
    new x509.BasicConstraintsExtension(false, undefined, true),
    new x509.KeyUsagesExtension(
      keyAlgorithm.keyEncipherment
        ? flags.digitalSignature | flags.keyEncipherment
        : flags.digitalSignature,
      true,
    ),
    new x509.ExtendedKeyUsageExtension(
      purpose === "server" ? [serverAuth] : [serverAuth, clientAuth],
    ),
  ];
}

function nameExtensions(names: readonly SubjectName[]): x509.Extension[] {
  return names.length === 0
    ? []
    : [new x509.SubjectAlternativeNameExtension([...names])];
}

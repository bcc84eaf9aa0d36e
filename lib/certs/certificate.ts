/**
 * Facts from an X.509 certificate (RFC 5280), read without an X.509 library.
 *
 * @module
 */

import {
  type CertificateExtensions,
  readExtensions,
} from "./certificate_extensions.ts";
import {
  contextTag,
  type DerElement,
  derTags,
  expectElement,
  malformed,
  readElements,
} from "./der.ts";
import { formatName } from "./distinguished_name.ts";
import { pemCertificates } from "./pem.ts";
import { toHex } from "./octet_text.ts";

/** What a certificate says of itself. Nothing here is verified. */
export interface Certificate extends CertificateExtensions {
  /** The whole certificate. */
  readonly der: Uint8Array<ArrayBuffer>;
  /** In hexadecimal, without leading zeros. */
  readonly serialNumber: string;
  /** For people: `CN=kubernetes, O=example`. */
  readonly subject: string;
  /** For people. */
  readonly issuer: string;
  /** Milliseconds since the Unix epoch; valid from then on. */
  readonly notBefore: number;
  /** Milliseconds since the Unix epoch; valid to then, inclusive. */
  readonly notAfter: number;
  /** The parts that signatures are made over and of, in DER. */
  readonly encoded: EncodedParts;
}

/** Parts of a {@link Certificate} as they stand in it. */
export interface EncodedParts {
  /** The Name that it is for. */
  readonly subject: Uint8Array<ArrayBuffer>;
  /** The Name of who signed it. */
  readonly issuer: Uint8Array<ArrayBuffer>;
  /** The key, with its algorithm. */
  readonly subjectPublicKeyInfo: Uint8Array<ArrayBuffer>;
  /** What the signature is made over. */
  readonly tbsCertificate: Uint8Array<ArrayBuffer>;
  /** The AlgorithmIdentifier of the signature. */
  readonly signatureAlgorithm: Uint8Array<ArrayBuffer>;
  /** The signature's own octets. */
  readonly signature: Uint8Array<ArrayBuffer>;
}

/**
 * Reads the first certificate of a PEM text.
 *
 * @throws {McaError} `certificate` where there is none or it cannot be read.
 *
 * @example
 * ```ts
 * import { readCertificate } from "./certificate.ts";
 *
 * function daysLeft(pem: string, now: number): number {
 *   return (readCertificate(pem).notAfter - now) / 86_400_000;
 * }
 * ```
 */
export function readCertificate(pem: string): Certificate {
  const [first] = readCertificates(pem);
  if (first === undefined) throw malformed("no certificate");
  return first;
}

/**
 * Reads all certificates of a PEM text, in order: at least one.
 *
 * @throws {McaError} `certificate` where there is none or one cannot be read.
 *
 * @example
 * ```ts
 * import { readCertificates } from "./certificate.ts";
 *
 * function authorities(bundle: string): string[] {
 *   return readCertificates(bundle).filter((c) => c.isCa).map((c) => c.subject);
 * }
 * ```
 */
export function readCertificates(pem: string): Certificate[] {
  return pemCertificates(pem).map(parseCertificate);
}

/**
 * Reads a certificate in DER.
 *
 * @throws {McaError} `certificate` where it cannot be read.
 *
 * @example
 * ```ts
 * import { parseCertificate } from "./certificate.ts";
 *
 * function subject(der: Uint8Array<ArrayBuffer>): string {
 *   return parseCertificate(der).subject;
 * }
 * ```
 */
export function parseCertificate(der: Uint8Array<ArrayBuffer>): Certificate {
  const { sequence } = derTags;
  const [outer, ...trailing] = readElements(der);
  if (trailing.length > 0) throw malformed("the end");
  const [tbs, algorithm, signature] = readElements(
    expectElement(outer, sequence, "the outside").content,
  );
  const tbsCertificate = expectElement(tbs, sequence, "tbsCertificate");
  const fields = readElements(tbsCertificate.content);
  // The version is absent from version 1 certificates.
  const [
    serial,
    signedAlgorithm,
    issuerName,
    validity,
    subjectName,
    publicKey,
    ...rest
  ] = fields[0]?.tag === contextTag(0, true) ? fields.slice(1) : fields;
  const issuer = expectElement(issuerName, sequence, "issuer").encoded;
  const subject = expectElement(subjectName, sequence, "subject").encoded;
  const [notBefore, notAfter] = readElements(
    expectElement(validity, sequence, "validity").content,
  );
  return {
    der,
    serialNumber: toHex(
      expectElement(serial, derTags.integer, "serialNumber")
        .content,
    ).replace(/^0+(?=.)/, ""),
    subject: formatName(subject),
    issuer: formatName(issuer),
    notBefore: readTime(notBefore),
    notAfter: readTime(notAfter),
    ...readExtensions(rest.find(({ tag }) => tag === contextTag(3, true))),
    encoded: {
      subject,
      issuer,
      subjectPublicKeyInfo:
        expectElement(publicKey, sequence, "subjectPublicKeyInfo").encoded,
      tbsCertificate: tbsCertificate.encoded,
      signatureAlgorithm: readAlgorithm(algorithm, signedAlgorithm),
      signature: readSignature(signature),
    },
  };
}

/**
 * The SHA-256 fingerprint of a certificate in lower-case hexadecimal.
 *
 * @example
 * ```ts
 * import { fingerprint, readCertificate } from "./certificate.ts";
 *
 * async function name(pem: string, crypto: Crypto): Promise<string> {
 *   return await fingerprint(readCertificate(pem), crypto);
 * }
 * ```
 */
export async function fingerprint(
  certificate: Certificate,
  crypto: Crypto,
): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", certificate.der);
  return toHex(new Uint8Array(digest));
}

/** Outside the signed part it must be as within (RFC 5280, section 4.1.1.2). */
function readAlgorithm(
  outside: DerElement | undefined,
  within: DerElement | undefined,
): Uint8Array<ArrayBuffer> {
  const what = "signatureAlgorithm";
  const { encoded } = expectElement(outside, derTags.sequence, what);
  if (within === undefined || toHex(within.encoded) !== toHex(encoded)) {
    throw malformed(what);
  }
  return encoded;
}

function readSignature(
  element: DerElement | undefined,
): Uint8Array<ArrayBuffer> {
  const what = "signatureValue";
  const { content } = expectElement(element, derTags.bitString, what);
  // The first octet counts unused bits.
  if (content[0] !== 0) throw malformed(what);
  return content.subarray(1);
}

/** UTCTime covers 1950 to 2049, GeneralizedTime the rest; both to the second, in UTC (RFC 5280, section 4.1.2.5). */
function readTime(element: DerElement | undefined): number {
  const text = new TextDecoder().decode(element?.content);
  const short = element?.tag === derTags.utcTime;
  const century = Number(text.slice(0, 2)) < 50 ? "20" : "19";
  const digits = short ? century + text : text;
  if (
    !(short || element?.tag === derTags.generalizedTime) ||
    !/^\d{14}Z$/.test(digits)
  ) {
    throw malformed("validity");
  }
  const time = Date.parse(digits.replace(
    /^(....)(..)(..)(..)(..)(..)Z$/,
    "$1-$2-$3T$4:$5:$6Z",
  ));
  if (Number.isNaN(time)) throw malformed("validity");
  return time;
}

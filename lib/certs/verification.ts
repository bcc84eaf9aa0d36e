/**
 * Whether certificates and keys belong together, by WebCrypto alone.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import type { Certificate } from "./certificate.ts";
import {
  type DerElement,
  derTags,
  encodeElement,
  expectElement,
  readElements,
} from "./der.ts";
import { type KeyAlgorithm, keyAlgorithms } from "./key_algorithms.ts";
import { type PemPrivateKey, pemPrivateKey } from "./pem.ts";
import { fromHex, toHex } from "./octet_text.ts";

/** Signature algorithms by object identifier in hexadecimal (RFC 5758, RFC 4055). */
const signatureAlgorithms: ReadonlyMap<string, KeyAlgorithm["signature"]> =
  new Map([
    ["2a8648ce3d040302", { name: "ECDSA", hash: "SHA-256" }],
    ["2a8648ce3d040303", { name: "ECDSA", hash: "SHA-384" }],
    ["2a8648ce3d040304", { name: "ECDSA", hash: "SHA-512" }],
    ["2a864886f70d01010b", { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }],
    ["2a864886f70d01010c", { name: "RSASSA-PKCS1-v1_5", hash: "SHA-384" }],
    ["2a864886f70d01010d", { name: "RSASSA-PKCS1-v1_5", hash: "SHA-512" }],
  ]);

/**
 * The key algorithm of a certificate's public key.
 *
 * @throws {McaError} `certificate` where MCA does not know it.
 *
 * @example
 * ```ts
 * import { readCertificate } from "./certificate.ts";
 * import { keyAlgorithmOf } from "./verification.ts";
 *
 * function isRsa(pem: string): boolean {
 *   return keyAlgorithmOf(readCertificate(pem)).keyEncipherment;
 * }
 * ```
 */
export function keyAlgorithmOf(certificate: Certificate): KeyAlgorithm {
  const identifier = toHex(publicKeyIdentifier(certificate));
  // RSA sizes share one identifier, and the size does not matter for import.
  const found = Object.values(keyAlgorithms).find((algorithm) =>
    algorithm.identifier === identifier
  );
  if (found === undefined) throw unsupported("key", certificate);
  return found;
}

/**
 * Whether `issuer` is a CA that issued `certificate`, by name and signature
 * (RFC 5280, section 6.1.3). Their dates are not looked at.
 *
 * @throws {McaError} `certificate` where MCA does not know the key or signature algorithm.
 *
 * @example
 * ```ts
 * import { readCertificate } from "./certificate.ts";
 * import { isIssuedBy } from "./verification.ts";
 *
 * async function belongs(leaf: string, ca: string, crypto: Crypto) {
 *   return await isIssuedBy(readCertificate(leaf), readCertificate(ca), crypto);
 * }
 * ```
 */
export async function isIssuedBy(
  certificate: Certificate,
  issuer: Certificate,
  crypto: Crypto,
): Promise<boolean> {
  if (
    !issuer.isCa ||
    toHex(certificate.encoded.issuer) !== toHex(issuer.encoded.subject)
  ) {
    return false;
  }
  const [type] = sequenceElements(
    certificate.encoded.signatureAlgorithm,
    "signatureAlgorithm",
  );
  const algorithm = signatureAlgorithms.get(
    type === undefined ? "" : toHex(type.content),
  );
  if (algorithm === undefined) throw unsupported("signature", certificate);
  const { key } = keyAlgorithmOf(issuer);
  if (key.name !== algorithm.name) return false;
  const signature = "namedCurve" in key
    ? ecdsaSignature(certificate.encoded.signature, key.namedCurve)
    : certificate.encoded.signature;
  if (signature === null) return false;
  const publicKey = await importPublicKey(issuer, algorithm, crypto);
  return await crypto.subtle.verify(
    algorithm,
    publicKey,
    signature,
    certificate.encoded.tbsCertificate,
  );
}

/**
 * Whether the private key is that of the certificate: a signature made with the
 * one is checked with the other. A key that cannot be used at all is not.
 *
 * @param privateKey In PEM: PKCS #8, PKCS #1 or SEC 1.
 * @throws {McaError} `certificate` where the PEM holds no key, or MCA does not know the algorithm.
 *
 * @example
 * ```ts
 * import { readCertificate } from "./certificate.ts";
 * import { keyMatches } from "./verification.ts";
 *
 * async function check(certificate: string, key: string, crypto: Crypto) {
 *   return await keyMatches(readCertificate(certificate), key, crypto);
 * }
 * ```
 */
export async function keyMatches(
  certificate: Certificate,
  privateKey: string,
  crypto: Crypto,
): Promise<boolean> {
  const { signature } = keyAlgorithmOf(certificate);
  const message = new TextEncoder().encode("does the key match");
  const key = pemPrivateKey(privateKey);
  const publicKey = await importPublicKey(certificate, signature, crypto);
  try {
    const signed = await crypto.subtle.sign(
      signature,
      await importPrivateKey(certificate, key, crypto),
      message,
    );
    return await crypto.subtle.verify(signature, publicKey, signed, message);
  } catch {
    return false;
  }
}

/** The private key of a certificate, for signing. Rejects with WebCrypto's error where it cannot be imported. */
export async function importPrivateKey(
  certificate: Certificate,
  privateKey: PemPrivateKey,
  crypto: Crypto,
): Promise<CryptoKey> {
  // PKCS #1 and SEC 1 are what PKCS #8 wraps (RFC 5958, section 2).
  const pkcs8 = privateKey.format === "pkcs8" ? privateKey.der : encodeElement(
    derTags.sequence,
    encodeElement(derTags.integer, Uint8Array.of(0)),
    publicKeyIdentifier(certificate),
    encodeElement(derTags.octetString, privateKey.der),
  );
  const { key } = keyAlgorithmOf(certificate);
  return await crypto.subtle.importKey("pkcs8", pkcs8, key, false, ["sign"]);
}

async function importPublicKey(
  certificate: Certificate,
  signature: KeyAlgorithm["signature"],
  crypto: Crypto,
): Promise<CryptoKey> {
  const spki = certificate.encoded.subjectPublicKeyInfo;
  const algorithm = {
    ...keyAlgorithmOf(certificate).key,
    hash: signature.hash,
  };
  try {
    return await crypto.subtle.importKey("spki", spki, algorithm, true, [
      "verify",
    ]);
  } catch (cause) {
    throw new McaError(
      "certificate",
      `Cannot use the public key of ${certificate.subject}`,
      { hint: "The certificate is damaged; make it anew.", cause },
    );
  }
}

/** WebCrypto takes r and s side by side, each as long as the curve's order; X.509 has them as a sequence (RFC 3279, section 2.2.3). */
function ecdsaSignature(
  der: Uint8Array<ArrayBuffer>,
  namedCurve: string,
): Uint8Array<ArrayBuffer> | null {
  const size = namedCurve === "P-384" ? 48 : 32;
  const raw = new Uint8Array(size * 2);
  const numbers = sequenceElements(der, "signatureValue");
  if (numbers.length !== 2) return null;
  for (const [index, number] of numbers.entries()) {
    const digits = toHex(
      expectElement(number, derTags.integer, "signatureValue")
        .content,
    ).replace(/^(00)+/, "");
    const start = size * (index + 1) - digits.length / 2;
    if (start < size * index) return null;
    raw.set(fromHex(digits), start);
  }
  return raw;
}

function publicKeyIdentifier(
  { encoded }: Certificate,
): Uint8Array<ArrayBuffer> {
  const what = "subjectPublicKeyInfo";
  const [identifier] = sequenceElements(encoded.subjectPublicKeyInfo, what);
  return expectElement(identifier, derTags.sequence, what).encoded;
}

function sequenceElements(
  der: Uint8Array<ArrayBuffer>,
  what: string,
): DerElement[] {
  const [sequence] = readElements(der);
  return readElements(expectElement(sequence, derTags.sequence, what).content);
}

function unsupported(what: string, certificate: Certificate): McaError {
  return new McaError(
    "certificate",
    `Unknown ${what} algorithm in the certificate of ${certificate.subject}`,
    {
      hint:
        "Use an ECDSA key (P-256 or P-384) or an RSA key, signed with SHA-256, SHA-384 or SHA-512.",
    },
  );
}

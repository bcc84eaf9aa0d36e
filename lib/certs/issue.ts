/**
 * Issuing: a private certification authority, and the certificates it signs.
 *
 * The X.509 library is loaded when the first certificate is issued, not when
 * this module is: a process whose certificates are still good never pays for it.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import { type Certificate, readCertificate } from "./certificate.ts";
import {
  type KeyAlgorithm,
  type KeyAlgorithmName,
  keyAlgorithms,
} from "./key_algorithms.ts";
import { encodePem, pemPrivateKey } from "./pem.ts";
import type { CertificateContent, Signer } from "./sign_certificate.ts";
import { parseSubjectName } from "./subject_name.ts";
import {
  importPrivateKey,
  keyAlgorithmOf,
  keyMatches,
} from "./verification.ts";

/** What issuing takes from the world. */
export interface Engine {
  /** Keys, signatures and random bytes. */
  readonly crypto: Crypto;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/** A certificate and its private key, in PEM. */
export interface KeyPair {
  /** One certificate, or a chain whose first is this key's. */
  readonly certificate: string;
  /** PKCS #8. */
  readonly privateKey: string;
}

/** A {@link KeyPair} made just now. */
export interface IssuedCertificate extends KeyPair {
  /** Milliseconds since the Unix epoch, in whole seconds. */
  readonly notBefore: number;
  /** Milliseconds since the Unix epoch, in whole seconds; inclusive. */
  readonly notAfter: number;
}

/** What every certificate has. */
export interface IssueOptions {
  /** The subject's common name: 1 to 64 characters (RFC 5280, appendix A.1). Clients go by the names, not by this. */
  readonly commonName: string;
  /** `ecdsa-p256` unless told. */
  readonly keyAlgorithm?: KeyAlgorithmName;
  /** Milliseconds from now to notAfter. */
  readonly lifetime?: number;
  /** Milliseconds from notBefore to now; {@link defaultBackdate} unless told. */
  readonly backdate?: number;
}

/** What a certificate for a server or client has. */
export interface LeafOptions extends IssueOptions {
  /** DNS names and IP addresses, in any spelling; none only with `clientAuth`. */
  readonly names: readonly string[];
  /** Whether it is also good for TLS clients. */
  readonly clientAuth?: boolean;
}

const second = 1000;
const day = 24 * 60 * 60 * second;

/**
 * How far notBefore lies in the past, in milliseconds: one hour. Two machines
 * that are each ten minutes off, one fast and one slow, still agree; and so do
 * clocks that were an hour off for summer time. It costs nothing: nobody
 * trusted the key then.
 */
export const defaultBackdate = 60 * 60 * second;

/** The life of a CA in milliseconds unless told: ten years. */
export const defaultAuthorityLifetime = 3650 * day;

/** The life of a leaf in milliseconds unless told: 90 days. */
export const defaultLeafLifetime = 90 * day;

/**
 * Makes a certification authority that may issue leaves but no further CA.
 *
 * Give CAs that replace each other different common names: some clients tell
 * trust anchors apart by name alone.
 *
 * @throws {RangeError} Where an option is out of range.
 *
 * @example
 * ```ts
 * import { issueCertificateAuthority } from "./issue.ts";
 *
 * const ca = await issueCertificateAuthority({ commonName: "example-ca" }, {
 *   crypto,
 *   now: Date.now(),
 * });
 * console.log(ca.certificate);
 * ```
 */
export async function issueCertificateAuthority(
  options: IssueOptions,
  engine: Engine,
): Promise<IssuedCertificate> {
  checkOptions(options);
  return await issue(
    {
      options,
      names: [],
      purpose: "authority",
      ...life(options, defaultAuthorityLifetime, engine.now),
    },
    null,
    engine.crypto,
  );
}

/**
 * Makes a certificate for a server, signed by `authority`. It never outlives
 * the authority.
 *
 * @throws {RangeError} Where an option is out of range.
 * @throws {McaError} `certificate` where a name is neither DNS name nor IP
 * address, or the authority cannot sign now.
 *
 * @example
 * ```ts
 * import { issueCertificateAuthority, issueLeaf } from "./issue.ts";
 *
 * const engine = { crypto, now: Date.now() };
 * const ca = await issueCertificateAuthority({ commonName: "ca" }, engine);
 * const leaf = await issueLeaf(ca, {
 *   commonName: "localhost",
 *   names: ["localhost", "127.0.0.1", "::1"],
 * }, engine);
 * console.log(new Date(leaf.notAfter));
 * ```
 */
export async function issueLeaf(
  authority: KeyPair,
  options: LeafOptions,
  engine: Engine,
): Promise<IssuedCertificate> {
  checkOptions(options);
  if (options.names.length === 0 && options.clientAuth !== true) {
    throw new RangeError("A server certificate needs a name");
  }
  const names = options.names.map(parseSubjectName);
  const issuer = readIssuer(authority, engine.now);
  const signer: Signer = {
    certificate: issuer,
    privateKey: await importSigningKey(issuer, authority, engine.crypto),
    keyAlgorithm: keyAlgorithmOf(issuer),
  };
  const wanted = life(options, defaultLeafLifetime, engine.now);
  return await issue(
    {
      options,
      names,
      purpose: options.clientAuth === true ? "server-and-client" : "server",
      notBefore: Math.max(wanted.notBefore, issuer.notBefore),
      notAfter: Math.min(wanted.notAfter, issuer.notAfter),
    },
    signer,
    engine.crypto,
  );
}

type Order =
  & Pick<
    CertificateContent,
    "names" | "purpose" | "notBefore" | "notAfter"
  >
  & { readonly options: IssueOptions };

async function issue(
  { options, ...content }: Order,
  signer: Signer | null,
  crypto: Crypto,
): Promise<IssuedCertificate> {
  const keyAlgorithm: KeyAlgorithm =
    keyAlgorithms[options.keyAlgorithm ?? "ecdsa-p256"];
  // At once: the first key of a process waits for entropy in another thread.
  const [keys, { signCertificate }] = await Promise.all([
    crypto.subtle.generateKey(keyAlgorithm.key, true, ["sign", "verify"]),
    import("./sign_certificate.ts"),
  ]);
  const { commonName } = options;
  const der = await signCertificate(
    { ...content, commonName, keys, keyAlgorithm },
    signer,
    crypto,
  );
  const pkcs8 = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  return {
    certificate: encodePem("CERTIFICATE", der),
    privateKey: encodePem("PRIVATE KEY", new Uint8Array(pkcs8)),
    notBefore: content.notBefore,
    notAfter: content.notAfter,
  };
}

function life(
  { lifetime, backdate = defaultBackdate }: IssueOptions,
  defaultLifetime: number,
  now: number,
): { notBefore: number; notAfter: number } {
  const seconds = (time: number) => Math.floor(time / second) * second;
  return {
    notBefore: seconds(now - backdate),
    notAfter: seconds(now + (lifetime ?? defaultLifetime)),
  };
}

function checkOptions(options: IssueOptions): void {
  const { commonName, lifetime = second, backdate = 0 } = options;
  if (commonName.length < 1 || commonName.length > 64) {
    throw new RangeError("Expected a common name of 1 to 64 characters");
  }
  if (
    !(lifetime >= second && backdate >= 0 &&
      Number.isFinite(lifetime + backdate))
  ) {
    throw new RangeError(
      "Expected a lifetime of at least a second and a backdate of 0 or more",
    );
  }
}

function readIssuer(authority: KeyPair, now: number): Certificate {
  const issuer = readCertificate(authority.certificate);
  const fault = !issuer.isCa
    ? "is not a CA"
    : now > issuer.notAfter
    ? "has expired"
    : now < issuer.notBefore
    ? "is not valid yet"
    : null;
  if (fault === null) return issuer;
  throw new McaError("certificate", `The issuer ${issuer.subject} ${fault}`, {
    hint: "Make a new CA, and see that the clock is right.",
  });
}

async function importSigningKey(
  issuer: Certificate,
  authority: KeyPair,
  crypto: Crypto,
): Promise<CryptoKey> {
  if (!await keyMatches(issuer, authority.privateKey, crypto)) {
    throw new McaError(
      "certificate",
      `The private key is not that of the issuer ${issuer.subject}`,
      { hint: "Give the key that belongs to the CA, or make a new CA." },
    );
  }
  return await importPrivateKey(
    issuer,
    pemPrivateKey(authority.privateKey),
    crypto,
  );
}

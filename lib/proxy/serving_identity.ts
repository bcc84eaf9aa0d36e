/**
 * Who the proxy is to the pod's other containers: a private CA, the serving
 * certificate it signed, and the token that it lets through. They are kept in
 * the state directory, so that a restarted proxy is the same as before and
 * running containers go on.
 *
 * Lifetimes. Containers read the CA once, when they start, so the CA may not
 * change while the pod lives: ten years, longer than any pod; its key exists in
 * this pod's memory alone, and nobody else trusts it. The serving certificate
 * lives 90 days and is renewed after 60, in the running process: a month of
 * failed renewals, or of a clock that is ahead, goes by unnoticed.
 *
 * @module
 */

import { readCertificate } from "../certs/certificate.ts";
import {
  issueCertificateAuthority,
  issueLeaf,
  type KeyPair,
} from "../certs/issue.ts";
import type { KeyAlgorithmName } from "../certs/key_algorithms.ts";
import { renewalDecision } from "../certs/renewal.ts";
import { McaError } from "../errors.ts";
import type { Clock } from "../platform.ts";
import { createAppToken } from "./app_service_account_token.ts";
import { fileFault } from "./file_fault.ts";
import {
  judgeAuthority,
  judgeLeaf,
  judgeToken,
} from "./serving_identity_judgement.ts";
import {
  type Part,
  type PartStore,
  storePart,
  takeUp,
} from "./serving_identity_part.ts";

/** What the proxy serves with. Holds private keys: never to be logged. */
export interface ServingIdentity {
  /** The CA that containers trust, and its key. */
  readonly authority: KeyPair;
  /** The serving certificate and its key. */
  readonly leaf: KeyPair;
  /** The token that containers show. */
  readonly token: string;
}

/** What making, keeping and renewing a {@link ServingIdentity} takes. */
export interface ServingIdentityOptions extends PartStore {
  readonly crypto: Crypto;
  readonly clock: Pick<Clock, "now">;
  /** The namespace of the pod. */
  readonly namespace: string;
  /** Names besides {@link servingNames}: DNS names and IP addresses. */
  readonly extraNames?: readonly string[];
  /** `ecdsa-p256` unless told. */
  readonly keyAlgorithm?: KeyAlgorithmName;
}

/** The names by which containers reach the API server, and now the proxy. */
export const servingNames: readonly string[] = [
  "localhost",
  "kubernetes",
  "kubernetes.default",
  "kubernetes.default.svc",
  "kubernetes.default.svc.cluster.local",
  "127.0.0.1",
  "::1",
];

/**
 * How often to call {@link renewLeafWhenDue}, in milliseconds: it costs next to
 * nothing, and this is how long a jump of the clock can go unnoticed.
 */
export const leafCheckInterval = 10 * 60 * 1000;

const day = 24 * 60 * 60 * 1000;

/**
 * The CA's notBefore lies further back than a leaf's: if the clock is set back,
 * a leaf can be made anew, but the CA is what running containers have read.
 */
const authorityBackdate = day;

/**
 * Takes up the identity from the state directory, and makes what is absent,
 * damaged or no longer good. A new CA, leaf or token is written before it is
 * returned.
 *
 * @throws {McaError} `file` where the directory cannot be read or written.
 *
 * @example
 * ```ts
 * import { loadOrCreateServingIdentity, type ServingIdentityOptions } from "./serving_identity.ts";
 *
 * async function caFor(options: ServingIdentityOptions): Promise<string> {
 *   return (await loadOrCreateServingIdentity(options)).authority.certificate;
 * }
 * ```
 */
export async function loadOrCreateServingIdentity(
  options: ServingIdentityOptions,
): Promise<ServingIdentity> {
  try {
    await options.files.makeDirectory(options.directory, 0o700);
  } catch (cause) {
    throw fileFault(cause, options.directory);
  }
  const authority = await takeUp(authorityPart(options), options);
  const leaf = await takeUp(leafPart(authority, options), options);
  const token = await takeUp(tokenPart(authority, options), options);
  return { authority, leaf, token };
}

/**
 * The identity with a new leaf, where the present one is due, expired or not
 * valid yet (a clock that jumped); null where there is nothing to change. The CA
 * stays: running containers trust no other. A new leaf serves even where it
 * cannot be written; the log tells.
 *
 * @example
 * ```ts
 * import { renewLeafWhenDue, type ServingIdentity, type ServingIdentityOptions } from "./serving_identity.ts";
 *
 * async function next(identity: ServingIdentity, options: ServingIdentityOptions) {
 *   return await renewLeafWhenDue(identity, options) ?? identity;
 * }
 * ```
 */
export async function renewLeafWhenDue(
  identity: ServingIdentity,
  options: ServingIdentityOptions,
): Promise<ServingIdentity | null> {
  const leaf = readCertificate(identity.leaf.certificate);
  const authority = readCertificate(identity.authority.certificate);
  const decision = renewalDecision({ ...leaf, now: options.clock.now() });
  if (decision === "keep") return null;
  // Near the CA's end a new leaf would end no later.
  if (decision === "renew" && leaf.notAfter >= authority.notAfter) return null;
  const part = leafPart(identity.authority, options);
  let renewed: KeyPair;
  try {
    renewed = await part.make();
  } catch (error) {
    const reason = error instanceof Error ? error.message : "unknown error";
    options.log(
      "warn",
      `Cannot renew ${part.what}: ${reason}; if the clock is right, restart the pod`,
    );
    return null;
  }
  options.log("info", `Renewed ${part.what}`);
  try {
    await storePart(part, renewed, options);
  } catch (error) {
    if (!(error instanceof McaError)) throw error;
    options.log(
      "warn",
      `Cannot keep ${part.what} for the next start: ${error.message}`,
    );
  }
  return { ...identity, leaf: renewed };
}

function authorityPart(options: ServingIdentityOptions): Part<KeyPair> {
  const { crypto, clock } = options;
  return {
    file: "ca.pem",
    what: "the CA",
    consequence: "running containers trust it only after a restart",
    judge: (text) => judgeAuthority(text, clock.now(), crypto),
    make: async () =>
      keyPair(
        await issueCertificateAuthority({
          // Some clients tell CAs apart by name alone.
          commonName: `mca-proxy-ca-${
            crypto.getRandomValues(new Uint8Array(4)).toHex()
          }`,
          backdate: authorityBackdate,
          keyAlgorithm: options.keyAlgorithm ?? "ecdsa-p256",
        }, { crypto, now: clock.now() }),
      ),
    encode: encodeKeyPair,
  };
}

function leafPart(
  authority: KeyPair,
  options: ServingIdentityOptions,
): Part<KeyPair> {
  const { crypto, clock, extraNames = [] } = options;
  const names = [...servingNames, ...extraNames];
  return {
    file: "serving.pem",
    what: "the serving certificate",
    consequence: "running containers accept it",
    judge: (text) =>
      judgeLeaf(text, {
        authority,
        names,
        now: clock.now(),
        keyAlgorithm: options.keyAlgorithm ?? "ecdsa-p256",
      }, crypto),
    make: async () =>
      keyPair(
        await issueLeaf(authority, {
          commonName: "mca-proxy",
          names,
          keyAlgorithm: options.keyAlgorithm ?? "ecdsa-p256",
        }, { crypto, now: clock.now() }),
      ),
    encode: encodeKeyPair,
  };
}

function tokenPart(
  authority: KeyPair,
  { crypto, clock, namespace }: ServingIdentityOptions,
): Part<string> {
  return {
    file: "token",
    what: "the app token",
    consequence: "running containers get 401 until they read it again",
    judge: (text) => judgeToken(text, { namespace, now: clock.now() }),
    make: () =>
      createAppToken({
        namespace,
        ...readCertificate(authority.certificate),
      }, crypto),
    encode: (token) => token,
  };
}

/** Without the dates, so that a new one is as one that was stored. */
function keyPair({ certificate, privateKey }: KeyPair): KeyPair {
  return { certificate, privateKey };
}

/** Both in one file, so that no crash can leave a key beside another's certificate. */
function encodeKeyPair({ certificate, privateKey }: KeyPair): string {
  return certificate + privateKey;
}

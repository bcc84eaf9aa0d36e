/**
 * What the replicas share: a CA, the certificate they serve with, and the CA
 * that is to come. It stands in a Secret, and alike in a directory.
 *
 * @module
 */

import { readCertificate } from "../certs/certificate.ts";
import type { KeyPair } from "../certs/issue.ts";
import type { Validity } from "../certs/renewal.ts";
import { isIssuedBy, keyMatches } from "../certs/verification.ts";
import { McaError } from "../errors.ts";
import {
  type Authority,
  formatBundle,
  readAuthorities,
  readAuthority,
} from "./authority.ts";

/** A CA with its key. The key: never to be logged. */
export interface SigningAuthority extends Authority {
  readonly privateKey: string;
}

/** A serving certificate that fits the CA, with its key. */
export interface Leaf extends KeyPair, Validity {
  /** The DNS names and IP addresses it is good for. */
  readonly names: readonly string[];
}

/** What the replicas share. Holds private keys: never to be logged. */
export interface TrustState {
  /** The CA that signed the leaf. */
  readonly authority: SigningAuthority;
  /** Undefined where there is none that fits the CA. */
  readonly leaf: Leaf | undefined;
  /** The CA that is published beside the other, and comes to sign once that is known everywhere. */
  readonly next: SigningAuthority | undefined;
  /** The CAs to trust: both, and those that signed before. */
  readonly bundle: readonly Authority[];
}

/** The names under which a {@link TrustState} is kept. */
export const TRUST_KEYS = {
  leafCertificate: "tls.crt",
  leafKey: "tls.key",
  authorityCertificate: "ca.crt",
  authorityKey: "ca.key",
  nextCertificate: "next-ca.crt",
  nextKey: "next-ca.key",
  bundle: "ca-bundle.crt",
} as const;

/** What is kept: texts by {@link TRUST_KEYS}. */
export type TrustData = Readonly<Record<string, string | undefined>>;

/**
 * Reads what is kept. A damaged part is left out where the rest can do without.
 *
 * @throws {McaError} `certificate` where there is no CA that can be used.
 */
export async function parseTrustState(
  data: TrustData,
  crypto: Crypto,
): Promise<TrustState> {
  const authority = await readSigner(
    data[TRUST_KEYS.authorityCertificate],
    data[TRUST_KEYS.authorityKey],
    crypto,
  );
  const leaf = await orUndefined(() =>
    readLeaf(
      data[TRUST_KEYS.leafCertificate],
      data[TRUST_KEYS.leafKey],
      authority,
      crypto,
    )
  );
  const next = await orUndefined(() =>
    readSigner(
      data[TRUST_KEYS.nextCertificate],
      data[TRUST_KEYS.nextKey],
      crypto,
    )
  );
  const bundle = readAuthorities(data[TRUST_KEYS.bundle] ?? "");
  return { authority, leaf, next, bundle };
}

/** The texts to keep; undefined for what is not there. */
export function formatTrustState(state: TrustState): TrustData {
  const { authority, leaf, next, bundle } = state;
  return {
    [TRUST_KEYS.leafCertificate]: leaf?.certificate,
    [TRUST_KEYS.leafKey]: leaf?.privateKey,
    [TRUST_KEYS.authorityCertificate]: authority.certificate,
    [TRUST_KEYS.authorityKey]: authority.privateKey,
    [TRUST_KEYS.nextCertificate]: next?.certificate,
    [TRUST_KEYS.nextKey]: next?.privateKey,
    [TRUST_KEYS.bundle]: formatBundle(bundle),
  };
}

/** A pair that was made just now, as a CA. */
export function asAuthority(pair: KeyPair): SigningAuthority {
  return {
    ...readAuthority(pair.certificate),
    privateKey: pair.privateKey,
  };
}

/** A pair that was made just now, as a leaf. */
export function asLeaf({ certificate, privateKey }: KeyPair): Leaf {
  const { notBefore, notAfter, names } = readCertificate(certificate);
  return { certificate, privateKey, notBefore, notAfter, names };
}

async function readSigner(
  certificate: string | undefined,
  privateKey: string | undefined,
  crypto: Crypto,
): Promise<SigningAuthority> {
  if (certificate === undefined || privateKey === undefined) {
    throw damaged("holds no CA");
  }
  const facts = readCertificate(certificate);
  if (!await isIssuedBy(facts, facts, crypto)) {
    throw damaged("holds a CA that did not sign itself");
  }
  if (!await keyMatches(facts, privateKey, crypto)) {
    throw damaged("holds a CA with another's key");
  }
  return asAuthority({ certificate, privateKey });
}

async function readLeaf(
  certificate: string | undefined,
  privateKey: string | undefined,
  authority: Authority,
  crypto: Crypto,
): Promise<Leaf | undefined> {
  if (certificate === undefined || privateKey === undefined) return undefined;
  const facts = readCertificate(certificate);
  const issuer = readCertificate(authority.certificate);
  return await isIssuedBy(facts, issuer, crypto) &&
      await keyMatches(facts, privateKey, crypto)
    ? asLeaf({ certificate, privateKey })
    : undefined;
}

async function orUndefined<T>(
  read: () => Promise<T>,
): Promise<T | undefined> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof McaError) return undefined;
    throw error;
  }
}

function damaged(what: string): McaError {
  return new McaError(
    "certificate",
    `What the webhook's replicas share ${what}`,
  );
}

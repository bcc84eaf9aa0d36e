/**
 * Making the shared state that a plan asks for.
 *
 * @module
 */

import { issueCertificateAuthority, issueLeaf } from "../certs/issue.ts";
import { uniteAuthorities } from "./authority.ts";
import {
  asAuthority,
  asLeaf,
  type SigningAuthority,
  type TrustState,
} from "./trust_state.ts";
import type { TrustWrite } from "./trust_view.ts";

const day = 24 * 60 * 60 * 1000;

/** The life of a CA, in milliseconds: it is replaced after ⅔ of it. */
export const AUTHORITY_LIFETIME = 365 * day;

/** The life of a serving certificate, in milliseconds: it is replaced after ⅔ of it. */
export const LEAF_LIFETIME = 30 * day;

/** What making certificates takes. */
export interface TrustEngine {
  readonly crypto: Crypto;
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
}

/**
 * The state that the write tells of.
 *
 * @throws {McaError} `certificate` where the CA cannot sign.
 */
export async function makeTrustState(
  write: TrustWrite,
  engine: TrustEngine,
): Promise<TrustState> {
  const { base } = write;
  const authority = write.authority === "keep"
    ? base?.authority
    : write.authority === "next"
    ? base?.next
    : await makeAuthority(engine);
  if (authority === undefined) {
    throw new RangeError("The write keeps a CA that its base does not have");
  }
  const leaf = write.leaf === "keep"
    ? base?.leaf
    : await makeLeaf(authority, write, engine);
  const next = write.next === "new"
    ? await makeAuthority(engine)
    : write.next === "keep"
    ? base?.next
    : undefined;
  const bundle = uniteAuthorities(
    [write.bundle],
    engine.now,
    next === undefined ? [authority] : [authority, next],
  );
  return { authority, leaf, next, bundle };
}

async function makeAuthority(engine: TrustEngine): Promise<SigningAuthority> {
  const random = engine.crypto.getRandomValues(new Uint8Array(4)).toHex();
  return asAuthority(
    await issueCertificateAuthority({
      // Some clients tell CAs apart by name alone.
      commonName: `mca-webhook-ca-${random}`,
      lifetime: AUTHORITY_LIFETIME,
    }, engine),
  );
}

async function makeLeaf(
  authority: SigningAuthority,
  { names }: TrustWrite,
  engine: TrustEngine,
): Promise<TrustState["leaf"]> {
  return asLeaf(
    await issueLeaf(authority, {
      commonName: "mca-webhook",
      names,
      lifetime: LEAF_LIFETIME,
    }, engine),
  );
}

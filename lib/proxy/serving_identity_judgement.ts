/**
 * Whether a stored part of the serving identity is still good.
 *
 * @module
 */

import { type Certificate, readCertificate } from "../certs/certificate.ts";
import type { KeyPair } from "../certs/issue.ts";
import {
  type KeyAlgorithmName,
  keyAlgorithms,
} from "../certs/key_algorithms.ts";
import { encodePem, parsePem } from "../certs/pem.ts";
import { renewalDecision } from "../certs/renewal.ts";
import { parseSubjectName } from "../certs/subject_name.ts";
import {
  isIssuedBy,
  keyAlgorithmOf,
  keyMatches,
} from "../certs/verification.ts";
import { McaError } from "../errors.ts";
import { isUsableAppToken } from "./app_service_account_token.ts";

/** The part, where it is good; else what is wrong, to follow "the one in FILE". */
export type Judgement<T> =
  | { readonly good: T }
  | {
    readonly fault: string;
    /** Whether it comes with time, or should not have happened. */
    readonly level: "info" | "warn";
  };

/** Judges a stored CA. It is kept to its very end: running containers trust it. */
export async function judgeAuthority(
  text: string,
  now: number,
  crypto: Crypto,
): Promise<Judgement<KeyPair>> {
  return await judging(async () => {
    const pair = decodeKeyPair(text);
    const certificate = readCertificate(pair.certificate);
    if (!await isIssuedBy(certificate, certificate, crypto)) {
      return damaged("is not a CA that signed itself");
    }
    if (!await keyMatches(certificate, pair.privateKey, crypto)) {
      return damaged("holds another's private key");
    }
    const decision = renewalDecision({ ...certificate, now });
    if (decision === "expired") return damaged("has expired");
    if (decision === "not-yet-valid") return damaged("is not valid yet");
    return { good: pair };
  });
}

/** What a stored serving certificate is held against. */
export interface LeafExpectation {
  readonly authority: KeyPair;
  readonly names: readonly string[];
  readonly keyAlgorithm: KeyAlgorithmName;
  readonly now: number;
}

/** Judges a stored serving certificate. */
export async function judgeLeaf(
  text: string,
  expected: LeafExpectation,
  crypto: Crypto,
): Promise<Judgement<KeyPair>> {
  return await judging(async () => {
    const pair = decodeKeyPair(text);
    const leaf = readCertificate(pair.certificate);
    const authority = readCertificate(expected.authority.certificate);
    if (!await isIssuedBy(leaf, authority, crypto)) {
      return damaged("is not signed by the CA");
    }
    if (!await keyMatches(leaf, pair.privateKey, crypto)) {
      return damaged("holds another's private key");
    }
    const fault = leafFault(leaf, expected);
    return fault === null ? { good: pair } : { fault, level: "info" };
  });
}

/** Judges a stored token. */
export function judgeToken(
  token: string,
  expected: { readonly namespace: string; readonly now: number },
): Judgement<string> {
  return isUsableAppToken(token, expected)
    ? { good: token }
    : damaged("is damaged, expired or of another namespace");
}

function leafFault(
  leaf: Certificate,
  { names, keyAlgorithm, now }: LeafExpectation,
): string | null {
  const wanted = names.map((name) => parseSubjectName(name).value);
  const absent = wanted.find((name) => !leaf.names.includes(name));
  if (absent !== undefined) return `lacks the name ${absent}`;
  if (
    keyAlgorithmOf(leaf).identifier !== keyAlgorithms[keyAlgorithm].identifier
  ) {
    return `has a key other than ${keyAlgorithm}`;
  }
  const decision = renewalDecision({ ...leaf, now });
  return leafPhrases[decision];
}

const leafPhrases = {
  "keep": null,
  "renew": "is due for renewal",
  "expired": "has expired",
  "not-yet-valid": "is not valid yet",
} as const;

/** Takes an unreadable certificate or key for a damaged one. */
async function judging(
  judge: () => Promise<Judgement<KeyPair>>,
): Promise<Judgement<KeyPair>> {
  try {
    return await judge();
  } catch (error) {
    if (error instanceof McaError) return damaged("is damaged");
    throw error;
  }
}

function damaged(fault: string): Judgement<never> {
  return { fault, level: "warn" };
}

/** A file that was cut or emptied by a crash does not pass. */
function decodeKeyPair(text: string): KeyPair {
  const [certificate, privateKey, ...rest] = parsePem(text);
  if (
    certificate?.label !== "CERTIFICATE" ||
    privateKey?.label !== "PRIVATE KEY" || rest.length > 0
  ) {
    throw new McaError("certificate", "Expected a certificate and its key");
  }
  return {
    certificate: encodePem(certificate.label, certificate.der),
    privateKey: encodePem(privateKey.label, privateKey.der),
  };
}

/**
 * CAs and lists of them, as facts: what the decisions about trust are made over.
 *
 * @module
 */

import { parseCertificate } from "../certs/certificate.ts";
import { encodePem, parsePem } from "../certs/pem.ts";
import { McaError } from "../errors.ts";

/** A CA's certificate. */
export interface Authority {
  /** Tells it from every other: its DER in base64. */
  readonly id: string;
  /** One block of PEM. */
  readonly certificate: string;
  /** Milliseconds since the Unix epoch. */
  readonly notBefore: number;
  /** Milliseconds since the Unix epoch. */
  readonly notAfter: number;
}

/**
 * How long after its end a CA leaves the bundles, in milliseconds: clocks may
 * differ, and an hour more does no harm.
 */
export const EXPIRY_MARGIN = 60 * 60 * 1000;

/**
 * How many CAs a bundle holds at most. Rotations far apart leave two or three;
 * the newest win where somebody forces one after the other.
 */
export const MOST_AUTHORITIES = 8;

/**
 * The CA whose certificate is the first in the PEM text.
 *
 * @throws {McaError} `certificate`
 */
export function readAuthority(pem: string): Authority {
  const [authority] = readAuthorities(pem);
  if (authority !== undefined) return authority;
  throw new McaError("certificate", "Expected the certificate of a CA", {
    hint: "Give it in PEM.",
  });
}

/** The certificates in a bundle; none of what cannot be read. */
export function readAuthorities(bundle: string): Authority[] {
  let blocks: ReturnType<typeof parsePem>;
  try {
    blocks = parsePem(bundle);
  } catch (error) {
    if (error instanceof McaError) return [];
    throw error;
  }
  return blocks.flatMap(({ label, der }) => {
    if (label !== "CERTIFICATE") return [];
    try {
      const { notBefore, notAfter } = parseCertificate(der);
      return [{
        id: der.toBase64(),
        certificate: encodePem(label, der),
        notBefore,
        notAfter,
      }];
    } catch (error) {
      if (error instanceof McaError) return [];
      throw error;
    }
  });
}

/**
 * One bundle of several: each CA once, the newest first, without those that
 * have ended. The same whoever makes it, and in whatever order.
 *
 * @param now Milliseconds since the Unix epoch.
 * @param kept Those that have a place however many there are besides.
 */
export function uniteAuthorities(
  lists: readonly (readonly Authority[])[],
  now: number,
  kept: readonly Authority[] = [],
): Authority[] {
  const byId = new Map(
    [kept, ...lists].flat().map((authority) => [authority.id, authority]),
  );
  const isKept = ({ id }: Authority) => includesAuthority(kept, id);
  const isNewer = (a: Authority, b: Authority) =>
    b.notBefore - a.notBefore || (a.id < b.id ? -1 : 1);
  const living = [...byId.values()]
    .filter(({ notAfter }) => notAfter + EXPIRY_MARGIN >= now)
    .sort(isNewer);
  return [
    ...living.filter(isKept),
    ...living.filter((authority) => !isKept(authority)),
  ].slice(0, MOST_AUTHORITIES).sort(isNewer);
}

/** Whether both hold the same CAs, in whatever order. */
export function isSameBundle(
  left: readonly Authority[],
  right: readonly Authority[],
): boolean {
  return left.length === right.length &&
    left.every(({ id }) => includesAuthority(right, id));
}

/** Whether the CA is in the bundle. */
export function includesAuthority(
  bundle: readonly Authority[],
  id: string,
): boolean {
  return bundle.some((authority) => authority.id === id);
}

/** The bundle in PEM. */
export function formatBundle(bundle: readonly Authority[]): string {
  return bundle.map(({ certificate }) => certificate).join("");
}

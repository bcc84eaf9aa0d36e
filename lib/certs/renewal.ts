/**
 * When a certificate is to be renewed.
 *
 * @module
 */

/** What is to be done with a certificate now. */
export type RenewalDecision =
  /** It is good; nothing is to be done. */
  | "keep"
  /** It is good, and its successor is due. */
  | "renew"
  /** Nobody accepts it any more. */
  | "expired"
  /** Nobody accepts it yet: the clock went back, or was ahead when it was made. */
  | "not-yet-valid";

/** The life of a certificate. Milliseconds since the Unix epoch. */
export interface Validity {
  /** Milliseconds since the Unix epoch. */
  readonly notBefore: number;
  /** Inclusive (RFC 5280, section 4.1.2.5). */
  readonly notAfter: number;
}

/** A {@link Validity}, the time, and where in the life the renewal lies. */
export interface RenewalOptions extends Validity {
  /** Milliseconds since the Unix epoch. */
  readonly now: number;
  /** The share of the life after which to renew; ⅔ unless told. */
  readonly renewAfter?: number;
  /**
   * A random number from 0 to 1 that keeps many from renewing at once: 1 renews
   * a tenth of the life earlier than 0. 0 unless told; must be the same for
   * each decision over one certificate.
   */
  readonly jitter?: number;
}

const jitterShare = 0.1;

/**
 * What to do with a certificate. It looks at the wall clock alone, so it is
 * right after any jump of the clock; ask again at least as often as a jump must
 * be noticed.
 *
 * @throws {RangeError} Where a number is not finite or a share is outside 0 to 1.
 *
 * @example
 * ```ts
 * import { renewalDecision } from "./renewal.ts";
 *
 * const life = { notBefore: 0, notAfter: 90_000 };
 * console.log(renewalDecision({ ...life, now: 59_999 })); // keep
 * console.log(renewalDecision({ ...life, now: 60_000 })); // renew
 * ```
 */
export function renewalDecision(options: RenewalOptions): RenewalDecision {
  const { notBefore, notAfter, now } = options;
  const due = renewalTime(options);
  if (!Number.isFinite(now)) throw new RangeError("Expected a finite now");
  if (now > notAfter) return "expired";
  if (now < notBefore) return "not-yet-valid";
  return now >= due ? "renew" : "keep";
}

/**
 * When a certificate is to be renewed, in milliseconds since the Unix epoch.
 *
 * @throws {RangeError} Where a number is not finite or a share is outside 0 to 1.
 *
 * @example
 * ```ts
 * import { renewalTime } from "./renewal.ts";
 *
 * console.log(renewalTime({ notBefore: 0, notAfter: 90_000 })); // 60000
 * ```
 */
export function renewalTime(
  options: Validity & Pick<RenewalOptions, "renewAfter" | "jitter">,
): number {
  const { notBefore, notAfter, renewAfter = 2 / 3, jitter = 0 } = options;
  if (!Number.isFinite(notBefore) || !Number.isFinite(notAfter)) {
    throw new RangeError("Expected a finite notBefore and notAfter");
  }
  for (const share of [renewAfter, jitter]) {
    if (!(share >= 0 && share <= 1)) {
      throw new RangeError("Expected renewAfter and jitter from 0 to 1");
    }
  }
  const life = notAfter - notBefore;
  return notBefore + life * Math.max(0, renewAfter - jitter * jitterShare);
}

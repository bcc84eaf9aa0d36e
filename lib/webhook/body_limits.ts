/**
 * How much may be held of bodies.
 *
 * @module
 */

/**
 * The longest review, in octets. kube-apiserver takes objects of up to 3 MiB
 * (its limit for request bodies); a review of an update holds two of them, and
 * beside them who asks for what, for which 1 MiB is ample.
 */
export const BODY_LIMIT = 7 * 1024 * 1024;

/**
 * What all bodies that are being read may come to, in octets. Reviews are small
 * (a large pod has 20 KiB), so honest load is far from it; it keeps a crowd of
 * hostile clients from filling the memory.
 */
export const TOTAL_LIMIT = 2 * BODY_LIMIT;

/** Why a body was not read to its end. */
export type Refusal = "too-long" | "too-much";

/** Counts what is held of all bodies. */
export class BodyLimits {
  #total = 0;

  /** One body's count. Call `release` when the body is no longer held. */
  begin(): BodyCount {
    let own = 0;
    let refusal: Refusal | undefined;
    return {
      take: (octets) => {
        if (own + octets > BODY_LIMIT) refusal = "too-long";
        else if (this.#total + octets > TOTAL_LIMIT) refusal = "too-much";
        if (refusal !== undefined) return false;
        own += octets;
        this.#total += octets;
        return true;
      },
      refusal: () => refusal,
      release: () => {
        this.#total -= own;
        own = 0;
      },
    };
  }
}

/** Counts what is held of one body. */
export interface BodyCount {
  /** Whether so many octets more may be held. */
  take(octets: number): boolean;
  /** Why they may not. */
  refusal(): Refusal | undefined;
  release(): void;
}

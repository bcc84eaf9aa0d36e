/**
 * Clocks and randomness for tests that issue certificates.
 *
 * @module
 */

import type { Engine } from "../../../lib/certs/issue.ts";

/** A moment that is no whole second, so that rounding shows. */
export const now = Date.UTC(2026, 5, 15, 12, 30, 15, 678);

/** The runtime's own WebCrypto at {@link now}. */
export const engine: Engine = { crypto, now };

/** An engine whose random bytes are these; keys stay truly random. */
export function engineWithBytes(bytes: Uint8Array): Engine {
  return {
    now,
    crypto: {
      subtle: crypto.subtle,
      randomUUID: () => crypto.randomUUID(),
      getRandomValues: (array) => {
        if (!(array instanceof Uint8Array) || array.length !== bytes.length) {
          throw new Error("Asked for another number of random bytes");
        }
        array.set(bytes);
        return array;
      },
    },
  };
}

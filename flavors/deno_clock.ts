/**
 * Time, from the runtime.
 *
 * @module
 */

import type { Clock } from "../lib/platform.ts";

/** The system's clocks and timers. */
export const denoClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after(delay, action) {
    const timer = setTimeout(action, delay);
    return () => clearTimeout(timer);
  },
};

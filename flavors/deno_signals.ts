/**
 * The process's signals, from the runtime.
 *
 * @module
 */

import type { Signals } from "../lib/platform.ts";

/** Signals to this process. */
export const processSignals: Signals = {
  on(name, action) {
    Deno.addSignalListener(name, action);
    return () => Deno.removeSignalListener(name, action);
  },
};

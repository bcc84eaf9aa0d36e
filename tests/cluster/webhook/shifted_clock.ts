/** A process whose clock is wrong. */

import { shippedCommand } from "../../ship/shipped.ts";

/** Puts the clock forward, or back, before the program is loaded. Timers run as ever. */
function shift(milliseconds: number): string {
  return `const Real = Date;
globalThis.Date = class extends Real {
  constructor(...parts) {
    if (parts.length === 0) super(Real.now() + ${milliseconds});
    else super(...parts);
  }
  static now() { return Real.now() + ${milliseconds}; }
};`;
}

/** The command of the webhook as it ships, by a clock that is ahead by so many milliseconds. */
export async function webhookAhead(
  milliseconds: number,
): Promise<[string, ...string[]]> {
  const [program, run = "", ...args] = await shippedCommand("mca-webhook");
  const preloaded = `data:text/javascript,${
    encodeURIComponent(shift(milliseconds))
  }`;
  return [program, run, `--preload=${preloaded}`, ...args];
}

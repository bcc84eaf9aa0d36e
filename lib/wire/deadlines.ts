/**
 * Deadlines by the thousand on one coarse timer.
 *
 * @module
 */

import type { Clock } from "../platform.ts";

/** How often deadlines are looked at, in milliseconds: they fire up to this much late. */
const SWEEP_INTERVAL = 500;

/** Something that has to happen before a time. */
export interface Deadline {
  /** When, in the clock's monotonic milliseconds; Infinity: not now. May be set anew at any time. */
  expiresAt: number;
  /** Called once, after `expiresAt`. */
  readonly expire: () => void;
}

/** Watches deadlines. Costs nothing while there are none, and no timer for each. */
export class Deadlines {
  readonly #clock: Clock;
  readonly #deadlines = new Set<Deadline>();
  #cancel: (() => void) | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Begins to watch; `delay` in milliseconds from now. */
  add(delay: number, expire: () => void): Deadline {
    const deadline = { expiresAt: this.#after(delay), expire };
    this.#deadlines.add(deadline);
    this.#cancel ??= this.#clock.after(SWEEP_INTERVAL, () => this.#sweep());
    return deadline;
  }

  /** Sets the deadline anew; `delay` in milliseconds from now. */
  postpone(deadline: Deadline, delay: number): void {
    deadline.expiresAt = this.#after(delay);
  }

  #after(delay: number): number {
    return delay === Infinity ? Infinity : this.#clock.monotonic() + delay;
  }

  /** Ends the watch over one deadline. */
  remove(deadline: Deadline): void {
    this.#deadlines.delete(deadline);
  }

  /** Ends the watch over all. */
  close(): void {
    this.#deadlines.clear();
    this.#cancel?.();
    this.#cancel = undefined;
  }

  #sweep(): void {
    this.#cancel = undefined;
    const now = this.#clock.monotonic();
    for (const deadline of this.#deadlines) {
      if (deadline.expiresAt > now) continue;
      this.#deadlines.delete(deadline);
      deadline.expire();
    }
    if (this.#deadlines.size > 0) {
      this.#cancel ??= this.#clock.after(SWEEP_INTERVAL, () => this.#sweep());
    }
  }
}

/**
 * A clock that stands still until it is moved.
 *
 * @module
 */

import type { Clock } from "../../../lib/platform.ts";

/** Time in the test's hands. */
export class ManualClock implements Clock {
  #time = 1_000_000;
  #timers: { at: number; action: () => void }[] = [];

  now(): number {
    return this.#time;
  }

  monotonic(): number {
    return this.#time;
  }

  after(delay: number, action: () => void): () => void {
    const timer = { at: this.#time + delay, action };
    this.#timers.push(timer);
    return () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
  }

  /** Moves the time on, and does what is due by then. */
  advance(milliseconds: number): void {
    this.#time += milliseconds;
    const due = this.#timers.filter(({ at }) => at <= this.#time);
    this.#timers = this.#timers.filter(({ at }) => at > this.#time);
    for (const { action } of due) action();
  }
}

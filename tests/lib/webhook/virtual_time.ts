/** Clocks that stand still until a test moves them on. */

import type { Clock } from "../../../lib/platform.ts";

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** One time for many clocks, each of which may be off. */
export class VirtualTime {
  #time = 0;
  readonly #timers = new Set<Timer>();
  readonly #start: number;

  /** @param start Milliseconds since the Unix epoch. */
  constructor(start: number) {
    this.#start = start;
  }

  /** Milliseconds since the Unix epoch. */
  get now(): number {
    return this.#start + this.#time;
  }

  /** A clock that is ahead by so many milliseconds; stopped clocks call nobody. */
  clock(ahead = 0, isStopped: () => boolean = () => false): Clock {
    return {
      now: () => this.now + ahead,
      monotonic: () => this.#time,
      after: (delay, action) => {
        const timer = {
          at: this.#time + delay,
          action: () => {
            if (!isStopped()) action();
          },
        };
        this.#timers.add(timer);
        return () => this.#timers.delete(timer);
      },
    };
  }

  /** Moves on to the next timer that is due within so many milliseconds; false where there is none. */
  step(end: number): boolean {
    const [next] = [...this.#timers].filter(({ at }) => at <= end)
      .sort((a, b) => a.at - b.at);
    if (next === undefined) {
      this.#time = Math.max(this.#time, end);
      return false;
    }
    this.#timers.delete(next);
    this.#time = Math.max(this.#time, next.at);
    next.action();
    return true;
  }

  /** Milliseconds since the start of the test. */
  get elapsed(): number {
    return this.#time;
  }
}

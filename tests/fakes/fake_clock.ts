import type { Clock } from "../../lib/platform.ts";

interface Timer {
  readonly at: number;
  readonly action: () => void;
}

/** Time that stands still until the test moves it. */
export class FakeClock implements Clock {
  #now: number;
  #monotonic = 0;
  readonly #timers = new Set<Timer>();

  /** @param now The wall clock's milliseconds since the Unix epoch. */
  constructor(now = Date.now()) {
    this.#now = now;
  }

  /** How many timers wait. */
  get timerCount(): number {
    return this.#timers.size;
  }

  now(): number {
    return this.#now;
  }

  monotonic(): number {
    return this.#monotonic;
  }

  after(delay: number, action: () => void): () => void {
    const timer = { at: this.#monotonic + delay, action };
    this.#timers.add(timer);
    return () => this.#timers.delete(timer);
  }

  /** Moves both clocks on, timer by timer, those set on the way included. */
  advance(milliseconds: number): void {
    const end = this.#monotonic + milliseconds;
    for (;;) {
      let next: Timer | undefined;
      for (const timer of this.#timers) {
        if (timer.at <= end && (next === undefined || timer.at < next.at)) {
          next = timer;
        }
      }
      if (next === undefined) break;
      this.#timers.delete(next);
      this.#moveTo(Math.max(next.at, this.#monotonic));
      next.action();
    }
    this.#moveTo(end);
  }

  /** Sets the wall clock alone, as an administrator or NTP would. */
  jumpTo(now: number): void {
    this.#now = now;
  }

  #moveTo(monotonic: number): void {
    this.#now += monotonic - this.#monotonic;
    this.#monotonic = monotonic;
  }
}

/** Chance that can be repeated: the same seed gives the same choices. */
export class Random {
  #state: number;

  constructor(seed: number) {
    this.#state = seed >>> 0;
  }

  /** A whole number from 0 to `limit - 1`. */
  below(limit: number): number {
    // mulberry32
    this.#state = (this.#state + 0x6d2b79f5) >>> 0;
    let mixed = this.#state;
    mixed = Math.imul(mixed ^ (mixed >>> 15), mixed | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) % limit;
  }

  /** True once in `times`. */
  once(times: number): boolean {
    return this.below(times) === 0;
  }

  /** One of the entries. */
  of<T>(entries: readonly T[]): T {
    const entry = entries[this.below(entries.length)];
    if (entry === undefined) throw new RangeError("Expected entries");
    return entry;
  }

  /** The text in up to `most` pieces, cut anywhere; each octet by itself now and then. */
  split(text: string, most = 4): string[] {
    if (text.length < 400 && this.once(8)) return [...text];
    const cuts = Array.from(
      { length: this.below(most) },
      () => this.below(text.length + 1),
    ).sort((left, right) => left - right);
    return [...cuts, text.length]
      .map((cut, index) => text.slice(cuts[index - 1] ?? 0, cut))
      .filter((piece) => piece !== "");
  }
}

/**
 * Latencies, every one kept, so that percentiles are exact.
 *
 * @module
 */

/** Percentiles of latencies. Microseconds. */
export interface LatencySummary {
  readonly count: number;
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly max: number;
}

/** Collects latencies. */
export class Latencies {
  #values = new Float64Array(4096);
  #count = 0;

  /** How many there are. */
  get count(): number {
    return this.#count;
  }

  /** Takes one. Milliseconds. */
  add(milliseconds: number): void {
    if (this.#count === this.#values.length) {
      const larger = new Float64Array(this.#count * 2);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#count++] = milliseconds;
  }

  /** Sums them up; all zero where there are none. */
  summary(): LatencySummary {
    const sorted = this.#values.slice(0, this.#count).sort();
    return {
      count: this.#count,
      p50: microseconds(percentile(sorted, 0.5)),
      p90: microseconds(percentile(sorted, 0.9)),
      p99: microseconds(percentile(sorted, 0.99)),
      max: microseconds(percentile(sorted, 1)),
    };
  }
}

/** The smallest value that the given share of all values does not exceed; 0 where there are none. */
export function percentile(
  sorted: ArrayLike<number>,
  share: number,
): number {
  const rank = Math.max(Math.ceil(share * sorted.length), 1);
  return sorted[rank - 1] ?? 0;
}

function microseconds(milliseconds: number): number {
  return Math.round(milliseconds * 1000);
}

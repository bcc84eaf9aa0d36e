/**
 * Doing the same thing again and again, several times at once, for a while.
 *
 * @module
 */

import type { LoadResult } from "./job.ts";
import { Latencies } from "./latencies.ts";

/** Runs each worker's action over and over until the time is up; each run is one latency. */
export async function repeat(
  workers: readonly (() => Promise<void>)[],
  seconds: number,
): Promise<LoadResult> {
  const latencies = new Latencies();
  const start = performance.now();
  const end = start + seconds * 1000;
  await Promise.all(workers.map(async (action) => {
    let now = performance.now();
    while (now < end) {
      const before = now;
      await action();
      now = performance.now();
      latencies.add(now - before);
    }
  }));
  return {
    count: latencies.count,
    seconds: (performance.now() - start) / 1000,
    latency: latencies.summary(),
  };
}

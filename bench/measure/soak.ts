/**
 * Memory over time, under all that a pod does at once.
 *
 * @module
 */

import type { PreparedPeer } from "../peers/peer.ts";
import type { Laboratory } from "./laboratory.ts";
import { memoryOf } from "./process_usage.ts";
import { median } from "./series.ts";
import { started } from "./start_up.ts";

/** How far the end may be above minute one. */
export const GROWTH_LIMIT = 1.1;

/** What a soak has shown. */
export interface SoakReport {
  readonly seconds: number;
  /** Operations done: requests, uploads, tunnels, rounds of watches. */
  readonly count: number;
  /** RSS each second. MB. */
  readonly resident: readonly number[];
  /** Around minute one, or a tenth of a shorter soak. MB. */
  readonly early: number;
  /** At the end, over as long a time. MB. */
  readonly late: number;
}

/** Loads the peer for that long, and takes its memory each second. */
export async function soak(
  laboratory: Laboratory,
  peer: PreparedPeer,
  seconds: number,
  tell: (line: string) => void,
): Promise<SoakReport> {
  const target = await started(peer);
  const { origin } = laboratory;
  const resident: number[] = [];
  const sample = async (): Promise<void> => {
    const memory = await memoryOf(peer.pid ?? 0);
    resident.push(memory.resident);
    if (resident.length % 30 === 0) {
      tell(`${resident.length} s: ${memory.resident.toFixed(1)} MB`);
    }
  };
  const timer = setInterval(() => void sample(), 1000);
  try {
    const result = await laboratory.run({
      kind: "soak",
      target,
      origin,
      seconds,
    });
    await sample();
    return {
      seconds,
      count: result.count,
      resident,
      ...ends(resident),
    };
  } finally {
    clearInterval(timer);
  }
}

/** The memory at minute one and at the end: medians, since single moments say little. */
export function ends(
  resident: readonly number[],
): { readonly early: number; readonly late: number } {
  const middle = Math.min(60, Math.ceil(resident.length / 10));
  const half = Math.ceil(middle / 4);
  return {
    early: median(
      resident.slice(Math.max(middle - half, 0), middle + half),
    ),
    late: median(resident.slice(-2 * half)),
  };
}

/** Waiting for a state that nobody announces. */

import { ClusterError } from "./cluster_error.ts";

/** How long and how often to look. */
export interface WaitOptions {
  readonly signal?: AbortSignal | undefined;
  readonly pollMilliseconds?: number;
  readonly deadlineMilliseconds?: number;
}

/** Resolves after the time, rejects as soon as the signal aborts. */
function pause(milliseconds: number, signal?: AbortSignal): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const abort = () => reject(signal?.reason);
  const timer = setTimeout(resolve, milliseconds);
  signal?.addEventListener("abort", abort, { once: true });
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", abort);
  });
}

/**
 * Looks again and again until the check holds.
 *
 * @throws {ClusterError} When the deadline passes first.
 */
export async function waitUntil(
  what: string,
  check: () => boolean | Promise<boolean>,
  options: WaitOptions = {},
): Promise<void> {
  const { signal, pollMilliseconds = 50, deadlineMilliseconds = 60_000 } =
    options;
  const end = performance.now() + deadlineMilliseconds;
  signal?.throwIfAborted();
  while (!await check()) {
    if (performance.now() > end) {
      throw new ClusterError(
        `Waited ${
          Math.round(deadlineMilliseconds / 1000)
        } s in vain for ${what}`,
      );
    }
    await pause(pollMilliseconds, signal);
  }
}

/**
 * How long an answer may take.
 *
 * @module
 */

/**
 * The longest that a call may take to arrive, in milliseconds. Below the 10
 * seconds that kube-apiserver waits unless the configuration says otherwise.
 */
export const CALL_TIMEOUT = 8_000;

/** What is left for the review and the way back. */
const SHARE = 0.8;

const UNITS: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};

/**
 * How long a call may take to arrive, in milliseconds: below the timeout that
 * kube-apiserver tells of in the query (`/mutate?timeout=10s`), a Go duration.
 *
 * @example
 * ```ts
 * import { callTimeout } from "./call_timeout.ts";
 *
 * console.log(callTimeout("/mutate?timeout=5s"), callTimeout("/mutate")); // 4000 8000
 * ```
 */
export function callTimeout(target: string): number {
  const [, query = ""] = target.split("?", 2);
  const told = parseDuration(new URLSearchParams(query).get("timeout") ?? "");
  return told === undefined || told <= 0
    ? CALL_TIMEOUT
    : Math.min(CALL_TIMEOUT, told * SHARE);
}

function parseDuration(text: string): number | undefined {
  if (!/^(?:\d+(?:\.\d+)?(?:ns|us|µs|ms|s|m|h))+$/.test(text)) return undefined;
  let sum = 0;
  for (
    const [, number, unit = ""] of text.matchAll(
      /(\d+(?:\.\d+)?)(ns|us|µs|ms|s|m|h)/g,
    )
  ) {
    sum += Number(number) * (UNITS[unit] ?? 0);
  }
  return sum;
}

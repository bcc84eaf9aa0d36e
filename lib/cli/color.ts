/**
 * Whether to use colour.
 *
 * @module
 */

import type { Platform } from "../platform.ts";

/**
 * Whether a stream may have colours: it is a terminal, and NO_COLOR is not set.
 *
 * @see https://no-color.org/
 */
export function usesColor(
  { terminal, environment }: Pick<Platform, "terminal" | "environment">,
  stream: "stdout" | "stderr",
): boolean {
  return terminal.isTerminal[stream] &&
    (environment.get("NO_COLOR") ?? "") === "";
}

/**
 * Credentials as they may be shown.
 *
 * @module
 */

const SHOWN = 6;

/**
 * A token shortened to its ends, with its length; nothing of a short one.
 *
 * @example
 * ```ts
 * import { maskToken } from "./masked.ts";
 *
 * maskToken("0123456789012345678901234567890123456789"); // "012345…456789 (40 characters)"
 * ```
 */
export function maskToken(token: string): string {
  // What is shown must stay a small part of what has to be guessed.
  const isLong = token.length >= 6 * SHOWN;
  const ends = isLong ? `${token.slice(0, SHOWN)}…${token.slice(-SHOWN)}` : "…";
  return `${ends} (${token.length} characters)`;
}

/** An Authorization header with its token shortened. */
export function maskAuthorization(value: string): string {
  const [scheme = "", token = ""] = value.split(" ", 2);
  return token === "" ? "none" : `${scheme} ${maskToken(token)}`;
}

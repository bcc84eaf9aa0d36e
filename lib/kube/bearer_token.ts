/**
 * Bearer tokens (RFC 6750) as files hold them.
 *
 * @module
 */

import type { HeaderField } from "./cluster_target.ts";

/** Visible ASCII: anything else would break out of the header line. */
const TOKEN = /^[\x21-\x7e]+$/;

/**
 * The token in a file's text, without white space around it; undefined where
 * there is none, or something that cannot be one.
 *
 * @example
 * ```ts
 * import { tokenIn } from "./bearer_token.ts";
 *
 * console.log(tokenIn("abc\n"), tokenIn("a b"), tokenIn("")); // abc undefined undefined
 * ```
 */
export function tokenIn(text: string): string | undefined {
  const token = text.trim();
  return TOKEN.test(token) ? token : undefined;
}

/**
 * The header field that presents a token (RFC 6750, section 2.1).
 *
 * @example
 * ```ts
 * import { bearerField } from "./bearer_token.ts";
 *
 * console.log(bearerField("abc")); // ["Authorization", "Bearer abc"]
 * ```
 */
export function bearerField(token: string): HeaderField {
  return ["Authorization", `Bearer ${token}`];
}

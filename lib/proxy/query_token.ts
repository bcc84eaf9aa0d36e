/**
 * Bearer tokens in the query (RFC 6750, section 2.3).
 *
 * kube-apiserver knows no such tokens, and what lies behind its proxy paths has
 * parameters of that name for itself. So only the app's own token counts: it
 * makes the caller the pod, and goes no further.
 *
 * @module
 */

import { queryParameters } from "../kube/request_target.ts";

const PARAMETER = "access_token";
const NAMES: ReadonlySet<string> = new Set([PARAMETER]);

/**
 * The target without `access_token` parameters that hold the app's token;
 * undefined where there are none.
 *
 * @param matches Compares a token with the app's in constant time.
 *
 * @example
 * ```ts
 * import { withoutQueryToken } from "./query_token.ts";
 *
 * const isOwn = (token: string) => token === "abc";
 * console.log(withoutQueryToken("/api?watch=1&access_token=abc", isOwn)); // /api?watch=1
 * ```
 */
export function withoutQueryToken(
  target: string,
  matches: (token: string) => boolean,
): string | undefined {
  const question = target.indexOf("?");
  if (question < 0) return undefined;
  const pairs = target.slice(question + 1).split("&");
  const kept = pairs.filter((pair) => {
    const token = queryParameters(pair, NAMES)[PARAMETER];
    return token === undefined || !matches(token);
  });
  if (kept.length === pairs.length) return undefined;
  const path = target.slice(0, question);
  return kept.length === 0 ? path : `${path}?${kept.join("&")}`;
}

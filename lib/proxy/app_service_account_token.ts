/**
 * The token that the pod's containers show to the proxy.
 *
 * It is opaque: its last part is random, nobody holds a key to it, and the proxy
 * only compares it. Yet it is shaped as a JWT (RFC 7519), since programs look
 * into the token file: some for `exp`, to know when to read it again (and fail
 * where there is none), some for the namespace (dex does), some parse it with
 * the algorithms that Kubernetes signs with. Hence RS256, and both ways in which
 * Kubernetes has written the namespace. It promises what it keeps: it is good as
 * long as the CA it came with.
 *
 * @module
 */

import { isJsonObject } from "../kube/json.ts";

/** What the token says, for those who look. */
export interface AppTokenClaims {
  /** The namespace of the pod. */
  readonly namespace: string;
  /** Milliseconds since the Unix epoch. */
  readonly notBefore: number;
  /** Milliseconds since the Unix epoch. */
  readonly notAfter: number;
}

/** As long as the RS256 signature of a 2048-bit key. */
const signatureBytes = 256;

/**
 * A new token: 2048 random bits behind the claims.
 *
 * @example
 * ```ts
 * import { createAppToken } from "./app_service_account_token.ts";
 *
 * const now = Date.now();
 * const claims = { namespace: "shop", notBefore: now, notAfter: now + 3_600_000 };
 * console.log(createAppToken(claims, crypto).split(".").length); // 3
 * ```
 */
export function createAppToken(claims: AppTokenClaims, crypto: Crypto): string {
  const notBefore = Math.floor(claims.notBefore / 1000);
  const parts = [
    { alg: "RS256", typ: "JWT" },
    {
      iss: "mca",
      iat: notBefore,
      nbf: notBefore,
      exp: Math.floor(claims.notAfter / 1000),
      "kubernetes.io": { namespace: claims.namespace },
      "kubernetes.io/serviceaccount/namespace": claims.namespace,
    },
  ].map((part) => new TextEncoder().encode(JSON.stringify(part)));
  const random = crypto.getRandomValues(new Uint8Array(signatureBytes));
  return [...parts, random].map(toBase64Url).join(".");
}

/**
 * Whether a stored token is whole and still says what is true. It tells nothing
 * of where the token comes from; {@link tokenMatches} does.
 *
 * @example
 * ```ts
 * import { isUsableAppToken } from "./app_service_account_token.ts";
 *
 * console.log(isUsableAppToken("-", { namespace: "shop", now: Date.now() })); // false
 * ```
 */
export function isUsableAppToken(
  token: string,
  expected: { readonly namespace: string; readonly now: number },
): boolean {
  const [header, payload, signature, ...rest] = token.split(".");
  if (rest.length > 0 || fromBase64Url(header) === null) return false;
  if (fromBase64Url(signature)?.length !== signatureBytes) return false;
  const claims = parseObject(fromBase64Url(payload));
  const exp = claims?.["exp"];
  return typeof exp === "number" && exp * 1000 > expected.now &&
    claims?.["kubernetes.io/serviceaccount/namespace"] === expected.namespace;
}

/**
 * Whether the given token is the expected one, in a time that depends on their
 * lengths alone, so that nobody learns the token by measuring.
 *
 * @throws {RangeError} Where `expected` is empty: everybody would match.
 *
 * @example
 * ```ts
 * import { tokenMatches } from "./app_service_account_token.ts";
 *
 * console.log(tokenMatches("a.b.c", "a.b.d")); // false
 * ```
 */
export function tokenMatches(given: string, expected: string): boolean {
  if (expected === "") throw new RangeError("Expected a token to compare with");
  let difference = given.length ^ expected.length;
  for (let at = 0; at < expected.length; at++) {
    // Past the end it is NaN, which the operator takes for 0.
    difference |= given.charCodeAt(at) ^ expected.charCodeAt(at);
  }
  return difference === 0;
}

function toBase64Url(bytes: Uint8Array): string {
  return bytes.toBase64({ alphabet: "base64url", omitPadding: true });
}

function fromBase64Url(
  text: string | undefined,
): Uint8Array<ArrayBuffer> | null {
  // The decoder would pass over white space, which clients cut off the token.
  if (text === undefined || !/^[\w-]+$/.test(text)) return null;
  try {
    return Uint8Array.fromBase64(text, { alphabet: "base64url" });
  } catch {
    return null;
  }
}

function parseObject(bytes: Uint8Array<ArrayBuffer> | null) {
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder().decode(bytes));
    return isJsonObject(value) ? value : null;
  } catch {
    return null;
  }
}

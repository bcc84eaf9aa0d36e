/**
 * The request target (RFC 9112, section 3.2) read the way Go's net/url reads
 * it, because kube-apiserver decides by what Go makes of it. Nothing here is
 * for forwarding: what goes upstream is the target as it came.
 *
 * @module
 */

import { McaError } from "../errors.ts";

/** The parts of a request target that decisions are made on. */
export interface RequestTarget {
  /** The path with percent-escapes decoded, dot segments and double slashes as they came. */
  readonly path: string;
  /** What follows the first `?`, still escaped; empty where there is none. */
  readonly rawQuery: string;
}

/** Go answers with an empty query where there are more parameters (GODEBUG `urlmaxqueryparams`). */
const MAX_QUERY_PARAMETERS = 10_000;

/**
 * Splits and decodes a request target. Each character of `target` stands for
 * one byte of the request line (`\u00ff` is the byte 0xFF).
 *
 * Origin-form, absolute-form, authority-form (for CONNECT) and `*` are read;
 * an opaque target such as `host:1` has an empty path, as in Go. The authority
 * of an absolute-form target is skipped unread: who compares it with Host does
 * so before.
 *
 * @throws {McaError} `protocol` where Go's server answers 400 before any handler runs.
 *
 * @example
 * ```ts
 * import { parseRequestTarget } from "./request_target.ts";
 *
 * const target = parseRequestTarget("GET", "/api/v1/pods%2Fa?watch=1");
 * console.log(target.path, target.rawQuery); // /api/v1/pods/a watch=1
 * ```
 */
export function parseRequestTarget(
  method: string,
  target: string,
): RequestTarget {
  if (target.charCodeAt(0) === 0x2f && isClean(target)) {
    const question = target.indexOf("?");
    return question < 0 ? { path: target, rawQuery: "" } : {
      path: target.slice(0, question),
      rawQuery: target.slice(question + 1),
    };
  }
  return parseUncommonTarget(method, target);
}

/** Whether the target is visible ASCII without a `%` in its path. */
function isClean(target: string): boolean {
  let inQuery = false;
  for (let i = 0; i < target.length; i++) {
    const code = target.charCodeAt(i);
    if (code < 0x20 || code > 0x7e) return false;
    if (code === 0x3f) inQuery = true;
    else if (code === 0x25 && !inQuery) return false;
  }
  return true;
}

function parseUncommonTarget(method: string, target: string): RequestTarget {
  const authorityForm = method === "CONNECT" && !target.startsWith("/");
  const raw = authorityForm ? `http://${target}` : target;
  for (let i = 0; i < raw.length; i++) {
    const code = raw.charCodeAt(i);
    if (code < 0x20 || code === 0x7f) throw malformed("a control character");
    if (code > 0xff) throw new TypeError("Expected one character per byte");
  }
  if (raw === "") throw malformed("nothing");
  if (raw === "*") return { path: "*", rawQuery: "" };
  const schemeEnd = schemeLength(raw);
  const rest = schemeEnd === 0 ? raw : raw.slice(schemeEnd + 1);
  const question = rest.indexOf("?");
  const hierarchy = question < 0 ? rest : rest.slice(0, question);
  const rawQuery = question < 0 ? "" : rest.slice(question + 1);
  if (!hierarchy.startsWith("/")) {
    if (schemeEnd === 0) throw malformed("a relative path");
    return { path: "", rawQuery };
  }
  let path = hierarchy;
  if (schemeEnd > 0 && hierarchy.startsWith("//")) {
    const slash = hierarchy.indexOf("/", 2);
    path = slash < 0 ? "" : hierarchy.slice(slash);
  }
  const decoded = percentDecode(path, false);
  if (decoded === null) throw malformed("a bad percent-escape");
  return { path: decoded, rawQuery };
}

function malformed(what: string): McaError {
  return new McaError("protocol", `The request target holds ${what}`, {
    hint: "Send an origin-form target such as /api/v1/pods.",
  });
}

/** The length of a leading URI scheme (RFC 3986, section 3.1); 0 where there is none. */
function schemeLength(text: string): number {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i) | 0x20;
    if (code >= 0x61 && code <= 0x7a) continue;
    const character = text.charAt(i);
    if (i > 0 && "0123456789+-.".includes(character)) continue;
    if (character !== ":") return 0;
    if (i === 0) throw malformed("an empty scheme");
    return i;
  }
  return 0;
}

/**
 * The first value of each named parameter of a raw query, decoded; a parameter
 * that is not there has no entry. Parameters that Go drops (a `;` in them, a
 * bad percent-escape) count as not there.
 *
 * @example
 * ```ts
 * import { queryParameters } from "./request_target.ts";
 *
 * const names = new Set(["watch", "limit"]);
 * console.log(queryParameters("watch=1&a=b+c&watch=0", names)); // { watch: "1" }
 * ```
 */
export function queryParameters(
  rawQuery: string,
  names: ReadonlySet<string>,
): Partial<Record<string, string>> {
  const parameters: Partial<Record<string, string>> = {};
  if (hasTooManyParameters(rawQuery)) return parameters;
  for (let start = 0; start < rawQuery.length;) {
    const ampersand = rawQuery.indexOf("&", start);
    const end = ampersand < 0 ? rawQuery.length : ampersand;
    const equals = rawQuery.indexOf("=", start);
    const nameEnd = equals < 0 || equals > end ? end : equals;
    const name = percentDecode(rawQuery.slice(start, nameEnd), true);
    if (
      name !== null && names.has(name) && parameters[name] === undefined &&
      !rawQuery.slice(start, end).includes(";")
    ) {
      const value = percentDecode(rawQuery.slice(nameEnd + 1, end), true);
      if (value !== null) parameters[name] = value;
    }
    start = end + 1;
  }
  return parameters;
}

function hasTooManyParameters(rawQuery: string): boolean {
  return rawQuery.length > MAX_QUERY_PARAMETERS &&
    rawQuery.split("&").length > MAX_QUERY_PARAMETERS;
}

const utf8 = new TextDecoder("utf-8", { ignoreBOM: true });

/** Decodes percent-escapes, and `+` in a query; null where an escape is malformed. */
function percentDecode(text: string, inQuery: boolean): string | null {
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code === 0x25 || code === 0x2b && inQuery || code > 0x7f) {
      return percentDecodeBytes(text, inQuery);
    }
  }
  return text;
}

function percentDecodeBytes(text: string, inQuery: boolean): string | null {
  const bytes = new Uint8Array(text.length);
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    let byte = text.charCodeAt(i);
    if (byte === 0x25) {
      const high = hexDigit(text.charCodeAt(i + 1));
      const low = hexDigit(text.charCodeAt(i + 2));
      if (high < 0 || low < 0) return null;
      byte = high << 4 | low;
      i += 2;
    } else if (byte === 0x2b && inQuery) {
      byte = 0x20;
    }
    bytes[length++] = byte;
  }
  return utf8.decode(bytes.subarray(0, length));
}

/** The value of a hexadecimal digit's character code; -1 for anything else. */
function hexDigit(code: number): number {
  if (code >= 0x30 && code <= 0x39) return code - 0x30;
  const lower = code | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

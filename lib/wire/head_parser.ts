/**
 * Strict parsing of message heads (RFC 9112, sections 2 to 5). What two readers
 * could read in two ways is refused.
 *
 * @module
 */

import type {
  HeaderField,
  MessageHead,
  RequestHead,
  ResponseHead,
} from "./message.ts";
import {
  allIn,
  FIELD_VALUE,
  HOST,
  octetsToText,
  TARGET,
  textIsIn,
  TOKEN,
} from "./octets.ts";
import { ProtocolError } from "./protocol_error.ts";

/** Limits on a head. Octets, but for `fields`. */
export interface HeadLimits {
  /** The start line, without its line end. */
  readonly startLine: number;
  /** One field line, without its line end. */
  readonly fieldLine: number;
  /** The number of field lines. */
  readonly fields: number;
  /** The whole head with its empty line. */
  readonly head: number;
}

/**
 * Room for the longest that Kubernetes clients send: label selectors and
 * continue tokens of some 10 KiB, ServiceAccount and OIDC tokens of up to 16 KiB.
 */
export const HEAD_LIMITS: HeadLimits = {
  startLine: 64 * 1024,
  fieldLine: 64 * 1024,
  fields: 256,
  head: 192 * 1024,
};

const CR = 0x0d;
const LF = 0x0a;
const SP = 0x20;
const HTAB = 0x09;

/**
 * Looks for the end of a head. Returns the index behind its empty line, or -1
 * where more octets are needed.
 *
 * @param from Where an earlier search over a shorter buffer may go on.
 */
export function findHeadEnd(bytes: Uint8Array, from = 0): number {
  for (let index = bytes.indexOf(LF, Math.max(from, 0)); index >= 0;) {
    const next = index + 1;
    if (bytes[next] === CR && bytes[next + 1] === LF) return next + 2;
    // A bare LF pair ends a head for lenient readers; the parser refuses it.
    if (bytes[next] === LF) return next + 1;
    index = bytes.indexOf(LF, next);
  }
  return -1;
}

/**
 * Parses a whole request head with its empty line (RFC 9112, section 3).
 *
 * An absolute-form target is taken where it names the same authority as the
 * Host field, and becomes origin-form; everything else but origin-form and
 * `OPTIONS *` is refused.
 *
 * @throws {ProtocolError} With the status that answers it: 400 or 405.
 *
 * @example
 * ```ts
 * import { parseRequestHead } from "./head_parser.ts";
 *
 * const bytes = new TextEncoder().encode("GET /version HTTP/1.1\r\nHost: localhost\r\n\r\n");
 * console.log(parseRequestHead(bytes).target); // /version
 * ```
 */
export function parseRequestHead(
  bytes: Uint8Array,
  limits: HeadLimits = HEAD_LIMITS,
): RequestHead {
  const text = octetsToText(bytes);
  const lineEnd = lineEndAfter(text, 0);
  const methodEnd = text.indexOf(" ");
  const targetEnd = text.lastIndexOf(" ", lineEnd);
  if (lineEnd > limits.startLine) {
    throw new ProtocolError("The request line is too long");
  }
  if (methodEnd <= 0 || targetEnd <= methodEnd || methodEnd > 32) {
    throw new ProtocolError(
      "The request line is not METHOD SP TARGET SP HTTP/1.1",
    );
  }
  if (!allIn(bytes, 0, methodEnd, TOKEN)) {
    throw new ProtocolError("The method is not a token");
  }
  const method = text.slice(0, methodEnd);
  const minorVersion = parseVersion(text.slice(targetEnd + 1, lineEnd));
  if (!allIn(bytes, methodEnd + 1, targetEnd, TARGET)) {
    throw new ProtocolError(
      "The request target holds octets that have to be percent-encoded",
    );
  }
  const fields = parseFields(bytes, text, lineEnd + 2, limits);
  const host = checkHost(fields, minorVersion);
  const target = originForm(method, text.slice(methodEnd + 1, targetEnd), host);
  return { method, target, minorVersion, ...fields };
}

/**
 * Parses a whole response head with its empty line (RFC 9112, section 4).
 *
 * @throws {ProtocolError} Always with status 502: the upstream broke the protocol.
 */
export function parseResponseHead(
  bytes: Uint8Array,
  limits: HeadLimits = HEAD_LIMITS,
): ResponseHead {
  try {
    const text = octetsToText(bytes);
    const lineEnd = lineEndAfter(text, 0);
    const line = text.slice(0, lineEnd);
    const minorVersion = parseVersion(line.slice(0, 8));
    const code = line.slice(9, 12);
    if (
      line[8] !== " " || !/^[1-9][0-9]{2}$/.test(code) ||
      (line.length > 12 && line[12] !== " ")
    ) {
      throw new ProtocolError(
        "The status line is not HTTP/1.1 SP STATUS SP REASON",
      );
    }
    if (!allIn(bytes, 12, lineEnd, FIELD_VALUE)) {
      throw new ProtocolError("The reason phrase holds control characters");
    }
    const fields = parseFields(bytes, text, lineEnd + 2, limits);
    return {
      status: Number(code),
      reason: line.slice(13),
      minorVersion,
      ...fields,
    };
  } catch (error) {
    if (error instanceof ProtocolError) {
      throw new ProtocolError(error.message, 502);
    }
    throw error;
  }
}

/** The index of the CR of the CRLF that ends the line; a bare CR or LF on the way is refused. */
function lineEndAfter(text: string, start: number): number {
  const lf = text.indexOf("\n", start);
  const cr = text.indexOf("\r", start);
  if (lf < 0 || cr !== lf - 1) {
    throw new ProtocolError("A line of the head does not end with CR LF");
  }
  return cr;
}

function parseVersion(version: string): 0 | 1 {
  if (version === "HTTP/1.1") return 1;
  if (version === "HTTP/1.0") return 0;
  if (/^HTTP\/[0-9]\.[0-9]$/.test(version)) {
    throw new ProtocolError("Only HTTP/1.1 and HTTP/1.0 are spoken here");
  }
  throw new ProtocolError("The start line names no HTTP version");
}

/** Parses field lines up to the empty line that has to end `bytes` (RFC 9112, section 5). */
export function parseFields(
  bytes: Uint8Array,
  text: string,
  start: number,
  limits: HeadLimits,
): Pick<MessageHead, "fields" | "lowerNames"> {
  const fields: HeaderField[] = [];
  const lowerNames: string[] = [];
  let position = start;
  for (;;) {
    const end = lineEndAfter(text, position);
    if (end === position) break;
    if (end - position > limits.fieldLine) {
      throw new ProtocolError("A field line is too long");
    }
    if (fields.length >= limits.fields) {
      throw new ProtocolError("There are too many fields");
    }
    const field = parseField(bytes, text, position, end);
    fields.push(field);
    lowerNames.push(field[0].toLowerCase());
    position = end + 2;
  }
  if (position + 2 !== bytes.length) {
    throw new ProtocolError("The head goes on after its empty line");
  }
  return { fields, lowerNames };
}

function parseField(
  bytes: Uint8Array,
  text: string,
  start: number,
  end: number,
): HeaderField {
  const first = bytes[start];
  if (first === SP || first === HTAB) {
    throw new ProtocolError(
      "A field line begins with white space (obsolete line folding)",
    );
  }
  const colon = text.indexOf(":", start);
  if (colon <= start || colon >= end || !allIn(bytes, start, colon, TOKEN)) {
    throw new ProtocolError(
      "A field line is not NAME: VALUE with a token as its name",
    );
  }
  if (!allIn(bytes, colon + 1, end, FIELD_VALUE)) {
    throw new ProtocolError("A field value holds control characters");
  }
  let from = colon + 1;
  let to = end;
  while (from < to && (bytes[from] === SP || bytes[from] === HTAB)) from++;
  while (to > from && (bytes[to - 1] === SP || bytes[to - 1] === HTAB)) to--;
  return [text.slice(start, colon), text.slice(from, to)];
}

/** The one Host field's value (RFC 9112, section 3.2). */
function checkHost(
  head: Pick<MessageHead, "fields" | "lowerNames">,
  minorVersion: 0 | 1,
): string | undefined {
  const index = head.lowerNames.indexOf("host");
  if (index < 0) {
    if (minorVersion === 1) {
      throw new ProtocolError("The Host field is missing");
    }
    return undefined;
  }
  const host = head.fields[index]?.[1] ?? "";
  if (
    head.lowerNames.indexOf("host", index + 1) >= 0 || !textIsIn(host, HOST)
  ) {
    throw new ProtocolError(
      "There has to be one Host field with a valid authority",
    );
  }
  return host;
}

/**
 * CONNECT is for proxies of another kind. TRACE has the server send back what
 * it was sent, the real credentials too (RFC 9110, section 9.3.8).
 */
const UNSERVED_METHODS: ReadonlySet<string> = new Set(["CONNECT", "TRACE"]);

/** The target as origin-form (RFC 9112, section 3.2.1). */
function originForm(
  method: string,
  target: string,
  host: string | undefined,
): string {
  if (UNSERVED_METHODS.has(method)) {
    throw new ProtocolError(`${method} is not served here`, 405);
  }
  if (target.startsWith("/")) return target;
  if (target === "*" && method === "OPTIONS") return target;
  const absolute = /^https?:\/\/([^/?@]+)((?:[/?].*)?)$/i.exec(target);
  if (absolute === null || absolute[1]?.toLowerCase() !== host?.toLowerCase()) {
    throw new ProtocolError(
      "The request target is neither a path nor a URL of this host",
    );
  }
  const rest = absolute[2] ?? "";
  return rest.startsWith("/") ? rest : `/${rest}`;
}

/**
 * Where a body ends (RFC 9112, section 6), and what of a head belongs to one
 * connection alone (RFC 9110, section 7.6.1).
 *
 * @module
 */

import {
  allValues,
  type Framing,
  type HeaderField,
  listMembers,
  type MessageHead,
  type RequestHead,
  type ResponseHead,
} from "./message.ts";
import { ProtocolError } from "./protocol_error.ts";

const NONE: Framing = { kind: "none" };
const CHUNKED: Framing = { kind: "chunked" };
const CLOSE: Framing = { kind: "close" };

/**
 * The framing of a request's body.
 *
 * @throws {ProtocolError} 400 for every combination that two readers may read in two ways.
 */
export function requestFraming(head: RequestHead): Framing {
  return declaredFraming(head) ?? NONE;
}

/**
 * The framing of a response's body to a request of that method.
 *
 * @throws {ProtocolError} 502 for contradictory framing.
 */
export function responseFraming(head: ResponseHead, method: string): Framing {
  let declared: Framing | undefined;
  try {
    declared = declaredFraming(head);
  } catch (error) {
    if (error instanceof ProtocolError) {
      throw new ProtocolError(error.message, 502);
    }
    throw error;
  }
  if (
    method === "HEAD" || head.status < 200 || head.status === 204 ||
    head.status === 304
  ) {
    return NONE;
  }
  return declared ?? CLOSE;
}

/**
 * The framing that a response's head tells of, also where no body follows: in
 * the answer to HEAD, or in a 304. Undefined where it tells of none.
 *
 * @throws {ProtocolError} 502 for contradictory framing.
 */
export function describedFraming(head: ResponseHead): Framing | undefined {
  try {
    return declaredFraming(head);
  } catch (error) {
    if (error instanceof ProtocolError) {
      throw new ProtocolError(error.message, 502);
    }
    throw error;
  }
}

function declaredFraming(head: MessageHead): Framing | undefined {
  const codings = head.lowerNames.includes("transfer-encoding")
    ? allValues(head, "transfer-encoding")
    : undefined;
  const lengths = head.lowerNames.includes("content-length")
    ? allValues(head, "content-length")
    : undefined;
  if (codings !== undefined) {
    if (lengths !== undefined) {
      throw new ProtocolError(
        "Content-Length and Transfer-Encoding exclude each other",
      );
    }
    if (head.minorVersion === 0) {
      throw new ProtocolError("HTTP/1.0 has no Transfer-Encoding");
    }
    if (codings.length !== 1 || codings[0]?.toLowerCase() !== "chunked") {
      throw new ProtocolError(
        "The only transfer coding spoken here is chunked, once",
      );
    }
    return CHUNKED;
  }
  if (lengths === undefined) return undefined;
  const [value] = lengths;
  if (
    lengths.length !== 1 || value === undefined || !/^[0-9]{1,16}$/.test(value)
  ) {
    throw new ProtocolError("Content-Length is not one decimal number");
  }
  const length = Number(value);
  if (!Number.isSafeInteger(length)) {
    throw new ProtocolError("Content-Length is too large", 413);
  }
  return length === 0
    ? { kind: "length", length: 0 }
    : { kind: "length", length };
}

/** Whether a message of that framing has a body to read. */
export function hasBody(framing: Framing): boolean {
  return framing.kind === "length"
    ? framing.length > 0
    : framing.kind !== "none";
}

/** The field lines that declare a framing; none for `close` and `none`. */
export function framingFields(framing: Framing): HeaderField[] {
  if (framing.kind === "chunked") return [["Transfer-Encoding", "chunked"]];
  if (framing.kind === "length") {
    return [["Content-Length", String(framing.length)]];
  }
  return [];
}

/** Whether the sender keeps the connection open afterwards (RFC 9112, section 9.3). */
export function isPersistent(head: MessageHead): boolean {
  const connection = head.lowerNames.includes("connection")
    ? listMembers(head, "connection")
    : [];
  if (connection.includes("close")) return false;
  return head.minorVersion === 1 || connection.includes("keep-alive");
}

/** Whether the head asks for, or grants, another protocol (RFC 9110, section 7.8). */
export function isUpgrade(head: MessageHead): boolean {
  return head.minorVersion === 1 && head.lowerNames.includes("upgrade") &&
    listMembers(head, "connection").includes("upgrade");
}

/**
 * Protocols that would carry further requests past everything that is checked
 * here, each with whatever it likes in its head.
 */
const REFUSED_PROTOCOL = /^(?:h2c|http\/.*|tls\/.*)$/i;

/**
 * The protocols that a request asks to switch to; empty where it asks for none,
 * or for none that can go through a tunnel unseen.
 */
export function requestedProtocols(head: RequestHead): readonly string[] {
  if (!isUpgrade(head)) return [];
  return allValues(head, "upgrade").flatMap((value) => value.split(","))
    .map((protocol) => protocol.trim())
    .filter((protocol) => protocol !== "" && !REFUSED_PROTOCOL.test(protocol));
}

/** Whether a 101 switches to protocols that were all asked for (RFC 9110, section 7.8). */
export function grantsProtocol(
  head: ResponseHead,
  requested: readonly string[],
): boolean {
  const granted = isUpgrade(head) ? listMembers(head, "upgrade") : [];
  const asked = requested.map((protocol) => protocol.toLowerCase());
  return granted.length > 0 &&
    granted.every((protocol) => asked.includes(protocol));
}

/** Fields that concern one connection alone, whether or not Connection names them. */
const CONNECTION_FIELDS: ReadonlySet<string> = new Set([
  "connection",
  "http2-settings",
  "keep-alive",
  "proxy-authenticate",
  "proxy-authentication-info",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "upgrade",
  // The framing is said anew from what was understood, never copied.
  "content-length",
  "transfer-encoding",
]);

/**
 * The fields that go on to the next connection: without those of this one,
 * those that Connection names, and those that `drops` names.
 */
export function forwardedFields(
  head: MessageHead,
  drops?: (lowerName: string) => boolean,
): HeaderField[] {
  const named = head.lowerNames.includes("connection")
    ? listMembers(head, "connection")
    : [];
  const forwarded: HeaderField[] = [];
  for (let index = 0; index < head.fields.length; index++) {
    const field = head.fields[index];
    const lowerName = head.lowerNames[index];
    if (field === undefined || lowerName === undefined) continue;
    if (CONNECTION_FIELDS.has(lowerName) || drops?.(lowerName)) continue;
    if (named.length > 0 && named.includes(lowerName)) continue;
    forwarded.push(field);
  }
  return forwarded;
}

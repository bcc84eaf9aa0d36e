/**
 * Writing message heads (RFC 9112, sections 3 and 4).
 *
 * @module
 */

import type { HeaderField } from "./message.ts";

/** A request head as text of one character per octet, with its empty line. */
export function requestHeadText(
  method: string,
  target: string,
  minorVersion: 0 | 1,
  fields: readonly HeaderField[],
): string {
  return fieldLines(`${method} ${target} HTTP/1.${minorVersion}\r\n`, fields);
}

/** A response head as text of one character per octet, with its empty line. Always HTTP/1.1. */
export function responseHeadText(
  status: number,
  reason: string,
  fields: readonly HeaderField[],
): string {
  return fieldLines(`HTTP/1.1 ${status} ${reason}\r\n`, fields);
}

function fieldLines(start: string, fields: readonly HeaderField[]): string {
  let text = start;
  for (const field of fields) text += `${field[0]}: ${field[1]}\r\n`;
  return text + "\r\n";
}

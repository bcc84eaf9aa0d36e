/**
 * Distinguished names as text for people.
 *
 * @module
 */

import { type DerElement, readElements } from "./der.ts";
import { toHex } from "./octet_text.ts";

/** Attribute types by object identifier in hexadecimal (RFC 4519). */
const attributeNames: ReadonlyMap<string, string> = new Map([
  ["550403", "CN"],
  ["550405", "serialNumber"],
  ["550406", "C"],
  ["550407", "L"],
  ["550408", "ST"],
  ["55040a", "O"],
  ["55040b", "OU"],
]);

const bmpString = 0x1e;

/**
 * A DER-encoded Name (RFC 5280, section 4.1.2.4) as text, in the order of the
 * encoding, with what would confuse a reader escaped (RFC 4514, section 2.4).
 *
 * @throws {McaError} `certificate` where the bytes are not DER.
 *
 * @example
 * ```ts
 * import { formatName } from "./distinguished_name.ts";
 *
 * console.log(formatName(Uint8Array.of(48, 0)) === ""); // true
 * ```
 */
export function formatName(encoded: Uint8Array<ArrayBuffer>): string {
  return readElements(encoded).flatMap((sequence) =>
    readElements(sequence.content).map((set) =>
      readElements(set.content).map(formatAttribute).join("+")
    )
  ).join(", ");
}

function formatAttribute(attribute: DerElement): string {
  const [type, value] = readElements(attribute.content);
  const id = type === undefined ? "" : toHex(type.content);
  const encoding = value?.tag === bmpString ? "utf-16be" : "utf-8";
  const text = new TextDecoder(encoding).decode(value?.content);
  return `${attributeNames.get(id) ?? `#${id}`}=${escape(text)}`;
}

function escape(text: string): string {
  return text.replace(/[,+"\\<>;=]/g, "\\$&").replace(
    // deno-lint-ignore no-control-regex
    /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g,
    (char) => `\\${char.charCodeAt(0).toString(16).padStart(2, "0")}`,
  );
}

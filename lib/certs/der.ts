/**
 * Reading DER (X.690): as much as it takes to learn facts from a certificate
 * without loading an X.509 library, which costs a proxy's start more than
 * everything else it does.
 *
 * @module
 */

import { McaError } from "../errors.ts";

/** One element: its tag octet, its content, and the whole of it. */
export interface DerElement {
  readonly tag: number;
  readonly content: Uint8Array<ArrayBuffer>;
  /** Tag, length and content as they stand. */
  readonly encoded: Uint8Array<ArrayBuffer>;
}

/** Tag octets of the types that a certificate is made of. */
export const derTags = {
  boolean: 0x01,
  integer: 0x02,
  bitString: 0x03,
  octetString: 0x04,
  objectIdentifier: 0x06,
  utcTime: 0x17,
  generalizedTime: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** The tag octet of a context-specific type, primitive unless said otherwise. */
export function contextTag(number: number, constructed = false): number {
  return 0x80 | (constructed ? 0x20 : 0) | number;
}

/**
 * The elements that follow each other in `bytes`, to the last octet.
 *
 * @throws {McaError} `certificate` where the bytes are not DER.
 *
 * @example
 * ```ts
 * import { readElements } from "./der.ts";
 *
 * const [yes] = readElements(Uint8Array.of(1, 1, 255));
 * console.log(yes?.tag, yes?.content); // 1 Uint8Array [255]
 * ```
 */
export function readElements(bytes: Uint8Array<ArrayBuffer>): DerElement[] {
  const elements: DerElement[] = [];
  for (let at = 0; at < bytes.length;) {
    const element = readElementAt(bytes, at);
    elements.push(element);
    at += element.encoded.length;
  }
  return elements;
}

/**
 * Encodes one element around its contents.
 *
 * @example
 * ```ts
 * import { derTags, encodeElement } from "./der.ts";
 *
 * console.log(encodeElement(derTags.integer, Uint8Array.of(0))); // Uint8Array [2, 1, 0]
 * ```
 */
export function encodeElement(
  tag: number,
  ...contents: readonly Uint8Array[]
): Uint8Array<ArrayBuffer> {
  const length = contents.reduce((sum, part) => sum + part.length, 0);
  const head = [tag, ...encodeLength(length)];
  const encoded = new Uint8Array(head.length + length);
  encoded.set(head);
  let at = head.length;
  for (const part of contents) {
    encoded.set(part, at);
    at += part.length;
  }
  return encoded;
}

/**
 * The element, which must be there and have the tag.
 *
 * @throws {McaError} `certificate`, naming `what`, otherwise.
 *
 * @example
 * ```ts
 * import { derTags, expectElement, readElements } from "./der.ts";
 *
 * const [element] = readElements(Uint8Array.of(1, 1, 255));
 * console.log(expectElement(element, derTags.boolean, "a flag").content[0]); // 255
 * ```
 */
export function expectElement(
  element: DerElement | undefined,
  tag: number,
  what: string,
): DerElement {
  if (element?.tag !== tag) throw malformed(what);
  return element;
}

/** The error for a certificate whose part `what` is not as it must be. */
export function malformed(what: string): McaError {
  return new McaError("certificate", `Cannot read ${what} of the certificate`, {
    hint: "The certificate is damaged; make it anew.",
  });
}

function readElementAt(
  bytes: Uint8Array<ArrayBuffer>,
  start: number,
): DerElement {
  const tag = byteAt(bytes, start);
  if ((tag & 0x1f) === 0x1f) throw notDer("a tag number above 30");
  let at = start + 1;
  let length = byteAt(bytes, at++);
  if (length === 0x80) throw notDer("an indefinite length");
  if (length > 0x80) {
    const octets = length & 0x7f;
    if (octets > 4) throw notDer("a length of more than 4 octets");
    length = 0;
    for (let i = 0; i < octets; i++) {
      length = length * 256 + byteAt(bytes, at++);
    }
    if (encodeLength(length).length !== octets + 1) {
      throw notDer("a length in more octets than it needs");
    }
  }
  if (length > bytes.length - at) throw notDer("an early end");
  return {
    tag,
    content: bytes.subarray(at, at + length),
    encoded: bytes.subarray(start, at + length),
  };
}

function encodeLength(length: number): number[] {
  if (length < 0x80) return [length];
  const octets: number[] = [];
  for (let rest = length; rest > 0; rest = Math.floor(rest / 256)) {
    octets.unshift(rest % 256);
  }
  return [0x80 | octets.length, ...octets];
}

function byteAt(bytes: Uint8Array, at: number): number {
  const byte = bytes[at];
  if (byte === undefined) throw notDer("an early end");
  return byte;
}

function notDer(what: string): McaError {
  return new McaError("certificate", `Expected DER, found ${what}`, {
    hint: "The data is cut short or is not a certificate; make it anew.",
  });
}

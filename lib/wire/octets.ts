/**
 * Octets and their classes (RFC 9110, section 5.6; RFC 5234, appendix B.1), and
 * text of one character per octet.
 *
 * @module
 */

/** `tchar` (RFC 9110, section 5.6.2). */
export const TOKEN = 1;
/** What a field value may hold: VCHAR, obs-text, SP and HTAB (RFC 9110, section 5.5). */
export const FIELD_VALUE = 2;
/**
 * What a request target may hold. Wider than RFC 3986 as far as every reader
 * agrees on it: visible ASCII but for `#`, which some readers cut at.
 */
export const TARGET = 4;
/** `HEXDIG`, in either case. */
export const HEX = 8;
/** What a Host field may hold (RFC 9110, section 7.2). */
export const HOST = 16;

const CLASSES = classify();

function classify(): Uint8Array {
  const classes = new Uint8Array(256);
  const mark = (characters: string, flag: number): void => {
    for (const character of characters) {
      const octet = character.charCodeAt(0);
      classes[octet] = (classes[octet] ?? 0) | flag;
    }
  };
  const alphanumeric =
    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
  mark("!#$%&'*+-.^_`|~" + alphanumeric, TOKEN);
  mark("0123456789ABCDEFabcdef", HEX);
  mark("!$%&'()*+,-.:;=[]_~" + alphanumeric, HOST);
  for (let octet = 0x20; octet <= 0xff; octet++) {
    if (octet !== 0x7f) classes[octet] = (classes[octet] ?? 0) | FIELD_VALUE;
  }
  classes[0x09] = FIELD_VALUE;
  for (let octet = 0x21; octet <= 0x7e; octet++) {
    if (octet !== 0x23) classes[octet] = (classes[octet] ?? 0) | TARGET;
  }
  return classes;
}

/** Whether every octet of `bytes` from `start` up to `end` is in the class. */
export function allIn(
  bytes: Uint8Array,
  start: number,
  end: number,
  flag: number,
): boolean {
  for (let index = start; index < end; index++) {
    if (((CLASSES[bytes[index] ?? 0] ?? 0) & flag) === 0) return false;
  }
  return true;
}

/** Whether one octet is in the class. */
export function isIn(octet: number, flag: number): boolean {
  return ((CLASSES[octet] ?? 0) & flag) !== 0;
}

/** Whether every character of `text` is an octet of the class. */
export function textIsIn(text: string, flag: number): boolean {
  for (let index = 0; index < text.length; index++) {
    const code = text.charCodeAt(index);
    if (code > 0xff || ((CLASSES[code] ?? 0) & flag) === 0) return false;
  }
  return true;
}

/** The value of a hexadecimal digit; -1 for any other octet. */
export function hexValue(octet: number): number {
  if (octet >= 0x30 && octet <= 0x39) return octet - 0x30;
  const lower = octet | 0x20;
  return lower >= 0x61 && lower <= 0x66 ? lower - 0x57 : -1;
}

const ASCII = new TextDecoder();

/** One character per octet. */
export function octetsToText(bytes: Uint8Array): string {
  let seen = 0;
  for (let index = 0; index < bytes.length; index++) seen |= bytes[index] ?? 0;
  // The decoder is three times as fast, but its "latin1" is windows-1252.
  if (seen < 0x80) return ASCII.decode(bytes);
  let text = "";
  for (let index = 0; index < bytes.length; index++) {
    text += String.fromCharCode(bytes[index] ?? 0);
  }
  return text;
}

const ENCODER = new TextEncoder();

/** The reverse of {@link octetsToText}; tells the number of octets written. */
export function writeText(
  text: string,
  into: Uint8Array,
  offset: number,
): number {
  // The encoder is several times as fast, but writes UTF-8: the same for ASCII alone.
  // What it writes too much is behind the text, where nothing is yet.
  const room = offset === 0 ? into : into.subarray(offset);
  const { read, written } = ENCODER.encodeInto(text, room);
  if (read === text.length && written === read) return written;
  for (let index = 0; index < text.length; index++) {
    into[offset + index] = text.charCodeAt(index);
  }
  return text.length;
}

/** The octets of a text of one character per octet. */
export function textToOctets(text: string): Uint8Array {
  const bytes = new Uint8Array(text.length);
  writeText(text, bytes, 0);
  return bytes;
}

/**
 * Octets as text: hexadecimal and base64 (RFC 4648). `Uint8Array` has both by
 * now, but not in the Node that most people run.
 *
 * @module
 */

/** Two lower-case hexadecimal digits for each octet. */
export function toHex(octets: Uint8Array): string {
  let text = "";
  for (const octet of octets) text += octet.toString(16).padStart(2, "0");
  return text;
}

/**
 * The octets of an even number of hexadecimal digits.
 *
 * @throws {SyntaxError} For any other text.
 */
export function fromHex(text: string): Uint8Array<ArrayBuffer> {
  if (!/^(?:[0-9a-f]{2})*$/i.test(text)) {
    throw new SyntaxError("Expected pairs of hexadecimal digits");
  }
  const octets = new Uint8Array(text.length / 2);
  for (let index = 0; index < octets.length; index++) {
    octets[index] = parseInt(text.slice(index * 2, index * 2 + 2), 16);
  }
  return octets;
}

/** Base64 with padding, on one line. */
export function toBase64(octets: Uint8Array): string {
  let binary = "";
  for (const octet of octets) binary += String.fromCharCode(octet);
  return btoa(binary);
}

/**
 * The octets of base64; white space in it does not matter.
 *
 * @throws {DOMException} For any other text.
 */
export function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}

/**
 * IP addresses between text and the octets of a certificate (RFC 5280,
 * section 4.2.1.6).
 *
 * @module
 */

const dottedQuad = /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/;
const ipv6Characters = /^[0-9a-fA-F:.]+$/;

/**
 * The octets of an IP address in network order: 4 for IPv4, 16 for IPv6; null
 * where the text is no IP address. Zones (`fe80::1%eth0`), prefixes and
 * brackets are not part of an address.
 *
 * @example
 * ```ts
 * import { parseIpAddress } from "./ip_address.ts";
 *
 * console.log(parseIpAddress("127.0.0.1")); // Uint8Array [127, 0, 0, 1]
 * console.log(parseIpAddress("localhost")); // null
 * ```
 */
export function parseIpAddress(text: string): Uint8Array<ArrayBuffer> | null {
  if (dottedQuad.test(text)) {
    const octets = text.split(".").map(Number);
    return octets.every((octet) => octet < 256)
      ? Uint8Array.from(octets)
      : null;
  }
  if (!text.includes(":") || !ipv6Characters.test(text)) return null;
  const url = URL.parse(`http://[${text}]/`);
  return url === null ? null : ipv6Octets(url.hostname.slice(1, -1));
}

/**
 * The canonical text of an IP address (RFC 5952 for IPv6, in hexadecimal
 * throughout).
 *
 * @throws {RangeError} Where there are neither 4 nor 16 octets.
 *
 * @example
 * ```ts
 * import { formatIpAddress, parseIpAddress } from "./ip_address.ts";
 *
 * const octets = parseIpAddress("2001:DB8:0:0::1");
 * console.log(octets && formatIpAddress(octets)); // 2001:db8::1
 * ```
 */
export function formatIpAddress(octets: Uint8Array): string {
  if (octets.length === 4) return octets.join(".");
  if (octets.length !== 16) {
    throw new RangeError(
      `An IP address has 4 or 16 octets, not ${octets.length}`,
    );
  }
  const view = new DataView(octets.buffer, octets.byteOffset, 16);
  const groups = Array.from(
    { length: 8 },
    (_, index) => view.getUint16(index * 2).toString(16),
  );
  return new URL(`http://[${groups.join(":")}]/`).hostname.slice(1, -1);
}

/** Octets of an address as the URL Standard serialises it: no dotted part, one `::` at most. */
function ipv6Octets(serialised: string): Uint8Array<ArrayBuffer> {
  const [head = "", tail] = serialised.split("::");
  const before = head === "" ? [] : head.split(":");
  const after = tail === undefined || tail === "" ? [] : tail.split(":");
  const zeros = new Array<string>(8 - before.length - after.length).fill("0");
  const octets = new Uint8Array(16);
  const view = new DataView(octets.buffer);
  [...before, ...zeros, ...after].forEach((group, index) =>
    view.setUint16(index * 2, parseInt(group, 16))
  );
  return octets;
}

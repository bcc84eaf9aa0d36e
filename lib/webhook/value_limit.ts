/**
 * How much a review may hold, however few octets it takes.
 *
 * @module
 */

/**
 * How many values a review may hold, those within others included; an object or
 * a list within others counts twice. In memory each takes up to 70 octets, though
 * in JSON it may take two: seven megabytes of `[],[],[]` would be half a
 * gigabyte. Nobody's pod comes near it: one of 200 KiB has ten thousand values,
 * and one that etcd would store (1.5 MiB) hardly more than a hundred thousand.
 */
export const VALUE_LIMIT = 200_000;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
/** What precedes a value, or another one: `,`, `[` and `{`. */
const OPENERS = new Uint8Array(256);
for (const character of ",[{") OPENERS[character.charCodeAt(0)] = 1;

/**
 * Whether the JSON holds more than {@link VALUE_LIMIT} values. Looks at the
 * octets alone, before anything is made of them; what is no JSON may be told
 * either way.
 *
 * @example
 * ```ts
 * import { holdsTooManyValues } from "./value_limit.ts";
 *
 * console.log(holdsTooManyValues(new TextEncoder().encode("[1, 2]"))); // false
 * ```
 */
export function holdsTooManyValues(json: Uint8Array): boolean {
  // Each takes an octet at least, so most reviews need no look.
  if (json.length <= VALUE_LIMIT) return false;
  let count = 0;
  for (let at = 0; at < json.length; at++) {
    const octet = json[at] ?? 0;
    if (octet === QUOTE) {
      at = stringEnd(json, at);
    } else if (OPENERS[octet] === 1 && ++count > VALUE_LIMIT) return true;
  }
  return false;
}

/** Where the string that begins there ends; the end of all where it does not. */
function stringEnd(json: Uint8Array, start: number): number {
  for (let at = start;;) {
    at = json.indexOf(QUOTE, at + 1);
    if (at < 0) return json.length;
    let slashes = 0;
    while (json[at - 1 - slashes] === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return at;
  }
}

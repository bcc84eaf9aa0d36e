import { strictEqual } from "node:assert/strict";
import {
  allIn,
  FIELD_VALUE,
  HEX,
  hexValue,
  HOST,
  isIn,
  octetsToText,
  TARGET,
  textIsIn,
  textToOctets,
  TOKEN,
  writeText,
} from "../../../lib/wire/octets.ts";

/** The classes by the RFCs' words, told apart from the table in the code. */
const CLASSES: readonly (readonly [
  name: string,
  flag: number,
  holds: (octet: number) => boolean,
])[] = [
  ["TOKEN", TOKEN, (octet) => /^[-!#$%&'*+.^_`|~0-9A-Za-z]$/.test(char(octet))],
  [
    "FIELD_VALUE",
    FIELD_VALUE,
    (octet) => octet === 9 || (octet >= 32 && octet !== 127),
  ],
  [
    "TARGET",
    TARGET,
    (octet) => octet > 32 && octet < 127 && char(octet) !== "#",
  ],
  ["HEX", HEX, (octet) => /^[0-9A-Fa-f]$/.test(char(octet))],
  [
    "HOST",
    HOST,
    (octet) => /^[-!$%&'()*+,.:;=[\]_~0-9A-Za-z]$/.test(char(octet)),
  ],
];

function char(octet: number): string {
  return String.fromCharCode(octet);
}

for (const [name, flag, holds] of CLASSES) {
  Deno.test(`${name} holds the octets of its rule and no others`, () => {
    for (let octet = 0; octet < 256; octet++) {
      strictEqual(isIn(octet, flag), holds(octet), `${octet}`);
      strictEqual(textIsIn(char(octet), flag), holds(octet), `${octet}`);
      strictEqual(allIn(Uint8Array.of(octet), 0, 1, flag), holds(octet));
    }
    strictEqual(isIn(256, flag), false);
    strictEqual(textIsIn("\u0141", flag), false);
  });
}

Deno.test("allIn() looks from start up to end and no further", () => {
  const octets = textToOctets(" abc ");
  strictEqual(allIn(octets, 1, 4, TOKEN), true);
  strictEqual(allIn(octets, 0, 4, TOKEN), false);
  strictEqual(allIn(octets, 1, 5, TOKEN), false);
  strictEqual(allIn(octets, 2, 2, TOKEN), true);
});

Deno.test("hexValue() reads digits of either case, and nothing else", () => {
  for (let octet = 0; octet < 256; octet++) {
    const value = parseInt(char(octet), 16);
    strictEqual(hexValue(octet), Number.isNaN(value) ? -1 : value, `${octet}`);
  }
});

Deno.test("octetsToText() and writeText() keep every octet", () => {
  const all = Uint8Array.from({ length: 256 }, (_, octet) => octet);
  const text = octetsToText(all);
  strictEqual(text.length, 256);
  for (let octet = 0; octet < 256; octet++) {
    strictEqual(text.charCodeAt(octet), octet);
  }
  strictEqual(octetsToText(all.subarray(0, 128)), text.slice(0, 128));
  // The mark of UTF-8 is three octets like any others.
  strictEqual(octetsToText(textToOctets("\xef\xbb\xbfa")), "\xef\xbb\xbfa");
  const into = new Uint8Array(258);
  strictEqual(writeText(text, into, 1), 256);
  strictEqual(octetsToText(into), `\0${text}\0`);
});

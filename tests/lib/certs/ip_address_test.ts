import assert from "node:assert/strict";
import {
  formatIpAddress,
  parseIpAddress,
} from "../../../lib/certs/ip_address.ts";

const addresses = [
  ["127.0.0.1", "7f000001", "127.0.0.1"],
  ["255.255.255.255", "ffffffff", "255.255.255.255"],
  ["0.0.0.0", "00000000", "0.0.0.0"],
  ["::1", "00000000000000000000000000000001", "::1"],
  ["::", "00000000000000000000000000000000", "::"],
  ["0:0:0:0:0:0:0:1", "00000000000000000000000000000001", "::1"],
  ["2001:DB8::00A", "20010db800000000000000000000000a", "2001:db8::a"],
  ["1::", "00010000000000000000000000000000", "1::"],
  // RFC 5952: one zero group is not shortened, of two equal runs the first is.
  ["1:0:2:3:4:5:6:7", "00010000000200030004000500060007", "1:0:2:3:4:5:6:7"],
  ["1:0:0:2:0:0:3:4", "00010000000000020000000000030004", "1::2:0:0:3:4"],
  ["1:0:0:2:0:0:0:4", "00010000000000020000000000000004", "1:0:0:2::4"],
  ["::ffff:10.0.0.1", "00000000000000000000ffff0a000001", "::ffff:a00:1"],
] as const;

for (const [text, octets, canonical] of addresses) {
  Deno.test(`parseIpAddress() reads ${text}`, () => {
    assert.equal(parseIpAddress(text)?.toHex(), octets);
  });
  Deno.test(`formatIpAddress() writes ${canonical} for ${text}`, () => {
    assert.equal(formatIpAddress(Uint8Array.fromHex(octets)), canonical);
  });
}

const others = [
  "",
  "localhost",
  "127.1",
  "127.0.0.01",
  "0x7f.0.0.1",
  "2130706433",
  "1.2.3.256",
  "1.2.3.4.5",
  "1.2.3.4 ",
  "[::1]",
  "::1%eth0",
  "::1/128",
  ":::",
  "1::2::3",
  "1:2:3:4:5:6:7",
  "1:2:3:4:5:6:7:8:9",
  "12345::",
  "::]:80/[",
  ":",
];

for (const text of others) {
  Deno.test(`parseIpAddress() refuses ${JSON.stringify(text)}`, () => {
    assert.equal(parseIpAddress(text), null);
  });
}

Deno.test("formatIpAddress() refuses other lengths", () => {
  assert.throws(() => formatIpAddress(new Uint8Array(5)), RangeError);
});

Deno.test("formatIpAddress() reads from within a larger buffer", () => {
  const buffer = new Uint8Array(20);
  buffer[18] = 2;
  assert.equal(formatIpAddress(buffer.subarray(3, 19)), "::2");
});

import { deepStrictEqual } from "node:assert/strict";
import { textToOctets } from "../../../lib/wire/octets.ts";
import { recordBoundary } from "../../../lib/wire/record_boundary.ts";

const PROTOBUF = "application/vnd.kubernetes.protobuf;stream=watch";

/** Streams, and the places at which a record has just ended. */
const STREAMS: readonly (readonly [
  contentType: string,
  isEncoded: boolean,
  data: string,
  boundaries: readonly number[],
])[] = [
  ["application/json", false, "{}\n[]\n", [0, 3, 6]],
  ["Application/JSON; charset=utf-8", false, "a\n\n", [0, 2, 3]],
  ["application/yaml", false, "a\n", [0, 2]],
  [PROTOBUF, false, "\0\0\0\x02ab\0\0\0\x01\n", [0, 6, 11]],
  [PROTOBUF, false, "\0\0\0\0\0\0\0\x01\n", [0, 4, 9]],
  [PROTOBUF, false, `\0\0\x01\x02${"x".repeat(258)}`, [0, 262]],
  ["application/json", true, "{}\n", [0]],
  ["application/cbor-seq", false, "\xa0", [0]],
  ["", false, "a\n", [0]],
];
for (const [contentType, isEncoded, data, boundaries] of STREAMS) {
  Deno.test(`recordBoundary() of ${contentType}${isEncoded ? ", encoded" : ""} finds ${boundaries}`, () => {
    const octets = textToOctets(data);
    const found = Array.from({ length: octets.length + 1 }, (_, end) => end)
      .filter((end) => {
        // In every split in two.
        const results = Array.from({ length: end + 1 }, (_, cut) => {
          const boundary = recordBoundary(contentType, isEncoded);
          boundary.follow(octets, 0, cut);
          boundary.follow(octets, cut, end);
          return boundary.isReached;
        });
        deepStrictEqual(new Set(results).size, 1);
        return results[0];
      });
    deepStrictEqual(found, boundaries);
  });
}

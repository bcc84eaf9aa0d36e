import { deepStrictEqual, strictEqual } from "node:assert/strict";
import { type Body, bodyOf } from "../../../lib/wire/body.ts";
import { ChunkedBody } from "../../../lib/wire/chunked_body.ts";
import { octetsToText, textToOctets } from "../../../lib/wire/octets.ts";
import { throwsProtocolError } from "./protocol_fault.ts";

/** Feeds the text in pieces of that size; returns how much was taken. */
function feed(body: Body, text: string, size = text.length): number {
  let taken = 0;
  while (taken < text.length && !body.isComplete) {
    const piece = textToOctets(text.slice(taken, taken + size));
    const count = body.take(piece);
    taken += count;
    if (count < piece.length) break;
  }
  return taken;
}

Deno.test("bodyOf() follows a length to its last octet", () => {
  for (const size of [1, 2, 100]) {
    const body = bodyOf({ kind: "length", length: 5 });
    strictEqual(body.mayEnd(), false);
    strictEqual(feed(body, "abcdeGET /", size), 5);
    strictEqual(body.isComplete, true);
    strictEqual(body.mayEnd(), true);
    strictEqual(body.take(textToOctets("more")), 0);
  }
});

Deno.test("bodyOf() has nothing to take where there is no body", () => {
  for (
    const framing of [{ kind: "none" }, { kind: "length", length: 0 }] as const
  ) {
    const body = bodyOf(framing);
    strictEqual(body.isComplete, true);
    strictEqual(body.take(textToOctets("GET /")), 0);
  }
});

Deno.test("bodyOf() takes all until the end where nothing else ends it", () => {
  const body = bodyOf({ kind: "close" });
  strictEqual(feed(body, "x".repeat(100), 7), 100);
  strictEqual(body.isComplete, false);
  strictEqual(body.mayEnd(), true);
});

const CHUNKS: readonly (readonly [text: string, data: string])[] = [
  ["0\r\n\r\n", ""],
  ["5\r\nabcde\r\n0\r\n\r\n", "abcde"],
  ["1\r\na\r\n1\r\nb\r\n0\r\n\r\n", "ab"],
  ["A\r\n0123456789\r\n0\r\n\r\n", "0123456789"],
  ["a\r\n0123456789\r\n000\r\n\r\n", "0123456789"],
  ["0000000000001\r\na\r\n0\r\n\r\n", "a"],
  ['1;a=b;c="d \t\xe4"\r\na\r\n0;x\r\n\r\n', "a"],
  ["2\r\n\r\n\r\n0\r\n\r\n", "\r\n"],
  ["5\r\n0\r\n\r\n\r\n0\r\n\r\n", "0\r\n\r\n"],
  ["0\r\nA: b\r\nC:\r\nD: \t\xe4 \r\n\r\n", ""],
];
for (const [text, data] of CHUNKS) {
  Deno.test(`ChunkedBody.take() follows ${JSON.stringify(text)} in every split`, () => {
    for (let size = 1; size <= text.length; size++) {
      let seen = "";
      const body = new ChunkedBody(() => false, (bytes, start, end) => {
        seen += octetsToText(bytes.subarray(start, end));
      });
      strictEqual(feed(body, text, size), text.length);
      strictEqual(body.isComplete, true);
      strictEqual(body.mayEnd(), true);
      strictEqual(body.take(textToOctets("GET /")), 0);
      strictEqual(seen, data);
    }
    const body = new ChunkedBody(() => false);
    strictEqual(body.take(textToOctets(`${text}GET /`)), text.length);
    for (let cut = 0; cut < text.length; cut++) {
      const short = new ChunkedBody(() => false);
      feed(short, text.slice(0, cut));
      strictEqual(short.mayEnd(), false);
    }
  });
}

const REFUSED: readonly (readonly [text: string, says: string])[] = [
  ["\r\n", "does not begin with its size"],
  ["x", "does not begin with its size"],
  [" 1\r\n", "does not begin with its size"],
  ["-1\r\n", "does not begin with its size"],
  [";a\r\n", "does not begin with its size"],
  ["1 \r\n", "hexadecimal"],
  ["1\n", "hexadecimal"],
  ["1g\r\n", "hexadecimal"],
  ["0x1\r\n", "hexadecimal"],
  ["00000000000001\r\n", "too many digits"],
  ["1\ra", "CR LF"],
  ["1;a\n", "control"],
  ["1;\0", "control"],
  [`1;${"a".repeat(257)}`, "too long"],
  ["1\r\nab", "longer than its size"],
  ["1\r\na\n", "longer than its size"],
  ["1\r\na\rb", "CR LF"],
  ["0\r\n\n", "token"],
  ["0\r\n\rx", "CR LF"],
  ["0\r\n: a\r\n", "not allowed"],
  ["0\r\nA b\r\n", "token"],
  ["0\r\nA : b\r\n", "token"],
  ["0\r\n A: b\r\n", "token"],
  ["0\r\nA: \0", "control"],
  ["0\r\nA: b\n", "control"],
  ["0\r\nA: b\rc", "CR LF"],
  ["0\r\nSecret: b\r\n\r\n", "not allowed"],
  ["0\r\nsECRET: b\r\n\r\n", "not allowed"],
  [`0\r\n${`A: ${"b".repeat(1000)}\r\n`.repeat(17)}`, "trailers are too long"],
];
for (const [text, says] of REFUSED) {
  const shown = text.length > 40 ? `${text.slice(0, 40)}…` : text;
  Deno.test(`ChunkedBody.take() refuses ${JSON.stringify(shown)}`, () => {
    for (const size of [1, text.length]) {
      const body = new ChunkedBody((name) => name === "secret");
      throwsProtocolError(() => feed(body, text, size), 400, says);
    }
  });
}

Deno.test("ChunkedBody.take() lets data pay for extensions, and nothing else", () => {
  const extension = "a".repeat(250);
  const cheap = new ChunkedBody(() => false);
  throwsProtocolError(
    () => {
      for (let count = 0; count < 100; count++) {
        feed(cheap, `1;${extension}\r\nx\r\n`);
      }
    },
    400,
    "extensions are too long",
  );
  const paid = new ChunkedBody(() => false);
  for (let count = 0; count < 1000; count++) {
    feed(paid, `fa;${extension}\r\n${"x".repeat(250)}\r\n`);
  }
  strictEqual(paid.isBetweenChunks, true);
});

Deno.test("ChunkedBody.isBetweenChunks tells where a last chunk may stand", () => {
  const text = "2;x\r\nab\r\n0\r\n\r\n";
  const body = new ChunkedBody(() => false);
  const between = [body.isBetweenChunks];
  for (const octet of text) {
    feed(body, octet);
    between.push(body.isBetweenChunks);
  }
  // Before the first chunk and behind its data.
  deepStrictEqual(
    between.flatMap((is, at) => is ? [at] : []),
    [0, text.indexOf("0\r")],
  );
});

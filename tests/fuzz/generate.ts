/** Messages as clients and servers write them, and as nobody should. */

import type { Random } from "./random.ts";

const METHODS = [
  "GET",
  "POST",
  "PUT",
  "PATCH",
  "DELETE",
  "HEAD",
  "OPTIONS",
  "ODD",
];
const TARGETS = [
  ..."abcdefgh".split("").map((name) => `/${name}`),
  "/api/v1/pods?watch=1",
  "/api/v1/namespaces/a%2Fb/pods/c?x=%20&y",
  "//a/../b;c",
  "http://k/api?x",
  "http://k",
  "http://k@evil/",
  "*",
  "/a#b",
  "/%zz",
];
const VERSIONS = ["HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0"];
const FIELDS = [
  "Accept: */*",
  "X:  a b\t",
  "Empty:",
  "Text: \xe4\xff",
  "Connection: keep-alive",
  "Connection: close",
  "Connection: content-length, transfer-encoding",
  "Expect: 100-continue",
  "Trailer: X-Sum",
  "TE: trailers",
  "Keep-Alive: 5",
  "Proxy-Connection: close",
];
/** Field lines that decide where a body ends, in every shade. */
const FRAMINGS = [
  ...Array<string>(12).fill("Content-Length: N"),
  ...Array<string>(12).fill("Transfer-Encoding: chunked"),
  "Content-Length: 0N",
  "content-length:N ",
  "Content-Length: +N",
  "Content-Length: N, N",
  "Content-Length : N",
  "Content-Length: 0",
  "Content-Length: 1",
  "Content-Length:",
  "Content-Length: 18446744073709551617",
  "transfer-encoding:\tCHUNKED ",
  "Transfer-Encoding: identity",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: chunked, gzip",
  "Transfer-Encoding:\x0bchunked",
  "Transfer-Encoding : chunked",
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding:",
];
const LINE_ENDS = [
  "\r\n",
  "\r\n",
  "\r\n",
  "\n",
  "\r",
  "\r\r\n",
  "\r\n ",
  "\r\n\t",
  "\n\r\n",
];
/** What mutations put in. */
const SCRAPS = [
  "\r\n",
  "\n",
  "\r",
  "\r\n\r\n",
  "\n\n",
  " ",
  "\t",
  "\0",
  ":",
  ",",
  ";",
  "0",
  "0\r\n\r\n",
  "5\r\n",
  "5\r\nabcde\r\n",
  "\x80",
  "\xff",
  "\x0b",
  "\x7f",
  "chunked",
  "Content-Length: 5\r\n",
  "Transfer-Encoding: chunked\r\n",
  "Host: k\r\n",
  "GET /smuggled HTTP/1.1\r\nHost: k\r\n\r\n",
  "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\nspliced",
  "HTTP/1.1 100 Continue\r\n\r\n",
];
const BODIES = [
  "",
  "a",
  "abcde",
  "GET / HTTP/1.1\r\nHost: k\r\n\r\n",
  "0\r\n\r\n",
  "\r\n",
];
const PHRASES = [" OK", " OK", " OK", " OK", " ", "", " O\xe4", " \x01"];
const STATUSES = [
  ...Array<number>(12).fill(200),
  200,
  200,
  200,
  200,
  201,
  204,
  205,
  304,
  301,
  401,
  404,
  500,
  100,
  103,
  101,
  199,
  299,
  599,
  600,
  999,
  99,
  1000,
];

/** The body in chunks. */
function chunked(body: string, random: Random): string {
  let text = "";
  for (let at = 0; at < body.length;) {
    const size = 1 + random.below(body.length - at);
    const digits = size.toString(16);
    text += random.of(["", "", "", "0", "000"]) +
      (random.once(4) ? digits.toUpperCase() : digits) +
      random.of([
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        "",
        ";a",
        ';a="b;c"',
        " ",
        "; a=b",
      ]) +
      `\r\n${body.slice(at, at + size)}\r\n`;
    at += size;
  }
  return `${text}0\r\n${random.once(5) ? "X-Sum: 1\r\n" : ""}\r\n`;
}

/** A head and a body that mostly fit each other. */
function message(
  startLine: string,
  ownFields: readonly string[],
  random: Random,
): string {
  const lines = [...ownFields];
  for (let count = random.below(4); count > 0; count--) {
    lines.push(random.of(FIELDS));
  }
  const body = random.of(BODIES);
  let framed = "";
  if (random.below(4) > 0) {
    const framing = random.of(FRAMINGS).replaceAll("N", String(body.length));
    lines.splice(random.below(lines.length + 1), 0, framing);
    framed = /chunked/i.test(framing) ? chunked(body, random) : body;
  }
  if (random.once(20)) lines.push(random.of(FRAMINGS).replaceAll("N", "5"));
  const end = () => random.once(100) ? random.of(LINE_ENDS) : "\r\n";
  return [startLine, ...lines].map((line) => line + end()).join("") + end() +
    framed;
}

function mutated(text: string, random: Random): string {
  let result = text;
  for (let count = random.below(4); count > 0; count--) {
    const at = random.below(result.length + 1);
    const [before, after] = [result.slice(0, at), result.slice(at)];
    switch (random.below(5)) {
      case 0:
        result = before + random.of(SCRAPS) + after;
        break;
      case 1:
        result = before + after.slice(1 + random.below(3));
        break;
      case 2:
        result = before + String.fromCharCode(random.below(256)) +
          after.slice(1);
        break;
      case 3:
        result = before + after.slice(0, 1 + random.below(20)) + after;
        break;
      default: {
        // A whole line again, or away.
        const line = /^[^\n]*\n/.exec(after)?.[0] ?? "";
        result = random.once(2)
          ? before + line + after
          : before + after.slice(line.length);
      }
    }
  }
  return result;
}

const GOOD_FIELDS = [
  "Accept: */*",
  "X:  a b\t",
  "Empty:",
  "Text: \xe4\xff",
  "Connection: keep-alive, x",
  "Keep-Alive: 5",
];

/** Up to 3,000 octets of anything. */
function anyBody(random: Random): string {
  const length = random.once(3) ? random.below(3_000) : random.below(40);
  return Array.from(
    { length },
    () => String.fromCharCode(random.below(256)),
  ).join("");
}

/** A message that nobody may find fault with. */
function goodMessage(
  startLine: string,
  ownFields: readonly string[],
  random: Random,
): string {
  const body = anyBody(random);
  const isChunked = random.once(2);
  const fields = [
    ...ownFields,
    ...Array.from({ length: random.below(4) }, () => random.of(GOOD_FIELDS)),
    isChunked ? "Transfer-Encoding: chunked" : `Content-Length: ${body.length}`,
  ];
  let framed = body;
  if (isChunked) {
    framed = "";
    for (let at = 0; at < body.length;) {
      const size = 1 + random.below(body.length - at);
      framed += `${size.toString(16)}\r\n${body.slice(at, at + size)}\r\n`;
      at += size;
    }
    framed += "0\r\n\r\n";
  }
  return [startLine, ...fields, "", framed].join("\r\n");
}

/** A stream of up to three requests that has to go through whole. */
export function goodRequestStream(random: Random): string {
  const messages = Array.from(
    { length: 1 + random.below(3) },
    () =>
      goodMessage(
        `${random.of(["GET", "POST", "PUT", "DELETE"])} ${
          random.of(["/", "/a?b", "/%2e/c"])
        } HTTP/1.1`,
        ["Host: k"],
        random,
      ),
  );
  return messages.join("");
}

/** A response that has to go through whole, unless it is to HEAD. */
export function goodResponseStream(random: Random): string {
  const interim = random.once(4) ? "HTTP/1.1 103 Hints\r\nLink: a\r\n\r\n" : "";
  const status = random.of([200, 201, 404, 500]);
  return interim + goodMessage(`HTTP/1.1 ${status} OK`, [], random);
}

/** A stream of one to three requests, every other time with something wrong. */
export function requestStream(random: Random): string {
  let stream = "";
  for (let count = 1 + random.below(3); count > 0; count--) {
    const line = `${random.of(METHODS)} ${random.of(TARGETS)} ${
      random.of(VERSIONS)
    }`;
    stream += message(line, ["Host: k"], random);
  }
  return random.once(2) ? stream : mutated(stream, random);
}

/** A response, perhaps behind interim ones, every other time with something wrong. */
export function responseStream(random: Random): string {
  const interim = random.once(6) ? "HTTP/1.1 100 Continue\r\n\r\n" : "";
  const line = `${random.of(VERSIONS)} ${random.of(STATUSES)}${
    random.of(PHRASES)
  }`;
  const stream = interim + message(line, [], random);
  return random.once(2) ? stream : mutated(stream, random);
}

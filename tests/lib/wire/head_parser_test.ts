import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  findHeadEnd,
  HEAD_LIMITS,
  parseRequestHead,
  parseResponseHead,
} from "../../../lib/wire/head_parser.ts";
import { textToOctets } from "../../../lib/wire/octets.ts";
import type { ProtocolStatus } from "../../../lib/wire/protocol_error.ts";
import { throwsProtocolError } from "./protocol_fault.ts";

Deno.test("findHeadEnd() finds the end wherever the octets are cut", () => {
  const cases: [text: string, end: number][] = [
    ["", -1],
    ["\n", -1],
    ["\r\n", -1],
    ["a\r\n\r", -1],
    ["a\r\n\r\n", 5],
    ["a\r\nb\r\n\r\nc", 8],
    // Left to the parser, which refuses them.
    ["a\n\n", 3],
    ["a\n\r\n", 4],
    ["a\r\n\n", 4],
    ["a\r\r\n\n", 5],
    ["\n\r\r\n", -1],
  ];
  for (const [text, end] of cases) {
    const octets = textToOctets(text);
    strictEqual(findHeadEnd(octets), end, JSON.stringify(text));
    for (let first = 0; first < text.length; first++) {
      // As a reader does it that has looked at the first octets before.
      const early = findHeadEnd(octets.subarray(0, first));
      if (early < 0) strictEqual(findHeadEnd(octets, first - 3), end, text);
    }
  }
});

Deno.test("parseRequestHead() gives method, target, version and fields as they came", () => {
  const head = parseRequestHead(textToOctets(
    "PATCH /a%2F?b=%00 HTTP/1.1\r\nHost: [::1]:6443\r\nX-Y:\t a  b \t\r\nempty:\r\nX-Y: \xe4\r\n\r\n",
  ));
  deepStrictEqual(head, {
    method: "PATCH",
    target: "/a%2F?b=%00",
    minorVersion: 1,
    fields: [
      ["Host", "[::1]:6443"],
      ["X-Y", "a  b"],
      ["empty", ""],
      ["X-Y", "\xe4"],
    ],
    lowerNames: ["host", "x-y", "empty", "x-y"],
  });
});

const TARGETS: readonly (readonly [
  line: string,
  host: string,
  target: string,
])[] = [
  ["GET / HTTP/1.1", "k", "/"],
  ["GET //x HTTP/1.1", "k", "//x"],
  ["GET http://k/x?y HTTP/1.1", "k", "/x?y"],
  ["GET HTTPS://K:1/x HTTP/1.1", "k:1", "/x"],
  ["GET http://k HTTP/1.1", "K", "/"],
  ["GET http://k?y HTTP/1.1", "k", "/?y"],
  ["GET http://k//x HTTP/1.1", "k", "//x"],
  ["OPTIONS * HTTP/1.1", "k", "*"],
  ["GET /x HTTP/1.0", "", "/x"],
];
for (const [line, host, target] of TARGETS) {
  Deno.test(`parseRequestHead() takes ${line} with the host ${host} for ${target}`, () => {
    const text = `${line}\r\nHost: ${host}\r\n\r\n`;
    strictEqual(parseRequestHead(textToOctets(text)).target, target);
  });
}

Deno.test("parseRequestHead() takes HTTP/1.0 without a Host, and no other", () => {
  const head = parseRequestHead(textToOctets("GET / HTTP/1.0\r\n\r\n"));
  strictEqual(head.minorVersion, 0);
  throwsProtocolError(
    () => parseRequestHead(textToOctets("GET / HTTP/1.1\r\n\r\n")),
    400,
    "Host field is missing",
  );
});

const L = HEAD_LIMITS;
const x = (count: number) => "x".repeat(count);
/** What is refused, with the status and a part of the message. */
const REFUSED_REQUESTS: readonly (readonly [
  text: string,
  says: string,
  status?: ProtocolStatus,
])[] = [
  ["GET / HTTP/1.1\nHost: k\r\n\r\n", "CR LF"],
  ["GET / HTTP/1.1\r\nHost: k\n\r\n", "CR LF"],
  ["GET / HTTP/1.1\r\nHost: k\r\n\n", "CR LF"],
  ["GET / HTTP/1.1\r\nHost: k\rX: y\r\n\r\n", "CR LF"],
  ["GET / HTTP/1.1\r\nHost: k\r\r\n\r\n", "CR LF"],
  ["\r\n\r\n", "request line"],
  [" / HTTP/1.1\r\nHost: k\r\n\r\n", "request line"],
  ["GET\r\nHost: k\r\n\r\n", "request line"],
  ["GET /\r\nHost: k\r\n\r\n", "request line"],
  [`${x(33)} / HTTP/1.1\r\nHost: k\r\n\r\n`, "request line"],
  ["G@T / HTTP/1.1\r\nHost: k\r\n\r\n", "method"],
  ["GET  / HTTP/1.1\r\nHost: k\r\n\r\n", "percent-encoded"],
  ["GET / x HTTP/1.1\r\nHost: k\r\n\r\n", "percent-encoded"],
  ["GET /# HTTP/1.1\r\nHost: k\r\n\r\n", "percent-encoded"],
  ["GET /\x80 HTTP/1.1\r\nHost: k\r\n\r\n", "percent-encoded"],
  ["GET / HTTP/1.2\r\nHost: k\r\n\r\n", "Only HTTP/1.1"],
  ["GET / HTTP/2.0\r\nHost: k\r\n\r\n", "Only HTTP/1.1"],
  ["GET / http/1.1\r\nHost: k\r\n\r\n", "no HTTP version"],
  ["GET / HTTP/1.1x\r\nHost: k\r\n\r\n", "no HTTP version"],
  ["GET / HTTP/1.1\r\n Host: k\r\n\r\n", "folding"],
  ["GET / HTTP/1.1\r\nHost: k\r\n\tx\r\n\r\n", "folding"],
  ["GET / HTTP/1.1\r\nHost : k\r\n\r\n", "NAME: VALUE"],
  ["GET / HTTP/1.1\r\nHost\r\nX: y\r\n\r\n", "NAME: VALUE"],
  ["GET / HTTP/1.1\r\n: k\r\n\r\n", "NAME: VALUE"],
  ["GET / HTTP/1.1\r\nHost: k\r\nX: \0\r\n\r\n", "control"],
  ["GET / HTTP/1.1\r\nHost: k\r\nX: \x7f\r\n\r\n", "control"],
  ["GET / HTTP/1.1\r\nHost: k\r\nHost: k\r\n\r\n", "one Host"],
  ["GET / HTTP/1.1\r\nHost: a/b\r\n\r\n", "one Host"],
  ["GET x HTTP/1.1\r\nHost: k\r\n\r\n", "neither a path"],
  ["GET * HTTP/1.1\r\nHost: k\r\n\r\n", "neither a path"],
  ["GET k:1 HTTP/1.1\r\nHost: k:1\r\n\r\n", "neither a path"],
  ["GET http://other/ HTTP/1.1\r\nHost: k\r\n\r\n", "neither a path"],
  ["GET http://k@k/ HTTP/1.1\r\nHost: k\r\n\r\n", "neither a path"],
  ["GET ftp://k/ HTTP/1.1\r\nHost: k\r\n\r\n", "neither a path"],
  ["GET http://k/ HTTP/1.0\r\n\r\n", "neither a path"],
  ["CONNECT k:1 HTTP/1.1\r\nHost: k:1\r\n\r\n", "CONNECT", 405],
  ["TRACE / HTTP/1.1\r\nHost: k\r\n\r\n", "TRACE", 405],
  [`GET /${x(L.startLine)} HTTP/1.1\r\nHost: k\r\n\r\n`, "line is too long"],
  [`GET / HTTP/1.1\r\nHost: k\r\nX: ${x(L.fieldLine)}\r\n\r\n`, "too long"],
  [
    `GET / HTTP/1.1\r\nHost: k\r\n${"X: y\r\n".repeat(L.fields)}\r\n`,
    "too many",
  ],
];
for (const [text, says, status = 400] of REFUSED_REQUESTS) {
  const shown = text.length > 60 ? `${text.slice(0, 60)}…` : text;
  Deno.test(`parseRequestHead() refuses ${JSON.stringify(shown)}`, () => {
    throwsProtocolError(
      () => parseRequestHead(textToOctets(text)),
      status,
      says,
    );
  });
}

Deno.test("parseRequestHead() refuses octets behind the empty line, as findHeadEnd() never gives", () => {
  throwsProtocolError(
    () => parseRequestHead(textToOctets("GET / HTTP/1.1\r\nHost: k\r\n\r\nX")),
    400,
    "goes on",
  );
});

Deno.test("parseRequestHead() takes all that is just within the limits", () => {
  const line = `GET /${x(L.startLine - "GET / HTTP/1.1".length)} HTTP/1.1`;
  const field = `X: ${x(L.fieldLine - 3)}`;
  const fields = "Y: z\r\n".repeat(L.fields - 2);
  const text = `${line}\r\nHost: k\r\n${field}\r\n${fields}\r\n`;
  strictEqual(parseRequestHead(textToOctets(text)).fields.length, L.fields);
});

const RESPONSES: readonly (readonly [
  line: string,
  status: number,
  reason: string,
  minor: 0 | 1,
])[] = [
  ["HTTP/1.1 200 OK", 200, "OK", 1],
  ["HTTP/1.0 404 Not Found", 404, "Not Found", 0],
  ["HTTP/1.1 200 ", 200, "", 1],
  ["HTTP/1.1 200", 200, "", 1],
  ["HTTP/1.1 999 \xe4\t", 999, "\xe4\t", 1],
];
for (const [line, status, reason, minorVersion] of RESPONSES) {
  Deno.test(`parseResponseHead() reads ${JSON.stringify(line)}`, () => {
    deepStrictEqual(
      parseResponseHead(textToOctets(`${line}\r\nA: b\r\n\r\n`)),
      {
        status,
        reason,
        minorVersion,
        fields: [["A", "b"]],
        lowerNames: ["a"],
      },
    );
  });
}

const REFUSED_RESPONSES: readonly (readonly [line: string, says: string])[] = [
  ["HTTP/1.1 20 OK", "status line"],
  ["HTTP/1.1 2000 OK", "status line"],
  ["HTTP/1.1 099 OK", "status line"],
  ["HTTP/1.1 abc OK", "status line"],
  ["HTTP/1.1  200 OK", "status line"],
  ["HTTP/1.1\t200 OK", "status line"],
  ["HTTP/1.1 200OK", "status line"],
  ["HTTP/1.1 200 \x01", "reason phrase"],
  ["HTTP/2.0 200 OK", "Only HTTP/1.1"],
  ["ICY 200 OK", "no HTTP version"],
  ["HTTP/1.1 200 OK\r\nA : b", "NAME: VALUE"],
  ["HTTP/1.1 200 OK\r\n b", "folding"],
  ["HTTP/1.1 200 OK\nA: b", "CR LF"],
];
for (const [line, says] of REFUSED_RESPONSES) {
  Deno.test(`parseResponseHead() refuses ${JSON.stringify(line)} as the upstream's fault`, () => {
    const octets = textToOctets(`${line}\r\n\r\n`);
    throwsProtocolError(() => parseResponseHead(octets), 502, says);
  });
}

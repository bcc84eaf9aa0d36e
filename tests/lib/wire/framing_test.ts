import { deepStrictEqual, strictEqual } from "node:assert/strict";
import {
  describedFraming,
  forwardedFields,
  framingFields,
  grantsProtocol,
  hasBody,
  isPersistent,
  isUpgrade,
  requestedProtocols,
  requestFraming,
  responseFraming,
} from "../../../lib/wire/framing.ts";
import type {
  Framing,
  HeaderField,
  RequestHead,
  ResponseHead,
} from "../../../lib/wire/message.ts";
import { throwsProtocolError } from "./protocol_fault.ts";

function fieldsOf(lines: readonly string[]): {
  fields: HeaderField[];
  lowerNames: string[];
} {
  const fields = lines.map((line): HeaderField => {
    const colon = line.indexOf(":");
    return [line.slice(0, colon), line.slice(colon + 1).trim()];
  });
  return { fields, lowerNames: fields.map(([name]) => name.toLowerCase()) };
}

function request(
  lines: readonly string[],
  minorVersion: 0 | 1 = 1,
): RequestHead {
  return { method: "GET", target: "/", minorVersion, ...fieldsOf(lines) };
}

function response(
  status: number,
  lines: readonly string[],
  minorVersion: 0 | 1 = 1,
): ResponseHead {
  return { status, reason: "", minorVersion, ...fieldsOf(lines) };
}

const CHUNKED: Framing = { kind: "chunked" };
const NONE: Framing = { kind: "none" };
const CLOSE: Framing = { kind: "close" };
const length = (octets: number): Framing => ({
  kind: "length",
  length: octets,
});

const FRAMINGS: readonly (readonly [lines: readonly string[], Framing])[] = [
  [[], NONE],
  [["Content-Length: 0"], length(0)],
  [["content-length: 12"], length(12)],
  [["Content-Length: 0012"], length(12)],
  [["Content-Length: 9007199254740991"], length(9007199254740991)],
  [["Transfer-Encoding: chunked"], CHUNKED],
  [["transfer-encoding: CHUNKED"], CHUNKED],
];
for (const [lines, framing] of FRAMINGS) {
  Deno.test(`requestFraming() of [${lines}] is ${framing.kind}`, () => {
    deepStrictEqual(requestFraming(request(lines)), framing);
  });
}

const CONTRADICTIONS: readonly (readonly string[])[] = [
  ["Content-Length: 1", "Transfer-Encoding: chunked"],
  ["Transfer-Encoding: chunked", "Content-Length: 0"],
  ["Content-Length: 1", "Content-Length: 1"],
  ["Content-Length: 1, 1"],
  ["Content-Length: -1"],
  ["Content-Length: +1"],
  ["Content-Length: 1.0"],
  ["Content-Length: 0x1"],
  ["Content-Length: 1e1"],
  ["Content-Length: "],
  ["Content-Length: a"],
  ["Content-Length: 12345678901234567"],
  ["Transfer-Encoding: "],
  ["Transfer-Encoding: identity"],
  ["Transfer-Encoding: gzip, chunked"],
  ["Transfer-Encoding: chunked, chunked"],
  ["Transfer-Encoding: chunked", "Transfer-Encoding: chunked"],
  ["Transfer-Encoding: chunked", "Transfer-Encoding: identity"],
];
for (const lines of CONTRADICTIONS) {
  Deno.test(`requestFraming() refuses [${lines}], and responseFraming() too`, () => {
    throwsProtocolError(() => requestFraming(request(lines)), 400, "");
    for (const method of ["GET", "HEAD"]) {
      const head = response(200, lines);
      throwsProtocolError(() => responseFraming(head, method), 502, "");
      throwsProtocolError(() => describedFraming(head), 502, "");
    }
  });
}

Deno.test("requestFraming() refuses a length that is not exact in a double, with 413", () => {
  const head = request(["Content-Length: 9007199254740993"]);
  throwsProtocolError(() => requestFraming(head), 413, "too large");
});

Deno.test("requestFraming() refuses chunks of HTTP/1.0", () => {
  const head = request(["Transfer-Encoding: chunked"], 0);
  throwsProtocolError(() => requestFraming(head), 400, "HTTP/1.0");
});

const RESPONSE_FRAMINGS: readonly (readonly [
  status: number,
  method: string,
  lines: readonly string[],
  framing: Framing,
  described: Framing | undefined,
])[] = [
  [200, "GET", [], CLOSE, undefined],
  [200, "POST", ["Content-Length: 2"], length(2), length(2)],
  [200, "GET", ["Transfer-Encoding: chunked"], CHUNKED, CHUNKED],
  [200, "HEAD", ["Content-Length: 2"], NONE, length(2)],
  [200, "HEAD", ["Transfer-Encoding: chunked"], NONE, CHUNKED],
  [200, "HEAD", [], NONE, undefined],
  [204, "GET", ["Content-Length: 2"], NONE, length(2)],
  [204, "GET", [], NONE, undefined],
  [304, "GET", ["Content-Length: 2"], NONE, length(2)],
  [205, "GET", ["Content-Length: 0"], length(0), length(0)],
  [100, "GET", ["Content-Length: 2"], NONE, length(2)],
  [101, "GET", [], NONE, undefined],
];
for (const [status, method, lines, framing, described] of RESPONSE_FRAMINGS) {
  Deno.test(`responseFraming() of ${status} [${lines}] to ${method} is ${framing.kind}`, () => {
    const head = response(status, lines);
    deepStrictEqual(responseFraming(head, method), framing);
    deepStrictEqual(describedFraming(head), described);
  });
}

Deno.test("framingFields() and hasBody() say what a framing is", () => {
  const cases: [Framing, HeaderField[], boolean][] = [
    [NONE, [], false],
    [CLOSE, [], true],
    [CHUNKED, [["Transfer-Encoding", "chunked"]], true],
    [length(0), [["Content-Length", "0"]], false],
    [length(7), [["Content-Length", "7"]], true],
  ];
  for (const [framing, fields, has] of cases) {
    deepStrictEqual(framingFields(framing), fields);
    strictEqual(hasBody(framing), has);
  }
});

Deno.test("isPersistent() follows version and Connection", () => {
  const cases: [lines: string[], minor: 0 | 1, boolean][] = [
    [[], 1, true],
    [[], 0, false],
    [["Connection: close"], 1, false],
    [["Connection: Close"], 1, false],
    [["Connection: x, close"], 1, false],
    [["Connection: x", "Connection: close"], 1, false],
    [["Connection: keep-alive"], 0, true],
    [["Connection: keep-alive, close"], 0, false],
    [["Connection: closed"], 1, true],
    [["X: close"], 1, true],
  ];
  for (const [lines, minor, persistent] of cases) {
    strictEqual(isPersistent(request(lines, minor)), persistent, String(lines));
  }
});

Deno.test("requestedProtocols() gives what goes through a tunnel unseen, and no HTTP", () => {
  const upgrade = "Connection: Upgrade";
  const cases: [lines: string[], minor: 0 | 1, string[]][] = [
    [[upgrade, "Upgrade: websocket"], 1, ["websocket"]],
    [[upgrade, "Upgrade: SPDY/3.1, websocket"], 1, ["SPDY/3.1", "websocket"]],
    [[upgrade, "Upgrade: SPDY/3.1", "Upgrade: websocket"], 1, [
      "SPDY/3.1",
      "websocket",
    ]],
    [["Connection: keep-alive, UPGRADE", "Upgrade: a"], 1, ["a"]],
    [["Upgrade: websocket"], 1, []],
    [[upgrade], 1, []],
    [[upgrade, "Upgrade: "], 1, []],
    [[upgrade, "Upgrade: websocket"], 0, []],
    [[upgrade, "Upgrade: h2c"], 1, []],
    [[upgrade, "Upgrade: H2C, HTTP/2.0, TLS/1.2, http/1.1, a"], 1, ["a"]],
  ];
  for (const [lines, minor, protocols] of cases) {
    deepStrictEqual(requestedProtocols(request(lines, minor)), protocols);
  }
});

Deno.test("grantsProtocol() wants a 101 to name what was asked for", () => {
  const upgrade = "Connection: upgrade";
  const cases: [lines: string[], asked: string[], boolean][] = [
    [[upgrade, "Upgrade: WebSocket"], ["websocket"], true],
    [[upgrade, "Upgrade: SPDY/3.1"], ["websocket", "spdy/3.1"], true],
    [[upgrade, "Upgrade: h2c"], ["websocket"], false],
    [[upgrade, "Upgrade: websocket, h2c"], ["websocket"], false],
    [[upgrade], ["websocket"], false],
    [["Upgrade: websocket"], ["websocket"], false],
    [[upgrade, "Upgrade: websocket"], [], false],
  ];
  for (const [lines, asked, grants] of cases) {
    strictEqual(
      grantsProtocol(response(101, lines), asked),
      grants,
      String(lines),
    );
  }
  strictEqual(isUpgrade(response(101, [upgrade, "Upgrade: a"])), true);
});

Deno.test("forwardedFields() leaves behind what concerns the connection alone", () => {
  const head = request([
    "Accept: a",
    "Connection: X-Named, keep-alive",
    "Keep-Alive: 5",
    "x-named: 1",
    "Proxy-Authorization: b",
    "Proxy-Authenticate: b",
    "Proxy-Connection: close",
    "TE: trailers",
    "Upgrade: c",
    "HTTP2-Settings: d",
    "Content-Length: 1",
    "Transfer-Encoding: chunked",
    "Trailer: X-Sum",
    "Secret: 1",
    "accept: e",
  ]);
  deepStrictEqual(forwardedFields(head, (name) => name === "secret"), [
    ["Accept", "a"],
    ["Trailer", "X-Sum"],
    ["accept", "e"],
  ]);
});

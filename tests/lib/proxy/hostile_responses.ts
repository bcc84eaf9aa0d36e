/** Responses of an upstream that is careless or hostile: what it sends, and what the client gets. */

/** One response. */
export interface HostileResponse {
  readonly name: string;
  /** GET unless told. */
  readonly method?: string;
  /** HTTP/1.1 unless told. */
  readonly version?: "HTTP/1.0";
  /** Further field lines of the request. */
  readonly asks?: string;
  /** What the upstream sends when it has the request's head. */
  readonly sends: string;
  /** Whether it then closes, in good order. */
  readonly closes?: boolean;
  /** What the client gets, octet for octet; or MCA's own answer, behind interim ones. */
  readonly gets: string | 502;
  /** Whether the client's connection ends behind it. */
  readonly ends?: boolean;
  /** Whether the upstream connection is kept for the next request. */
  readonly reused?: boolean;
}

const OK = "HTTP/1.1 200 OK\r\n";
const CHUNKED = "Transfer-Encoding: chunked\r\n";
const CLOSE = "Connection: close\r\n";

/** It goes through as it is, and both connections go on. */
function passed(
  name: string,
  sends: string,
  more: Partial<HostileResponse> = {},
): HostileResponse {
  return { name: `passed: ${name}`, sends, gets: sends, reused: true, ...more };
}

/** MCA answers 502 in its place; the client's connection goes on. */
function refused(
  name: string,
  sends: string,
  more: Partial<HostileResponse> = {},
): HostileResponse {
  return { name: `refused: ${name}`, sends, gets: 502, ...more };
}

/**
 * The client gets MCA's 502, or where the head went out before the fault came,
 * a response that is cut off with its connection.
 */
function brokenOff(
  name: string,
  head: string,
  body: string,
): HostileResponse {
  return {
    name: `broken off: ${name}`,
    sends: head + body,
    gets: 502,
  };
}

const ordinary: readonly HostileResponse[] = [
  passed("a length", `${OK}Content-Length: 2\r\n\r\nok`),
  passed("a length of 0", `${OK}Content-Length: 0\r\n\r\n`),
  passed("chunks", `${OK}${CHUNKED}\r\n2\r\nok\r\n0\r\n\r\n`),
  passed(
    "chunks with extensions and trailers",
    `${OK}Trailer: X-Sum\r\n${CHUNKED}\r\n2;a=b\r\nok\r\n0\r\nX-Sum: 1\r\n\r\n`,
  ),
  passed("no reason phrase", "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n"),
  passed(
    "neither phrase nor its space",
    "HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n",
    {
      gets: "HTTP/1.1 200 \r\nContent-Length: 0\r\n\r\n",
    },
  ),
  passed(
    "a phrase above ASCII",
    "HTTP/1.1 200 \xe4\r\nContent-Length: 0\r\n\r\n",
  ),
  passed(
    "a code that nobody knows",
    "HTTP/1.1 799 Odd\r\nContent-Length: 0\r\n\r\n",
  ),
  passed(
    "the same field twice",
    `${OK}Warning: 299 - "a"\r\nWarning: 299 - "b"\r\nContent-Length: 0\r\n\r\n`,
  ),
  passed(
    "a gzip body as it is",
    `${OK}Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00`,
  ),
  passed(
    "a redirect as it is",
    "HTTP/1.1 301 Moved\r\nLocation: https://evil/\r\nContent-Length: 0\r\n\r\n",
  ),
  passed(
    "the field order but for the framing",
    `HTTP/1.1 200 OK\r\nContent-Length: 2\r\nX: 1\r\n\r\nok`,
    {
      gets: "HTTP/1.1 200 OK\r\nX: 1\r\nContent-Length: 2\r\n\r\nok",
    },
  ),
  passed(
    "hop-by-hop fields stay behind",
    `${OK}Keep-Alive: timeout=5\r\nConnection: keep-alive, x-a\r\nX-A: 1\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n`,
    {
      gets: `${OK}Content-Length: 0\r\n\r\n`,
    },
  ),
  passed(
    "the upstream's Connection: close is its own",
    `${OK}${CLOSE}Content-Length: 2\r\n\r\nok`,
    {
      gets: `${OK}Content-Length: 2\r\n\r\nok`,
      reused: false,
    },
  ),
  passed(
    "HTTP/1.0 with a length",
    "HTTP/1.0 200 OK\r\nContent-Length: 2\r\n\r\nok",
    {
      gets: `${OK}Content-Length: 2\r\n\r\nok`,
      reused: false,
    },
  ),
  passed(
    "HTTP/1.0 with keep-alive",
    "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\nContent-Length: 2\r\n\r\nok",
    {
      gets: `${OK}Content-Length: 2\r\n\r\nok`,
    },
  ),
];

const bodiless: readonly HostileResponse[] = [
  passed("204", "HTTP/1.1 204 No Content\r\n\r\n"),
  passed(
    "204 with a length of 0",
    "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n",
    {
      gets: "HTTP/1.1 204 No Content\r\n\r\n",
    },
  ),
  passed(
    "204 with a body: it is no next response",
    `HTTP/1.1 204 No Content\r\nContent-Length: 36\r\n\r\n${OK}Content-Length: 0\r\n\r\n`,
    {
      gets: "HTTP/1.1 204 No Content\r\n\r\n",
      reused: false,
    },
  ),
  passed(
    "204 with chunks: they are no next response",
    `HTTP/1.1 204 No Content\r\n${CHUNKED}\r\n0\r\n\r\n`,
    {
      gets: "HTTP/1.1 204 No Content\r\n\r\n",
      reused: false,
    },
  ),
  passed("304", 'HTTP/1.1 304 Not Modified\r\nETag: "a"\r\n\r\n'),
  passed(
    "304 with the length it would have",
    "HTTP/1.1 304 Not Modified\r\nContent-Length: 100\r\n\r\n",
  ),
  passed("HEAD with a length", `${OK}Content-Length: 100\r\n\r\n`, {
    method: "HEAD",
  }),
  passed("HEAD with chunks", `${OK}${CHUNKED}\r\n`, { method: "HEAD" }),
  passed("HEAD without a length", `${OK}\r\n`, { method: "HEAD" }),
  passed(
    "HEAD with a body: it is no next response",
    `${OK}Content-Length: 2\r\n\r\nok`,
    {
      method: "HEAD",
      gets: `${OK}Content-Length: 2\r\n\r\n`,
      reused: false,
    },
  ),
  passed(
    "octets behind a body: they are no next response",
    `${OK}Content-Length: 2\r\n\r\nok${OK}Content-Length: 4\r\n\r\nevil`,
    {
      gets: `${OK}Content-Length: 2\r\n\r\nok`,
      reused: false,
    },
  ),
];

const interim: readonly HostileResponse[] = [
  passed("100", `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 0\r\n\r\n`),
  passed(
    "102 and 103",
    `HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n${OK}Content-Length: 0\r\n\r\n`,
  ),
  passed(
    "100 to HTTP/1.0 stays behind",
    `HTTP/1.1 100 Continue\r\n\r\n${OK}Content-Length: 0\r\n\r\n`,
    {
      version: "HTTP/1.0",
      gets: `${OK}Content-Length: 0\r\n${CLOSE}\r\n`,
      ends: true,
    },
  ),
  {
    name: "broken off: 100 with a body",
    sends: "HTTP/1.1 100 Continue\r\nContent-Length: 2\r\n\r\nok\r\n\r\n",
    gets: 502,
  },
  {
    name: "broken off: 100 and nothing more",
    sends: "HTTP/1.1 100 Continue\r\n\r\n",
    closes: true,
    gets: 502,
  },
];

const untilClose: readonly HostileResponse[] = [
  {
    name: "until the end: an HTTP/1.1 client gets chunks",
    sends: `${OK}\r\nsome`,
    closes: true,
    gets: `${OK}${CHUNKED}\r\n4\r\nsome\r\n0\r\n\r\n`,
  },
  {
    name: "until the end: nothing but the head",
    sends: `${OK}\r\n`,
    closes: true,
    gets: `${OK}${CHUNKED}\r\n0\r\n\r\n`,
  },
  {
    name: "until the end: an HTTP/1.0 client gets the end",
    version: "HTTP/1.0",
    sends: `${OK}\r\nsome`,
    closes: true,
    gets: `${OK}${CLOSE}\r\nsome`,
    ends: true,
  },
];

const heads: readonly HostileResponse[] = [
  ["no status line", "garbage\r\n\r\n"],
  ["another protocol", "ICY 200 OK\r\n\r\n"],
  ["HTTP/2.0", "HTTP/2.0 200 OK\r\n\r\n"],
  ["HTTP/0.9", "<html>\n\n"],
  ["a code of two digits", "HTTP/1.1 20 OK\r\n\r\n"],
  ["a code of four digits", "HTTP/1.1 2000 OK\r\n\r\n"],
  ["a code that is no number", "HTTP/1.1 abc OK\r\n\r\n"],
  ["a code below 100", "HTTP/1.1 099 OK\r\n\r\n"],
  ["two spaces", "HTTP/1.1  200 OK\r\n\r\n"],
  ["a tab", "HTTP/1.1\t200 OK\r\n\r\n"],
  ["a control character in the phrase", "HTTP/1.1 200 O\x01K\r\n\r\n"],
  ["bare LF", "HTTP/1.1 200 OK\nContent-Length: 0\n\n"],
  ["a bare CR", `${OK}X: a\rb\r\nContent-Length: 0\r\n\r\n`],
  ["obsolete folding", `${OK}X: a\r\n b\r\nContent-Length: 0\r\n\r\n`],
  ["a space before the colon", `${OK}Content-Length : 0\r\n\r\n`],
  ["NUL in a value", `${OK}X: \x00\r\nContent-Length: 0\r\n\r\n`],
  ["a field without a name", `${OK}: x\r\nContent-Length: 0\r\n\r\n`],
  ["a field without a colon", `${OK}X\r\nContent-Length: 0\r\n\r\n`],
  ["300 fields", `${OK}${"X: y\r\n".repeat(300)}Content-Length: 0\r\n\r\n`],
  [
    "a field of 70 KB",
    `${OK}X: ${"y".repeat(70_000)}\r\nContent-Length: 0\r\n\r\n`,
  ],
  ["a head without end", `${OK}${`X: ${"y".repeat(1000)}\r\n`.repeat(200)}`],
  ["two lengths", `${OK}Content-Length: 2\r\nContent-Length: 3\r\n\r\nok`],
  [
    "the same length twice",
    `${OK}Content-Length: 2\r\nContent-Length: 2\r\n\r\nok`,
  ],
  ["a list of lengths", `${OK}Content-Length: 2, 2\r\n\r\nok`],
  ["a negative length", `${OK}Content-Length: -1\r\n\r\n`],
  [
    "a length that is too long",
    `${OK}Content-Length: 99999999999999999999\r\n\r\n`,
  ],
  [
    "a length past what a double counts",
    `${OK}Content-Length: 9007199254740993\r\n\r\n`,
  ],
  [
    "a length and chunks",
    `${OK}Content-Length: 2\r\n${CHUNKED}\r\n2\r\nok\r\n0\r\n\r\n`,
  ],
  [
    "chunks, and behind them a length",
    `${OK}${CHUNKED}Content-Length: 2\r\n\r\n`,
  ],
  [
    "a coding that is not spoken",
    `${OK}Transfer-Encoding: gzip, chunked\r\n\r\n`,
  ],
  ["chunked twice", `${OK}${CHUNKED}${CHUNKED}\r\n0\r\n\r\n`],
  ["HTTP/1.0 with chunks", `HTTP/1.0 200 OK\r\n${CHUNKED}\r\n0\r\n\r\n`],
  [
    "101 that nobody asked for",
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
  ],
  ["17 interim responses", "HTTP/1.1 103 Early Hints\r\n\r\n".repeat(17)],
].map(([name = "", sends = ""]) => refused(name, sends));

const headsWithEnd: readonly HostileResponse[] = [
  ["nothing", ""],
  ["half a head", `${OK}Content-Le`],
  ["a head without its empty line", `${OK}Content-Length: 0\r\n`],
].map(([name = "", sends = ""]) =>
  refused(`${name}, and the end`, sends, { closes: true })
);

/** In one piece with their head, so that nothing has gone to the client. */
const bodies: readonly HostileResponse[] = [
  brokenOff("a chunk without a size", `${OK}${CHUNKED}\r\n`, "x\r\n"),
  brokenOff(
    "data longer than its chunk",
    `${OK}${CHUNKED}\r\n`,
    "2\r\nokay\r\n0\r\n\r\n",
  ),
  brokenOff("a chunk of 2^64", `${OK}${CHUNKED}\r\n`, "10000000000000000\r\n"),
  brokenOff(
    "a chunk line that ends with LF",
    `${OK}${CHUNKED}\r\n`,
    "2\nok\r\n0\r\n\r\n",
  ),
  brokenOff(
    "a trailer with a bare LF",
    `${OK}${CHUNKED}\r\n`,
    "0\r\nX: y\n\r\n",
  ),
];

const switching: readonly HostileResponse[] = [
  {
    name: "refused: 101 to another protocol than was asked for",
    asks: "Connection: Upgrade\r\nUpgrade: websocket\r\n",
    sends:
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: h2c\r\n\r\n",
    gets: 502,
  },
  {
    name: "refused: 101 without Upgrade",
    asks: "Connection: Upgrade\r\nUpgrade: websocket\r\n",
    sends: "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\n\r\n",
    gets: 502,
  },
  {
    name: "refused: 101 without Connection",
    asks: "Connection: Upgrade\r\nUpgrade: websocket\r\n",
    sends: "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\n\r\n",
    gets: 502,
  },
  {
    name: "passed: an upgrade that is declined",
    asks: "Connection: Upgrade\r\nUpgrade: websocket\r\n",
    sends: "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
    gets: "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
    reused: true,
  },
];

/** All of them. */
export const HOSTILE_RESPONSES: readonly HostileResponse[] = [
  ...ordinary,
  ...bodiless,
  ...interim,
  ...untilClose,
  ...heads,
  ...headsWithEnd,
  ...bodies,
  ...switching,
];

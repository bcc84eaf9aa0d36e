/**
 * Requests that two readers could read in two ways, or that ask for more than
 * they may: what goes in, and what comes of it.
 *
 * `{auth}` in a request's text stands for the app's valid Authorization line, `$` in
 * what goes upstream for the real one and the cluster's Host line.
 */

/** One hostile request. */
export interface HostileRequest {
  readonly name: string;
  /** What the client sends. */
  readonly sends: string;
  /** The status codes of the responses, in order. After the last the connection ends. */
  readonly gets: readonly number[];
  /** What arrives upstream, octet for octet; nothing where absent. */
  readonly upstream?: string;
  /** Only some of `upstream` may arrive, and never all: the request breaks on its way. */
  readonly breaksOff?: boolean;
  /** Part of the last response's Status message. */
  readonly says?: string;
}

const GET = "GET /api HTTP/1.1\r\nHost: kubernetes\r\n{auth}";
const POST = "POST /api HTTP/1.1\r\nHost: kubernetes\r\n{auth}";
const END = "Connection: close\r\n\r\n";
/** Behind a body: forwarded where a reader takes it for a request. */
const SMUGGLED = "GET /smuggled HTTP/1.1\r\nHost: kubernetes\r\n{auth}\r\n";
const CHUNKED = "Transfer-Encoding: chunked\r\n";

/** A refusal: 400, the connection ends, nothing goes upstream. */
function refused(
  name: string,
  sends: string,
  says?: string,
): HostileRequest {
  return { name, sends, gets: [400], ...(says === undefined ? {} : { says }) };
}

const repeated = (text: string, count: number) => text.repeat(count);

/** Framing in contradictory or unclear terms. */
const framing: readonly HostileRequest[] = [
  refused(
    "CL.TE: Content-Length before Transfer-Encoding",
    `${POST}Content-Length: 6\r\n${CHUNKED}\r\n0\r\n\r\nG${SMUGGLED}`,
    "exclude each other",
  ),
  refused(
    "TE.CL: Transfer-Encoding before Content-Length",
    `${POST}${CHUNKED}Content-Length: 4\r\n\r\n5c\r\n${SMUGGLED}`,
    "exclude each other",
  ),
  refused(
    "CL.TE with an empty Content-Length",
    `${POST}Content-Length:\r\n${CHUNKED}\r\n0\r\n\r\n`,
  ),
  refused(
    "CL.0 with Transfer-Encoding",
    `${POST}Content-Length: 0\r\n${CHUNKED}\r\n0\r\n\r\n`,
  ),
  ...[
    "Transfer-Encoding: xchunked",
    "Transfer-Encoding : chunked",
    "Transfer-Encoding\t: chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: x",
    "Transfer-Encoding: x\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
    "Transfer-Encoding: chunked, identity",
    "Transfer-Encoding: identity, chunked",
    "Transfer-Encoding: identity",
    "Transfer-Encoding: gzip, chunked",
    "Transfer-Encoding: gzip",
    "Transfer-Encoding: chunked, chunked",
    "Transfer-Encoding: chunked;q=1",
    "Transfer-Encoding: 'chunked'",
    'Transfer-Encoding: "chunked"',
    "Transfer-Encoding: chunk",
    "Transfer-Encoding: cow",
    "Transfer-Encoding: chunked\x0b",
    "Transfer-Encoding:\x0bchunked",
    "Transfer-Encoding: \x00chunked",
    "Transfer-Encoding: chunked\x00",
    "Transfer-Encoding:\r\n chunked",
    "Transfer-Encoding:\n chunked",
    " Transfer-Encoding: chunked",
    "\tTransfer-Encoding: chunked",
    "X: y\nTransfer-Encoding: chunked",
    "X: y\rTransfer-Encoding: chunked",
    "X: y\r\n Transfer-Encoding: chunked",
    "Transfer-Encoding:",
    "Transfer-Encoding: ,chunked",
    "Transfer-Encoding: chunked,",
    "Transfer-Encoding: \xa0chunked",
    "Transfer-Encoding: chunked\x85",
    "\x00Transfer-Encoding: chunked",
    "Transfer-Encoding\x00: chunked",
    "Transfer\x00-Encoding: chunked",
    "Transfer-Encoding\xa0: chunked",
  ].map((line) =>
    refused(
      `TE.TE: ${JSON.stringify(line)}`,
      `${POST}${line}\r\n\r\n0\r\n\r\n${SMUGGLED}`,
    )
  ),
  ...[
    "Content-Length: 5\r\nContent-Length: 6",
    "Content-Length: 6\r\nContent-Length: 6",
    "Content-Length: 5, 6",
    "Content-Length: 6, 6",
    "Content-Length: +6",
    "Content-Length: -6",
    "Content-Length: 6.0",
    "Content-Length: 0x6",
    "Content-Length: 6e0",
    "Content-Length: 6 6",
    "Content-Length: 6;",
    "Content-Length: six",
    "Content-Length:",
    "Content-Length: \x0b6",
    "Content-Length : 6",
    "Content-Length: 6\x00",
    "Content-Length: \xb2",
    "Content-Length: ٦".replaceAll("٦", "\xd9\xa6"),
    "Content-Length:\r\n 6",
    "Content-Length: 18446744073709551622",
    "Content-Length: 99999999999999999999999999",
    "Content-Length: 000000000000000000006",
  ].map((line) =>
    refused(
      `bad length: ${JSON.stringify(line)}`,
      `${POST}${line}\r\n\r\nabcdef${SMUGGLED}`,
    )
  ),
  {
    name: "a length past what a double counts exactly",
    sends: `${POST}Content-Length: 9007199254740993\r\n\r\n`,
    gets: [413],
  },
  refused(
    "HTTP/1.0 with chunks",
    `POST / HTTP/1.0\r\n{auth}${CHUNKED}\r\n0\r\n\r\n`,
    "HTTP/1.0",
  ),
];

/** Chunks that are none. All of them arrive in one piece with the head. */
const chunks: readonly HostileRequest[] = [
  ["no size", "\r\n\r\n"],
  ["a size that is no number", "x\r\n"],
  ["a size with 0x", "0x5\r\nabcde\r\n0\r\n\r\n"],
  ["a size with a sign", "+5\r\nabcde\r\n0\r\n\r\n"],
  ["a negative size", "-5\r\nabcde\r\n0\r\n\r\n"],
  ["a size with white space before it", " 5\r\nabcde\r\n0\r\n\r\n"],
  ["a size with white space behind it", "5 \r\nabcde\r\n0\r\n\r\n"],
  ["a size with a tab behind it", "5\t\r\nabcde\r\n0\r\n\r\n"],
  ["a size with an underscore", "1_0\r\n"],
  ["a size of 17 digits", "10000000000000005\r\nabcde\r\n0\r\n\r\n"],
  ["a size of 14 digits", "00000000000005\r\nabcde\r\n0\r\n\r\n"],
  ["a size line that ends with LF", "5\nabcde\r\n0\r\n\r\n"],
  ["a size line that ends with CR", "5\rabcde\r\n0\r\n\r\n"],
  ["a size line that ends with CR and another octet", "5\rXabcde\r\n0\r\n\r\n"],
  ["data longer than its size", "5\r\nabcdefg\r\n0\r\n\r\n"],
  ["data shorter than its size", "5\r\nabc\r\n0\r\n\r\n"],
  ["data that ends with LF", "5\r\nabcde\n0\r\n\r\n"],
  ["data that ends with CR", "5\r\nabcde\r0\r\n\r\n"],
  ["data that ends with nothing", "5\r\nabcde0\r\n\r\n"],
  ["an extension with a bare LF (TERM.EXT)", "5;\nabcde\r\n0\r\n\r\n"],
  ["an extension with a bare CR", "5;a\rb\r\nabcde\r\n0\r\n\r\n"],
  ["an extension with NUL", "5;a=\x00\r\nabcde\r\n0\r\n\r\n"],
  [
    "an extension of 300 octets",
    `5;${repeated("a", 300)}\r\nabcde\r\n0\r\n\r\n`,
  ],
  [
    "extensions without end on small chunks",
    `${repeated(`1;${repeated("a", 250)}\r\nb\r\n`, 100)}0\r\n\r\n`,
  ],
  ["an empty line that ends with LF", "0\r\n\n"],
  ["a last chunk that ends with LF", "0\n\r\n"],
  ["a trailer without a colon", "0\r\nTrailer\r\n\r\n"],
  ["a trailer without a name", "0\r\n: x\r\n\r\n"],
  ["a trailer with white space before its colon", "0\r\nX : y\r\n\r\n"],
  ["a folded trailer", "0\r\nX: y\r\n z\r\n\r\n"],
  ["a trailer with NUL", "0\r\nX: \x00\r\n\r\n"],
  ["a trailer that ends with LF", "0\r\nX: y\n\r\n"],
  ["a trailer with a bare CR", "0\r\nX: y\rZ: a\r\n\r\n"],
  [
    "trailers of 20 KiB",
    `0\r\n${repeated(`X: ${repeated("y", 1000)}\r\n`, 20)}\r\n`,
  ],
  ["a trailer Content-Length", "0\r\nContent-Length: 5\r\n\r\n"],
  ["a trailer Transfer-Encoding", "0\r\nTransfer-Encoding: chunked\r\n\r\n"],
  ["a trailer Host", "0\r\nHost: evil\r\n\r\n"],
  ["a trailer Authorization", "0\r\nAuthorization: Bearer x\r\n\r\n"],
  ["a trailer Impersonate-User", "0\r\nImpersonate-User: admin\r\n\r\n"],
  ["a trailer X-Remote-User", "0\r\nX-Remote-User: admin\r\n\r\n"],
  ["a trailer Connection", "0\r\nConnection: close\r\n\r\n"],
].map(([name = "", body = ""]) => ({
  ...refused(`chunks: ${name}`, `${POST}${CHUNKED}\r\n${body}`),
  upstream: `POST /api HTTP/1.1\r\n$${CHUNKED}\r\n${body}`,
  breaksOff: true,
}));

/** Start lines that are none. */
const startLines: readonly HostileRequest[] = [
  ["two spaces", "GET  /api HTTP/1.1"],
  ["a tab", "GET\t/api HTTP/1.1"],
  ["white space before the method", " GET /api HTTP/1.1"],
  ["white space behind the version", "GET /api HTTP/1.1 "],
  ["no version", "GET /api"],
  ["no target", "GET HTTP/1.1"],
  ["an empty target", "GET  HTTP/1.1"],
  ["a space in the target", "GET /a b HTTP/1.1"],
  ["HTTP/0.9", "GET /api HTTP/0.9"],
  ["HTTP/1.2", "GET /api HTTP/1.2"],
  ["HTTP/2.0", "GET /api HTTP/2.0"],
  ["HTTP/1.1 in lower case", "GET /api http/1.1"],
  ["HTTP/01.1", "GET /api HTTP/01.1"],
  ["HTTP/1.10", "GET /api HTTP/1.10"],
  ["HTTP/ 1.1", "GET /api HTTP/ 1.1"],
  ["another protocol", "GET /api RTSP/1.0"],
  ["a method with a colon", "GE:T /api HTTP/1.1"],
  ["a method with NUL", "G\x00ET /api HTTP/1.1"],
  ["a method of 40 octets", `${repeated("M", 40)} /api HTTP/1.1`],
  ["a fragment", "GET /api#x HTTP/1.1"],
  ["NUL in the target", "GET /a\x00b HTTP/1.1"],
  ["a control character in the target", "GET /a\x1fb HTTP/1.1"],
  ["DEL in the target", "GET /a\x7fb HTTP/1.1"],
  ["a raw octet above ASCII in the target", "GET /\xff HTTP/1.1"],
  ["a bare CR in the target", "GET /a\rb HTTP/1.1"],
  ["a target without its slash", "GET api HTTP/1.1"],
  ["an asterisk for GET", "GET * HTTP/1.1"],
  ["a bad percent-escape", "GET /%zz HTTP/1.1"],
  ["half a percent-escape", "GET /%4 HTTP/1.1"],
  ["an authority as target", "GET kubernetes:443 HTTP/1.1"],
  ["a URL of another host", "GET http://evil/api HTTP/1.1"],
  ["a URL with userinfo", "GET http://kubernetes@evil/api HTTP/1.1"],
  [
    "a URL with this host as userinfo",
    "GET http://kubernetes:x@kubernetes/api HTTP/1.1",
  ],
  ["a URL of another scheme", "GET file://kubernetes/api HTTP/1.1"],
  ["a URL without a host", "GET http:///api HTTP/1.1"],
  [
    "a URL with a port that Host has not",
    "GET http://kubernetes:80/api HTTP/1.1",
  ],
  ["an HTTP/2 preface", "PRI * HTTP/2.0"],
  [`a target of 70 KB`, `GET /${repeated("a", 70_000)} HTTP/1.1`],
].map(([name = "", line = ""]) =>
  refused(`start line: ${name}`, `${line}\r\nHost: kubernetes\r\n{auth}\r\n`)
);

/** Field lines that are none. */
const fields: readonly HostileRequest[] = [
  ["a bare LF at its end", "X: y\n"],
  ["a bare CR in its value", "X: y\rz\r\n"],
  ["CR CR LF at its end", "X: y\r\r\n"],
  ["obsolete folding", "X: y\r\n z\r\n"],
  ["obsolete folding by a tab", "X: y\r\n\tz\r\n"],
  ["a space before the colon", "X : y\r\n"],
  ["no colon", "X\r\n"],
  ["no name", ": y\r\n"],
  ["NUL in its value", "X: a\x00b\r\n"],
  ["a control character in its value", "X: a\x01b\r\n"],
  ["DEL in its value", "X: a\x7fb\r\n"],
  ["NUL in its name", "X\x00Y: z\r\n"],
  ["a parenthesis in its name", "X(Y): z\r\n"],
  ["an octet above ASCII in its name", "X\xe4: z\r\n"],
  ["a second Host", "Host: kubernetes\r\n"],
  ["a second, other Host", "Host: evil\r\n"],
  ["a field of 70 KB", `X: ${repeated("y", 70_000)}\r\n`],
  ["300 fields", repeated("X: y\r\n", 300)],
  [
    "a second Authorization",
    "Authorization: Bearer other\r\nConnection: close\r\n",
  ],
].map(([name = "", line = ""]) =>
  refused(`field: ${name}`, `${GET}${line}\r\n`)
);

const hosts: readonly HostileRequest[] = [
  ["no Host", ""],
  ["a Host with a path", "Host: kubernetes/api\r\n"],
  ["a Host with userinfo", "Host: a@kubernetes\r\n"],
  ["a Host with white space", "Host: a b\r\n"],
  ["a Host with a comma and white space", "Host: a, b\r\n"],
  ["a Host with a quote", 'Host: "a"\r\n'],
].map(([name = "", line = ""]) =>
  refused(`host: ${name}`, `GET /api HTTP/1.1\r\n${line}{auth}\r\n`)
);

/** Octets that are no HTTP at all. */
const noHttp: readonly HostileRequest[] = [
  refused("no HTTP: empty lines", "\r\n\r\n\r\n"),
  refused("no HTTP: LF alone", "\n\n"),
  refused("no HTTP: LF line ends", "GET /api HTTP/1.1\nHost: kubernetes\n\n"),
  refused("no HTTP: TLS in TLS", "\x16\x03\x01\x02\x00\x01\x00\x01\xfc\n\n"),
  refused(
    "no HTTP: a head without end",
    repeated("X: y\r\n", 40_000),
    "too long",
  ),
];

/** Methods that are not served. */
const methods: readonly HostileRequest[] = [
  {
    name: "CONNECT",
    sends:
      "CONNECT kubernetes:443 HTTP/1.1\r\nHost: kubernetes:443\r\n{auth}\r\n",
    gets: [405],
  },
  {
    name: "CONNECT with a path",
    sends: "CONNECT /api HTTP/1.1\r\nHost: kubernetes\r\n{auth}\r\n",
    gets: [405],
  },
  {
    name: "TRACE, which would send the credentials back",
    sends: "TRACE /api HTTP/1.1\r\nHost: kubernetes\r\n{auth}\r\n",
    gets: [405],
  },
];

/** Who asks, and for whom. */
const identity: readonly HostileRequest[] = [
  ...[
    ["a wrong token", "Bearer wrong"],
    ["a token and something behind it", "Bearer wrong more"],
    ["the scheme in lower case and a wrong token", "bearer wrong"],
  ].map(([name, value]) => ({
    name: `identity: ${name}`,
    sends:
      `GET /api HTTP/1.1\r\nHost: kubernetes\r\nAuthorization: ${value}\r\n${END}`,
    gets: [401],
  })),
  ...[
    ["the scheme alone", "Authorization: Bearer\r\n"],
    ["another scheme", "Authorization: Basic YTpi\r\n"],
    ["no credentials", ""],
  ].map(([name, line]) => ({
    name: `identity: ${name} is anonymous`,
    sends: `GET /api HTTP/1.1\r\nHost: kubernetes\r\n${line}${END}`,
    gets: [200],
    upstream: "GET /api HTTP/1.1\r\nHost: api.test:443\r\n\r\n",
  })),
  ...[
    "Impersonate-User: admin",
    "Impersonate-Group: system:masters",
    "Impersonate-Uid: 1",
    "Impersonate-Extra-scopes: x",
    "iMPERSONATE-uSER: admin",
    "Impersonate-User:",
    "Impersonate-User: admin\r\nConnection: impersonate-user",
  ].map((line) => ({
    name: `identity: ${JSON.stringify(line)}`,
    sends: `${GET}${line}\r\n\r\n`,
    gets: [403],
    says: "impersonation",
  })).map((entry) => ({
    ...entry,
    sends: entry.sends.replace("\r\n\r\n", "\r\nConnection: close\r\n\r\n"),
  })),
  ...[
    "X-Remote-User: admin",
    "X-Remote-Group: system:masters",
    "X-Remote-Extra-a: b",
    "x-remote-uid: 1",
    "Forwarded: for=1.2.3.4",
    "X-Forwarded-For: 1.2.3.4",
    "X-Forwarded-Host: evil",
    "X-Forwarded-Proto: http",
    "X-Forwarded-Uri: /evil",
    "X-Real-IP: 1.2.3.4",
    "Proxy-Authorization: Basic YTpi",
    "Proxy-Connection: keep-alive",
    "Keep-Alive: timeout=5",
    "TE: trailers",
    "Upgrade: websocket",
    "HTTP2-Settings: AAMAAABk",
  ].map((line) => ({
    name: `dropped: ${line}`,
    sends: `${GET}${line}\r\n${END}`,
    gets: [200],
    upstream: "GET /api HTTP/1.1\r\n$\r\n",
  })),
  ...[
    ["a field", "Connection: close, x-secret\r\nX-Secret: 1\r\n"],
    ["a field in other case", "connection: X-SECRET,close\r\nx-sEcret: 1\r\n"],
    [
      "two fields in two lines",
      "Connection: x-a\r\nConnection: x-b, close\r\nX-A: 1\r\nX-B: 2\r\n",
    ],
    [
      "what it may not drop",
      "Connection: close, authorization, host, content-length\r\n",
    ],
    ["itself", "Connection: connection, close\r\n"],
    [
      "h2c",
      "Connection: close, Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMA\r\n",
    ],
    ["TLS", "Connection: close, Upgrade\r\nUpgrade: TLS/1.3, HTTP/2.0\r\n"],
  ].map(([name, lines]) => ({
    name: `Connection names ${name}`,
    sends: `${GET}${lines}\r\n`,
    gets: [200],
    upstream: "GET /api HTTP/1.1\r\n$\r\n",
  })),
  {
    name: "Connection names Content-Length, and the body stays a body",
    sends:
      `${POST}Connection: content-length, close\r\nContent-Length: 3\r\n\r\nabc`,
    gets: [200],
    upstream: "POST /api HTTP/1.1\r\n$Content-Length: 3\r\n\r\nabc",
  },
  {
    name: "Connection names Transfer-Encoding, and the chunks stay chunks",
    sends:
      `${POST}Connection: transfer-encoding, close\r\n${CHUNKED}\r\n3\r\nabc\r\n0\r\n\r\n`,
    gets: [200],
    upstream: `POST /api HTTP/1.1\r\n$${CHUNKED}\r\n3\r\nabc\r\n0\r\n\r\n`,
  },
];

/** What may look odd and is passed on as it came. */
const passed: readonly HostileRequest[] = [
  ...[
    "/api/v1/namespaces/a%2Fb/pods",
    "/api/v1/../../secrets",
    "/./api//v1",
    "//evil/api",
    "/api?x=../..&y=%00",
    "/api;v=1",
    '/a|b"<>^`{}\\',
    "/%2e%2e/%2F",
    "/api?a?b??c",
    "/?",
    "/http://evil/",
  ].map((target) => ({
    name: `passed: the target ${target}`,
    sends: `GET ${target} HTTP/1.1\r\nHost: kubernetes\r\n{auth}${END}`,
    gets: [200],
    upstream: `GET ${target} HTTP/1.1\r\n$\r\n`,
  })),
  {
    name: "passed: a URL of this host becomes a path",
    sends:
      `GET HTTPS://Kubernetes/api?x HTTP/1.1\r\nHost: kubernetes\r\n{auth}${END}`,
    gets: [200],
    upstream: "GET /api?x HTTP/1.1\r\n$\r\n",
  },
  {
    name: "passed: a URL of this host without a path",
    sends:
      `GET http://kubernetes?x HTTP/1.1\r\nHost: kubernetes\r\n{auth}${END}`,
    gets: [200],
    upstream: "GET /?x HTTP/1.1\r\n$\r\n",
  },
  {
    name: "passed: OPTIONS *",
    sends: `OPTIONS * HTTP/1.1\r\nHost: kubernetes\r\n{auth}${END}`,
    gets: [200],
    upstream: "OPTIONS * HTTP/1.1\r\n$\r\n",
  },
  {
    name: "passed: one empty line before a request",
    sends: `\r\n${GET}${END}`,
    gets: [200],
    upstream: "GET /api HTTP/1.1\r\n$\r\n",
  },
  {
    name: "passed: white space around a value, an empty value, obs-text",
    sends: `${GET}X:  a b\t \r\nEmpty:\r\nText: \xe4\xff\r\n${END}`,
    gets: [200],
    upstream:
      "GET /api HTTP/1.1\r\n$X: a b\r\nEmpty: \r\nText: \xe4\xff\r\n\r\n",
  },
  {
    name: "passed: a GET with a body",
    sends: `${GET}Content-Length: 3\r\n${END}abc`,
    gets: [200],
    upstream: "GET /api HTTP/1.1\r\n$Content-Length: 3\r\n\r\nabc",
  },
  {
    name: "passed: extensions, trailers and upper-case sizes",
    sends:
      `${POST}${CHUNKED}Trailer: X-Sum\r\n${END}A;a=b;c="d"\r\n0123456789\r\n00\r\nX-Sum: 1\r\n\r\n`,
    gets: [200],
    upstream:
      `POST /api HTTP/1.1\r\n$Trailer: X-Sum\r\n${CHUNKED}\r\nA;a=b;c="d"\r\n0123456789\r\n00\r\nX-Sum: 1\r\n\r\n`,
  },
  {
    name: "passed: Transfer-Encoding in other case",
    sends: `${POST}transfer-ENCODING: \t CHUNKED \r\n${END}1\r\na\r\n0\r\n\r\n`,
    gets: [200],
    upstream: `POST /api HTTP/1.1\r\n$${CHUNKED}\r\n1\r\na\r\n0\r\n\r\n`,
  },
  {
    name: "passed: a length with zeros before it",
    sends: `${POST}Content-Length: 0003\r\n${END}abc`,
    gets: [200],
    upstream: "POST /api HTTP/1.1\r\n$Content-Length: 3\r\n\r\nabc",
  },
  {
    name: "passed: two requests at once, in their order",
    sends: `${GET}\r\nGET /two HTTP/1.1\r\nHost: b\r\n{auth}${END}`,
    gets: [200, 200],
    upstream: "GET /api HTTP/1.1\r\n$\r\nGET /two HTTP/1.1\r\n$\r\n",
  },
  {
    name: "passed: a good request, and behind it a bad one",
    sends: `${POST}Content-Length: 3\r\n\r\nabcGET /x\r\n\r\n`,
    gets: [200, 400],
    upstream: "POST /api HTTP/1.1\r\n$Content-Length: 3\r\n\r\nabc",
  },
  {
    name: "passed: what follows Connection: close is not read",
    sends: `${GET}${END}${SMUGGLED}`,
    gets: [200],
    upstream: "GET /api HTTP/1.1\r\n$\r\n",
  },
  {
    name: "passed: HTTP/1.0, and then the end",
    sends:
      `GET /api HTTP/1.0\r\n{auth}Connection: keep-alive\r\n\r\n${SMUGGLED}`,
    gets: [200],
    upstream: "GET /api HTTP/1.0\r\n$\r\n",
  },
];

/** All of them. */
export const HOSTILE_REQUESTS: readonly HostileRequest[] = [
  ...framing,
  ...chunks,
  ...startLines,
  ...fields,
  ...hosts,
  ...noHttp,
  ...methods,
  ...identity,
  ...passed,
];

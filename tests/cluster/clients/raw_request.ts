/** Requests octet for octet, and what of their answers a client can tell apart. */

import { denoNetwork } from "../../../flavors/deno_network.ts";
import { RawPeer, type RawResponse } from "../../lib/proxy/raw_peer.ts";
import { VARYING_HEADERS } from "./transcript.ts";
import type { AppWay } from "./two_ways.ts";

/** A request, in words that stand for what is only known when it is sent. */
export interface RawRequest {
  readonly method: string;
  /**
   * The request target. NAMESPACE stands for the way's own namespace, CONTINUE
   * for the last list's token, VERSION for the last resource version.
   */
  readonly target: string;
  /** Fields beside Host and Authorization; ETAG stands for the last answer's. */
  readonly fields?: readonly string[];
  readonly body?: string;
  /** How the body is framed: by its length unless told. */
  readonly framing?:
    | "chunked"
    | "chunked with a trailer"
    | "after 100 Continue";
  readonly version?: "1.0" | "1.1";
  /** Who asks: the pod's ServiceAccount unless told. */
  readonly as?: "anonymous";
  /** What comes after the head of a 101, as far as it is sent. */
  readonly untilClose?: true;
}

/** What a client sees of an answer. */
export interface RawAnswer {
  readonly statusLine: string;
  /** By their names, those of one name in their order; without those that vary. */
  readonly fields: readonly string[];
  readonly body: string;
  readonly trailers: string;
  /** The heads of interim answers. */
  readonly interim: readonly string[];
  /** Whether another request was answered on the same connection. */
  readonly isPersistent: boolean;
}

/** What earlier answers leave behind for later requests of the same way. */
export interface RawSession {
  readonly way: AppWay;
  readonly namespace: string;
  readonly token: string;
  readonly ca: string;
  readonly left: Map<"CONTINUE" | "ETAG" | "VERSION", string>;
}

const HOST = "kubernetes.default.svc";

/** Sends the request on a connection of its own, and another one behind it. */
export async function exchange(
  session: RawSession,
  request: RawRequest,
): Promise<RawAnswer> {
  const connection = await denoNetwork.connect({
    hostname: session.way.host,
    port: session.way.port,
    tls: { caCertificates: [session.ca] },
  });
  try {
    const peer = new RawPeer(connection);
    const interim: string[] = [];
    const body = fillIn(session, request.body ?? "");
    const waits = request.framing === "after 100 Continue";
    await peer.send(
      headOf(session, request, body) + (waits ? "" : framed(request, body)),
    );
    let response = await peer.readResponse(request.method);
    while (response.status < 200 && response.status !== 101) {
      interim.push(response.head);
      if (waits) await peer.send(body);
      response = await peer.readResponse(request.method);
    }
    const rest = request.untilClose === undefined ? "" : await peer.readRest();
    const answer = answerOf(session, request, response, rest);
    return {
      ...answer,
      interim,
      isPersistent: request.untilClose === undefined &&
        await answersAgain(peer, session),
    };
  } finally {
    connection.close();
  }
}

/** Puts in what the words stand for. */
function fillIn(session: RawSession, text: string): string {
  return ["CONTINUE", "ETAG", "VERSION"].reduce(
    (filled, word) => filled.replaceAll(word, leftAs(session, word)),
    text.replaceAll("NAMESPACE", session.namespace),
  );
}

function leftAs({ left }: RawSession, word: string): string {
  for (const [name, value] of left) if (name === word) return value;
  return word;
}

function headOf(
  session: RawSession,
  { method, target, fields = [], framing, version = "1.1", as, ...request }:
    RawRequest,
  body: string,
): string {
  return [
    `${method} ${fillIn(session, target)} HTTP/${version}`,
    `Host: ${HOST}`,
    ...(as === undefined ? [`Authorization: Bearer ${session.token}`] : []),
    ...fields.map((field) => fillIn(session, field)),
    ...(framing?.startsWith("chunked")
      ? ["Transfer-Encoding: chunked"]
      : request.body === undefined
      ? []
      : [`Content-Length: ${body.length}`]),
    ...(framing === "chunked with a trailer" ? ["Trailer: X-Sum"] : []),
    ...(framing === "after 100 Continue" ? ["Expect: 100-continue"] : []),
    "",
    "",
  ].join("\r\n");
}

const CHUNK = 1000;

function framed({ framing }: RawRequest, body: string): string {
  if (!framing?.startsWith("chunked")) return body;
  let chunks = "";
  for (let start = 0; start < body.length; start += CHUNK) {
    const chunk = body.slice(start, start + CHUNK);
    chunks += `${chunk.length.toString(16)}\r\n${chunk}\r\n`;
  }
  const trailer = framing === "chunked" ? "" : "X-Sum: 1\r\n";
  return `${chunks}0\r\n${trailer}\r\n`;
}

/** Whether the connection is good for one more request. */
async function answersAgain(
  peer: RawPeer,
  { token }: RawSession,
): Promise<boolean> {
  try {
    await peer.send(
      `GET /version HTTP/1.1\r\nHost: ${HOST}\r\nAuthorization: Bearer ${token}\r\n\r\n`,
    );
    return (await peer.readResponse()).status === 200;
  } catch {
    return false;
  }
}

function answerOf(
  session: RawSession,
  request: RawRequest,
  response: RawResponse,
  rest: string,
): Pick<RawAnswer, "statusLine" | "fields" | "body" | "trailers"> {
  const [statusLine = "", ...lines] = response.head.trimEnd().split("\r\n");
  const isChunked = lines.some((line) =>
    /^transfer-encoding: chunked$/i.test(line)
  );
  const { body, trailers } = isChunked && request.method !== "HEAD"
    ? withoutChunks(response.body)
    : { body: response.body, trailers: "" };
  remember(session, lines, body);
  const fields = lines
    .filter((line) => !VARYING_HEADERS.has(nameOf(line)))
    // To HTTP/1.0 it says nothing new.
    .filter((line) =>
      request.version !== "1.0" || line.toLowerCase() !== "connection: close"
    )
    // Numbers of other lengths and names make objects of other lengths.
    .map((line) =>
      nameOf(line) === "content-length"
        ? line.replace(` ${body.length}`, " that of the body")
        : steady(session, line)
    )
    .toSorted((one, other) => nameOf(one) < nameOf(other) ? -1 : 1);
  return {
    // Each server names the version that it speaks itself (RFC 9112, section 2.3).
    statusLine: statusLine.replace(/^HTTP\/1\.[01]/, "HTTP/1"),
    fields,
    body: steady(session, body) + steady(session, rest),
    trailers,
  };
}

function nameOf(line: string): string {
  return line.slice(0, line.indexOf(":")).toLowerCase();
}

function withoutChunks(octets: string) {
  let body = "";
  for (let at = 0;;) {
    const end = octets.indexOf("\r\n", at);
    const size = parseInt(octets.slice(at, end), 16);
    if (size === 0) return { body, trailers: octets.slice(end + 2) };
    body += octets.slice(end + 2, end + 2 + size);
    at = end + 2 + size + 2;
  }
}

function remember(
  { left }: RawSession,
  lines: readonly string[],
  body: string,
): void {
  const found = {
    CONTINUE: /"continue":"([^"]+)"/.exec(body)?.[1],
    ETAG: /^etag: (.+)$/im.exec(lines.join("\n"))?.[1],
    VERSION: /"resourceVersion":"(\d+)"/.exec(body)?.[1],
  };
  for (const word of ["CONTINUE", "ETAG", "VERSION"] as const) {
    const value = found[word];
    if (value !== undefined) left.set(word, value);
  }
}

/** What differs between two namespaces and two moments. */
const VARYING: readonly (readonly [RegExp, string])[] = [
  [/\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, "UID"],
  [/\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, "TIME"],
  [/(resourceVersion"?:\s?)"\d+"/g, '$1"VERSION"'],
  [/("continue":\s?)"[^"]+"/g, '$1"CONTINUE"'],
];

function steady({ namespace }: RawSession, text: string): string {
  return VARYING.reduce<string>(
    (steady, [pattern, by]) => steady.replaceAll(pattern, by),
    text.replaceAll(namespace, "NAMESPACE"),
  );
}

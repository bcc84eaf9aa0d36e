/**
 * A plain reading of the grammar of RFC 9112 and RFC 9110, written from the
 * RFCs alone and for clarity alone: it shares no code and no thought with lib.
 * One character stands for one octet.
 */

import type { Reading, ReadMessage } from "./message_reading.ts";

const token = "[-!#$%&'*+.^_`|~0-9A-Za-z]+";
// field-content, with the white space that may stand between visible characters.
const value =
  "(?:[\\x21-\\x7e\\x80-\\xff](?:[\\t \\x21-\\x7e\\x80-\\xff]*[\\x21-\\x7e\\x80-\\xff])?)?";
const fieldLine = `${token}:[ \\t]*${value}[ \\t]*\\r\\n`;
const fieldSection = `(?<fields>(?:${fieldLine})*)\\r\\n`;
const requestHead = new RegExp(
  `(?:\\r\\n)?(?<method>${token}) (?<target>[\\x21-\\x7e]+) HTTP/1\\.(?<minor>[01])\\r\\n${fieldSection}`,
  "y",
);
const responseHead = new RegExp(
  `HTTP/1\\.(?<minor>[01]) (?<status>[1-9][0-9]{2})(?: [\\t \\x21-\\x7e\\x80-\\xff]*)?\\r\\n${fieldSection}`,
  "y",
);
const chunkHead = /(?<size>[0-9A-Fa-f]+)(?:;[\t \x21-\x7e\x80-\xff]*)?\r\n/y;
const trailerSection = new RegExp(fieldSection, "y");

type Groups = Readonly<Record<string, string | undefined>>;

/** The match at `at`; undefined where there is none. */
function matchAt(
  pattern: RegExp,
  text: string,
  at: number,
): { groups: Groups; end: number } | undefined {
  pattern.lastIndex = at;
  const match = pattern.exec(text);
  return match === null
    ? undefined
    : { groups: match.groups ?? {}, end: at + match[0].length };
}

function values(fields: string, name: string): string[] {
  return fields.split("\r\n").filter((line) => line !== "")
    .map((
      line,
    ) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 1)])
    .filter(([found]) => found?.toLowerCase() === name)
    .map(([, found]) => (found ?? "").replace(/^[ \t]+|[ \t]+$/g, ""));
}

type BodyReading = { body: string; end: number } | "incomplete" | "malformed";

/** The body behind a head, by the rules of RFC 9112, section 6.3. */
function readBody(
  text: string,
  at: number,
  fields: string,
  without: "nothing" | "until-close",
  isHttp10: boolean,
): BodyReading {
  const codings = values(fields, "transfer-encoding");
  const lengths = values(fields, "content-length");
  if (codings.length > 0) {
    if (
      lengths.length > 0 || isHttp10 ||
      codings.join().toLowerCase() !== "chunked"
    ) {
      return "malformed";
    }
    return readChunks(text, at);
  }
  if (lengths.length > 0) {
    const [length = ""] = lengths;
    if (lengths.length > 1 || !/^[0-9]+$/.test(length)) return "malformed";
    const end = at + Number(length);
    return end > text.length
      ? "incomplete"
      : { body: text.slice(at, end), end };
  }
  return without === "nothing"
    ? { body: "", end: at }
    : { body: text.slice(at), end: text.length };
}

function readChunks(text: string, begin: number): BodyReading {
  let at = begin;
  let body = "";
  for (;;) {
    const head = matchAt(chunkHead, text, at);
    if (head === undefined) return unfinished(text, at);
    const size = parseInt(head.groups["size"] ?? "", 16);
    if (size === 0) {
      const trailers = matchAt(trailerSection, text, head.end);
      if (trailers === undefined) return unfinished(text, head.end);
      return { body, end: trailers.end };
    }
    const end = head.end + size;
    if (end + 2 > text.length) {
      return "\r\n".startsWith(text.slice(end)) ? "incomplete" : "malformed";
    }
    if (text.slice(end, end + 2) !== "\r\n") return "malformed";
    body += text.slice(head.end, end);
    at = end + 2;
  }
}

/** What matches nothing may only lack its end. Told loosely: a line may still come. */
function unfinished(text: string, at: number): "incomplete" | "malformed" {
  return text.indexOf("\r\n\r\n", at) < 0 ? "incomplete" : "malformed";
}

/** Reads a stream of requests. */
export function readRequests(text: string): Reading {
  const messages: ReadMessage[] = [];
  for (let at = 0; at < text.length;) {
    const head = matchAt(requestHead, text, at);
    if (head === undefined) return { messages, rest: unfinished(text, at) };
    const { method = "", target = "", minor, fields = "" } = head.groups;
    const read = readBody(text, head.end, fields, "nothing", minor === "0");
    if (typeof read === "string") return { messages, rest: read };
    messages.push({ method, target, status: 0, body: read.body });
    at = read.end;
  }
  return { messages, rest: "nothing" };
}

/** Reads a stream of responses to requests of these methods; GET beyond them. */
export function readResponses(
  text: string,
  methods: readonly string[] = [],
): Reading {
  const messages: ReadMessage[] = [];
  let finals = 0;
  for (let at = 0; at < text.length;) {
    const head = matchAt(responseHead, text, at);
    if (head === undefined) return { messages, rest: unfinished(text, at) };
    const { minor, fields = "" } = head.groups;
    const status = Number(head.groups["status"]);
    const method = methods[finals] ?? "GET";
    if (status >= 200) finals++;
    if (status === 101) {
      messages.push({ method: "", target: "", status, body: "" });
      return { messages, rest: "upgraded" };
    }
    const isBodiless = method === "HEAD" || status < 200 || status === 204 ||
      status === 304;
    const read = isBodiless
      ? { body: "", end: head.end }
      : readBody(text, head.end, fields, "until-close", minor === "0");
    if (typeof read === "string") return { messages, rest: read };
    messages.push({ method: "", target: "", status, body: read.body });
    at = read.end;
  }
  return { messages, rest: "nothing" };
}

// Reads messages with Node's own parser, llhttp. Runs in Node, not in Deno:
// each line of standard input is a JSON array of streams, each answered by its
// readings in a line of JSON (see message_reading.ts).
import { createRequire } from "node:module";
import { createInterface } from "node:readline";

const { HTTPParser } = createRequire(import.meta.url)("_http_common");
const METHODS = createRequire(import.meta.url)("_http_common").methods;

const ON_HEAD = HTTPParser.kOnHeadersComplete | 0;
const ON_BODY = HTTPParser.kOnBody | 0;
const ON_END = HTTPParser.kOnMessageComplete | 0;
const ON_FIELDS = HTTPParser.kOnHeaders | 0;

function read({ kind, text, methods = [] }) {
  const parser = new HTTPParser();
  parser.initialize(
    kind === "request" ? HTTPParser.REQUEST : HTTPParser.RESPONSE,
    {},
    0,
    HTTPParser.kLenientNone ?? 0,
  );
  const messages = [];
  let message;
  let finals = 0;
  let isUpgraded = false;
  // Of a long head the target comes early; with trailers it comes once more.
  let early = "";
  parser[ON_FIELDS] = (_fields, target) => early += target;
  parser[ON_HEAD] = (
    _major,
    _minor,
    _fields,
    method,
    target,
    status,
    _phrase,
    upgrade,
  ) => {
    message = {
      method: kind === "request" ? METHODS[method] ?? String(method) : "",
      target: kind === "request" ? target ?? early : "",
      status: status ?? 0,
      body: "",
    };
    early = "";
    if (kind === "request") {
      isUpgraded = upgrade;
      return 0;
    }
    const asked = methods[finals] ?? "GET";
    if (status >= 200) finals++;
    isUpgraded = status === 101;
    if (isUpgraded) return 2;
    return asked === "HEAD" ? 1 : 0;
  };
  parser[ON_BODY] = (octets, offset, length) => {
    message.body += offset === undefined
      ? octets.toString("latin1")
      : octets.subarray(offset, offset + length).toString("latin1");
  };
  parser[ON_END] = () => {
    messages.push(message);
    message = undefined;
    early = "";
  };
  const octets = Buffer.from(text, "latin1");
  const result = parser.execute(octets);
  let rest = message === undefined ? "nothing" : "incomplete";
  if (result instanceof Error) rest = "malformed";
  else if (isUpgraded) {
    rest = "upgraded";
    if (message !== undefined) messages.push(message);
  } else {
    const end = parser.finish();
    if (end instanceof Error) rest = "incomplete";
    else if (message !== undefined) rest = "incomplete";
    else rest = "nothing";
  }
  parser.close?.();
  return { messages, rest };
}

for await (const line of createInterface({ input: process.stdin })) {
  process.stdout.write(`${JSON.stringify(JSON.parse(line).map(read))}\n`);
}

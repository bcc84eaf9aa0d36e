import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { HOSTILE_REQUESTS, type HostileRequest } from "./hostile_requests.ts";
import { ProxyUnderTest, REAL_TOKEN } from "./proxy_under_test.ts";
import type { RawPeer } from "./raw_peer.ts";
import { okResponse } from "./scripted_upstream.ts";

/** Answers each request with the whole of it read, and ends with the proxy. */
async function lenientServer(connection: RawPeer): Promise<void> {
  for (;;) {
    const head = await connection.readHead();
    const length = /^content-length: ([0-9]+)\r$/im.exec(head)?.[1];
    if (length !== undefined) await connection.readExactly(Number(length));
    if (/^transfer-encoding: chunked\r$/im.test(head)) {
      for (;;) {
        const line = await connection.readThrough("\r\n");
        const size = parseInt(line, 16);
        if (size === 0) break;
        await connection.readExactly(size + 2);
      }
      while (await connection.readThrough("\r\n") !== "\r\n");
    }
    await connection.send(okResponse());
  }
}

async function meet(
  test: ProxyUnderTest,
  request: HostileRequest,
  send: (client: RawPeer, text: string) => Promise<void>,
): Promise<void> {
  const before = test.upstream.received.length;
  using client = await test.connect();
  const text = request.sends.replaceAll("{auth}", test.authorization);
  // The proxy may answer and end before it has read all.
  await send(client, text).catch(() => {});
  const statuses: number[] = [];
  let last = "";
  for (const _ of request.gets) {
    const { status, head, body } = await client.readResponse();
    statuses.push(status);
    last = body;
    if (status !== 200) {
      match(head, /^Content-Type: application\/json\r$/m);
      deepStrictEqual(
        pick(JSON.parse(body)),
        { kind: "Status", status: "Failure", code: status },
      );
    }
  }
  deepStrictEqual(statuses, request.gets);
  strictEqual(await client.readRest(), "", "something follows the responses");
  strictEqual(client.end, "orderly");
  ok(last.includes(request.says ?? ""), `${last} does not say ${request.says}`);
  ok(!client.received.includes(REAL_TOKEN));
  await test.untilUpstreamKnows();
  const expected = (request.upstream ?? "")
    .replaceAll("$", "Host: api.test:443\r\n");
  const received = withoutCredentials(test.upstream.received.slice(before));
  if (request.breaksOff) {
    ok(expected.startsWith(received) && received !== expected, received);
  } else strictEqual(received, expected);
}

/** What arrived but for the real credentials, which stand behind the client's fields. */
function withoutCredentials(received: string): string {
  return received.replaceAll(`Authorization: Bearer ${REAL_TOKEN}\r\n`, "");
}

function pick(value: Record<string, unknown>) {
  return { kind: value["kind"], status: value["status"], code: value["code"] };
}

const sendings: readonly [
  name: string,
  send: (client: RawPeer, text: string) => Promise<void>,
][] = [
  ["in one piece", (client, text) => client.send(text)],
  [
    "octet by octet",
    (client, text) =>
      // What is about size needs no splitting of each octet.
      text.length > 4_000 ? client.send(text) : client.sendByOctet(text),
  ],
];

for (const [name, send] of sendings) {
  Deno.test({
    name: `startProxy() meets hostile requests ${name}`,
    timeout: 60_000,
    async fn(t) {
      await using test = await ProxyUnderTest.start({ script: lenientServer });
      for (const request of HOSTILE_REQUESTS) {
        await t.step(request.name, () => meet(test, request, send));
      }
      ok(!test.log.join("").includes(REAL_TOKEN));
      ok(!test.log.join("").includes(test.token));
    },
  });
}

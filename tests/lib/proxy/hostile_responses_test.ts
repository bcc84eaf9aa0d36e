import { match, ok, strictEqual } from "node:assert/strict";
import {
  HOSTILE_RESPONSES,
  type HostileResponse,
} from "./hostile_responses.ts";
import { ProxyUnderTest, REAL_TOKEN } from "./proxy_under_test.ts";
import type { RawPeer } from "./raw_peer.ts";
import { okResponse } from "./scripted_upstream.ts";

type Split = "in one piece" | "octet by octet";

/** Sends one hostile response, and answers whatever else comes in an ordinary way. */
class HostileServer {
  readonly #response: HostileResponse;
  readonly #split: Split;
  /** The connections of the requests, in their order. */
  readonly served: RawPeer[] = [];

  constructor(response: HostileResponse, split: Split) {
    this.#response = response;
    this.#split = split;
  }

  readonly script = async (connection: RawPeer): Promise<void> => {
    for (;;) {
      await connection.readHead();
      this.served.push(connection);
      if (this.served.length > 1) {
        await connection.send(okResponse("next"));
        continue;
      }
      const { sends, closes } = this.#response;
      // What is about size needs no splitting of each octet.
      if (this.#split === "in one piece" || sends.length > 2_000) {
        await connection.send(sends);
      } else await connection.sendByOctet(sends);
      if (closes) return;
    }
  };
}

/** Reads MCA's 502, or a response that is cut off. Returns whether the connection ends. */
async function readFailure(
  client: RawPeer,
  response: HostileResponse,
): Promise<boolean> {
  let { status, head, body } = await client.readResponse()
    .catch(() => ({ status: 0, head: "", body: "" }));
  while (status === 100 || status === 103) {
    ({ status, head, body } = await client.readResponse());
  }
  if (status === 502) {
    match(head, /^Content-Type: application\/json\r$/m);
    strictEqual(JSON.parse(body).code, 502);
    return false;
  }
  ok(response.name.startsWith("broken off"), client.received);
  ok(client.end !== undefined, client.received);
  return true;
}

async function meet(
  test: ProxyUnderTest,
  response: HostileResponse,
  split: Split,
): Promise<void> {
  const { method = "GET", version = "HTTP/1.1", asks = "" } = response;
  test.upstream.closeConnections();
  await test.untilCounts({ upstream: 0 });
  const server = new HostileServer(response, split);
  test.upstream.script = server.script;
  using client = await test.connect();
  const fields = `Host: k\r\n${test.authorization}`;
  await client.send(`${method} /api ${version}\r\n${fields}${asks}\r\n`);
  let ends = response.ends ?? false;
  if (response.gets === 502) ends = await readFailure(client, response);
  else {
    strictEqual(
      await client.readExactly(response.gets.length),
      response.gets,
    );
  }
  if (ends) strictEqual(await client.readRest(), "", "something follows");
  else {
    // The client's connection is good for another request, and gets its own answer.
    await client.send(`GET /next HTTP/1.1\r\n${fields}\r\n`);
    strictEqual((await client.readResponse()).body, "next");
    const [first, second] = server.served;
    strictEqual(first === second, response.reused ?? false, "reuse");
  }
  ok(!client.received.includes(REAL_TOKEN));
}

for (const split of ["in one piece", "octet by octet"] as const) {
  Deno.test({
    name: `startProxy() meets hostile responses ${split}`,
    timeout: 60_000,
    async fn(t) {
      await using test = await ProxyUnderTest.start({
        script: (connection) => connection.readRest().then(() => {}),
      });
      for (const response of HOSTILE_RESPONSES) {
        await t.step(response.name, () => meet(test, response, split));
      }
      ok(!test.log.join("").includes(REAL_TOKEN));
    },
  });
}

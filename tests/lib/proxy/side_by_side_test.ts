import { deepStrictEqual, ok } from "node:assert/strict";
import { Random } from "../../fuzz/random.ts";
import { ProxyUnderTest } from "./proxy_under_test.ts";
import type { RawPeer } from "./raw_peer.ts";

const CLIENTS = "ghijklmnopqrstuvwxyz";
const CONNECTIONS = 8;
const REQUESTS = 4;
const FRAMINGS = ["length", "chunked", "close"] as const;

/** What a client asks for: bodies of its own letter alone, both ways. */
interface Task {
  readonly letter: string;
  readonly framing: typeof FRAMINGS[number];
  readonly down: number;
  readonly up: number;
}

/** Serves what the path asks for; false where the connection ends with it. */
async function serve(upstream: RawPeer, faults: string[]): Promise<boolean> {
  const head = await upstream.readHead();
  const [, letter = "", framing, down = ""] =
    /^POST \/(.)\/(\w+)\/(\d+) /.exec(head) ?? [];
  const up = Number(/^content-length: (\d+)\r$/im.exec(head)?.[1] ?? 0);
  if (await upstream.readExactly(up) !== letter.repeat(up)) {
    faults.push(`upload of ${letter}`);
  }
  const body = letter.repeat(Number(down));
  if (framing === "length") {
    await upstream.send(
      `HTTP/1.1 200 OK\r\nContent-Length: ${down}\r\n\r\n${body}`,
    );
  } else if (framing === "chunked") {
    const size = body.length.toString(16);
    await upstream.send(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${size}\r\n${body}\r\n0\r\n\r\n`,
    );
  } else {
    await upstream.send(`HTTP/1.1 200 OK\r\n\r\n${body}`);
    await upstream.closeWrite();
  }
  return framing !== "close";
}

/** Asks, and reads the answer or goes away in the middle; false where the connection is over. */
async function ask(
  test: ProxyUnderTest,
  client: RawPeer,
  { letter, framing, down, up }: Task,
  random: Random,
  faults: string[],
): Promise<boolean> {
  const request = test.request(
    `POST /${letter}/${framing}/${down} HTTP/1.1`,
    `Content-Length: ${up}\r\n`,
  );
  const sent = client.send(request + letter.repeat(up));
  if (random.once(5)) {
    if (random.once(2)) await sent.catch(() => {});
    client.close();
    await sent.catch(() => {});
    return false;
  }
  await sent;
  const { body } = await client.readResponse();
  const data = framing === "length"
    ? body
    : body.replace(/(?:^|\r\n)[0-9a-f]+(?=\r\n)/g, "").replaceAll("\r\n", "");
  if (data !== letter.repeat(down)) faults.push(`${framing} for ${letter}`);
  return true;
}

Deno.test({
  name: "startProxy() mixes no octets of clients that come and go side by side",
  timeout: 60_000,
  async fn() {
    const faults: string[] = [];
    await using test = await ProxyUnderTest.start({
      logLevel: "error",
      script: async (upstream) => {
        while (await serve(upstream, faults));
      },
    });
    let answered = 0;
    await Promise.all(Array.from(CLIENTS, async (letter, index) => {
      const random = new Random(index + 1);
      for (let count = 0; count < CONNECTIONS; count++) {
        using client = await test.connect();
        for (let request = 0; request < REQUESTS; request++) {
          const task: Task = {
            letter,
            framing: random.of(FRAMINGS),
            down: 1 + random.below(200_000),
            up: random.once(3) ? random.below(150_000) : 0,
          };
          if (!await ask(test, client, task, random, faults)) break;
          answered++;
        }
      }
    }));
    deepStrictEqual(faults, []);
    ok(answered > CLIENTS.length);
    deepStrictEqual(test.log, []);
  },
});

import { ok, strictEqual } from "node:assert/strict";
import { denoNetwork } from "../../../flavors/deno_network.ts";
import type { Connection, Network } from "../../../lib/platform.ts";
import { ProxyUnderTest } from "./proxy_under_test.ts";

/** A connection that takes and gives no more than so many octets at a time. */
function inPieces(connection: Connection, limit: number): Connection {
  return {
    read: (buffer) => connection.read(buffer.subarray(0, limit)),
    write: (data) => connection.write(data.subarray(0, limit)),
    closeWrite: () => connection.closeWrite(),
    close: () => connection.close(),
  };
}

function networkInPieces(limit: number): Network {
  return {
    listenTls: async (options) => {
      const listener = await denoNetwork.listenTls(options);
      return {
        hostname: listener.hostname,
        port: listener.port,
        close: () => listener.close(),
        accept: async () => {
          const accepted = await listener.accept();
          return {
            ...inPieces(accepted, limit),
            peer: accepted.peer,
            handshake: () => accepted.handshake(),
          };
        },
      };
    },
    connect: async (options) =>
      inPieces(await denoNetwork.connect(options), limit),
  };
}

/** No octet can be missing, come twice or change its place unseen. */
function distinctOctets(length: number): string {
  const octets = Array.from(
    { length },
    (_, index) => String.fromCharCode(0x21 + (index * 7 + (index >> 8)) % 90),
  );
  return octets.join("");
}

/** The data of a body in the chunked coding. */
function dechunked(body: string): string {
  let data = "";
  for (let from = 0;;) {
    const lineEnd = body.indexOf("\r\n", from);
    const size = parseInt(body.slice(from, lineEnd), 16);
    if (size === 0) return data;
    data += body.slice(lineEnd + 2, lineEnd + 2 + size);
    from = lineEnd + 2 + size + 2;
  }
}

const CASES = [
  { limit: 1, size: 3_000 },
  { limit: 7, size: 20_000 },
  { limit: 5_000, size: 60_000 },
] as const;

for (const { limit, size } of CASES) {
  Deno.test({
    name:
      `startProxy() passes all on where a write takes ${limit} and a read gives ${limit} octets`,
    timeout: 20_000,
    async fn() {
      await using test = await ProxyUnderTest.start({
        network: networkInPieces(limit),
      });
      const body = distinctOctets(size);
      const client = await test.connect();
      const ask = async () => {
        const request = test.request(
          "POST /api HTTP/1.1",
          `X-Sent: \xe9\xff\r\nContent-Length: ${size}\r\n`,
        );
        const sent = client.send(request + body);
        const upstream = await test.upstream.accept();
        ok((await upstream.readHead()).includes("X-Sent: \xe9\xff\r\n"));
        strictEqual(await upstream.readExactly(size), body);
        await sent;
        return upstream;
      };

      const first = await ask();
      await first.send(
        `HTTP/1.1 200 OK\r\nX-Said: \xe9\r\nConnection: close\r\nContent-Length: ${size}\r\n\r\n${body}`,
      );
      const response = await client.readResponse();
      strictEqual(response.body, body);
      ok(response.head.includes("X-Said: \xe9\r\n"));

      const second = await ask();
      await second.send(`HTTP/1.1 200 OK\r\n\r\n${body}`);
      await second.closeWrite();
      strictEqual(dechunked((await client.readResponse()).body), body);

      const lines = test.log.filter((line) => line.includes(" request "));
      strictEqual(lines.length, 2);
      for (const line of lines) {
        ok(
          line.includes(`bytes=${size} `) && line.includes(`received=${size} `),
          line,
        );
      }
    },
  });
}

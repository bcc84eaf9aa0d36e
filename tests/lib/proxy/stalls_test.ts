/** Which peers may leave unread what they are sent. */

import { deepStrictEqual } from "node:assert/strict";
import { denoNetwork } from "../../../flavors/deno_network.ts";
import type { Connection, Network } from "../../../lib/platform.ts";
import { ProxyUnderTest } from "./proxy_under_test.ts";

/** A network that notes, for each connection made, whether stalls are tolerated. */
function watchedNetwork(): { network: Network; tolerated: boolean[] } {
  const tolerated: boolean[] = [];
  const watched = (connection: Connection): Connection => {
    const at = tolerated.push(false) - 1;
    return {
      read: (buffer) => connection.read(buffer),
      write: (data) => connection.write(data),
      closeWrite: () => connection.closeWrite(),
      close: () => connection.close(),
      tolerateStalls: () => {
        connection.tolerateStalls?.();
        tolerated[at] = true;
      },
    };
  };
  return {
    network: {
      listenTls: denoNetwork.listenTls,
      connect: async (options) => watched(await denoNetwork.connect(options)),
    },
    tolerated,
  };
}

const PROXIED = "/api/v1/namespaces/a/services/b/proxy/upload";

const CASES: readonly {
  readonly what: string;
  readonly line: string;
  readonly fields?: string;
  readonly body?: string;
  readonly answer: string;
  /** For the first connection, and for the one that the next request takes. */
  readonly tolerated: readonly boolean[];
}[] = [
  {
    what: "in a tunnel",
    line: "POST /api/v1/namespaces/a/pods/b/exec HTTP/1.1",
    fields: "Connection: Upgrade\r\nUpgrade: websocket\r\n",
    answer:
      "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    tolerated: [true],
  },
  {
    what: "amid an upload to what runs in the cluster, and never after it",
    line: `POST ${PROXIED} HTTP/1.1`,
    fields: "Content-Length: 2\r\n",
    body: "ab",
    answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    tolerated: [true, false],
  },
  {
    what: "not amid an upload to the API server itself",
    line: "POST /api/v1/namespaces/a/pods HTTP/1.1",
    fields: "Content-Length: 2\r\n",
    body: "ab",
    answer: "HTTP/1.1 201 Created\r\nContent-Length: 0\r\n\r\n",
    tolerated: [false],
  },
  {
    what: "not before a request without a body is there",
    line: `GET ${PROXIED} HTTP/1.1`,
    answer: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n",
    tolerated: [false],
  },
];

for (const { what, line, fields = "", body = "", answer, tolerated } of CASES) {
  Deno.test({
    name: `startProxy() lets the API server leave octets unread ${what}`,
    timeout: 20_000,
    async fn() {
      const watched = watchedNetwork();
      await using test = await ProxyUnderTest.start(watched);
      const client = await test.connect();
      await client.send(test.request(line, fields) + body);
      const upstream = await test.upstream.accept();
      await upstream.readHead();
      if (body !== "") await upstream.readExactly(body.length);
      await upstream.send(answer);
      await client.readHead();
      if (!answer.includes("101")) {
        await client.send(test.request("GET /version HTTP/1.1"));
        const next = tolerated.length > 1
          ? await test.upstream.accept()
          : upstream;
        await next.readHead();
        await next.send("HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n");
        await client.readHead();
      }
      deepStrictEqual(watched.tolerated, tolerated);
    },
  });
}

import { match, strictEqual } from "node:assert/strict";
import { holdWrite } from "./held_write.ts";
import { ProxyUnderTest } from "./proxy_under_test.ts";

/** A body that would be a request, were it read as one. */
const BODY = "GET /smuggled HTTP/1.1\r\nHost: k\r\n\r\n";

for (const connection of ["close", "keep-alive"]) {
  Deno.test({
    name:
      `startProxy() takes no body for a request that the upstream answers before it reads it, with Connection: ${connection}`,
    timeout: 20_000,
    async fn() {
      const held = holdWrite("/smuggled");
      await using test = await ProxyUnderTest.start({ network: held.network });
      const client = await test.connect();
      await client.send(
        test.request(
          "POST /api HTTP/1.1",
          `Content-Length: ${BODY.length}\r\n`,
        ),
      );
      const upstream = await test.upstream.accept();
      await upstream.readHead();
      await client.send(BODY);
      await held.begun;
      await upstream.send(
        `HTTP/1.1 413 Content Too Large\r\nConnection: ${connection}\r\nContent-Length: 2\r\n\r\nno`,
      );
      const { status, head, body } = await client.readResponse();
      strictEqual(status, 413);
      strictEqual(body, "no");
      strictEqual(await client.readRest(), "");
      strictEqual(client.end, "orderly");
      client.close();
      await held.ended;
      await test.untilCounts({ clients: 0, upstream: 0 });
      strictEqual(test.upstream.connectionCount, 1);
      match(head, /^Connection: close\r$/m);
    },
  });
}

Deno.test({
  name:
    "startProxy() makes no tunnel of a request whose body the upstream has not taken",
  timeout: 20_000,
  async fn() {
    const held = holdWrite("/smuggled");
    await using test = await ProxyUnderTest.start({ network: held.network });
    const upgrade = "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\n";
    const client = await test.connect();
    await client.send(
      test.request(
        "POST /exec HTTP/1.1",
        `${upgrade}Content-Length: ${BODY.length}\r\n`,
      ),
    );
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await client.send(BODY);
    await held.begun;
    await upstream.send(`HTTP/1.1 101 Switching\r\n${upgrade}\r\n`);
    strictEqual((await client.readResponse()).status, 502);
    strictEqual(await upstream.readRest(), "");
    await held.ended;
  },
});

Deno.test({
  name:
    "startProxy() says that it was the client who broke a body under an early response",
  timeout: 20_000,
  async fn() {
    await using test = await ProxyUnderTest.start();
    const client = await test.connect();
    await client.send(
      test.request("POST /api HTTP/1.1", "Transfer-Encoding: chunked\r\n"),
    );
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
    );
    await client.readThrough("hi\r\n");
    await client.send("oops\r\n");
    strictEqual(await client.readRest(), "");
    await upstream.readEnd();
    client.close();
    await test.untilCounts({ clients: 0, upstream: 0 });
    match(
      test.logText,
      /WARN request .*end=upstream-failed failure="A chunk does not begin/,
    );
  },
});

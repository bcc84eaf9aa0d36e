import { match, ok, strictEqual } from "node:assert/strict";
import { Cable } from "./cable.ts";
import { openWatch } from "./open_watch.ts";
import { proxyTest, ProxyUnderTest } from "./proxy_under_test.ts";
import type { RawPeer } from "./raw_peer.ts";
import { okResponse } from "./scripted_upstream.ts";

const GET = "GET /api HTTP/1.1";

/** Makes a first exchange, so that the connection is one that is used again. */
async function reused(
  test: ProxyUnderTest,
): Promise<{ client: RawPeer; upstream: RawPeer }> {
  const client = await test.connect();
  await client.send(test.request());
  const upstream = await test.upstream.accept();
  await upstream.readHead();
  await upstream.send(okResponse());
  await client.readResponse();
  await test.untilCounts({ upstreamIdle: 1 });
  return { client, upstream };
}

/** A request on a connection that dies once the request is there. */
async function dyingOn(
  test: ProxyUnderTest,
  request: string,
  before = "",
): Promise<RawPeer> {
  const { client, upstream } = await reused(test);
  await client.send(request);
  await upstream.readHead();
  await upstream.send(before);
  upstream.close();
  return client;
}

for (const method of ["GET", "HEAD", "OPTIONS"]) {
  proxyTest(
    `startProxy() sends ${method} once more when a reused connection was dead`,
    async (test) => {
      const request = test.request(`${method} /api HTTP/1.1`);
      const client = await dyingOn(test, request);
      const second = await test.upstream.accept();
      match(await second.readHead(), new RegExp(`^${method} /api `));
      await second.send(okResponse());
      strictEqual((await client.readResponse(method)).status, 200);
      match(test.logText, /reason=connection-was-dead/);
    },
  );
}

for (const method of ["POST", "PUT", "PATCH", "DELETE", "ODD"]) {
  proxyTest(
    `startProxy() does not send ${method} a second time`,
    async (test) => {
      const request = test.request(`${method} /api HTTP/1.1`);
      const client = await dyingOn(test, request);
      strictEqual((await client.readResponse()).status, 502);
      strictEqual(test.upstream.connectionCount, 1);
    },
  );
}

for (
  const [what, octets] of [
    ["one octet", "H"],
    ["half a head", "HTTP/1.1 200 OK\r\nContent-"],
  ] as const
) {
  proxyTest(
    `startProxy() does not send a GET again after ${what} of its response`,
    async (test) => {
      const client = await dyingOn(test, test.request(), octets);
      strictEqual((await client.readResponse()).status, 502);
      strictEqual(test.upstream.connectionCount, 1);
    },
  );
}

proxyTest(
  "startProxy() does not send a GET again after an interim response",
  async (test) => {
    const interim = "HTTP/1.1 103 Early Hints\r\n\r\n";
    const client = await dyingOn(test, test.request(), interim);
    strictEqual(await client.readHead(), interim);
    strictEqual((await client.readResponse()).status, 502);
    strictEqual(test.upstream.connectionCount, 1);
  },
);

proxyTest(
  "startProxy() does not send a GET again when a fresh connection dies",
  async (test) => {
    // The first, warm connection goes to this client and stays there.
    const other = await test.connect();
    await other.send(test.request());
    await (await test.upstream.accept()).readHead();
    const client = await test.connect();
    await client.send(test.request());
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    upstream.close();
    strictEqual((await client.readResponse()).status, 502);
    strictEqual(test.upstream.connectionCount, 2);
  },
);

proxyTest(
  "startProxy() sends a GET once more with its body",
  async (test) => {
    const request = `${test.request(GET, "Content-Length: 3\r\n")}abc`;
    const client = await dyingOn(test, request);
    const second = await test.upstream.accept();
    await second.readHead();
    strictEqual(await second.readExactly(3), "abc");
    await second.send(okResponse());
    strictEqual((await client.readResponse()).body, "ok");
  },
);

proxyTest(
  "startProxy() does not send a GET again whose body came in pieces",
  async (test) => {
    const { client, upstream } = await reused(test);
    await client.send(`${test.request(GET, "Content-Length: 6\r\n")}abc`);
    await upstream.readThrough("abc");
    await client.send("def");
    await upstream.readThrough("def");
    upstream.close();
    strictEqual((await client.readResponse()).status, 502);
  },
);

proxyTest(
  "startProxy() notices an idle connection's end before it is needed",
  async (test) => {
    const { client, upstream } = await reused(test);
    upstream.close();
    await test.untilCounts({ upstream: 0, upstreamIdle: 0 });
    await client.send(test.request("POST /api HTTP/1.1"));
    const second = await test.upstream.accept();
    await second.readHead();
    await second.send(okResponse());
    strictEqual((await client.readResponse()).status, 200);
  },
);

proxyTest(
  "startProxy() does not use a connection again on which octets came unasked",
  async (test) => {
    const { client, upstream } = await reused(test);
    await upstream.send(
      "HTTP/1.1 408 Request Timeout\r\nContent-Length: 0\r\n\r\n",
    );
    const second = test.upstream.accept();
    // How soon the octets are noticed depends on the network; then it is closed.
    const closed = upstream.readEnd();
    for (;;) {
      await client.send(test.request());
      const isClosed = await Promise.race([
        closed.then(() => true),
        second.then(() => true),
        upstream.readHead().then(() => false, () => true),
      ]);
      if (isClosed) break;
      await upstream.send(okResponse());
      await client.readResponse();
    }
    const fresh = await second;
    await fresh.readHead();
    await fresh.send(okResponse("fresh"));
    strictEqual((await client.readResponse()).body, "fresh");
  },
);

/** A proxy whose upstream connections go through a cable. */
async function withCable(
  fn: (test: ProxyUnderTest, cable: Cable) => Promise<void>,
): Promise<void> {
  let cable: Cable | undefined;
  try {
    await using test = await ProxyUnderTest.start({
      connectPort: async (port) => {
        cable = await Cable.open(port);
        return cable.port;
      },
    });
    ok(cable !== undefined);
    await fn(test, cable);
  } finally {
    await cable?.[Symbol.asyncDispose]();
  }
}

/** How a response begins, and how the client notices that it was cut off. */
const CUTS: readonly {
  readonly framing: string;
  readonly begins: string;
  readonly version?: string;
  readonly arrives: string;
}[] = [
  {
    framing: "with a length",
    begins: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
    arrives: "HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc",
  },
  {
    framing: "in chunks",
    begins: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
    arrives:
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
  },
  {
    framing: "until the end, which an HTTP/1.1 client gets as chunks",
    begins: "HTTP/1.1 200 OK\r\n\r\nabc",
    arrives:
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
  },
];

for (const { framing, begins, arrives } of CUTS) {
  for (const how of ["cut", "reset"] as const) {
    Deno.test({
      name:
        `startProxy() leaves a response ${framing} unfinished after a ${how}`,
      timeout: 20_000,
      fn: () =>
        withCable(async (test, cable) => {
          const client = await test.connect();
          await client.send(test.request());
          const upstream = await test.upstream.accept();
          await upstream.readHead();
          await upstream.send(begins);
          strictEqual(await client.readExactly(arrives.length), arrives);
          cable.strands.at(-1)?.[how]();
          strictEqual(await client.readRest(), "");
          client.close();
          await test.untilCounts({ clients: 0, upstream: 0 });
          match(
            test.logText,
            /WARN request .*status=200 .*end=upstream-failed/,
          );
          match(test.logText, /The API server broke off its response/);
        }),
    });
  }
}

for (const how of ["cut", "reset"] as const) {
  Deno.test({
    name: `startProxy() answers 502 after a ${how} before the response`,
    timeout: 20_000,
    fn: () =>
      withCable(async (test, cable) => {
        const client = await test.connect();
        await client.send(test.request("POST /api HTTP/1.1"));
        await (await test.upstream.accept()).readHead();
        cable.strands.at(-1)?.[how]();
        const { status, body } = await client.readResponse();
        strictEqual(status, 502);
        match(body, /closed the connection before it answered/);
        // The client's connection goes on.
        await client.send(test.request());
        const upstream = await test.upstream.accept();
        await upstream.readHead();
        await upstream.send(okResponse());
        strictEqual((await client.readResponse()).status, 200);
      }),
  });
}

proxyTest(
  "startProxy() closes the upstream when the client goes in mid-response",
  async (test) => {
    const { client, upstream } = await openWatch(test);
    client.close();
    await upstream.readEnd();
    await test.untilCounts({ clients: 0, upstream: 0 });
    match(test.logText, /INFO request .*end=client-gone/);
  },
);

proxyTest(
  "startProxy() closes the upstream when the client goes before the response",
  async (test) => {
    const client = await test.connect();
    await client.send(test.request());
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    client.close();
    await upstream.readEnd();
    await test.untilCounts({ clients: 0, upstream: 0 });
  },
);

for (const behind of ["\r\n", "GET /api HTTP/1.1\r\n", "x".repeat(100_000)]) {
  proxyTest(
    `startProxy() closes the upstream when a client goes that has sent ${behind.length} octets more`,
    async (test) => {
      const { client, upstream } = await openWatch(test);
      await client.send(behind);
      // What is sent now arrives after the octets before it were read.
      await upstream.send("1\r\na\r\n");
      await client.readThrough("a\r\n");
      client.close();
      await upstream.readEnd();
      await test.untilCounts({ clients: 0, upstream: 0 });
    },
  );
}

proxyTest(
  "startProxy() closes the upstream when the client goes in mid-upload",
  async (test) => {
    const client = await test.connect();
    await client.send(
      `${test.request("POST /api HTTP/1.1", "Content-Length: 10\r\n")}abc`,
    );
    const upstream = await test.upstream.accept();
    await upstream.readThrough("abc");
    client.close();
    await upstream.readEnd();
    await test.untilCounts({ clients: 0, upstream: 0 });
    match(test.logText, /INFO request .*end=client-gone/);
  },
);

Deno.test({
  name:
    "startProxy() starts while the API server is away, and serves when it is back",
  timeout: 20_000,
  async fn() {
    // A port that nobody listens on: the cable's far end comes later.
    const closed = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = closed.addr;
    closed.close();
    await using test = await ProxyUnderTest.start({ connectPort: () => port });
    match(test.logText, /WARN "?The API server cannot be reached yet/);
    const client = await test.connect();
    await client.send(test.request());
    const { status, body } = await client.readResponse();
    strictEqual(status, 502);
    match(body, /refused the connection/);
    await using back = await Cable.open(test.upstream.port, port);
    ok(back.port === port);
    await client.send(test.request());
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(okResponse());
    strictEqual((await client.readResponse()).status, 200);
  },
});

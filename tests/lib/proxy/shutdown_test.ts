import { match, ok, rejects, strictEqual } from "node:assert/strict";
import { FakeClock } from "../../fakes/fake_clock.ts";
import { proxyTest, ProxyUnderTest, until } from "./proxy_under_test.ts";
import type { RawPeer } from "./raw_peer.ts";
import { okResponse } from "./scripted_upstream.ts";

/** Long enough that nothing here comes to its end. */
const GRACE = 60 * 60_000;

proxyTest(
  "shutdown() closes idle clients at once and accepts no more",
  async (test) => {
    const client = await test.connect();
    await client.send(test.request());
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(okResponse());
    await client.readResponse();
    const { port } = test.proxy;
    await test.proxy.shutdown(GRACE);
    strictEqual(await client.readEnd(), "orderly");
    await rejects(
      Deno.connect({ hostname: "127.0.0.1", port }),
      Deno.errors.ConnectionRefused,
    );
  },
);

proxyTest(
  "shutdown() does not wait for clients in their handshake",
  async (test) => {
    using _client = await Deno.connect({
      hostname: "127.0.0.1",
      port: test.proxy.port,
    });
    // Accepted behind it, and through its handshake.
    await test.connect();
    await test.proxy.shutdown(GRACE);
  },
);

proxyTest(
  "shutdown() waits for running requests, and says that it is the last response",
  async (test) => {
    const client = await test.connect();
    await client.send(test.request());
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    const done = test.proxy.shutdown(GRACE);
    await upstream.send(okResponse());
    strictEqual((await client.readResponse()).body, "ok");
    strictEqual(await client.readEnd(), "orderly");
    client.close();
    await done;
  },
);

proxyTest(
  "shutdown() lets a response that has begun come to its end",
  async (test) => {
    const client = await test.connect();
    await client.send(test.request());
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n",
    );
    await client.readThrough("a\r\n");
    const done = test.proxy.shutdown(GRACE);
    await upstream.send("1\r\nb\r\n0\r\n\r\n");
    strictEqual(await client.readRest(), "1\r\nb\r\n0\r\n\r\n");
    client.close();
    await done;
  },
);

async function startWatch(
  test: ProxyUnderTest,
  contentType = "application/json",
  target = "/api/v1/pods?watch=1",
): Promise<{ client: RawPeer; upstream: RawPeer }> {
  const client = await test.connect();
  await client.send(test.request(`GET ${target} HTTP/1.1`));
  const upstream = await test.upstream.accept();
  await upstream.readHead();
  await upstream.send(
    `HTTP/1.1 200 OK\r\nContent-Type: ${contentType}\r\nTransfer-Encoding: chunked\r\n\r\n`,
  );
  await client.readHead();
  return { client, upstream };
}

const chunk = (data: string) => `${data.length.toString(16)}\r\n${data}\r\n`;
const PROTOBUF = "application/vnd.kubernetes.protobuf;stream=watch";

/** Streams of a watch that stand between two events, and in the middle of one. */
const WATCHES: readonly {
  readonly name: string;
  readonly contentType: string;
  readonly before: string;
  readonly between?: true;
  /** What completes the event that is under way. */
  readonly then?: string;
}[] = [
  {
    name: "before any event",
    contentType: "application/json",
    before: "",
    between: true,
  },
  {
    name: "behind a JSON event",
    contentType: "application/json",
    before: chunk("{}\n"),
    between: true,
  },
  {
    name: "behind two JSON events",
    contentType: "application/json;charset=utf-8",
    before: chunk("{}\n") + chunk("{}\n"),
    between: true,
  },
  {
    name: "in a JSON event",
    contentType: "application/json",
    before: chunk('{"a'),
    then: chunk('":1}\n'),
  },
  {
    name: "in a JSON event's chunk",
    contentType: "application/json",
    before: "4\r\n{}",
    then: "\n\n\r\n",
  },
  {
    name: "behind a protobuf event",
    contentType: PROTOBUF,
    before: chunk("\0\0\0\x02ab"),
    between: true,
  },
  {
    name: "in a protobuf event",
    contentType: PROTOBUF,
    before: chunk("\0\0\0\x02a"),
    then: chunk("b"),
  },
  {
    name: "in a protobuf event that ends like a line",
    contentType: PROTOBUF,
    before: chunk("\0\0\0\x02\n"),
    then: chunk("\n"),
  },
  {
    name: "in a protobuf event's length",
    contentType: PROTOBUF,
    before: chunk("\0\0"),
    then: chunk("\0\x01a"),
  },
];

for (const { name, contentType, before, between, then = "" } of WATCHES) {
  proxyTest(`shutdown() ends a watch in good order: ${name}`, async (test) => {
    const { client, upstream } = await startWatch(test, contentType);
    await upstream.send(before);
    strictEqual(await client.readExactly(before.length), before);
    const done = test.proxy.shutdown(GRACE);
    if (!between) await upstream.send(then);
    strictEqual(await client.readRest(), `${then}0\r\n\r\n`);
    strictEqual(client.end, "orderly");
    await upstream.readEnd();
    client.close();
    await done;
    match(test.logText, /path=\/api\/v1\/pods status=200 .*end=ended/);
  });
}

proxyTest(
  "shutdown() ends a watch in good order: while the client takes nothing",
  async (test) => {
    const { client, upstream } = await startWatch(test);
    const event = chunk(`{"a":"${"x".repeat(60_000)}"}\n`);
    let sent = 0;
    const flooding = (async () => {
      for (;;) {
        await upstream.send(event);
        sent++;
      }
    })().catch(() => {});
    for (let before = -1; before !== sent;) {
      before = sent;
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    const done = test.proxy.shutdown(GRACE);
    const rest = await client.readRest();
    strictEqual(client.end, "orderly");
    const events = (rest.length - "0\r\n\r\n".length) / event.length;
    ok(Number.isInteger(events) && events > 0, `${events} events`);
    ok(rest === `${event.repeat(events)}0\r\n\r\n`);
    await flooding;
    client.close();
    await done;
  },
);

proxyTest(
  "shutdown() ends a watch whose response has not begun",
  async (test) => {
    const client = await test.connect();
    await client.send(test.request("GET /api/v1/pods?watch=1 HTTP/1.1"));
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    const done = test.proxy.shutdown(GRACE);
    await upstream.send(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    const { status, head, body } = await client.readResponse();
    strictEqual(status, 200);
    match(head, /^Connection: close\r$/m);
    strictEqual(body, "0\r\n\r\n");
    client.close();
    await done;
  },
);

Deno.test({
  name: "shutdown() closes what is left after the grace period",
  timeout: 20_000,
  async fn() {
    const clock = new FakeClock();
    await using test = await ProxyUnderTest.start({ clock });
    const upgrade = "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\n";
    const tunnel = await test.connect();
    await tunnel.send(test.request("POST /exec HTTP/1.1", upgrade));
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(`HTTP/1.1 101 Switching\r\n${upgrade}\r\n`);
    await tunnel.readHead();
    const unanswered = await test.connect();
    await unanswered.send(test.request());
    await (await test.upstream.accept()).readHead();
    // Not JSON, so that its events cannot be told apart.
    const watch = await startWatch(test, "application/cbor-seq");
    await watch.upstream.send(chunk("a"));
    await watch.client.readThrough("a\r\n");
    const uploading = await test.connect();
    await uploading.send(
      test.request("POST /api HTTP/1.1", "Content-Length: 9\r\n"),
    );
    await (await test.upstream.accept()).readHead();
    const idle = await test.connect();

    const done = test.proxy.shutdown(10_000);
    await idle.readEnd();
    clock.advance(9_000);
    // All of it goes on.
    await tunnel.send("still");
    strictEqual(await upstream.readExactly(5), "still");
    await watch.upstream.send(chunk("b"));
    strictEqual(await watch.client.readThrough("b\r\n"), chunk("b"));
    strictEqual(test.proxy.connectionCounts().clients, 4);
    clock.advance(1_000);
    for (
      const { client } of [{ client: tunnel }, { client: unanswered }, watch, {
        client: uploading,
      }]
    ) {
      ok(!(await client.readRest()).includes("0\r\n\r\n"));
    }
    await upstream.readEnd();
    await done;
    match(test.logText, /path=\/exec .*end=tunnel endedBy=proxy/);
  },
});

Deno.test({
  name: "shutdown() gives up connecting after the grace period",
  timeout: 20_000,
  async fn() {
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const clock = new FakeClock();
    const starting = ProxyUnderTest.start({
      clock,
      connectPort: () => silent.addr.port,
    });
    let isStarted = false;
    void starting.then(() => isStarted = true);
    await until(() => {
      if (!isStarted) clock.advance(100);
      return isStarted;
    });
    await using test = await starting;
    const client = await test.connect();
    await client.send(test.request());
    // The first connection is from the start.
    (await silent.accept()).close();
    using _connecting = await silent.accept();
    const done = test.proxy.shutdown(1_000);
    clock.advance(1_000);
    await done;
  },
});

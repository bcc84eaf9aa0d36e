import { match, ok, strictEqual } from "node:assert/strict";
import { FakeClock } from "../../fakes/fake_clock.ts";
import { openWatch } from "./open_watch.ts";
import { ProxyUnderTest, until } from "./proxy_under_test.ts";
import { okResponse } from "./scripted_upstream.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const DAY = 24 * 60 * MINUTE;

/** A test of the whole proxy in which time goes on only when told. */
function clockTest(
  name: string,
  fn: (test: ProxyUnderTest, clock: FakeClock) => Promise<void>,
  connectPort?: (port: number) => number,
): void {
  Deno.test({
    name,
    timeout: 20_000,
    async fn() {
      const clock = new FakeClock();
      await using test = await ProxyUnderTest.start({
        clock,
        ...(connectPort === undefined ? {} : { connectPort }),
      });
      await fn(test, clock);
      for (const reason of test.log) ok(!reason.includes("ERROR"), reason);
    },
  });
}

/** Lets time go on in steps until something happened; tells how long that took. */
async function waited(
  clock: FakeClock,
  event: Promise<unknown>,
  step = SECOND,
): Promise<number> {
  const begin = clock.monotonic();
  let hasHappened = false;
  void event.then(() => hasHappened = true, () => hasHappened = true);
  await until(() => {
    if (!hasHappened) clock.advance(step);
    return hasHappened;
  });
  await event;
  return clock.monotonic() - begin;
}

/** Lets a day go by, and others run in it. */
async function waitADay(clock: FakeClock): Promise<void> {
  for (let part = 0; part < 20; part++) {
    clock.advance(DAY / 20);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

/** Octets on their way arrive late by some steps, never early. */
function isAbout(milliseconds: number, wanted: number): void {
  ok(milliseconds >= wanted, `${milliseconds} ms is before ${wanted} ms`);
  ok(
    milliseconds < wanted * 2,
    `${milliseconds} ms is long after ${wanted} ms`,
  );
}

clockTest(
  "startProxy() closes a client that asks nothing",
  async (test, clock) => {
    const client = await test.connect();
    isAbout(await waited(clock, client.readEnd()), 3 * MINUTE);
  },
);

clockTest(
  "startProxy() closes a client between two requests",
  async (test, clock) => {
    const client = await test.connect();
    await client.send(test.request());
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(okResponse());
    await client.readResponse();
    isAbout(await waited(clock, client.readEnd()), 3 * MINUTE);
  },
);

clockTest(
  "startProxy() closes a client that does not finish its head",
  async (test, clock) => {
    const client = await test.connect();
    await client.send("GET /api HTTP/1.1\r\nHost: k");
    isAbout(await waited(clock, client.readEnd()), 30 * SECOND);
  },
);

clockTest(
  "startProxy() closes a client that sends its head a bit at a time",
  async (test, clock) => {
    const client = await test.connect();
    const end = client.readEnd();
    let isOver = false;
    void end.then(() => isOver = true);
    const begin = clock.monotonic();
    await until(() => {
      void client.send("G").catch(() => {});
      clock.advance(SECOND);
      return isOver;
    });
    isAbout(clock.monotonic() - begin, 30 * SECOND);
  },
);

clockTest(
  "startProxy() closes a client that does not finish its handshake",
  async (test, clock) => {
    using _client = await Deno.connect({
      hostname: "127.0.0.1",
      port: test.proxy.port,
    });
    // The runtime keeps the socket until the client ends it, but no more.
    const isNoted = until(() => test.logText.includes("handshake failed"));
    isAbout(await waited(clock, isNoted), 10 * SECOND);
  },
);

clockTest(
  "startProxy() answers 504 where no response comes",
  async (test, clock) => {
    const client = await test.connect();
    await client.send(test.request());
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    const response = client.readResponse();
    isAbout(await waited(clock, response, 10 * SECOND), 10 * MINUTE);
    const { status, body } = await response;
    strictEqual(status, 504);
    match(body, /did not answer in time/);
    await upstream.readEnd();
  },
);

for (
  const target of [
    "/api/v1/pods?watch=true",
    "/api/v1/watch/pods",
    "/api/v1/namespaces/a/pods/b/log?follow=true",
    "/api/v1/namespaces/a/pods/b/exec?command=sh",
    "/api/v1/namespaces/a/services/b/proxy/long",
  ]
) {
  clockTest(
    `startProxy() waits for ever for the response of ${target}`,
    async (test, clock) => {
      const client = await test.connect();
      await client.send(test.request(`GET ${target} HTTP/1.1`));
      const upstream = await test.upstream.accept();
      await upstream.readHead();
      await waitADay(clock);
      await upstream.send(okResponse());
      strictEqual((await client.readResponse()).body, "ok");
    },
  );
}

clockTest(
  "startProxy() lets a watch be silent for ever",
  async (test, clock) => {
    const { client, upstream } = await openWatch(test);
    await waitADay(clock);
    await upstream.send("3\r\n{}\n\r\n");
    strictEqual(await client.readThrough("}\n\r\n"), "3\r\n{}\n\r\n");
  },
);

clockTest(
  "startProxy() lets a tunnel be silent for ever",
  async (test, clock) => {
    const client = await test.connect();
    const upgrade = "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\n";
    await client.send(test.request("POST /exec HTTP/1.1", upgrade));
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(`HTTP/1.1 101 Switching\r\n${upgrade}\r\n`);
    await client.readHead();
    await waitADay(clock);
    await client.send("a");
    strictEqual(await upstream.readExactly(1), "a");
    // Half of it alone has a deadline: nobody may be left to end it.
    await client.closeWrite();
    await upstream.readEnd();
    isAbout(await waited(clock, client.readEnd(), 10 * SECOND), 5 * MINUTE);
  },
);

clockTest(
  "startProxy() lets a body take all the time it needs",
  async (test, clock) => {
    const client = await test.connect();
    await client.send(
      test.request("POST /api HTTP/1.1", "Content-Length: 2\r\n"),
    );
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await waitADay(clock);
    await client.send("ab");
    await upstream.readExactly(2);
    await upstream.send("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n");
    await client.readHead();
    await waitADay(clock);
    await upstream.send("ok");
    strictEqual(await client.readExactly(2), "ok");
  },
);

clockTest(
  "startProxy() closes an upstream connection that is idle",
  async (test, clock) => {
    const upstream = await test.upstream.accept();
    isAbout(await waited(clock, upstream.readEnd()), MINUTE);
    strictEqual(test.proxy.connectionCounts().upstream, 0);
  },
);

Deno.test({
  name: "startProxy() answers 502 where connecting takes too long",
  timeout: 20_000,
  async fn() {
    // The system accepts for it; nobody shakes hands.
    using silent = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const clock = new FakeClock();
    const starting = ProxyUnderTest.start({
      clock,
      connectPort: () => silent.addr.port,
    });
    // The start itself does not wait for ever; how long depends on the machine,
    // which has to make keys meanwhile.
    await waited(clock, starting, 100);
    await using test = await starting;
    const client = await test.connect();
    await client.send(test.request());
    const response = client.readResponse();
    isAbout(await waited(clock, response), 10 * SECOND);
    const { status, body } = await response;
    strictEqual(status, 502);
    match(body, /did not take the connection in time/);
  },
});

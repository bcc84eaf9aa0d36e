import { ok, strictEqual } from "node:assert/strict";
import { proxyTest } from "./proxy_under_test.ts";
import type { RawPeer } from "./raw_peer.ts";

const MEGABYTE = 1024 * 1024;
/** What may be on its way: two sockets' buffers of the system, and the proxy's own. */
const ON_THE_WAY = 24 * MEGABYTE;
const TOTAL = 64 * MEGABYTE;

/** Sends all of it, as fast as it is taken, and counts. */
function flood(peer: RawPeer): { sent: number; done: Promise<void> } {
  const piece = "x".repeat(64 * 1024);
  const state = { sent: 0, done: Promise.resolve() };
  state.done = (async () => {
    while (state.sent < TOTAL) {
      await peer.send(piece);
      state.sent += piece.length;
    }
  })();
  return state;
}

/**
 * Reads a bit at a time, and holds that the sender is never far ahead: then
 * nobody in between has put it by.
 */
async function readSlowly(
  peer: RawPeer,
  sender: { readonly sent: number },
): Promise<void> {
  for (let read = 0; read < TOTAL;) {
    // Let the sender run as far ahead as it can.
    for (let before = -1; before !== sender.sent;) {
      before = sender.sent;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    ok(
      sender.sent - read <= ON_THE_WAY,
      `${sender.sent - read} octets are on their way`,
    );
    read += (await peer.readExactly(8 * MEGABYTE)).length;
  }
}

proxyTest(
  "startProxy() reads no more of a response than the client takes",
  async (test) => {
    const client = await test.connect();
    await client.send(test.request());
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(`HTTP/1.1 200 OK\r\nContent-Length: ${TOTAL}\r\n\r\n`);
    await client.readHead();
    const sender = flood(upstream);
    await readSlowly(client, sender);
    await sender.done;
  },
);

proxyTest(
  "startProxy() reads no more of a request than the upstream takes",
  async (test) => {
    const client = await test.connect();
    await client.send(
      test.request("POST /api HTTP/1.1", `Content-Length: ${TOTAL}\r\n`),
    );
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    const sender = flood(client);
    await readSlowly(upstream, sender);
    await sender.done;
  },
);

proxyTest(
  "startProxy() reads no more of a tunnel than the other side takes",
  async (test) => {
    const upgrade = "Connection: Upgrade\r\nUpgrade: SPDY/3.1\r\n";
    const client = await test.connect();
    await client.send(test.request("POST /exec HTTP/1.1", upgrade));
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(`HTTP/1.1 101 Switching\r\n${upgrade}\r\n`);
    await client.readHead();
    const sender = flood(upstream);
    await readSlowly(client, sender);
    await sender.done;
  },
);

proxyTest(
  "startProxy() ends what a client that takes nothing holds up",
  async (test) => {
    const client = await test.connect();
    await client.send(test.request());
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(`HTTP/1.1 200 OK\r\nContent-Length: ${TOTAL}\r\n\r\n`);
    await client.readHead();
    const sender = flood(upstream);
    // It is stuck; its client goes.
    for (let before = -1; before !== sender.sent;) {
      before = sender.sent;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    ok(sender.sent < TOTAL);
    client.close();
    await sender.done.catch(() => {});
    upstream.close();
    await test.untilCounts({ clients: 0, upstream: 0 });
  },
);

proxyTest(
  "startProxy() ends a client that goes while the upstream takes nothing",
  async (test) => {
    const client = await test.connect();
    await client.send(
      test.request("POST /api HTTP/1.1", `Content-Length: ${TOTAL}\r\n`),
    );
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    const sender = flood(client);
    for (let before = -1; before !== sender.sent;) {
      before = sender.sent;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    ok(sender.sent < TOTAL);
    client.close();
    await sender.done.catch(() => {});
    strictEqual(await upstream.readEnd() !== undefined, true);
    await test.untilCounts({ clients: 0, upstream: 0 });
  },
);

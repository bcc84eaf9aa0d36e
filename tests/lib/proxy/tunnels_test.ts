import { match, ok, strictEqual } from "node:assert/strict";
import { Cable } from "./cable.ts";
import { proxyTest, ProxyUnderTest } from "./proxy_under_test.ts";
import type { RawPeer } from "./raw_peer.ts";

const PROTOCOLS = ["SPDY/3.1", "websocket"] as const;

interface Tunnel {
  readonly client: RawPeer;
  readonly upstream: RawPeer;
}

function upgrade(protocol: string): string {
  return `Connection: Upgrade\r\nUpgrade: ${protocol}\r\n`;
}

function switching(protocol: string): string {
  return `HTTP/1.1 101 Switching Protocols\r\n${upgrade(protocol)}\r\n`;
}

async function open(
  test: ProxyUnderTest,
  protocol = "websocket",
  port?: number,
): Promise<Tunnel> {
  const client = await test.connect(port);
  await client.send(
    test.request("POST /exec HTTP/1.1", `${upgrade(protocol)}X: y\r\n`),
  );
  const upstream = await test.upstream.accept();
  match(await upstream.readHead(), new RegExp(`^Upgrade: ${protocol}\r$`, "m"));
  await upstream.send(switching(protocol));
  strictEqual(
    await client.readHead(),
    `HTTP/1.1 101 Switching Protocols\r\nUpgrade: ${protocol}\r\nConnection: Upgrade\r\n\r\n`,
  );
  return { client, upstream };
}

for (const protocol of PROTOCOLS) {
  proxyTest(
    `startProxy() carries octets of ${protocol} both ways as they come`,
    async (test) => {
      const { client, upstream } = await open(test, protocol);
      for (
        const octets of ["\x00\x80\xff", "\r\n\r\n", "GET / HTTP/1.1\r\n\r\n"]
      ) {
        await client.send(octets);
        strictEqual(await upstream.readExactly(octets.length), octets);
        await upstream.send(octets);
        strictEqual(await client.readExactly(octets.length), octets);
      }
    },
  );
}

proxyTest(
  "startProxy() carries octets that come right behind the upgrade request",
  async (test) => {
    const client = await test.connect();
    await client.send(
      `${test.request("POST /exec HTTP/1.1", upgrade("SPDY/3.1"))}early`,
    );
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(switching("SPDY/3.1"));
    strictEqual(await upstream.readExactly(5), "early");
    await client.readHead();
    await client.send("late");
    strictEqual(await upstream.readExactly(4), "late");
  },
);

proxyTest(
  "startProxy() carries octets that come right behind the 101",
  async (test) => {
    const client = await test.connect();
    await client.send(test.request("GET /exec HTTP/1.1", upgrade("websocket")));
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(`${switching("websocket")}early`);
    await client.readHead();
    strictEqual(await client.readExactly(5), "early");
  },
);

proxyTest(
  "startProxy() offers the protocols that it lets through, and passes on which is taken",
  async (test) => {
    const client = await test.connect();
    await client.send(
      test.request(
        "GET /exec HTTP/1.1",
        "Connection: Upgrade\r\nUpgrade: h2c, SPDY/3.1\r\nUpgrade: websocket\r\n",
      ),
    );
    const upstream = await test.upstream.accept();
    match(
      await upstream.readHead(),
      /\r\nUpgrade: SPDY\/3\.1, websocket\r\nConnection: Upgrade\r\n\r\n$/,
    );
    await upstream.send(switching("WebSocket"));
    match(await client.readHead(), /^Upgrade: WebSocket\r$/m);
  },
);

proxyTest(
  "startProxy() goes on one way after the client's half-close",
  async (test) => {
    const { client, upstream } = await open(test);
    await client.send("stdin");
    await client.closeWrite();
    strictEqual(await upstream.readRest(), "stdin");
    strictEqual(upstream.end, "orderly");
    await upstream.send("the rest of stdout");
    strictEqual(await client.readExactly(18), "the rest of stdout");
    await upstream.closeWrite();
    strictEqual(await client.readEnd(), "orderly");
    await test.untilCounts({ clients: 0, upstream: 0 });
    match(
      test.logText,
      /status=101 bytes=18 .*received=5 .*end=tunnel endedBy=client\n/,
    );
  },
);

proxyTest(
  "startProxy() goes on one way after the upstream's half-close",
  async (test) => {
    const { client, upstream } = await open(test);
    await upstream.send("stdout");
    await upstream.closeWrite();
    strictEqual(await client.readRest(), "stdout");
    await client.send("more");
    strictEqual(await upstream.readExactly(4), "more");
    await client.closeWrite();
    strictEqual(await upstream.readEnd(), "orderly");
    await test.untilCounts({ clients: 0, upstream: 0 });
    match(test.logText, /end=tunnel endedBy=upstream\n/);
  },
);

proxyTest("startProxy() ends the tunnel with either side", async (test) => {
  const first = await open(test);
  first.client.close();
  await first.upstream.readEnd();
  first.upstream.close();
  const second = await open(test);
  second.upstream.close();
  await second.client.readEnd();
  second.client.close();
  await test.untilCounts({ clients: 0, upstream: 0 });
});

for (const side of ["client", "upstream"] as const) {
  for (const how of ["cut", "reset"] as const) {
    Deno.test({
      name:
        `startProxy() ends both sides of a tunnel after a ${how} of the ${side}'s`,
      timeout: 20_000,
      async fn() {
        let cable: Cable | undefined;
        try {
          await using test = await ProxyUnderTest.start({
            connectPort: async (port) => {
              if (side === "client") return port;
              cable = await Cable.open(port);
              return cable.port;
            },
          });
          if (side === "client") cable = await Cable.open(test.proxy.port);
          ok(cable !== undefined);
          const { client, upstream } = await open(
            test,
            "SPDY/3.1",
            side === "client" ? cable.port : undefined,
          );
          await client.send("abc");
          await upstream.readExactly(3);
          cable.strands.at(-1)?.[how]();
          const other = side === "client" ? upstream : client;
          await other.readEnd();
          other.close();
          await test.untilCounts({ clients: 0, upstream: 0 });
          match(
            test.logText,
            new RegExp(
              `end=tunnel endedBy=${side}${
                how === "reset" ? " reset=true" : ""
              }\n`,
            ),
          );
        } finally {
          await cable?.[Symbol.asyncDispose]();
        }
      },
    });
  }
}

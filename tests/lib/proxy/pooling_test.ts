import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { denoNetwork } from "../../../flavors/deno_network.ts";
import { formatDescription } from "../../../lib/proxy/proxy_description.ts";
import { tlsMaterial } from "../../flavors/tls_material.ts";
import { proxyTest, ProxyUnderTest } from "./proxy_under_test.ts";
import { answering, okResponse } from "./scripted_upstream.ts";

const timeout = 20_000;
const ANONYMOUS = "GET /api HTTP/1.1\r\nHost: k\r\n\r\n";

async function ask(test: ProxyUnderTest, request: string): Promise<void> {
  using client = await test.connect();
  await client.send(request);
  strictEqual((await client.readResponse()).body, "ok");
}

Deno.test({
  name:
    "startProxy() shows the client certificate for the pod, never for an anonymous caller",
  timeout,
  async fn() {
    const { client } = await tlsMaterial();
    const shown: boolean[] = [];
    await using test = await ProxyUnderTest.start({
      script: answering(okResponse()),
      network: {
        listenTls: denoNetwork.listenTls,
        connect: (options) => {
          shown.push(options.tls?.clientCertificate !== undefined);
          return denoNetwork.connect(options);
        },
      },
      target: (target) => ({
        ...target,
        connect: {
          ...target.connect,
          tls: {
            caCertificates: target.caCertificates,
            clientCertificate: client,
          },
        },
      }),
    });
    // The start's own connection is the pod's.
    deepStrictEqual(shown, [true]);
    await ask(test, ANONYMOUS);
    deepStrictEqual(shown, [true, false]);
    await ask(test, test.request());
    await ask(test, ANONYMOUS);
    await ask(test, test.request());
    deepStrictEqual(shown, [true, false]);
    match(
      formatDescription(test.proxy.describe()),
      /^upstream test: 1 open, 1 of them idle, 0 connecting\nupstream test, anonymous: 1 open, 1 of them idle, 0 connecting$/m,
    );
  },
});

Deno.test({
  name:
    "startProxy() leaves connections behind that were made with another CA or certificate",
  timeout,
  async fn() {
    let isRotated = false;
    let made = 0;
    await using test = await ProxyUnderTest.start({
      script: answering(okResponse()),
      network: {
        listenTls: denoNetwork.listenTls,
        connect: (options) => {
          made++;
          return denoNetwork.connect(options);
        },
      },
      target: (target) => {
        const { connect } = target;
        // As a target does it when its files change.
        const rotated = { ...connect };
        return {
          ...target,
          get connect() {
            return isRotated ? rotated : connect;
          },
        };
      },
    });
    await ask(test, test.request());
    strictEqual(made, 1);
    isRotated = true;
    await ask(test, test.request());
    strictEqual(made, 2);
    await ask(test, test.request());
    strictEqual(made, 2);
    await test.untilCounts({ upstream: 1, upstreamIdle: 1 });
  },
});

Deno.test({
  name:
    "startProxy() answers all requests that meet an API server with a new CA at once",
  timeout,
  async fn() {
    const { otherCa } = await tlsMaterial();
    let isStale = false;
    let looks = 0;
    await using test = await ProxyUnderTest.start({
      script: answering(okResponse()),
      target: (target) => {
        const { connect } = target;
        const stale = {
          ...connect,
          tls: { caCertificates: [otherCa.certificate] },
        };
        return {
          ...target,
          get connect() {
            return isStale ? stale : connect;
          },
          refreshRoots: async () => {
            looks++;
            await new Promise((resolve) => setTimeout(resolve));
            isStale = false;
          },
        };
      },
    });
    test.upstream.closeConnections();
    await test.untilCounts({ upstream: 0 });
    isStale = true;
    await Promise.all(
      Array.from({ length: 20 }, () => ask(test, test.request())),
    );
    ok(looks > 0);
  },
});

proxyTest(
  "describe() tells what is going on, without queries and tokens",
  async (test) => {
    const idle = await test.connect();
    await idle.send(test.request());
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(okResponse());
    await idle.readResponse();
    const watch = await test.connect();
    await watch.send(
      test.request("GET /api/v1/pods?watch=1&x=secret HTTP/1.1"),
    );
    await upstream.readHead();
    await upstream.send(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
    );
    await watch.readHead();
    const text = formatDescription(test.proxy.describe());
    match(
      text,
      new RegExp(
        `^listening on 127\\.0\\.0\\.1:${test.proxy.port}: 2 clients, 0 in their handshake
upstream test: 1 open, 0 of them idle, 0 connecting
client 127\\.0\\.0\\.1:[0-9]+: [0-9]+ octets written, idle
client 127\\.0\\.0\\.1:[0-9]+: [0-9]+ octets written, GET /api/v1/pods of pod for [0-9.]+ s
$`,
      ),
    );
  },
);

for (
  const [accessLog, logged] of [[1, 6], [3, 2], [0, 0]] as const
) {
  proxyTest(
    `startProxy() logs ${logged} of 6 requests where one in ${accessLog} is to be`,
    async (test) => {
      test.upstream.closeConnections();
      await test.untilCounts({ upstream: 0 });
      test.upstream.script = answering(okResponse());
      for (let count = 0; count < 6; count++) await ask(test, test.request());
      // Failures are always told.
      test.upstream.script = answering("garbage\r\n\r\n");
      test.upstream.closeConnections();
      await test.untilCounts({ upstream: 0 });
      using client = await test.connect();
      await client.send(test.request());
      strictEqual((await client.readResponse()).status, 502);
      const lines = test.log.filter((line) => line.includes(" request "));
      strictEqual(lines.length, logged + 1, lines.join(""));
      match(lines.at(-1) ?? "", /WARN request .*status=502/);
    },
    { accessLog },
  );
}

import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { McaError } from "../../../lib/errors.ts";
import type { Credentials } from "../../../lib/kube/cluster_target.ts";
import {
  proxyTest,
  type ProxyUnderTest,
  REAL_TOKEN,
} from "./proxy_under_test.ts";
import type { RawPeer } from "./raw_peer.ts";
import { okResponse } from "./scripted_upstream.ts";

/** Credentials whose source can change, as a token file does. */
class RotatingCredentials implements Credentials {
  #given: string;
  /** What the source holds. */
  source: string;
  refreshes = 0;

  constructor(token: string) {
    this.#given = token;
    this.source = token;
  }

  headers() {
    return [["Authorization", `Bearer ${this.#given}`]] as const;
  }

  refresh(): Promise<boolean> {
    this.refreshes++;
    const changed = this.#given !== this.source;
    this.#given = this.source;
    return Promise.resolve(changed);
  }
}

const UNAUTHORIZED =
  "HTTP/1.1 401 Unauthorized\r\nContent-Length: 6\r\n\r\nstale!";

/** The value of a head's Authorization field. */
function authorization(head: string): string | undefined {
  return /^authorization: (.*)\r$/im.exec(head)?.[1];
}

function withRotation(
  name: string,
  fn: (test: ProxyUnderTest, credentials: RotatingCredentials) => Promise<void>,
): void {
  const credentials = new RotatingCredentials("real-1");
  proxyTest(name, (test) => fn(test, credentials), { credentials });
}

withRotation(
  "startProxy() looks at the token again after a 401, and tries once more",
  async (test, credentials) => {
    credentials.source = "real-2";
    const client = await test.connect();
    await client.send(test.request());
    const first = await test.upstream.accept();
    strictEqual(authorization(await first.readHead()), "Bearer real-1");
    await first.send(UNAUTHORIZED);
    const second = await test.upstream.accept();
    strictEqual(authorization(await second.readHead()), "Bearer real-2");
    await second.send(okResponse());
    deepStrictEqual(
      await client.readResponse(),
      {
        status: 200,
        head: "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n",
        body: "ok",
      },
    );
    strictEqual(credentials.refreshes, 1);
  },
);

withRotation(
  "startProxy() tries once more with a body that came with its head",
  async (test, credentials) => {
    credentials.source = "real-2";
    const client = await test.connect();
    await client.send(
      `${test.request("POST /api HTTP/1.1", "Content-Length: 3\r\n")}abc`,
    );
    const first = await test.upstream.accept();
    await first.readThrough("abc");
    await first.send(UNAUTHORIZED);
    const second = await test.upstream.accept();
    await second.readHead();
    strictEqual(await second.readExactly(3), "abc");
    await second.send(okResponse());
    strictEqual((await client.readResponse()).status, 200);
  },
);

withRotation(
  "startProxy() passes a 401 on where the token has not changed",
  async (test, credentials) => {
    const client = await test.connect();
    await client.send(test.request());
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(UNAUTHORIZED);
    const { status, body } = await client.readResponse();
    strictEqual(status, 401);
    strictEqual(body, "stale!");
    strictEqual(credentials.refreshes, 1);
    strictEqual(test.upstream.connectionCount, 1);
  },
);

withRotation(
  "startProxy() passes the second 401 on",
  async (test, credentials) => {
    credentials.source = "real-2";
    const client = await test.connect();
    await client.send(test.request());
    for (let count = 0; count < 2; count++) {
      const upstream = await test.upstream.accept();
      await upstream.readHead();
      credentials.source = `real-${count + 3}`;
      await upstream.send(UNAUTHORIZED);
    }
    strictEqual((await client.readResponse()).status, 401);
    strictEqual(credentials.refreshes, 1);
    strictEqual(test.upstream.connectionCount, 2);
  },
);

withRotation(
  "startProxy() passes a 401 on where the body cannot be sent again",
  async (test, credentials) => {
    credentials.source = "real-2";
    const client = await test.connect();
    await client.send(
      test.request("POST /api HTTP/1.1", "Content-Length: 3\r\n"),
    );
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await client.send("abc");
    await upstream.readExactly(3);
    await upstream.send(UNAUTHORIZED);
    strictEqual((await client.readResponse()).status, 401);
    strictEqual(credentials.refreshes, 0);
  },
);

withRotation(
  "startProxy() passes an anonymous caller's 401 on without a look at the token",
  async (test, credentials) => {
    const client = await test.connect();
    await client.send("GET /api HTTP/1.1\r\nHost: k\r\n\r\n");
    const upstream = await test.upstream.accept();
    strictEqual(authorization(await upstream.readHead()), undefined);
    await upstream.send(UNAUTHORIZED);
    strictEqual((await client.readResponse()).status, 401);
    strictEqual(credentials.refreshes, 0);
  },
);

proxyTest(
  "startProxy() answers 500 where there are no credentials to be had",
  async (test) => {
    const client = await test.connect();
    await client.send(test.request());
    const { status, body } = await client.readResponse();
    strictEqual(status, 500);
    match(body, /The token is gone/);
    strictEqual(test.upstream.received, "");
    match(test.logText, /WARN request .*The token is gone/);
  },
  {
    credentials: {
      headers: () =>
        Promise.reject(new McaError("service-account", "The token is gone")),
      refresh: () => Promise.resolve(false),
    },
  },
);

const encode = (token: string) =>
  new TextEncoder().encode(token)
    .toBase64({ alphabet: "base64url", omitPadding: true });
const PROTOCOL = "base64url.bearer.authorization.k8s.io";
const UPGRADE = "Connection: Upgrade\r\nUpgrade: websocket\r\n";

/** How a request shows the app's token, and what of that goes upstream. */
const TOKEN_PLACES: readonly {
  readonly name: string;
  readonly target?: string;
  readonly fields?: string;
  readonly gets: 101 | 401;
  readonly upstream?: { readonly target?: string; readonly fields?: string };
  readonly isAnonymous?: boolean;
}[] = [
  {
    name: "in a subprotocol",
    fields: "Sec-WebSocket-Protocol: PROTOCOL.OWN, v4.channel.k8s.io\r\n",
    gets: 101,
    upstream: { fields: "Sec-WebSocket-Protocol: v4.channel.k8s.io\r\n" },
  },
  {
    name: "in a subprotocol of its own line",
    fields:
      "Sec-WebSocket-Protocol: PROTOCOL.OWN\r\nSec-WebSocket-Protocol: a, b\r\n",
    gets: 101,
    upstream: { fields: "Sec-WebSocket-Protocol: a, b\r\n" },
  },
  {
    name: "in a subprotocol alone",
    fields: "Sec-WebSocket-Protocol: PROTOCOL.OWN\r\n",
    gets: 101,
    upstream: {},
  },
  {
    name: "wrong, in a subprotocol",
    fields: "Sec-WebSocket-Protocol: PROTOCOL.WRONG, a\r\n",
    gets: 401,
  },
  {
    name: "in a subprotocol that is no base64url",
    fields: "Sec-WebSocket-Protocol: PROTOCOL.###, a\r\n",
    gets: 401,
  },
  {
    name: "twice, in two subprotocols",
    fields: "Sec-WebSocket-Protocol: PROTOCOL.OWN, PROTOCOL.OWN, a\r\n",
    gets: 401,
  },
  {
    name: "in the query",
    target: "/exec?access_token=TOKEN&command=sh",
    gets: 101,
    upstream: { target: "/exec?command=sh" },
  },
  {
    name: "in the query alone",
    target: "/exec?access_token=TOKEN",
    gets: 101,
    upstream: { target: "/exec" },
  },
  {
    name: "in the query, its name escaped",
    target: "/exec?a=1&access%5ftoken=TOKEN&&b=%zz",
    gets: 101,
    upstream: { target: "/exec?a=1&&b=%zz" },
  },
  {
    name: "in the query, twice",
    target: "/exec?access_token=TOKEN&access_token=TOKEN&c",
    gets: 101,
    upstream: { target: "/exec?c" },
  },
  {
    name: "wrong, in the query: the parameter is not ours",
    target: "/exec?access_token=other&c",
    gets: 101,
    upstream: { target: "/exec?access_token=other&c" },
    isAnonymous: true,
  },
];

for (const place of TOKEN_PLACES) {
  proxyTest(
    `startProxy() takes the app's token ${place.name}`,
    async (test) => {
      const fill = (text: string) =>
        text.replaceAll("PROTOCOL", PROTOCOL)
          .replaceAll("OWN", encode(test.token))
          .replaceAll("WRONG", encode("wrong"))
          .replaceAll("TOKEN", test.token);
      const { target = "/exec", fields = "" } = place;
      const client = await test.connect();
      await client.send(
        fill(`GET ${target} HTTP/1.1\r\nHost: k\r\n${UPGRADE}${fields}\r\n`),
      );
      if (place.gets === 101) {
        const upstream = await test.upstream.accept();
        const expected = { target: "/exec", fields: "", ...place.upstream };
        const real = place.isAnonymous ? "" : test.realAuthorization;
        strictEqual(
          await upstream.readHead(),
          `GET ${expected.target} HTTP/1.1\r\nHost: api.test:443\r\n${expected.fields}${real}Upgrade: websocket\r\nConnection: Upgrade\r\n\r\n`,
        );
        await upstream.send(
          `HTTP/1.1 101 Switching Protocols\r\n${UPGRADE}\r\n`,
        );
      }
      strictEqual((await client.readResponse()).status, place.gets);
      ok(!test.logText.includes(test.token));
      ok(!test.logText.includes(encode(test.token)));
    },
  );
}

/** What an app may try to see the real token, and what an API server may answer. */
const ATTEMPTS: readonly (readonly [
  name: string,
  request: (test: ProxyUnderTest) => string,
  response: string,
])[] = [
  ["GET", (test) => test.request(), okResponse()],
  [
    "HEAD",
    (test) => test.request("HEAD /api HTTP/1.1"),
    "HTTP/1.1 200 OK\r\n\r\n",
  ],
  ["TRACE", (test) => test.request("TRACE /api HTTP/1.1"), okResponse()],
  ["OPTIONS *", (test) => test.request("OPTIONS * HTTP/1.1"), okResponse()],
  [
    "a redirect",
    (test) => test.request(),
    "HTTP/1.1 307 Temporary\r\nLocation: /there\r\nContent-Length: 0\r\n\r\n",
  ],
  ["a 401", (test) => test.request(), UNAUTHORIZED],
  [
    "a 407",
    (test) => test.request(),
    "HTTP/1.1 407 Auth\r\nProxy-Authenticate: Basic\r\nContent-Length: 0\r\n\r\n",
  ],
  ["garbage", (test) => test.request(), "garbage\r\n\r\n"],
  [
    "an upgrade",
    (test) => test.request("GET /exec HTTP/1.1", UPGRADE),
    `HTTP/1.1 101 Switching\r\n${UPGRADE}\r\n`,
  ],
  [
    "an upgrade that nobody asked for",
    (test) => test.request(),
    `HTTP/1.1 101 Switching\r\n${UPGRADE}\r\n`,
  ],
  [
    "a broken chunk",
    (test) => test.request(),
    "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nx\r\n",
  ],
  [
    "an interim response",
    (test) => test.request(),
    `HTTP/1.1 103 Hints\r\n\r\n${okResponse()}`,
  ],
  [
    "a broken body",
    (test) =>
      `${
        test.request("POST / HTTP/1.1", "Transfer-Encoding: chunked\r\n")
      }x\r\n`,
    okResponse(),
  ],
  [
    "Connection: authorization",
    (test) => test.request("GET / HTTP/1.1", "Connection: authorization\r\n"),
    okResponse(),
  ],
  [
    "Max-Forwards: 0",
    (test) => test.request("OPTIONS / HTTP/1.1", "Max-Forwards: 0\r\n"),
    okResponse(),
  ],
  ["HTTP/1.0", (test) => test.request("GET / HTTP/1.0"), okResponse()],
  [
    "impersonation",
    (test) => test.request("GET / HTTP/1.1", "Impersonate-User: a\r\n"),
    okResponse(),
  ],
];

/** Serves all that is asked with the one response. */
async function serve(connection: RawPeer, response: string): Promise<void> {
  for (;;) {
    await connection.readHead();
    await connection.send(response);
  }
}

for (const [name, request, response] of ATTEMPTS) {
  proxyTest(
    `startProxy() does not show the real token to the app, nor log a token: ${name}`,
    async (test) => {
      // The warm connection was there before the script.
      void test.upstream.accept().then((first) =>
        serve(first, response).catch(() => first.close())
      );
      test.upstream.script = (connection) => serve(connection, response);
      const client = await test.connect();
      await client.send(request(test));
      await client.readHead();
      client.close();
      await test.untilCounts({ clients: 0 });
      ok(!client.received.includes(REAL_TOKEN), client.received);
      ok(!test.logText.includes(REAL_TOKEN), test.logText);
      ok(!test.logText.includes(test.token), test.logText);
    },
  );
}

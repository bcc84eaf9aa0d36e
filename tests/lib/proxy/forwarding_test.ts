import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { proxyTest } from "./proxy_under_test.ts";
import { okResponse } from "./scripted_upstream.ts";

proxyTest(
  "startProxy() forwards a request with the real credentials",
  async (test) => {
    const client = await test.connect();
    await client.send(
      `GET /api?x=1 HTTP/1.1\r\nHost: kubernetes\r\nAccept: a/b\r\n${test.authorization}User-Agent: u\r\n\r\n`,
    );
    const upstream = await test.upstream.accept();
    strictEqual(
      await upstream.readHead(),
      `GET /api?x=1 HTTP/1.1\r\nHost: api.test:443\r\nAccept: a/b\r\nUser-Agent: u\r\n${test.realAuthorization}\r\n`,
    );
    await upstream.send(okResponse());
    strictEqual((await client.readResponse()).body, "ok");
    client.close();
    await test.untilCounts({ clients: 0 });
    match(
      test.log.join(""),
      /INFO request method=GET path=\/api status=200 bytes=2 .*caller=pod cluster=test\n/,
    );
  },
);

proxyTest(
  "startProxy() keeps both connections for the requests that follow",
  async (test) => {
    const client = await test.connect();
    const request = `GET /api HTTP/1.1\r\nHost: k\r\n${test.authorization}\r\n`;
    const upstream = await test.upstream.accept();
    for (let count = 0; count < 3; count++) {
      await client.send(request);
      await upstream.readHead();
      await upstream.send(okResponse(String(count)));
      strictEqual((await client.readResponse()).body, String(count));
    }
    strictEqual(test.upstream.connectionCount, 1);
  },
);

proxyTest(
  "startProxy() ends the client's connection where it asks for that",
  async (test) => {
    const client = await test.connect();
    await client.send(
      `GET /api HTTP/1.1\r\nHost: k\r\n${test.authorization}Connection: close\r\n\r\n`,
    );
    const upstream = await test.upstream.accept();
    ok(!(await upstream.readHead()).includes("Connection"));
    await upstream.send(okResponse());
    strictEqual(
      await client.readRest(),
      "HTTP/1.1 200 OK\r\nContent-Length: 2\r\nConnection: close\r\n\r\nok",
    );
    strictEqual(client.end, "orderly");
    client.close();
    await test.untilCounts({ clients: 0, upstreamIdle: 1 });
  },
);

proxyTest(
  "startProxy() passes each piece of a response on at once",
  async (test) => {
    const client = await test.connect();
    await client.send(
      `GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: k\r\n${test.authorization}\r\n`,
    );
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    const pieces = [
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
      '5\r\n{"',
      'a":',
      "\r",
      "\n3\r\n1}\n\r\n",
      "0",
      "\r\n\r\n",
    ];
    for (const piece of pieces) {
      await upstream.send(piece);
      strictEqual(await client.readExactly(piece.length), piece);
    }
  },
);

proxyTest(
  "startProxy() passes each piece of a request body on at once",
  async (test) => {
    const client = await test.connect();
    await client.send(
      `POST /api HTTP/1.1\r\nHost: k\r\n${test.authorization}Content-Length: 6\r\n\r\n`,
    );
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    for (const piece of ["a", "bc", "def"]) {
      await client.send(piece);
      strictEqual(await upstream.readExactly(piece.length), piece);
    }
    await upstream.send(okResponse());
    strictEqual((await client.readResponse()).body, "ok");
  },
);

proxyTest(
  "startProxy() passes 100 Continue on before the body goes up",
  async (test) => {
    const client = await test.connect();
    await client.send(
      `POST /api HTTP/1.1\r\nHost: k\r\n${test.authorization}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`,
    );
    const upstream = await test.upstream.accept();
    match(await upstream.readHead(), /^Expect: 100-continue\r$/m);
    await upstream.send("HTTP/1.1 100 Continue\r\n\r\n");
    strictEqual(await client.readHead(), "HTTP/1.1 100 Continue\r\n\r\n");
    await client.send("abc");
    strictEqual(await upstream.readExactly(3), "abc");
    await upstream.send(okResponse());
    strictEqual((await client.readResponse()).body, "ok");
    strictEqual(test.upstream.connectionCount, 1);
  },
);

proxyTest(
  "startProxy() passes a refusal in place of 100 Continue, and ends",
  async (test) => {
    const client = await test.connect();
    await client.send(
      `POST /api HTTP/1.1\r\nHost: k\r\n${test.authorization}Expect: 100-continue\r\nContent-Length: 3\r\n\r\n`,
    );
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send("HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n");
    strictEqual(
      await client.readRest(),
      "HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
    );
    // The body never came, so nothing more can go on this connection.
    await upstream.readEnd();
  },
);

proxyTest(
  "startProxy() passes an early response while the body still flows",
  async (test) => {
    const client = await test.connect();
    await client.send(
      `POST /api HTTP/1.1\r\nHost: k\r\n${test.authorization}Content-Length: 10\r\n\r\nabc`,
    );
    const upstream = await test.upstream.accept();
    await upstream.readThrough("abc");
    await upstream.send(
      "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n2\r\nhi\r\n",
    );
    match(await client.readHead(), /Connection: close/);
    strictEqual(await client.readThrough("hi\r\n"), "2\r\nhi\r\n");
    // The upload goes on in the meantime.
    await client.send("defghij");
    strictEqual(await upstream.readExactly(7), "defghij");
    await upstream.send("0\r\n\r\n");
    strictEqual(await client.readRest(), "0\r\n\r\n");
  },
);

proxyTest(
  "startProxy() lets a client finish reading an early response that ends",
  async (test) => {
    const client = await test.connect();
    await client.send(
      `POST /api HTTP/1.1\r\nHost: k\r\n${test.authorization}Content-Length: 100000\r\n\r\nabc`,
    );
    const upstream = await test.upstream.accept();
    await upstream.readThrough("abc");
    await upstream.send(
      "HTTP/1.1 403 Forbidden\r\nContent-Length: 2\r\n\r\nno",
    );
    await client.send("x".repeat(50_000));
    strictEqual((await client.readResponse()).status, 403);
    strictEqual(await client.readEnd(), "orderly");
  },
);

proxyTest(
  "startProxy() passes trailers on in both directions",
  async (test) => {
    const client = await test.connect();
    const body = "3;a=b\r\nabc\r\n0\r\nX-Sum: 1\r\nX-More: 2\r\n\r\n";
    await client.send(
      `POST /api HTTP/1.1\r\nHost: k\r\n${test.authorization}Transfer-Encoding: chunked\r\n\r\n${body}`,
    );
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    strictEqual(await upstream.readExactly(body.length), body);
    await upstream.send(
      `HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n${body}`,
    );
    strictEqual((await client.readResponse()).body, body);
  },
);

proxyTest(
  "startProxy() answers pipelined requests in their order",
  async (test) => {
    const client = await test.connect();
    const request = (path: string) =>
      `POST ${path} HTTP/1.1\r\nHost: k\r\n${test.authorization}Content-Length: 2\r\n\r\n${path}`;
    await client.send(request("/1") + request("/2") + request("/3"));
    const upstream = await test.upstream.accept();
    for (const path of ["/1", "/2", "/3"]) {
      match(await upstream.readHead(), new RegExp(`^POST ${path} `));
      strictEqual(await upstream.readExactly(2), path);
      await upstream.send(okResponse(path));
    }
    for (const path of ["/1", "/2", "/3"]) {
      strictEqual((await client.readResponse()).body, path);
    }
  },
);

proxyTest(
  "startProxy() serves watches and small requests side by side",
  async (test) => {
    const idle = await test.upstream.accept();
    const watches = [];
    for (let count = 0; count < 20; count++) {
      const watch = await test.connect();
      await watch.send(
        `GET /api/v1/pods?watch=1 HTTP/1.1\r\nHost: k\r\n${test.authorization}\r\n`,
      );
      const upstream = count === 0 ? idle : await test.upstream.accept();
      await upstream.readHead();
      await upstream.send(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n",
      );
      await watch.readHead();
      watches.push({ watch, upstream });
    }
    const client = await test.connect();
    await client.send(
      `GET /api HTTP/1.1\r\nHost: k\r\n${test.authorization}\r\n`,
    );
    const upstream = await test.upstream.accept();
    await upstream.readHead();
    await upstream.send(okResponse());
    strictEqual((await client.readResponse()).body, "ok");
    for (const { watch, upstream } of watches) {
      await upstream.send("2\r\n{}\r\n");
      strictEqual(await watch.readThrough("{}\r\n"), "2\r\n{}\r\n");
    }
    deepStrictEqual(test.proxy.connectionCounts(), {
      clients: 21,
      upstream: 21,
      upstreamIdle: 1,
    });
  },
);

proxyTest(
  "startProxy() puts the cluster's base path before each path",
  async (test) => {
    const client = await test.connect();
    await client.send(`GET /api?x HTTP/1.1\r\nHost: k\r\n\r\n`);
    const upstream = await test.upstream.accept();
    strictEqual(
      await upstream.readThrough("\r\n"),
      "GET /k8s/clusters/c-1/api?x HTTP/1.1\r\n",
    );
  },
  { basePath: "/k8s/clusters/c-1" },
);

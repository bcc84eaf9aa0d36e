/** The webhook's handler behind the real HTTPS server, and clients that mean it no good. */

import assert from "node:assert/strict";
import { issueCertificateAuthority, issueLeaf } from "../../lib/certs/issue.ts";
import { McaError } from "../../lib/errors.ts";
import type { HttpsServer, ServeHttpsOptions } from "../../lib/platform.ts";
import { BODY_LIMIT } from "../../lib/webhook/body_limits.ts";
import { serveHttps } from "../../flavors/deno_https.ts";
import { reviewBody, testHandler } from "../lib/webhook/admission_call.ts";

const engine = { crypto, now: Date.now() };

async function authority(commonName: string) {
  const ca = await issueCertificateAuthority({ commonName }, engine);
  const leaf = () =>
    issueLeaf(ca, {
      commonName: "webhook",
      names: ["localhost", "127.0.0.1"],
    }, engine);
  return { certificate: ca.certificate, leaf: await leaf() };
}

const first = await authority("first");
const second = await authority("second");

const POD = {
  metadata: { name: "web" },
  spec: { containers: [{ name: "app", image: "app:1" }] },
};

/** A server with short timeouts, closed with the test. */
async function serve(
  options: Partial<ServeHttpsOptions> = {},
): Promise<HttpsServer & AsyncDisposable> {
  const server = await serveHttps({
    hostname: "127.0.0.1",
    port: 0,
    ...first.leaf,
    timeouts: { handshake: 500, head: 500, request: 1_000, idle: 2_000 },
    handle: testHandler().handler.handle,
    ...options,
  });
  return Object.assign(server, {
    [Symbol.asyncDispose]: () => server.shutdown(0),
  });
}

function connect(
  { port }: HttpsServer,
  ca = first.certificate,
): Promise<Deno.TlsConn> {
  return Deno.connectTls({ hostname: "localhost", port, caCerts: [ca] });
}

async function write(connection: Deno.Conn, data: string | Uint8Array) {
  const bytes = typeof data === "string"
    ? new TextEncoder().encode(data)
    : data;
  for (let at = 0; at < bytes.length;) {
    at += await connection.write(bytes.subarray(at));
  }
}

/** All that comes until the server closes. */
async function readAll(connection: Deno.Conn): Promise<string> {
  let text = "";
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (;;) {
      const count = await connection.read(buffer);
      if (count === null) return text;
      text += new TextDecoder().decode(buffer.subarray(0, count));
    }
  } catch (error) {
    // A server that hangs up says no goodbye.
    if (
      error instanceof Deno.errors.UnexpectedEof ||
      error instanceof Deno.errors.ConnectionReset ||
      error instanceof Deno.errors.BrokenPipe
    ) return text;
    throw error;
  }
}

function call(body: string, more = ""): string {
  return `POST /mutate?timeout=10s HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n${more}Content-Length: ${
    new TextEncoder().encode(body).length
  }\r\n\r\n${body}`;
}

/** One good review on a connection of its own; the answer's JSON. */
async function goodReview(server: HttpsServer, ca = first.certificate) {
  using connection = await connect(server, ca);
  await write(connection, call(reviewBody(POD), "Connection: close\r\n"));
  const answer = await readAll(connection);
  assert.match(answer, /^HTTP\/1\.1 200 /);
  const body = answer.slice(answer.indexOf("\r\n\r\n") + 4);
  assert.equal(JSON.parse(body).response.allowed, true);
}

Deno.test("serveHttps() answers reviews on one connection after the other", async () => {
  await using server = await serve();
  await goodReview(server);
  using connection = await connect(server);
  for (let i = 0; i < 3; i++) {
    await write(connection, call(reviewBody(POD)));
    const buffer = new Uint8Array(64 * 1024);
    const count = await connection.read(buffer);
    assert.match(
      new TextDecoder().decode(buffer.subarray(0, count ?? 0)),
      /^HTTP\/1\.1 200 /,
    );
  }
});

Deno.test("HttpsServer.setCertificate() serves new connections with another, and leaves the old be", async () => {
  await using server = await serve();
  using old = await connect(server);
  await old.handshake();
  server.setCertificate(second.leaf);
  await goodReview(server, second.certificate);
  await assert.rejects(async () => {
    using connection = await connect(server, first.certificate);
    await connection.handshake();
  });
  await write(old, call(reviewBody(POD), "Connection: close\r\n"));
  assert.match(await readAll(old), /^HTTP\/1\.1 200 /);
});

Deno.test("HttpsServer.setCertificate() keeps the old one where the new cannot be used", async () => {
  await using server = await serve();
  for (
    const pair of [
      { certificate: "garbage", privateKey: "garbage" },
      { ...first.leaf, privateKey: second.leaf.privateKey },
      { certificate: "", privateKey: "" },
    ]
  ) {
    assert.throws(
      () => server.setCertificate(pair),
      (error) => error instanceof McaError && error.code === "certificate",
    );
    await goodReview(server);
  }
});

Deno.test("serveHttps() tells a port that is taken", async () => {
  await using server = await serve();
  await assert.rejects(
    serve({ port: server.port }),
    (error) =>
      error instanceof McaError && error.code === "listen" &&
      /EADDRINUSE/.test(error.message),
  );
});

Deno.test("serveHttps() refuses a pair that does not belong together", async () => {
  await assert.rejects(
    serve({ privateKey: second.leaf.privateKey }),
    (error) => error instanceof McaError && error.code === "certificate",
  );
});

Deno.test("serveHttps() listens on every address, IPv4's too", async () => {
  await using server = await serve({ hostname: "::" });
  await goodReview(server);
});

const SLOW: Readonly<Record<string, string>> = {
  "no request": "",
  "half a head": "POST /mutate HTTP/1.1\r\nHost: local",
  "half a body":
    "POST /mutate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: 100\r\n\r\n{",
  "a chunked body without end":
    "POST /mutate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n1\r\n{\r\n",
};

for (const [what, text] of Object.entries(SLOW)) {
  Deno.test(`serveHttps() hangs up on ${what}`, async () => {
    await using server = await serve();
    using connection = await connect(server);
    await connection.handshake();
    if (text !== "") await write(connection, text);
    await readAll(connection);
    await goodReview(server);
  });
}

Deno.test("serveHttps() hangs up on a handshake that does not come", async () => {
  await using server = await serve();
  using connection = await Deno.connect({
    hostname: "127.0.0.1",
    port: server.port,
  });
  await readAll(connection);
  await goodReview(server);
});

Deno.test("serveHttps() hangs up on what is no HTTP and no TLS", async () => {
  await using server = await serve();
  {
    using connection = await Deno.connect({
      hostname: "127.0.0.1",
      port: server.port,
    });
    await write(connection, "GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n");
    await readAll(connection);
  }
  for (const text of ["\r\n\r\n\r\nhello\r\n\r\n", "GET\r\n\r\n", "\0\0\0\0"]) {
    using connection = await connect(server);
    await write(connection, text);
    await readAll(connection);
  }
  await goodReview(server);
});

const MALFORMED: Readonly<Record<string, readonly [string, number]>> = {
  "an unknown method": ["BREW /mutate HTTP/1.1\r\nHost: a\r\n\r\n", 400],
  "no HTTP": ["\0\0\0\0", 400],
  "two lengths": [
    "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n",
    400,
  ],
  "a length and chunks": [
    "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n",
    400,
  ],
  "a chunk without a size": [
    "POST /mutate HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
    400,
  ],
  "a head that does not end": [
    `GET /health HTTP/1.1\r\nHost: a\r\nX: ${"a".repeat(20_000)}`,
    431,
  ],
  "a head that comes too slowly": ["GET /health HTTP/1.1\r\nHo", 408],
};

for (const [what, [text, status]] of Object.entries(MALFORMED)) {
  Deno.test(`serveHttps() answers ${what} with ${status}`, async () => {
    await using server = await serve();
    using connection = await connect(server);
    await write(connection, text);
    assert.match(
      await readAll(connection),
      new RegExp(`^HTTP/1\\.1 ${status} .*\r\nConnection: close\r\n`),
    );
    await goodReview(server);
  });
}

Deno.test("serveHttps() answers no request with what is wrong with the next", async () => {
  const began = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  await using server = await serve({
    handle: async () => {
      began.resolve();
      await goOn.promise;
      return { status: 200, fields: [], body: new Uint8Array() };
    },
  });
  using connection = await connect(server);
  await write(connection, "GET /health HTTP/1.1\r\nHost: a\r\n\r\n");
  await began.promise;
  await write(connection, "\0\0\0\0");
  assert.equal(await readAll(connection), "");
  goOn.resolve();
});

Deno.test("serveHttps() answers a body that is too long with 413", async () => {
  await using server = await serve({
    timeouts: {
      handshake: 5_000,
      head: 5_000,
      request: 10_000,
      idle: 5_000,
    },
  });
  using connection = await connect(server);
  const body = new Uint8Array(BODY_LIMIT + 64 * 1024).fill(0x20);
  await write(
    connection,
    `POST /mutate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: ${body.length}\r\n\r\n`,
  );
  const [answer] = await Promise.all([
    readAll(connection),
    // It may stop reading at any point.
    write(connection, body).catch(() => {}),
  ]);
  assert.match(answer, /^HTTP\/1\.1 413 /);
  assert.match(answer, /"reason":"RequestEntityTooLarge"/);
  await goodReview(server);
});

Deno.test("serveHttps() goes on when clients leave in the middle", async () => {
  await using server = await serve();
  const text = call(reviewBody(POD));
  for (const length of [1, 40, 120, text.length - 1, text.length]) {
    const connection = await connect(server);
    await write(connection, text.slice(0, length));
    connection.close();
  }
  await goodReview(server);
});

Deno.test("HttpsServer.shutdown() waits for the answer that is under way, and closes idle connections", async () => {
  const began = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const server = await serve({
    handle: async () => {
      began.resolve();
      await goOn.promise;
      return {
        status: 200,
        fields: [["Connection", "close"]],
        body: new TextEncoder().encode("done"),
      };
    },
  });
  using idle = await connect(server);
  await idle.handshake();
  using busy = await connect(server);
  await write(busy, call(reviewBody(POD)));
  await began.promise;
  const over = server.shutdown(10_000);
  await readAll(idle);
  goOn.resolve();
  assert.match(await readAll(busy), /done$/);
  await over;
});

Deno.test("HttpsServer.shutdown() ends what takes too long", async () => {
  const began = Promise.withResolvers<void>();
  const goOn = Promise.withResolvers<void>();
  const server = await serve({
    handle: async () => {
      began.resolve();
      await goOn.promise;
      return { status: 200, fields: [], body: new Uint8Array() };
    },
  });
  using busy = await connect(server);
  await write(busy, call(reviewBody(POD)));
  await began.promise;
  await server.shutdown(50);
  assert.equal(await readAll(busy), "");
  goOn.resolve();
});

import {
  deepStrictEqual,
  match,
  ok,
  rejects,
  strictEqual,
} from "node:assert/strict";
import { createServer } from "node:tls";
import { denoNetwork } from "../../flavors/deno_network.ts";
import { McaError } from "../../lib/errors.ts";
import type {
  AcceptedConnection,
  Connection,
  ConnectOptions,
  TlsListener,
} from "../../lib/platform.ts";
import { tcpOptions } from "../../flavors/socket_options.ts";
import { type TlsMaterial, tlsMaterial } from "./tls_material.ts";

type ServerName = "server" | "namedServer" | "expiredServer" | "futureServer";

async function listen(
  server: ServerName = "server",
): Promise<{ listener: TlsListener; material: TlsMaterial }> {
  const material = await tlsMaterial();
  const listener = await denoNetwork.listenTls({
    hostname: "127.0.0.1",
    port: 0,
    ...material[server],
  });
  return { listener, material };
}

/** Connects and accepts, both through the handshake. */
async function connectedPair(
  listener: TlsListener,
  options: Partial<ConnectOptions> & Pick<ConnectOptions, "tls">,
): Promise<{ client: Connection; accepted: AcceptedConnection }> {
  const accepting = listener.accept().then(async (accepted) => {
    await accepted.handshake();
    return accepted;
  });
  const client = await denoNetwork.connect({
    hostname: "127.0.0.1",
    port: listener.port,
    ...options,
  });
  return { client, accepted: await accepting };
}

async function readAll(connection: Connection): Promise<string> {
  const buffer = new Uint8Array(1024);
  let text = "";
  for (;;) {
    const count = await connection.read(buffer);
    if (count === null) return text;
    text += new TextDecoder().decode(buffer.subarray(0, count));
  }
}

async function writeAll(connection: Connection, text: string): Promise<void> {
  const bytes = new TextEncoder().encode(text);
  for (let at = 0; at < bytes.length;) {
    at += await connection.write(bytes.subarray(at));
  }
}

/** A fault of the attempt, while the server's side goes on accepting. */
async function connectFault(
  options: ConnectOptions,
  listener?: TlsListener,
): Promise<McaError> {
  const serving = listener?.accept().then(async (accepted) => {
    await accepted.handshake().catch(() => {});
    accepted.close();
  });
  try {
    (await denoNetwork.connect(options)).close();
  } catch (error) {
    if (error instanceof McaError) return error;
    throw error;
  } finally {
    await serving?.catch(() => {});
  }
  throw new Error("Expected the connection to fail");
}

Deno.test("connect() and listenTls() carry bytes both ways, with half-close", async () => {
  const { listener, material } = await listen();
  const { client, accepted } = await connectedPair(listener, {
    tls: { caCertificates: [material.ca.certificate] },
  });
  match(accepted.peer, /^127\.0\.0\.1:[0-9]+$/);
  await writeAll(client, "request");
  await client.closeWrite();
  strictEqual(await readAll(accepted), "request");
  await writeAll(accepted, "response");
  await accepted.closeWrite();
  strictEqual(await readAll(client), "response");
  client.close();
  accepted.close();
  listener.close();
});

Deno.test("listenTls() offers http/1.1 alone", async () => {
  const { listener, material } = await listen();
  const handshake = async (alpnProtocols: string[]) => {
    const serving = listener.accept().then(async (accepted) => {
      await accepted.handshake().catch(() => {});
      accepted.close();
    });
    try {
      using connection = await Deno.connectTls({
        hostname: "127.0.0.1",
        port: listener.port,
        caCerts: [material.ca.certificate],
        alpnProtocols,
      });
      return (await connection.handshake()).alpnProtocol;
    } finally {
      await serving;
    }
  };
  strictEqual(await handshake(["h2", "http/1.1"]), "http/1.1");
  await rejects(handshake(["h2"]), /NoApplicationProtocol/);
  listener.close();
});

const CAN_TELL_OPTIONS = Deno.build.os === "linux" &&
  Deno.permissions.querySync({ name: "ffi" }).state === "granted";

Deno.test({
  name:
    "listenTls() and connect() send small segments at once (needs Linux and --allow-ffi)",
  ignore: !CAN_TELL_OPTIONS,
  async fn() {
    const { listener, material } = await listen();
    const { port } = listener;
    strictEqual(tcpOptions({ port, kind: "listening" })?.noDelay, true);
    const { client, accepted } = await connectedPair(listener, {
      tls: { caCertificates: [material.ca.certificate] },
    });
    strictEqual(tcpOptions({ port, kind: "connected" })?.noDelay, true);
    client.close();
    accepted.close();
    listener.close();

    // The measurement itself can tell: the runtime leaves the option off.
    using plain = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const own = plain.addr.port;
    strictEqual(tcpOptions({ port: own, kind: "listening" })?.noDelay, false);
  },
});

Deno.test({
  name:
    "connect() notices within a minute that its peer is gone (needs Linux and --allow-ffi)",
  ignore: !CAN_TELL_OPTIONS,
  async fn() {
    const material = await tlsMaterial();
    const tls = { caCertificates: [material.ca.certificate] };
    for (
      const options of [
        tls,
        { ...tls, clientCertificate: material.client },
      ]
    ) {
      const { listener } = await listen();
      const { client, accepted } = await connectedPair(listener, {
        tls: options,
      });
      const port = Number(accepted.peer.split(":").at(-1));
      deepStrictEqual(tcpOptions({ port, kind: "connected" }), {
        noDelay: true,
        userTimeout: 60_000,
        keepAlive: { idle: 30, interval: 10, count: 3 },
      });
      // A peer that is there but does not read is another matter.
      client.tolerateStalls?.();
      strictEqual(tcpOptions({ port, kind: "connected" })?.userTimeout, 0);
      client.close();
      accepted.close();
      listener.close();
    }
  },
});

Deno.test("connect() verifies another server name where it is given", async () => {
  const { listener, material } = await listen("namedServer");
  const caCertificates = [material.ca.certificate];
  const { client, accepted } = await connectedPair(listener, {
    tls: { caCertificates, serverName: "kubernetes.default.svc" },
  });
  await writeAll(client, "x");
  await client.closeWrite();
  strictEqual(await readAll(accepted), "x");
  client.close();
  accepted.close();
  listener.close();
});

Deno.test("connect() presents a client certificate", async () => {
  const material = await tlsMaterial();
  const server = createServer({
    key: material.server.privateKey,
    cert: material.server.certificate,
    ca: material.ca.certificate,
    requestCert: true,
  }, (socket) => {
    socket.end(String(socket.getPeerCertificate().subject?.CN));
  });
  const { promise: listening, resolve } = Promise.withResolvers<void>();
  server.listen(0, "127.0.0.1", resolve);
  await listening;
  const address = server.address();
  ok(typeof address === "object" && address !== null);
  const client = await denoNetwork.connect({
    hostname: "127.0.0.1",
    port: address.port,
    tls: {
      caCertificates: [material.ca.certificate],
      clientCertificate: material.client,
    },
  });
  strictEqual(await readAll(client), "client");
  client.close();
  const { promise: closed, resolve: onClosed } = Promise.withResolvers<void>();
  server.close(() => onClosed());
  await closed;
});

Deno.test("connect() tells faults of the server's certificate apart", async () => {
  const cases: [
    server: ServerName,
    ca: "ca" | "otherCa",
    hostname: string,
    message: RegExp,
  ][] = [
    ["server", "otherCa", "127.0.0.1", /that the trusted CA did not issue$/],
    ["namedServer", "ca", "127.0.0.1", /for another name$/],
    ["expiredServer", "ca", "127.0.0.1", /that has expired$/],
    ["futureServer", "ca", "127.0.0.1", /that is not valid yet$/],
  ];
  for (const [server, ca, hostname, message] of cases) {
    const { listener, material } = await listen(server);
    const error = await connectFault({
      hostname,
      port: listener.port,
      tls: { caCertificates: [material[ca].certificate] },
    }, listener);
    strictEqual(error.code, "certificate");
    match(error.message, message);
    ok(error.message.includes(`${hostname}:${listener.port}`));
    ok(error.hint !== undefined);
    listener.close();
  }
});

Deno.test("connect() tells a server that speaks plain HTTP", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = listener.accept().then(async (connection) => {
    await connection.read(new Uint8Array(1024));
    await writeAll(connection, "HTTP/1.1 400 Bad Request\r\n\r\n");
    connection.close();
  });
  const material = await tlsMaterial();
  const error = await connectFault({
    hostname: "127.0.0.1",
    port: listener.addr.port,
    tls: { caCertificates: [material.ca.certificate] },
  });
  await serving;
  match(error.message, /does not speak TLS$/);
  match(error.hint ?? "", /plain HTTP/);
});

Deno.test("connect() tells a server that closes during the handshake", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = listener.accept().then(async (connection) => {
    await connection.read(new Uint8Array(1024));
    connection.close();
  });
  const material = await tlsMaterial();
  const error = await connectFault({
    hostname: "127.0.0.1",
    port: listener.addr.port,
    tls: { caCertificates: [material.ca.certificate] },
  });
  await serving;
  match(error.message, /closed the connection during the handshake$/);
});

Deno.test("connect() tells a port where nobody listens, with and without TLS", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const material = await tlsMaterial();
  const tls = { caCertificates: [material.ca.certificate] };
  for (
    const options of [
      { hostname: "127.0.0.1", port },
      { hostname: "127.0.0.1", port, tls },
      {
        hostname: "127.0.0.1",
        port,
        tls: { ...tls, clientCertificate: material.client },
      },
    ]
  ) {
    const error = await connectFault(options);
    strictEqual(
      error.message,
      `The API server 127.0.0.1:${port} refused the connection`,
    );
  }
});

Deno.test("connect() tells a name that does not exist", async () => {
  const error = await connectFault({ hostname: "api.invalid", port: 443 });
  match(error.message, /^The API server api\.invalid:443 has a name that/);
});

Deno.test("connect() carries plain TCP where TLS is not asked for", async () => {
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const serving = listener.accept().then(async (connection) => {
    await writeAll(connection, "hello");
    connection.close();
  });
  const { port } = listener.addr;
  const client = await denoNetwork.connect({ hostname: "127.0.0.1", port });
  await serving;
  strictEqual(await readAll(client), "hello");
  client.close();
});

Deno.test("connect() gives up when told, before and during the handshake", async () => {
  const material = await tlsMaterial();
  const reason = new Error("Deadline");
  // Accepts TCP connections by itself, and never answers.
  using listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const options = {
    hostname: "127.0.0.1",
    port: listener.addr.port,
    tls: { caCertificates: [material.ca.certificate] },
  };
  await rejects(
    denoNetwork.connect({ ...options, signal: AbortSignal.abort(reason) }),
    reason,
  );
  for (const clientCertificate of [undefined, material.client]) {
    const controller = new AbortController();
    const pending = denoNetwork.connect({
      ...options,
      tls: {
        ...options.tls,
        ...(clientCertificate === undefined ? {} : { clientCertificate }),
      },
      signal: controller.signal,
    });
    const refusal = rejects(pending, reason);
    const accepted = await listener.accept();
    // The ClientHello is here, so the handshake is under way.
    await accepted.read(new Uint8Array(4096));
    controller.abort(reason);
    await refusal;
    accepted.close();
  }
});

Deno.test("connect() forgets the signal once it has connected", async () => {
  const { listener, material } = await listen();
  const controller = new AbortController();
  const { client, accepted } = await connectedPair(listener, {
    tls: { caCertificates: [material.ca.certificate] },
    signal: controller.signal,
  });
  controller.abort();
  await writeAll(client, "still here");
  await client.closeWrite();
  strictEqual(await readAll(accepted), "still here");
  client.close();
  accepted.close();
  listener.close();
});

Deno.test("listenTls() tells a port that is taken, and an address that is not here", async () => {
  const { listener, material } = await listen();
  const fault = async (hostname: string, port: number) => {
    try {
      const other = await denoNetwork.listenTls({
        hostname,
        port,
        ...material.server,
      });
      other.close();
    } catch (error) {
      if (error instanceof McaError) return error;
      throw error;
    }
    throw new Error("Expected listenTls() to fail");
  };
  const taken = await fault("127.0.0.1", listener.port);
  strictEqual(taken.code, "listen");
  strictEqual(
    taken.message,
    `Cannot listen on 127.0.0.1:${listener.port} (EADDRINUSE)`,
  );
  match(taken.hint ?? "", /Another process listens there/);
  const elsewhere = await fault("192.0.2.1", 0);
  match(elsewhere.message, /EADDRNOTAVAIL/);
  listener.close();
});

Deno.test("listenTls() refuses a key that is not the certificate's", async () => {
  const material = await tlsMaterial();
  await rejects(
    denoNetwork.listenTls({
      hostname: "127.0.0.1",
      port: 0,
      certificate: material.server.certificate,
      privateKey: "no key",
    }),
    (error) => error instanceof McaError && error.code === "certificate",
  );
});

Deno.test("accept() rejects once the listener is closed", async () => {
  const { listener } = await listen();
  const refusal = rejects(listener.accept());
  listener.close();
  await refusal;
  deepStrictEqual(listener.hostname, "127.0.0.1");
});

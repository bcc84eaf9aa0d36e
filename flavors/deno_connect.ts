/**
 * Connecting, with the runtime's sockets.
 *
 * @module
 */

import { McaError } from "../lib/errors.ts";
import type { Connection, ConnectOptions } from "../lib/platform.ts";
import { connectError } from "./connect_faults.ts";
import { DenoConnection } from "./deno_connection.ts";
import { setTcpOptions, type TcpOptions } from "./socket_options.ts";

type TlsOptions = NonNullable<ConnectOptions["tls"]>;

/**
 * An idle watch sends nothing for minutes, so only probes show that its peer is
 * gone: after a minute, as with sent data that nobody acknowledges. The latter
 * counts a peer as gone too that is there and does not read (tcp(7),
 * TCP_USER_TIMEOUT).
 */
const TCP_OPTIONS: TcpOptions = {
  noDelay: true,
  keepAlive: { idle: 30, interval: 10, count: 3 },
  userTimeout: 60_000,
};

/**
 * Connects, and completes the TLS handshake where TLS is asked for.
 *
 * @throws {McaError} `upstream`, with a hint that fits the fault.
 * @throws The signal's reason, once it is aborted.
 *
 * @example
 * ```ts
 * import { connect } from "./deno_connect.ts";
 *
 * const connection = await connect({
 *   hostname: "kubernetes.default.svc",
 *   port: 443,
 *   tls: { caCertificates: [await Deno.readTextFile("ca.crt")] },
 *   signal: AbortSignal.timeout(10_000),
 * });
 * connection.close();
 * ```
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { tls, signal } = options;
  signal?.throwIfAborted();
  try {
    if (tls === undefined) {
      return new MadeConnection(await connectTcp(options));
    }
    return tls.clientCertificate === undefined
      ? await connectTls(options, tls)
      : await connectMutualTls(options, tls, tls.clientCertificate);
  } catch (cause) {
    signal?.throwIfAborted();
    throw cause instanceof McaError ? cause : connectError(options, cause);
  }
}

/** A connection made from here. */
class MadeConnection extends DenoConnection<Deno.TcpConn | Deno.TlsConn> {
  tolerateStalls(): void {
    setTcpOptions(localSocket(this.socket), { userTimeout: 0 });
  }
}

async function connectTcp(
  { hostname, port, signal }: ConnectOptions,
): Promise<Deno.TcpConn> {
  const connection = await Deno.connect({
    hostname,
    port,
    ...(signal === undefined ? {} : { signal }),
  });
  // The runtime's own methods work without FFI; what they cannot do comes after.
  connection.setNoDelay(true);
  connection.setKeepAlive(true);
  setTcpOptions(localSocket(connection), TCP_OPTIONS);
  return connection;
}

async function connectTls(
  options: ConnectOptions,
  tls: TlsOptions,
): Promise<Connection> {
  const tcp = await connectTcp(options);
  let connection: Deno.TlsConn;
  try {
    connection = await Deno.startTls(tcp, {
      hostname: tls.serverName ?? options.hostname,
      ...trust(tls),
    });
  } catch (error) {
    closeQuietly(tcp);
    throw error;
  }
  return await shakeHands(connection, options.signal);
}

/** The runtime takes client certificates only where it makes the TCP connection itself. */
async function connectMutualTls(
  { hostname, port, signal }: ConnectOptions,
  tls: TlsOptions,
  client: { readonly certificate: string; readonly privateKey: string },
): Promise<Connection> {
  if (tls.serverName !== undefined && tls.serverName !== hostname) {
    throw new McaError(
      "upstream",
      "A client certificate cannot be used together with another server name",
      { hint: "Use an address that the server's certificate names." },
    );
  }
  const connection = await Deno.connectTls({
    hostname,
    port,
    cert: client.certificate,
    key: client.privateKey,
    ...trust(tls),
  });
  setTcpOptions(localSocket(connection), TCP_OPTIONS);
  return await shakeHands(connection, signal);
}

function trust({ caCertificates }: TlsOptions): {
  alpnProtocols: string[];
  caCerts?: string[];
} {
  return {
    alpnProtocols: ["http/1.1"],
    ...(caCertificates.length === 0 ? {} : { caCerts: [...caCertificates] }),
  };
}

/** Completes the handshake, or closes the connection. */
async function shakeHands(
  connection: Deno.TlsConn,
  signal: AbortSignal | undefined,
): Promise<Connection> {
  const giveUp = () => closeQuietly(connection);
  signal?.addEventListener("abort", giveUp, { once: true });
  try {
    signal?.throwIfAborted();
    await connection.handshake();
    signal?.throwIfAborted();
    return new MadeConnection(connection);
  } catch (error) {
    closeQuietly(connection);
    throw error;
  } finally {
    signal?.removeEventListener("abort", giveUp);
  }
}

function localSocket(connection: Deno.Conn<Deno.NetAddr>) {
  return { port: connection.localAddr.port, kind: "connected" } as const;
}

/** The runtime throws where a failed handshake has closed the connection already. */
function closeQuietly(connection: Deno.Conn): void {
  try {
    connection.close();
  } catch {
    // Closed is what it should be.
  }
}

/**
 * Listening for TLS connections, with the runtime's sockets.
 *
 * @module
 */

import { McaError, systemErrorCode } from "../lib/errors.ts";
import type {
  AcceptedConnection,
  ListenTlsOptions,
  TlsListener,
} from "../lib/platform.ts";
import { DenoConnection } from "./deno_connection.ts";
import { setTcpOptions } from "./socket_options.ts";

/** What to do about an address that cannot be had, by the operating system's error code. */
const HINTS: ReadonlyMap<string, string> = new Map([
  [
    "EADDRINUSE",
    "Another process listens there: end it, or choose another port.",
  ],
  ["EACCES", "Ports below 1024 need privileges: choose a higher one."],
  ["EADDRNOTAVAIL", "This machine does not have the address: choose another."],
]);

/**
 * Listens with ALPN `http/1.1` alone. Accepted sockets inherit TCP_NODELAY
 * from the listening one, where it can be set.
 *
 * @throws {McaError} `listen` where the address cannot be had; `certificate`
 * where certificate and key cannot be used.
 *
 * @example
 * ```ts
 * import { listenTls } from "./deno_listener.ts";
 *
 * const listener = listenTls({
 *   hostname: "127.0.0.1",
 *   port: 0,
 *   certificate: await Deno.readTextFile("tls.crt"),
 *   privateKey: await Deno.readTextFile("tls.key"),
 * });
 * const connection = await listener.accept();
 * await connection.handshake();
 * ```
 */
export function listenTls(options: ListenTlsOptions): TlsListener {
  const listener = open(options);
  const { hostname, port } = listener.addr;
  setTcpOptions({ port, kind: "listening" }, { noDelay: true });
  return {
    hostname,
    port,
    accept: async () => new DenoAcceptedConnection(await listener.accept()),
    close: () => listener.close(),
  };
}

function open(options: ListenTlsOptions): Deno.TlsListener {
  const { hostname, port, certificate, privateKey } = options;
  try {
    return Deno.listenTls({
      hostname,
      port,
      cert: certificate,
      key: privateKey,
      alpnProtocols: ["http/1.1"],
    });
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === undefined && cause instanceof Deno.errors.InvalidData) {
      throw new McaError(
        "certificate",
        "The serving certificate and its key cannot be used",
        {
          hint: "Give both in PEM, the key as PKCS #8, and the two as a pair.",
          cause,
        },
      );
    }
    const address = hostname.includes(":") ? `[${hostname}]` : hostname;
    throw new McaError(
      "listen",
      `Cannot listen on ${address}:${port} (${code ?? reason(cause)})`,
      {
        hint: HINTS.get(code ?? "") ?? "Choose another address or port.",
        cause,
      },
    );
  }
}

function reason(cause: unknown): string {
  return cause instanceof Error ? cause.message : "unknown error";
}

class DenoAcceptedConnection extends DenoConnection<Deno.TlsConn>
  implements AcceptedConnection {
  readonly peer: string;

  constructor(socket: Deno.TlsConn) {
    super(socket);
    const { hostname, port } = socket.remoteAddr;
    this.peer = hostname.includes(":")
      ? `[${hostname}]:${port}`
      : `${hostname}:${port}`;
  }

  async handshake(): Promise<void> {
    await this.socket.handshake();
  }
}

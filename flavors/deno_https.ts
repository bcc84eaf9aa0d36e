/**
 * Serving HTTPS, with Node's server: it takes another certificate while it
 * runs, and sets TCP_NODELAY. Loaded by the webhook alone.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:https";
import type { Socket } from "node:net";
import { McaError, systemErrorCode } from "../lib/errors.ts";
import type {
  HttpsRequest,
  HttpsServer,
  ServeHttpsOptions,
  ServingCertificate,
} from "../lib/platform.ts";

/** What to do about an address that cannot be had, by the operating system's error code. */
const HINTS: ReadonlyMap<string, string> = new Map([
  [
    "EADDRINUSE",
    "Another process listens there: end it, or choose another port.",
  ],
  ["EACCES", "Ports below 1024 need privileges: choose a higher one."],
  ["EADDRNOTAVAIL", "This machine does not have the address: choose another."],
]);

/** What a machine without IPv6 says of the address `::`. */
const NO_IPV6: ReadonlySet<string> = new Set(["EAFNOSUPPORT", "EADDRNOTAVAIL"]);

/**
 * Starts to listen.
 *
 * @throws {McaError} `listen` where the address cannot be had; `certificate`
 * where certificate and key cannot be used.
 */
export async function serveHttps(
  options: ServeHttpsOptions,
): Promise<HttpsServer> {
  const { timeouts, handle } = options;
  // Only here: in a bundle a static import would load Node's HTTP at the start
  // of executables and commands that never serve this way.
  const { createServer } = await import("node:https");
  const checkPair = await pairCheck();
  checkPair(options);
  const server = createServer({
    ...pemOf(options),
    handshakeTimeout: timeouts.handshake,
    // How often the timeouts are looked at.
    connectionsCheckingInterval: 500,
  });
  server.headersTimeout = timeouts.head;
  server.requestTimeout = timeouts.request;
  server.keepAliveTimeout = timeouts.idle;
  server.on("clientError", (_error, socket) => socket.destroy());
  const connections = new Connections(server);
  server.on(
    "request",
    (incoming: IncomingMessage, response: ServerResponse) => {
      connections.begin(incoming, response);
      // The connection is all that a fault here may cost.
      answer(incoming, response, handle).catch(() => response.destroy());
    },
  );
  const hostname = await listen(server, options);
  const address = server.address();
  return {
    hostname,
    port: typeof address === "object" && address !== null
      ? address.port
      : options.port,
    setCertificate: (pair) => {
      checkPair(pair);
      server.setSecureContext(pemOf(pair));
    },
    shutdown: (grace) => connections.shutdown(grace),
  };
}

function pemOf({ certificate, privateKey }: ServingCertificate) {
  return { cert: certificate, key: privateKey };
}

/**
 * What throws for a certificate and key that are no pair: the runtime itself
 * takes whatever it is given, and then no handshake succeeds.
 */
async function pairCheck(): Promise<(pair: ServingCertificate) => void> {
  const { createPrivateKey, X509Certificate } = await import("node:crypto");
  return ({ certificate, privateKey }) => {
    try {
      const key = createPrivateKey(privateKey);
      if (new X509Certificate(certificate).checkPrivateKey(key)) return;
    } catch {
      // Not kept as a cause: it could quote the key.
    }
    throw new McaError(
      "certificate",
      "The serving certificate and its key cannot be used",
      { hint: "Give both in PEM, the key as PKCS #8, and the two as a pair." },
    );
  };
}

/**
 * What is connected, and what of it waits for an answer: the runtime's own
 * `closeIdleConnections` passes over those that never sent a request.
 */
class Connections {
  readonly #server: Server;
  readonly #all = new Set<Socket>();
  readonly #busy = new Set<Socket>();
  #isStopping = false;

  constructor(server: Server) {
    this.#server = server;
    // The one before its handshake, the other after: both are the same connection.
    for (const event of ["connection", "secureConnection"]) {
      server.on(event, (socket: Socket) => {
        this.#all.add(socket);
        socket.on("close", () => this.#all.delete(socket));
      });
    }
  }

  /** Notes a request until its response is sent or broken off. */
  begin({ socket }: IncomingMessage, response: ServerResponse): void {
    this.#busy.add(socket);
    if (this.#isStopping) response.setHeader("Connection", "close");
    response.on("close", () => {
      this.#busy.delete(socket);
      if (this.#isStopping) socket.destroy();
    });
  }

  async shutdown(grace: number): Promise<void> {
    this.#isStopping = true;
    const closed = new Promise<void>((resolve) =>
      this.#server.close(() => resolve())
    );
    const timer = setTimeout(() => this.#destroy(() => true), grace);
    if (this.#busy.size === 0) this.#destroy(() => true);
    else this.#destroy((socket) => isSecure(socket) && !this.#busy.has(socket));
    await closed;
    clearTimeout(timer);
  }

  #destroy(isMeant: (socket: Socket) => boolean): void {
    for (const socket of this.#all) if (isMeant(socket)) socket.destroy();
  }
}

function isSecure(socket: Socket): boolean {
  return "encrypted" in socket && socket.encrypted === true;
}

/** Listens, on IPv4 alone where the machine has no other; tells the address. */
async function listen(
  server: Server,
  { hostname, port }: Pick<ServeHttpsOptions, "hostname" | "port">,
): Promise<string> {
  try {
    await listenAt(server, hostname, port);
    return hostname;
  } catch (cause) {
    const code = systemErrorCode(cause) ?? "unknown error";
    if (hostname === "::" && NO_IPV6.has(code)) {
      return await listen(server, { hostname: "0.0.0.0", port });
    }
    const address = hostname.includes(":") ? `[${hostname}]` : hostname;
    throw new McaError(
      "listen",
      `Cannot listen on ${address}:${port} (${code})`,
      {
        hint: HINTS.get(code) ?? "Choose another address or port.",
        cause,
      },
    );
  }
}

function listenAt(
  server: Server,
  hostname: string,
  port: number,
): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject);
  server.listen(port, hostname, resolve);
  return promise.finally(() => server.off("error", reject));
}

async function answer(
  incoming: IncomingMessage,
  response: ServerResponse,
  handle: ServeHttpsOptions["handle"],
): Promise<void> {
  const { status, fields, body } = await handle(new NodeRequest(incoming));
  for (const [name, value] of fields) response.setHeader(name, value);
  response.setHeader("Content-Length", body.length);
  response.statusCode = status;
  response.end(incoming.method === "HEAD" ? undefined : body);
  // What nobody asked for is read and thrown away, until the request timeout.
  incoming.resume();
}

class NodeRequest implements HttpsRequest {
  readonly #incoming: IncomingMessage;
  readonly method: string;
  readonly target: string;

  constructor(incoming: IncomingMessage) {
    this.#incoming = incoming;
    this.method = incoming.method ?? "";
    this.target = incoming.url ?? "";
  }

  header(lowerName: string): string | undefined {
    const value = this.#incoming.headers[lowerName];
    return Array.isArray(value) ? value.join(", ") : value;
  }

  readBody(
    take: (octets: number) => boolean,
  ): Promise<Uint8Array<ArrayBuffer> | null> {
    const { promise, resolve, reject } = Promise.withResolvers<
      Uint8Array<ArrayBuffer> | null
    >();
    const incoming = this.#incoming;
    let chunks: Uint8Array[] = [];
    let isRefused = false;
    incoming.on("data", (chunk: Uint8Array) => {
      if (isRefused) return;
      if (take(chunk.length)) return void chunks.push(chunk);
      isRefused = true;
      chunks = [];
      resolve(null);
    });
    incoming.on("end", () => resolve(concatenate(chunks)));
    incoming.on("error", reject);
    incoming.on("close", () => reject(new Error("The client went away")));
    return promise;
  }
}

function concatenate(
  chunks: readonly Uint8Array[],
): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(
    chunks.reduce((sum, { length }) => sum + length, 0),
  );
  let offset = 0;
  for (const chunk of chunks) {
    whole.set(chunk, offset);
    offset += chunk.length;
  }
  return whole;
}

/**
 * Serving HTTPS, with Node's server: it takes another certificate while it
 * runs, and sets TCP_NODELAY. Loaded by the webhook alone.
 *
 * @module
 */

import type { IncomingMessage, ServerResponse } from "node:http";
import type { Server } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
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

/** The answer to a request that cannot be read, by the parser's code; else {@link BAD_REQUEST}. */
const CLIENT_FAULTS: ReadonlyMap<string, string> = new Map([
  ["HPE_HEADER_OVERFLOW", "431 Request Header Fields Too Large"],
  ["ERR_HTTP_REQUEST_TIMEOUT", "408 Request Timeout"],
]);
const BAD_REQUEST = "400 Bad Request";

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
  const connections = new Connections(server);
  server.on("clientError", (error, socket) => {
    // It is told already, and hangs up as soon as that is sent.
    if (socket.writableEnded) return;
    const status = clientFault(error);
    if (status === undefined || !connections.mayAnswer(socket)) {
      socket.destroy();
      return;
    }
    socket.end(
      `HTTP/1.1 ${status}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`,
      () => socket.destroy(),
    );
  });
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

/** The status line's end for a fault in HTTP; undefined for others, such as a connection that is gone. */
function clientFault(error: Error): string | undefined {
  const code = systemErrorCode(error) ?? "";
  return CLIENT_FAULTS.get(code) ??
    (code.startsWith("HPE_") ? BAD_REQUEST : undefined);
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
  readonly #busy = new Map<Duplex, IncomingMessage>();
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
  begin(incoming: IncomingMessage, response: ServerResponse): void {
    const { socket } = incoming;
    this.#busy.set(socket, incoming);
    if (this.#isStopping) response.setHeader("Connection", "close");
    response.on("close", () => {
      this.#busy.delete(socket);
      if (this.#isStopping) socket.destroy();
    });
  }

  /** Whether a connection can be told of a fault: not where the answer to a request before is still to come. */
  mayAnswer(socket: Duplex): boolean {
    return socket.writable && this.#busy.get(socket)?.complete !== true;
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

/**
 * What a Service does for the webhook's replicas: connections to one port go to
 * those that are ready, one after the other.
 */

import { request } from "node:https";

/** A replica as the Service sees it. */
export interface Endpoint {
  readonly port: number;
}

/** How often readiness is asked for, in milliseconds; a kubelet does it each second. */
const PROBE_INTERVAL = 100;

/** Forwards connections to ready replicas until it is closed. */
export class Service implements AsyncDisposable {
  readonly #listener: Deno.TcpListener;
  readonly #endpoints = new Set<Endpoint>();
  readonly #ready = new Set<Endpoint>();
  readonly #connections = new Set<Deno.TcpConn>();
  readonly #timer: ReturnType<typeof setInterval>;
  readonly #accepting: Promise<void>;
  readonly #forwarding = new Set<Promise<void>>();
  #probing: Promise<void> = Promise.resolve();
  #next = 0;

  constructor() {
    this.#listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    this.#accepting = this.#accept();
    this.#timer = setInterval(() => {
      this.#probing = this.#probing.then(() => this.#probe());
    }, PROBE_INTERVAL);
  }

  get port(): number {
    return this.#listener.addr.port;
  }

  /** How many replicas are ready. */
  get readyCount(): number {
    return this.#ready.size;
  }

  add(endpoint: Endpoint): void {
    this.#endpoints.add(endpoint);
  }

  remove(endpoint: Endpoint): void {
    this.#endpoints.delete(endpoint);
    this.#ready.delete(endpoint);
  }

  /** Ends the connections that are there, so that whoever comes next shakes hands anew. */
  async cut(): Promise<void> {
    for (const connection of this.#connections) closeQuietly(connection);
    await Promise.all(this.#forwarding);
  }

  async #probe(): Promise<void> {
    await Promise.all([...this.#endpoints].map(async (endpoint) => {
      const isReady = await probe(endpoint.port);
      if (isReady && this.#endpoints.has(endpoint)) this.#ready.add(endpoint);
      else this.#ready.delete(endpoint);
    }));
  }

  async #accept(): Promise<void> {
    for await (const connection of this.#listener) {
      const work = this.#forward(connection)
        .finally(() => this.#forwarding.delete(work));
      this.#forwarding.add(work);
    }
  }

  async #forward(client: Deno.TcpConn): Promise<void> {
    const replica = await this.#connect();
    if (replica === undefined) return closeQuietly(client);
    this.#connections.add(client).add(replica);
    await Promise.all([pipe(client, replica), pipe(replica, client)]);
    this.#connections.delete(client);
    this.#connections.delete(replica);
    closeQuietly(client);
    closeQuietly(replica);
  }

  /** A replica that takes the connection: one that has just died does not. */
  async #connect(): Promise<Deno.TcpConn | undefined> {
    const ready = [...this.#ready];
    for (let tries = 0; tries < ready.length; tries++) {
      const endpoint = ready[this.#next++ % ready.length];
      if (endpoint === undefined) continue;
      try {
        return await Deno.connect({
          hostname: "127.0.0.1",
          port: endpoint.port,
        });
      } catch (error) {
        if (!(error instanceof Deno.errors.ConnectionRefused)) throw error;
        this.#ready.delete(endpoint);
      }
    }
    return undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearInterval(this.#timer);
    this.#listener.close();
    await this.#accepting;
    await this.cut();
    await this.#probing;
  }
}

async function pipe(from: Deno.TcpConn, to: Deno.TcpConn): Promise<void> {
  const buffer = new Uint8Array(64 * 1024);
  try {
    for (;;) {
      const count = await from.read(buffer);
      if (count === null) break;
      for (let at = 0; at < count;) {
        at += await to.write(buffer.subarray(at, count));
      }
    }
    await to.closeWrite();
  } catch {
    // Either side may go away at any moment.
    closeQuietly(from);
    closeQuietly(to);
  }
}

function closeQuietly(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch {
    // It is closed already.
  }
}

function probe(port: number): Promise<boolean> {
  const { promise, resolve } = Promise.withResolvers<boolean>();
  const outgoing = request({
    host: "127.0.0.1",
    port,
    path: "/ready",
    agent: false,
    rejectUnauthorized: false,
    timeout: 2_000,
  }, (incoming) => {
    incoming.resume();
    incoming.on("end", () => resolve(incoming.statusCode === 200));
    incoming.on("error", () => resolve(false));
  });
  outgoing.on("timeout", () => outgoing.destroy());
  outgoing.on("error", () => resolve(false));
  outgoing.end();
  return promise;
}

/** An API server that says what a test tells it to say, on a raw TLS socket. */

import { denoNetwork } from "../../../flavors/deno_network.ts";
import type { TlsListener } from "../../../lib/platform.ts";
import { type TlsMaterial, tlsMaterial } from "../../flavors/tls_material.ts";
import { RawPeer } from "./raw_peer.ts";

/** What an upstream does with a connection. The connection is closed when it returns. */
export type UpstreamScript = (connection: RawPeer) => Promise<void>;

/** Lenient: it takes whatever comes, and tells it octet for octet. */
export class ScriptedUpstream {
  readonly #listener: TlsListener;
  readonly #material: TlsMaterial;
  readonly #tasks = new Set<Promise<void>>();
  readonly #connections: RawPeer[] = [];
  readonly #waiting: ((connection: RawPeer) => void)[] = [];
  readonly #unclaimed: RawPeer[] = [];
  #open = 0;
  /** What to do with each connection; undefined: leave it to {@link accept}. */
  script: UpstreamScript | undefined;

  private constructor(listener: TlsListener, material: TlsMaterial) {
    this.#listener = listener;
    this.#material = material;
    this.#track(this.#serve());
  }

  /** Listens on a free port of 127.0.0.1. */
  static async listen(script?: UpstreamScript): Promise<ScriptedUpstream> {
    const material = await tlsMaterial();
    const upstream = new ScriptedUpstream(
      await denoNetwork.listenTls({
        hostname: "127.0.0.1",
        port: 0,
        ...material.server,
      }),
      material,
    );
    upstream.script = script;
    return upstream;
  }

  get port(): number {
    return this.#listener.port;
  }

  /** The roots to trust, in PEM. */
  get caCertificates(): readonly string[] {
    return [this.#material.ca.certificate];
  }

  /** How many connections there have been. */
  get connectionCount(): number {
    return this.#connections.length;
  }

  /** How many connections a script has not done with: those that the proxy holds. */
  get openCount(): number {
    return this.#open;
  }

  /** All that was read on all connections, in their order. */
  get received(): string {
    return this.#connections.map(({ received }) => received).join("");
  }

  /** The next connection that no script takes. */
  accept(): Promise<RawPeer> {
    const connection = this.#unclaimed.shift();
    if (connection !== undefined) return Promise.resolve(connection);
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  /** Closes all connections; new ones are served as before. */
  closeConnections(): void {
    for (const connection of this.#connections) connection.close();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#listener.close();
    for (const connection of this.#connections) connection.close();
    await Promise.all(this.#tasks);
  }

  #track(task: Promise<void>): void {
    const tracked = task.catch(() => {});
    this.#tasks.add(tracked);
    void tracked.then(() => this.#tasks.delete(tracked));
  }

  async #serve(): Promise<void> {
    for (;;) {
      const accepted = await this.#listener.accept();
      this.#track(
        accepted.handshake().then(
          () => this.#take(new RawPeer(accepted)),
          () => accepted.close(),
        ),
      );
    }
  }

  #take(connection: RawPeer): void {
    this.#connections.push(connection);
    if (this.script !== undefined) {
      this.#open++;
      this.#track(
        this.script(connection).finally(() => {
          this.#open--;
          connection.close();
        }),
      );
      return;
    }
    const resolve = this.#waiting.shift();
    if (resolve === undefined) this.#unclaimed.push(connection);
    else resolve(connection);
  }
}

/** Answers every head with the same octets, until the proxy ends. */
export function answering(response: string): UpstreamScript {
  return async (connection) => {
    for (;;) {
      await connection.readHead();
      await connection.send(response);
    }
  };
}

/** An ordinary response with that body. */
export function okResponse(body = "ok"): string {
  return `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`;
}

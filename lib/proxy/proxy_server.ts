/**
 * Accepting clients, and seeing them off in good order.
 *
 * @module
 */

import { systemErrorCode } from "../errors.ts";
import type { Logger } from "../log/logger.ts";
import type {
  AcceptedConnection,
  Clock,
  ListenTlsOptions,
  Network,
  TlsListener,
} from "../platform.ts";
import type { BlockPool } from "../wire/block_pool.ts";
import type { Deadlines } from "../wire/deadlines.ts";
import { isTruncation } from "../wire/tunnel.ts";
import { Peer } from "../wire/peer.ts";
import { ClientSession, type SessionTimeouts } from "./client_session.ts";
import type { ProxyDescription } from "./proxy_description.ts";
import type { Pass } from "./proxy_request.ts";

/** How long a TLS handshake may take, in milliseconds. */
const HANDSHAKE_TIMEOUT = 10_000;
/** How long to wait after a failed accept, such as for want of file descriptors. Milliseconds. */
const ACCEPT_PAUSE = 100;

/** What a server needs from outside. */
export interface ServerEnvironment {
  readonly network: Network;
  readonly clock: Clock;
  readonly deadlines: Deadlines;
  readonly blocks: BlockPool;
  readonly logger: Logger;
  readonly passes: readonly Pass[];
  readonly timeouts: SessionTimeouts;
}

/** Serves clients on one TLS listener. */
export class ProxyServer {
  readonly #environment: ServerEnvironment;
  readonly #sessions = new Set<ClientSession>();
  readonly #handshakes = new Set<Peer>();
  readonly #tasks = new Set<Promise<void>>();
  #listener: TlsListener | undefined;
  #accepting: Promise<void> = Promise.resolve();
  #isStopping = false;
  #isAccepting = true;
  #endPause: (() => void) | undefined;

  constructor(environment: ServerEnvironment) {
    this.#environment = environment;
  }

  /** How many clients are connected. */
  get sessionCount(): number {
    return this.#sessions.size;
  }

  /** What each client is doing, and how many are in their handshake. */
  describe(): Pick<ProxyDescription, "clients" | "handshakes"> {
    return {
      clients: Array.from(this.#sessions, (session) => session.describe()),
      handshakes: this.#handshakes.size,
    };
  }

  /**
   * Begins to listen, or listens anew with another certificate; connections
   * that are open go on.
   *
   * @throws {McaError} `listen` where the address cannot be had.
   */
  async listen(options: ListenTlsOptions): Promise<TlsListener> {
    const previous = this.#listener;
    this.#listener = undefined;
    previous?.close();
    this.#endPause?.();
    // The system has the port back only when nobody waits in accept any more.
    await this.#accepting;
    const listener = await this.#environment.network.listenTls(options);
    if (this.#isStopping) {
      listener.close();
      return listener;
    }
    this.#listener = listener;
    this.#accepting = this.#accept(listener);
    this.#track(this.#accepting);
    return listener;
  }

  /**
   * Stops accepting, lets running requests finish, ends watches in good order,
   * and closes what is left after the grace period.
   *
   * @param grace Milliseconds.
   */
  async shutdown(grace: number): Promise<void> {
    this.#isStopping = true;
    const listener = this.#listener;
    this.#listener = undefined;
    listener?.close();
    this.#endPause?.();
    for (const client of this.#handshakes) client.close();
    for (const session of this.#sessions) session.drain();
    const cancel = this.#environment.clock.after(grace, () => {
      for (const session of this.#sessions) session.close();
    });
    while (this.#tasks.size > 0) await Promise.all(this.#tasks);
    cancel();
  }

  #track(task: Promise<void>): void {
    this.#tasks.add(task);
    void task.finally(() => this.#tasks.delete(task));
  }

  async #accept(listener: TlsListener): Promise<void> {
    while (this.#listener === listener) {
      try {
        const connection = await listener.accept();
        this.#noteAccepting(undefined);
        this.#track(this.#serve(connection));
      } catch (error) {
        if (this.#listener !== listener) return;
        this.#noteAccepting(error);
        await this.#pause();
      }
    }
  }

  /** Says once that accepting fails, and once that it works again. */
  #noteAccepting(error: unknown): void {
    const isAccepting = error === undefined;
    if (isAccepting === this.#isAccepting) return;
    this.#isAccepting = isAccepting;
    const { logger } = this.#environment;
    if (isAccepting) logger.info("Accepting connections again");
    else {
      logger.error("Accepting a connection failed", {
        reason: reasonOf(error),
      });
    }
  }

  #pause(): Promise<void> {
    return new Promise((resolve) => {
      const cancel = this.#environment.clock.after(ACCEPT_PAUSE, resolve);
      this.#endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  async #serve(connection: AcceptedConnection): Promise<void> {
    const { logger, blocks, deadlines } = this.#environment;
    const client = new Peer(connection, blocks);
    if (!await this.#shakeHands(connection, client)) return;
    const session = new ClientSession(client, connection.peer, {
      ...this.#environment,
      deadlines,
    });
    this.#sessions.add(session);
    if (this.#isStopping) session.drain();
    try {
      await session.run();
    } catch (error) {
      logger.error("Serving a connection failed", {
        peer: connection.peer,
        reason: reasonOf(error),
      });
    } finally {
      this.#sessions.delete(session);
    }
  }

  async #shakeHands(
    connection: AcceptedConnection,
    client: Peer,
  ): Promise<boolean> {
    const { deadlines, logger } = this.#environment;
    const deadline = deadlines.add(HANDSHAKE_TIMEOUT, () => client.close());
    this.#handshakes.add(client);
    try {
      if (this.#isStopping) throw new Error("The proxy is stopping");
      await connection.handshake();
      return true;
    } catch (error) {
      // A port probe connects and goes; that is nothing to speak of.
      if (!isHangUp(error) && !this.#isStopping) {
        logger.warn("A TLS handshake failed", {
          peer: connection.peer,
          reason: reasonOf(error),
        });
      }
      client.close();
      return false;
    } finally {
      this.#handshakes.delete(client);
      deadlines.remove(deadline);
    }
  }
}

function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

/** Whether the peer went away rather than failed at the handshake. */
function isHangUp(error: unknown): boolean {
  const code = systemErrorCode(error);
  return isTruncation(error) || code === "ECONNRESET" || code === "EPIPE";
}

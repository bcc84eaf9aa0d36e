/**
 * Connections to one API server, kept warm between requests.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import type {
  Clock,
  Connection,
  ConnectOptions,
  Network,
} from "../platform.ts";
import type { BlockPool } from "./block_pool.ts";
import type { Deadline, Deadlines } from "./deadlines.ts";
import { Peer } from "./peer.ts";

/** A connection to the API server. */
export interface UpstreamConnection {
  readonly peer: Peer;
  /** Whether it has served a request before: then it may turn out to be dead. */
  readonly isReused: boolean;
}

/** How a pool behaves. Milliseconds. */
export interface PoolSettings {
  /** How many idle connections are kept. */
  readonly maxIdle: number;
  /** How many connections there may be at once; each watch has one. */
  readonly maxOpen: number;
  /**
   * How long an idle one is kept: well below the 90 s after which kube-apiserver
   * closes it, so that MCA nearly always closes first.
   */
  readonly idleTimeout: number;
  /** How long connecting, the TLS handshake included, may take. */
  readonly connectTimeout: number;
}

/** Settings fit for kube-apiserver. */
export const POOL_SETTINGS: PoolSettings = {
  maxIdle: 64,
  maxOpen: 4096,
  idleTimeout: 60_000,
  connectTimeout: 10_000,
};

/** What a pool needs from outside. */
export interface PoolEnvironment {
  /** How to connect now: another object where that has changed. */
  readonly options: () => ConnectOptions;
  /** Has `options` look for new roots, where there is anywhere to look. */
  readonly refreshRoots?: (() => Promise<void>) | undefined;
  readonly connect: Network["connect"];
  readonly clock: Clock;
  readonly blocks: BlockPool;
  readonly deadlines: Deadlines;
}

interface MadeConnection {
  readonly options: ConnectOptions;
  readonly connection: Connection;
}

interface IdleConnection {
  readonly peer: Peer;
  readonly deadline: Deadline;
}

/** Lends connections to one API server, the most recently used first. */
export class UpstreamPool {
  readonly #environment: PoolEnvironment;
  readonly #settings: PoolSettings;
  readonly #idle: IdleConnection[] = [];
  readonly #connecting = new Set<AbortController>();
  readonly #madeWith = new WeakMap<Peer, ConnectOptions>();
  #open = 0;
  #making = 0;
  #isClosed = false;

  constructor(
    environment: PoolEnvironment,
    settings: PoolSettings = POOL_SETTINGS,
  ) {
    this.#environment = environment;
    this.#settings = settings;
  }

  /** How many connections are open, how many of them idle, and how many on the way. */
  get counts(): {
    readonly open: number;
    readonly idle: number;
    readonly connecting: number;
  } {
    return {
      open: this.#open,
      idle: this.#idle.length,
      connecting: this.#making,
    };
  }

  /**
   * A connection of one's own until it is given back or closed: an idle one, or
   * else a new one.
   *
   * @throws {McaError} As {@link connect} does.
   */
  async acquire(): Promise<UpstreamConnection> {
    return this.takeIdle() ?? await this.connect();
  }

  /** The idle connection that was used last; undefined where none is good any more. */
  takeIdle(): UpstreamConnection | undefined {
    for (;;) {
      const idle = this.#idle.pop();
      if (idle === undefined) return undefined;
      this.#environment.deadlines.remove(idle.deadline);
      idle.peer.reader.onEnd = undefined;
      const { hasEnded, length } = idle.peer.reader;
      if (!hasEnded && length === 0 && this.#isCurrent(idle.peer)) {
        return { peer: idle.peer, isReused: true };
      }
      idle.peer.close();
    }
  }

  /**
   * A new connection of one's own until it is given back or closed.
   *
   * @throws {McaError} `upstream` where none can be had, `not-ready` where there are too many.
   */
  async connect(): Promise<UpstreamConnection> {
    if (this.#isClosed) throw shuttingDown();
    if (this.#open + this.#making >= this.#settings.maxOpen) {
      throw new McaError("not-ready", "There are too many requests at once", {
        hint: "Try again later, or end some watches.",
      });
    }
    this.#making++;
    try {
      const { options, connection } = await this.#connectWithRoots();
      this.#open++;
      const { blocks } = this.#environment;
      const peer = new Peer(connection, blocks, () => this.#open--);
      this.#madeWith.set(peer, options);
      return { peer, isReused: false };
    } finally {
      this.#making--;
    }
  }

  /** Takes back a connection on which a request and its response were completed. */
  giveBack(peer: Peer): void {
    peer.reader.onEnd = undefined;
    const { hasEnded, length } = peer.reader;
    const isGood = !hasEnded && length === 0 && !peer.toleratesStalls;
    if (this.#isClosed || !isGood || !this.#isCurrent(peer)) {
      return peer.close();
    }
    // The read that notices the server's closing serves the next response too.
    peer.reader.prefetch();
    const drop = (): void => this.#drop(peer);
    peer.reader.onEnd = drop;
    const deadline = this.#environment.deadlines.add(
      this.#settings.idleTimeout,
      drop,
    );
    this.#idle.push({ peer, deadline });
    const [oldest] = this.#idle;
    if (this.#idle.length > this.#settings.maxIdle && oldest !== undefined) {
      this.#drop(oldest.peer);
    }
  }

  /** Closes the idle connections and those on the way; those in use are closed when they come back. */
  close(): void {
    this.#isClosed = true;
    for (const controller of this.#connecting) controller.abort(shuttingDown());
    for (const idle of this.#idle.splice(0)) {
      this.#environment.deadlines.remove(idle.deadline);
      idle.peer.reader.onEnd = undefined;
      idle.peer.close();
    }
  }

  /** Whether it was made as a connection would be made now: same CA, same client certificate. */
  #isCurrent(peer: Peer): boolean {
    return this.#madeWith.get(peer) === this.#environment.options();
  }

  #drop(peer: Peer): void {
    const index = this.#idle.findIndex((idle) => idle.peer === peer);
    const [idle] = index < 0 ? [] : this.#idle.splice(index, 1);
    if (idle !== undefined) this.#environment.deadlines.remove(idle.deadline);
    peer.reader.onEnd = undefined;
    peer.close();
  }

  /** Tries again where the server's CA turns out to have been replaced meanwhile. */
  async #connectWithRoots(): Promise<MadeConnection> {
    const options = this.#environment.options();
    try {
      return { options, connection: await this.#connectInTime(options) };
    } catch (error) {
      if (!(error instanceof McaError) || error.code !== "certificate") {
        throw error;
      }
      await this.#environment.refreshRoots?.();
      const fresh = this.#environment.options();
      if (fresh === options || this.#isClosed) throw error;
      return { options: fresh, connection: await this.#connectInTime(fresh) };
    }
  }

  async #connectInTime(options: ConnectOptions): Promise<Connection> {
    const { connect, deadlines } = this.#environment;
    const controller = new AbortController();
    this.#connecting.add(controller);
    const deadline = deadlines.add(this.#settings.connectTimeout, () => {
      controller.abort(
        new McaError(
          "upstream",
          "The API server did not take the connection in time",
          {
            hint:
              "Check that its address is right and that no firewall drops packets to it.",
          },
        ),
      );
    });
    try {
      return await connect({ ...options, signal: controller.signal });
    } finally {
      this.#connecting.delete(controller);
      deadlines.remove(deadline);
    }
  }
}

function shuttingDown(): McaError {
  return new McaError("upstream", "The proxy is shutting down");
}

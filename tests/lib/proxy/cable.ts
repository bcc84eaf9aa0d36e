/** The middle of TCP connections, where a test can cut or reset them. */

import { connect, createServer, type Server, type Socket } from "node:net";

/** One connection through a {@link Cable}. */
export interface Strand {
  /** How many octets have come from who connected. */
  readonly sent: number;
  /** Ends both sides by FIN: TLS sees an end without close_notify. */
  cut(): void;
  /** Ends both sides by RST. */
  reset(): void;
}

/** Carries connections to a port of 127.0.0.1. */
export class Cable {
  readonly #server: Server;
  readonly #strands: Strand[] = [];
  readonly #closed: Promise<void>[] = [];

  private constructor(port: number) {
    this.#server = createServer({ allowHalfOpen: true }, (near) => {
      const far = connect({ host: "127.0.0.1", port, allowHalfOpen: true });
      this.#carry(near, far);
    });
  }

  /** Begins to carry connections to `port`; from a free one unless told. */
  static async open(port: number, listenOn = 0): Promise<Cable> {
    const cable = new Cable(port);
    const { promise, resolve } = Promise.withResolvers<void>();
    cable.#server.listen(listenOn, "127.0.0.1", resolve);
    await promise;
    return cable;
  }

  /** Where to connect instead. */
  get port(): number {
    const address = this.#server.address();
    if (typeof address !== "object" || address === null) {
      throw new Error("The cable is not open");
    }
    return address.port;
  }

  /** The connections that were carried, in their order. */
  get strands(): readonly Strand[] {
    return this.#strands;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#server.close(() => resolve());
    for (const strand of this.#strands) strand.cut();
    await Promise.all([promise, ...this.#closed]);
  }

  #carry(near: Socket, far: Socket): void {
    const ends = [near, far];
    for (const end of ends) {
      end.setNoDelay(true);
      end.on("error", () => {});
      this.#closed.push(
        new Promise((resolve) => end.once("close", () => resolve())),
      );
    }
    near.pipe(far);
    far.pipe(near);
    this.#strands.push({
      get sent() {
        return near.bytesRead;
      },
      cut: () => ends.forEach((end) => end.destroy()),
      reset: () => ends.forEach((end) => end.resetAndDestroy()),
    });
  }
}

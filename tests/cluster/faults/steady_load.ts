/** Requests at a steady rate, and what became of each. */

import { denoNetwork } from "../../../flavors/deno_network.ts";
import { RawPeer } from "../../lib/proxy/raw_peer.ts";
import type { PodProxy } from "../proxy/pod_proxy.ts";

/** How one request ended. */
export interface LoadOutcome {
  /** When it was sent and when it ended, on one clock. */
  readonly sent: number;
  readonly ended: number;
  /** The status of a complete answer, or how there came to be none. */
  readonly result: number | "refused" | "broken off" | "hung";
  /** The answer's body, where it is no success. */
  readonly fault: string;
}

/** What to ask, and how often. */
export interface LoadOptions {
  readonly path: string;
  /** Connections, each with one request at a time. */
  readonly connections: number;
  /** Requests per second, all connections together. */
  readonly rate: number;
}

/** Nothing but a defect takes so long. Milliseconds. */
const PATIENCE = 20_000;

/** GETs through the proxy until it is stopped. */
export class SteadyLoad implements AsyncDisposable {
  readonly #proxy: PodProxy;
  readonly #options: LoadOptions;
  readonly #outcomes: LoadOutcome[] = [];
  readonly #workers: Promise<void>[] = [];
  readonly #stopping = new AbortController();
  #credentials = { ca: "", token: "" };
  #changed = Promise.withResolvers<void>();

  private constructor(proxy: PodProxy, options: LoadOptions) {
    this.#proxy = proxy;
    this.#options = options;
  }

  /** Begins. */
  static async start(
    proxy: PodProxy,
    options: LoadOptions,
  ): Promise<SteadyLoad> {
    const load = new SteadyLoad(proxy, options);
    load.#credentials = {
      ca: await proxy.appCa(),
      token: await proxy.appToken(),
    };
    for (let index = 0; index < options.connections; index++) {
      load.#workers.push(load.#work());
    }
    return load;
  }

  /** What became of each so far, in the order in which they ended. */
  get outcomes(): readonly LoadOutcome[] {
    return this.#outcomes;
  }

  /** Resolves when so many more have ended that are as wanted. */
  async more(
    count: number,
    isWanted: (outcome: LoadOutcome) => boolean = () => true,
  ): Promise<void> {
    const from = this.#outcomes.length;
    while (this.#outcomes.slice(from).filter(isWanted).length < count) {
      await this.#changed.promise;
    }
  }

  /** Ends it when the running requests have ended; tells what became of all. */
  async stop(): Promise<readonly LoadOutcome[]> {
    this.#stopping.abort();
    await Promise.all(this.#workers);
    return this.#outcomes;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop();
  }

  /** One connection after the other, as long as each lasts. */
  async #work(): Promise<void> {
    const { signal } = this.#stopping;
    let peer: RawPeer | undefined;
    while (!signal.aborted) {
      const due = performance.now() +
        1000 * this.#options.connections / this.#options.rate;
      peer = await this.#ask(peer);
      await paced(due - performance.now(), signal);
    }
    peer?.close();
  }

  /** One request; returns the connection as long as it is good. */
  async #ask(open: RawPeer | undefined): Promise<RawPeer | undefined> {
    const sent = performance.now();
    let peer = open;
    let result: LoadOutcome["result"] = "refused";
    let fault = "";
    let isGood = false;
    const timer = setTimeout(() => {
      result = "hung";
      peer?.close();
    }, PATIENCE);
    try {
      peer ??= await this.#connect();
      await peer.send(
        `GET ${this.#options.path} HTTP/1.1\r\nHost: a\r\nAuthorization: Bearer ${this.#credentials.token}\r\n\r\n`,
      );
      const response = await peer.readResponse();
      result = response.status;
      isGood = !/^connection: close\r$/im.test(response.head);
      if (result !== 200) fault = response.body;
    } catch (error) {
      fault = String(error);
      if (result === "refused" && peer !== undefined) result = "broken off";
    } finally {
      clearTimeout(timer);
    }
    if (!isGood) peer?.close();
    this.#outcomes.push({ sent, ended: performance.now(), result, fault });
    this.#changed.resolve();
    this.#changed = Promise.withResolvers();
    return isGood ? peer : undefined;
  }

  async #connect(): Promise<RawPeer> {
    return new RawPeer(
      await denoNetwork.connect({
        hostname: "127.0.0.1",
        port: this.#proxy.port,
        tls: { caCertificates: [this.#credentials.ca] },
      }),
    );
  }
}

/** Keeps the rate: resolves after so many milliseconds, or when it is over. */
function paced(milliseconds: number, signal: AbortSignal): Promise<void> {
  if (milliseconds <= 0 || signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  const timer = setTimeout(resolve, milliseconds);
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise.finally(() => clearTimeout(timer));
}

/** What a test's failure shows of outcomes: how many of each kind. */
export function tally(
  outcomes: readonly LoadOutcome[],
): Readonly<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const { result, fault } of outcomes) {
    const kind = result === 200 ? "200" : `${result} ${fault}`;
    counts[kind] = (counts[kind] ?? 0) + 1;
  }
  return counts;
}

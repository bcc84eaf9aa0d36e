/**
 * Watches, and how long their events take.
 *
 * @module
 */

import { emitPath, watchPath } from "../origin/resources.ts";
import { Client, requestOctets } from "./client.ts";
import type { LoadResult, Target, WatchesJob } from "./job.ts";
import { Latencies } from "./latencies.ts";

/** Events end so: the last line of a chunk, and the chunk's own end. */
const EVENT_END = new TextEncoder().encode("}\n\r\n");
/** How long nothing happens before the next event. Milliseconds. */
const PAUSE = 2;

/** An open watch. */
export class Watch implements Disposable {
  readonly #client: Client;
  #next = Promise.withResolvers<number>();

  private constructor(client: Client) {
    this.#client = client;
    void this.#read();
  }

  /** Opens the watch that has that number. */
  static async open(target: Target, id: number): Promise<Watch> {
    const client = await Client.connect(target, 4096);
    await client.stream.write(requestOctets(target, `GET ${watchPath(id)}`));
    await client.expect(200);
    return new Watch(client);
  }

  /** When the next event comes, by this process's monotonic clock. Ask before it can come. */
  next(): Promise<number> {
    return this.#next.promise;
  }

  async #read(): Promise<void> {
    const { stream } = this.#client;
    while (await stream.fill()) {
      const { buffered } = stream;
      if (!endsEvent(buffered)) continue;
      const { resolve } = this.#next;
      this.#next = Promise.withResolvers();
      resolve(performance.now());
      stream.clear();
    }
    this.#next.promise.catch(() => {});
    this.#next.reject(new TypeError("The watch ended"));
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]();
  }
}

function endsEvent(octets: Uint8Array): boolean {
  const tail = octets.subarray(-EVENT_END.length);
  return tail.length === EVENT_END.length &&
    tail.every((octet, at) => octet === EVENT_END[at]);
}

/** Makes the origin send events. */
export class Emitter implements Disposable {
  readonly #client: Client;
  readonly #origin: Target;

  private constructor(client: Client, origin: Target) {
    this.#client = client;
    this.#origin = origin;
  }

  /** Connects to the origin itself. */
  static async connect(origin: Target): Promise<Emitter> {
    return new Emitter(await Client.connect(origin), origin);
  }

  /** Asks for one event to one watch, or to all. Resolves when the origin has sent it. */
  async emit(id: number | "all"): Promise<void> {
    await this.#client.stream.write(
      requestOctets(this.#origin, `POST ${emitPath(id)}`),
    );
    await this.#client.receive(200);
  }

  [Symbol.dispose](): void {
    this.#client[Symbol.dispose]();
  }
}

/** Opens watches, then asks for events; a latency is from the asking to the event's coming. */
export async function runWatches(job: WatchesJob): Promise<LoadResult> {
  using open = new DisposableStack();
  const watches: Watch[] = [];
  for (let id = 0; id < job.watches; id++) {
    watches.push(open.use(await Watch.open(job.target, id)));
  }
  const emitter = open.use(await Emitter.connect(job.origin));
  const latencies = new Latencies();
  const start = performance.now();
  for (let event = 0; event < job.events; event++) {
    const id = event % watches.length;
    const one = watches.at(id);
    const waiting = job.isBurst || one === undefined ? watches : [one];
    const coming = waiting.map((watch) => watch.next());
    const before = performance.now();
    const [, ...times] = await Promise.all([
      emitter.emit(job.isBurst ? "all" : id),
      ...coming,
    ]);
    for (const time of times) latencies.add(time - before);
    await new Promise((resolve) => setTimeout(resolve, PAUSE));
  }
  return {
    count: latencies.count,
    seconds: (performance.now() - start) / 1000,
    latency: latencies.summary(),
  };
}

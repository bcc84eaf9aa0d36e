import type { Connection } from "../../lib/platform.ts";

/** What was written and not been read yet, one way. */
class Direction {
  readonly #chunks: Uint8Array[] = [];
  #length = 0;
  #hasEnded = false;
  #failure: Error | undefined;
  #changed = Promise.withResolvers<void>();
  readonly #capacity: number;

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  async write(data: Uint8Array): Promise<number> {
    while (this.#length >= this.#capacity && this.#failure === undefined) {
      await this.#changed.promise;
    }
    if (this.#failure !== undefined) throw this.#failure;
    if (this.#hasEnded) throw new Error("The writing side is closed");
    const chunk = data.slice(0, this.#capacity - this.#length);
    this.#chunks.push(chunk);
    this.#length += chunk.length;
    this.#change();
    return chunk.length;
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    for (;;) {
      const [chunk] = this.#chunks;
      if (chunk !== undefined) {
        const count = Math.min(chunk.length, buffer.length);
        buffer.set(chunk.subarray(0, count));
        if (count === chunk.length) this.#chunks.shift();
        else this.#chunks[0] = chunk.subarray(count);
        this.#length -= count;
        this.#change();
        return count;
      }
      if (this.#failure !== undefined) throw this.#failure;
      if (this.#hasEnded) return null;
      await this.#changed.promise;
    }
  }

  end(): void {
    this.#hasEnded = true;
    this.#change();
  }

  fail(failure: Error, dropsData: boolean): void {
    this.#failure ??= failure;
    if (dropsData) {
      this.#chunks.length = 0;
      this.#length = 0;
    }
    this.#change();
  }

  #change(): void {
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }
}

/** One end of a connection in memory. Each write is one read, if the buffer is large enough. */
export class MemoryConnection implements Connection {
  readonly #incoming: Direction;
  readonly #outgoing: Direction;
  /** How many octets were read and written so far. */
  octetsRead = 0;
  octetsWritten = 0;

  private constructor(incoming: Direction, outgoing: Direction) {
    this.#incoming = incoming;
    this.#outgoing = outgoing;
  }

  /** Both ends. @param capacity How many octets are on the way before a write waits. */
  static pair(
    capacity = 64 * 1024,
  ): [near: MemoryConnection, far: MemoryConnection] {
    const [there, back] = [new Direction(capacity), new Direction(capacity)];
    return [
      new MemoryConnection(back, there),
      new MemoryConnection(there, back),
    ];
  }

  async read(buffer: Uint8Array): Promise<number | null> {
    const count = await this.#incoming.read(buffer);
    this.octetsRead += count ?? 0;
    return count;
  }

  async write(data: Uint8Array): Promise<number> {
    const count = await this.#outgoing.write(data);
    this.octetsWritten += count;
    return count;
  }

  closeWrite(): Promise<void> {
    this.#outgoing.end();
    return Promise.resolve();
  }

  close(): void {
    this.#outgoing.end();
    this.#incoming.fail(new Error("The connection is closed"), true);
  }

  /** Ends both ends as a TCP reset does. */
  reset(): void {
    const failure = new Error("Connection reset by peer");
    this.#outgoing.fail(failure, true);
    this.#incoming.fail(failure, true);
  }
}

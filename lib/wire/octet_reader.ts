/**
 * Buffered reading from a connection, with the reads that nobody waits for yet.
 *
 * @module
 */

import { McaError } from "../errors.ts";
import type { Connection } from "../platform.ts";
import { type BlockPool, LARGE_BLOCK, SMALL_BLOCK } from "./block_pool.ts";

const EMPTY = new Uint8Array(0);

/**
 * Reads a connection into one buffer. The buffer is small while little comes,
 * large while much comes, and grows past that only for a long head.
 *
 * A read, once begun, cannot be called off. So a read that was begun to notice
 * the peer's going away stays pending and serves the next {@link fill}.
 */
export class OctetReader {
  readonly #connection: Connection;
  readonly #blocks: BlockPool;
  readonly #limit: number;
  #buffer: Uint8Array<ArrayBuffer> = new Uint8Array(SMALL_BLOCK);
  #start = 0;
  #end = 0;
  #lastRead = 0;
  #pending: Promise<boolean> | undefined;
  #hasEnded = false;
  #failure: unknown;

  /** Called when the peer's side ends or fails, also while nobody reads; not when this side closes. */
  onEnd: (() => void) | undefined;

  /**
   * Whether each {@link prefetch} is followed by the next, so that an end behind
   * octets is noticed too. Only while nobody looks at what is buffered.
   */
  readsAhead = false;

  /** @param limit How far the buffer may grow for one head, in octets. */
  constructor(connection: Connection, blocks: BlockPool, limit: number) {
    this.#connection = connection;
    this.#blocks = blocks;
    this.#limit = limit;
  }

  /** What has been read and not been consumed. Valid until the next call. */
  get buffered(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** How many octets are {@link buffered}. */
  get length(): number {
    return this.#end - this.#start;
  }

  /** Whether the peer's side has ended or failed. Buffered octets may be left. */
  get hasEnded(): boolean {
    return this.#hasEnded;
  }

  /** What the connection failed with; undefined after an orderly end. */
  get failure(): unknown {
    return this.#failure;
  }

  /** Whether a read is under way that nobody has waited for. */
  get isReading(): boolean {
    return this.#pending !== undefined;
  }

  /** Drops octets from the front, as far as there are any: all are gone once it is released. */
  consume(count: number): void {
    this.#start = Math.min(this.#start + count, this.#end);
  }

  /** Reads more. False where the peer's side has ended: see {@link failure}. Never rejects. */
  fill(): Promise<boolean> {
    return this.#pending ?? this.#read();
  }

  /** Begins a read in the background, so that an end is noticed at once. */
  prefetch(): void {
    if (
      this.#pending === undefined && !this.#hasEnded &&
      this.length < this.#limit
    ) {
      void this.#read();
    }
  }

  /** Forgets what is buffered and reads no more; call it when the connection is closed. */
  release(): void {
    // A pending read still writes into the buffer, and what is not consumed may
    // be on its way to the other side: then the buffer is left to be collected.
    const isFree = this.#pending === undefined && this.length === 0;
    this.#hasEnded = true;
    this.#start = 0;
    this.#end = 0;
    if (isFree) this.#swap(EMPTY);
    else this.#buffer = EMPTY;
  }

  #read(): Promise<boolean> {
    if (this.#hasEnded) return Promise.resolve(false);
    this.#makeRoom();
    const pending = this.#connection.read(this.#buffer.subarray(this.#end))
      .then(this.#onRead, this.#onFailure);
    this.#pending = pending;
    return pending;
  }

  // Made once, not for each read.
  readonly #onRead = (count: number | null): boolean => {
    if (count === null) return this.#onFailure(undefined);
    this.#pending = undefined;
    if (this.#hasEnded) return false;
    this.#end += count;
    this.#lastRead = count;
    if (this.readsAhead) this.prefetch();
    return true;
  };

  readonly #onFailure = (failure: unknown): boolean => {
    this.#pending = undefined;
    if (this.#hasEnded) return false;
    this.#hasEnded = true;
    this.#failure = failure;
    this.onEnd?.();
    return false;
  };

  #makeRoom(): void {
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
      this.#fit();
    } else if (this.#end === this.#buffer.length) {
      if (this.#start > 0) this.#compact();
      else this.#grow();
    }
  }

  /** Chooses the empty buffer's size by what the last read brought. */
  #fit(): void {
    const size = this.#buffer.length;
    if (size < LARGE_BLOCK && this.#lastRead >= size) {
      this.#swap(this.#blocks.borrow());
    } else if (size > SMALL_BLOCK && this.#lastRead <= SMALL_BLOCK / 2) {
      this.#swap(new Uint8Array(SMALL_BLOCK));
    } else if (size > LARGE_BLOCK) this.#swap(this.#blocks.borrow());
  }

  #compact(): void {
    this.#buffer.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
  }

  #grow(): void {
    if (this.length >= this.#limit) {
      throw new McaError(
        "protocol",
        "The connection's buffer is full and nothing takes from it",
      );
    }
    const old = this.buffered;
    const larger = old.length < LARGE_BLOCK
      ? this.#blocks.borrow()
      : new Uint8Array(Math.min(old.length * 2, this.#limit));
    larger.set(old);
    this.#swap(larger);
  }

  #swap(buffer: Uint8Array<ArrayBuffer>): void {
    const old = this.#buffer;
    this.#buffer = buffer;
    this.#blocks.giveBack(old);
  }
}

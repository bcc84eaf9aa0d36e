/**
 * Buffered reading of HTTP/1.1 messages that this benchmark's own programs
 * send each other: no more checks than those need.
 *
 * @module
 */

import type { Connection } from "../lib/platform.ts";

const CR = 0x0d;
const LF = 0x0a;
/** Enough for four TLS records. */
const SIZE = 64 * 1024;

const decoder = new TextDecoder();

/** A connection with a buffer. */
export class ByteStream {
  readonly #connection: Connection;
  #buffer: Uint8Array<ArrayBuffer>;
  #start = 0;
  #end = 0;

  /** @param size How much is read at once: a head has to fit in. */
  constructor(connection: Connection, size = SIZE) {
    this.#connection = connection;
    this.#buffer = new Uint8Array(size);
  }

  /** What has been read and not been taken; valid until the next read. */
  get buffered(): Uint8Array<ArrayBuffer> {
    return this.#buffer.subarray(this.#start, this.#end);
  }

  /** Reads more; false at the end, an end without a farewell included. */
  async fill(): Promise<boolean> {
    if (this.#start === this.#end) {
      this.#start = 0;
      this.#end = 0;
    } else if (this.#end === this.#buffer.length) {
      if (this.#start === 0) throw new RangeError("The buffer is full");
      this.#buffer.copyWithin(0, this.#start, this.#end);
      this.#end -= this.#start;
      this.#start = 0;
    }
    let count: number | null;
    try {
      count = await this.#connection.read(this.#buffer.subarray(this.#end));
    } catch (error) {
      if (isEnd(error)) return false;
      throw error;
    }
    if (count === null) return false;
    this.#end += count;
    return true;
  }

  /** The next head as text, its empty line included; undefined at the end. */
  async readHead(): Promise<string | undefined> {
    let from = this.#start;
    for (;;) {
      const end = this.#headEnd(from);
      if (end >= 0) {
        const text = decoder.decode(this.#buffer.subarray(this.#start, end));
        this.#start = end;
        return text;
      }
      const seen = this.#end - this.#start;
      if (!await this.fill()) return undefined;
      from = Math.max(this.#start, this.#start + seen - 3);
    }
  }

  #headEnd(from: number): number {
    const buffer = this.#buffer;
    for (let at = from; (at = buffer.indexOf(CR, at)) >= 0; at++) {
      if (at + 4 > this.#end) return -1;
      if (
        buffer[at + 1] === LF && buffer[at + 2] === CR && buffer[at + 3] === LF
      ) return at + 4;
    }
    return -1;
  }

  /** Reads that many octets and forgets them; rejects where they do not come. */
  async skip(count: number): Promise<void> {
    let left = count;
    for (;;) {
      const taken = Math.min(left, this.#end - this.#start);
      this.#start += taken;
      left -= taken;
      if (left === 0) return;
      if (!await this.fill()) throw new TypeError("The body broke off");
    }
  }

  /** Takes what is buffered. */
  take(): Uint8Array<ArrayBuffer> {
    const octets = this.buffered.slice();
    this.clear();
    return octets;
  }

  /** Forgets what is buffered. */
  clear(): void {
    this.#start = this.#end;
  }

  /** Writes all of it. */
  async write(octets: Uint8Array): Promise<void> {
    for (let at = 0; at < octets.length;) {
      at += await this.#connection.write(octets.subarray(at));
    }
  }
}

/** Whether the error says no more than that the other side, or this one, has closed. */
export function isEnd(error: unknown): boolean {
  return error instanceof Deno.errors.UnexpectedEof ||
    error instanceof Deno.errors.ConnectionReset ||
    error instanceof Deno.errors.BrokenPipe ||
    error instanceof Deno.errors.BadResource ||
    error instanceof Deno.errors.Interrupted;
}

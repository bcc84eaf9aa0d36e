/**
 * A connection to one peer, client or upstream.
 *
 * @module
 */

import type { Connection } from "../platform.ts";
import { type BlockPool, LARGE_BLOCK } from "./block_pool.ts";
import { HEAD_LIMITS } from "./head_parser.ts";
import { OctetReader } from "./octet_reader.ts";
import { writeText } from "./octets.ts";

/** A connection, what has been read from it, and one way to close it. */
export class Peer {
  readonly reader: OctetReader;
  readonly #connection: Connection;
  readonly #blocks: BlockPool;
  readonly #onClose: (() => void) | undefined;
  #isOpen = true;
  #octetsWritten = 0;
  #toleratesStalls = false;

  constructor(connection: Connection, blocks: BlockPool, onClose?: () => void) {
    this.#connection = connection;
    this.#blocks = blocks;
    this.#onClose = onClose;
    this.reader = new OctetReader(connection, blocks, HEAD_LIMITS.head);
  }

  /** Whether it has not been closed from this side. */
  get isOpen(): boolean {
    return this.#isOpen;
  }

  /** How many octets have been written to it. */
  get octetsWritten(): number {
    return this.#octetsWritten;
  }

  /** Writes all of `data`. Rejects where the peer is gone. */
  async write(data: Uint8Array): Promise<void> {
    const written = await this.#connection.write(data);
    if (written < data.length) await this.#writeRest(data, written);
    this.#octetsWritten += data.length;
  }

  async #writeRest(data: Uint8Array, from: number): Promise<void> {
    for (let written = from; written < data.length;) {
      const count = await this.#connection.write(data.subarray(written));
      if (count <= 0) throw new TypeError("A write took no octets");
      written += count;
    }
  }

  /**
   * Writes text of one character per octet, octets, and text again in one piece.
   * Rejects where the peer is gone.
   */
  async writeJoined(
    before: string,
    octets: Uint8Array,
    after = "",
  ): Promise<void> {
    const length = before.length + octets.length + after.length;
    const block = length <= LARGE_BLOCK
      ? this.#blocks.borrow()
      : new Uint8Array(length);
    writeText(before, block, 0);
    block.set(octets, before.length);
    if (after !== "") writeText(after, block, before.length + octets.length);
    // As in write(): each request comes here twice, and one promise less counts.
    const data = block.subarray(0, length);
    const written = await this.#connection.write(data);
    if (written < length) await this.#writeRest(data, written);
    this.#octetsWritten += length;
    // After a failed write nobody knows who still reads it.
    this.#blocks.giveBack(block);
  }

  /** Whether it may leave unread what it is sent, for as long as it likes. */
  get toleratesStalls(): boolean {
    return this.#toleratesStalls;
  }

  /** Lets it do so from now on. */
  tolerateStalls(): void {
    this.#toleratesStalls = true;
    this.#connection.tolerateStalls?.();
  }

  /** Ends this side's sending. A peer that is gone already is no error. */
  async closeWrite(): Promise<void> {
    await this.#connection.closeWrite().catch(() => {});
  }

  /** Frees the connection; whatever waits on it ends. Harmless when done twice. */
  close(): void {
    if (!this.#isOpen) return;
    this.#isOpen = false;
    try {
      this.#connection.close();
    } catch {
      // A failed handshake has closed it already.
    }
    this.reader.release();
    this.#onClose?.();
  }
}

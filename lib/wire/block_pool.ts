/**
 * Large blocks for connections that carry much at the moment.
 *
 * @module
 */

/** The size of an idle connection's buffer: most heads and watch events fit. Octets. */
export const SMALL_BLOCK = 4 * 1024;
/** The size of a busy connection's buffer: four TLS records. Octets. */
export const LARGE_BLOCK = 64 * 1024;

/**
 * Lends large blocks. Given back, they are lent again rather than left to the
 * garbage collector, which sees little of their weight.
 */
export class BlockPool {
  readonly #kept: number;
  readonly #free: Uint8Array<ArrayBuffer>[] = [];

  /** @param kept How many returned blocks to keep. */
  constructor(kept = 32) {
    this.#kept = kept;
  }

  /** A block of {@link LARGE_BLOCK} octets; its content is whatever it was. */
  borrow(): Uint8Array<ArrayBuffer> {
    return this.#free.pop() ?? new Uint8Array(LARGE_BLOCK);
  }

  /** Takes a block back. Nobody else may hold it. */
  giveBack(block: Uint8Array<ArrayBuffer>): void {
    if (block.length === LARGE_BLOCK && this.#free.length < this.#kept) {
      this.#free.push(block);
    }
  }
}

/**
 * Output that is held back until the whole run has succeeded, so that a failed
 * run leaves nothing half-written on stdout.
 *
 * @module
 */

/** Plain bytes held before they are compressed: 1 MiB. */
const BLOCK_LENGTH = 1024 * 1024;

/**
 * Holds text back. Beyond a few megabytes it is kept compressed, about a
 * twentieth of its size for manifests, so that a long stream takes little memory
 * and no temporary file.
 */
export class OutputSpool {
  #texts: string[] = [];
  #length = 0;
  readonly #blocks: Uint8Array<ArrayBuffer>[] = [];
  #isEmpty = true;

  /** Whether nothing was written. */
  get isEmpty(): boolean {
    return this.#isEmpty;
  }

  /** Adds text at the end. */
  async write(text: string): Promise<void> {
    if (text === "") return;
    this.#isEmpty = false;
    this.#texts.push(text);
    this.#length += text.length;
    if (this.#length < BLOCK_LENGTH) return;
    this.#blocks.push(await pack(this.#takeTexts()));
  }

  /** Hands on all that was written, in order, in parts of a few megabytes. */
  async drain(
    write: (data: Uint8Array | string) => Promise<void>,
  ): Promise<void> {
    for (const block of this.#blocks.splice(0)) {
      await write(await unpack(block));
    }
    const rest = this.#takeTexts();
    if (rest !== "") await write(rest);
  }

  /** All that was written, as one text. */
  async text(): Promise<string> {
    const parts: string[] = [];
    const decoder = new TextDecoder("utf-8", { ignoreBOM: true });
    await this.drain((data) => {
      parts.push(typeof data === "string" ? data : decoder.decode(data));
      return Promise.resolve();
    });
    return parts.join("");
  }

  #takeTexts(): string {
    const text = this.#texts.join("");
    this.#texts = [];
    this.#length = 0;
    return text;
  }
}

async function pack(text: string): Promise<Uint8Array<ArrayBuffer>> {
  return await through(
    new TextEncoder().encode(text),
    new CompressionStream("deflate-raw"),
  );
}

async function unpack(
  block: Uint8Array<ArrayBuffer>,
): Promise<Uint8Array<ArrayBuffer>> {
  return await through(block, new DecompressionStream("deflate-raw"));
}

async function through(
  bytes: Uint8Array<ArrayBuffer>,
  transform: GenericTransformStream,
): Promise<Uint8Array<ArrayBuffer>> {
  const body = new Blob([bytes]).stream().pipeThrough(transform);
  return new Uint8Array(await new Response(body).arrayBuffer());
}

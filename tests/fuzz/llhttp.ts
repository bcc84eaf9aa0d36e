/** Node's parser, asked from here. */

import type { Reading } from "./message_reading.ts";

/** A stream to be read. */
export interface Stream {
  readonly kind: "request" | "response";
  readonly text: string;
  /** The methods of the requests that responses answer; GET beyond them. */
  readonly methods?: readonly string[];
}

/** A Node process that reads streams with llhttp. */
export class Llhttp {
  readonly #child: Deno.ChildProcess;
  readonly #writer: WritableStreamDefaultWriter<Uint8Array>;
  readonly #lines: AsyncGenerator<string>;

  constructor() {
    this.#child = new Deno.Command("node", {
      args: [new URL("llhttp.mjs", import.meta.url).pathname],
      stdin: "piped",
      stdout: "piped",
    }).spawn();
    this.#writer = this.#child.stdin.getWriter();
    this.#lines = linesOf(this.#child.stdout);
  }

  /** The readings, in the order of the streams. */
  async read(streams: readonly Stream[]): Promise<readonly Reading[]> {
    const line = `${JSON.stringify(streams)}\n`;
    const writing = this.#writer.write(new TextEncoder().encode(line));
    const answer = await this.#lines.next();
    await writing;
    if (answer.done) throw new Error("Node has ended");
    const readings: readonly Reading[] = JSON.parse(answer.value);
    return readings;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#writer.close();
    for await (const line of this.#lines) throw new Error(`Unread: ${line}`);
    await this.#child.status;
  }
}

async function* linesOf(
  stream: ReadableStream<Uint8Array<ArrayBuffer>>,
): AsyncGenerator<string> {
  let text = "";
  for await (const part of stream.pipeThrough(new TextDecoderStream())) {
    text += part;
    for (let end = text.indexOf("\n"); end >= 0; end = text.indexOf("\n")) {
      yield text.slice(0, end);
      text = text.slice(end + 1);
    }
  }
}

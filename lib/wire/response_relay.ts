/**
 * Passing one response on to the client as it comes.
 *
 * @module
 */

import { type Body, bodyOf } from "./body.ts";
import { ChunkedBody } from "./chunked_body.ts";
import type { Framing } from "./message.ts";
import { textToOctets, writeText } from "./octets.ts";
import type { Peer } from "./peer.ts";

/** Up to here, head and body go out as one write. Octets. */
const JOIN_LIMIT = 16 * 1024;

/** How a response's passing on ended. */
export type RelayEnd =
  /** All of it was passed on. */
  | "complete"
  /** The client takes no more. */
  | "client-gone"
  /** The upstream ended or broke it before its end. */
  | "upstream-failed"
  /** A stream was ended in good order by {@link ResponseRelay.endStream}. */
  | "ended";

/** Passes a response on. */
export class ResponseRelay {
  readonly #client: Peer;
  readonly #upstream: Peer;
  readonly #body: Body;
  #octets = 0;
  #isEnding = false;

  constructor(client: Peer, upstream: Peer, framing: Framing) {
    this.#client = client;
    this.#upstream = upstream;
    this.#body = bodyOf(framing);
  }

  /** Octets of body passed on, the chunked coding's own included. */
  get octets(): number {
    return this.#octets;
  }

  /**
   * Passes head and body on; each piece goes out as it came in. Never rejects.
   *
   * @param headText The head for the client.
   */
  async run(headText: string): Promise<RelayEnd> {
    let head: string | undefined = headText;
    const { reader } = this.#upstream;
    for (;;) {
      const { buffered } = reader;
      let taken = 0;
      try {
        if (buffered.length > 0 && !this.#body.isComplete) {
          taken = this.#body.take(buffered);
        }
      } catch {
        return "upstream-failed";
      }
      try {
        if (head !== undefined) {
          await this.#writeFirst(head, buffered.subarray(0, taken));
        } else if (taken > 0) {
          await this.#client.write(buffered.subarray(0, taken));
        }
      } catch {
        return "client-gone";
      }
      head = undefined;
      this.#octets += taken;
      reader.consume(taken);
      if (this.#body.isComplete) return "complete";
      if (reader.length === 0 && !await reader.fill()) {
        return await this.#atEnd();
      }
    }
  }

  /**
   * Ends a stream of lines, such as a watch, as if the upstream had: between two
   * lines the last chunk is written. Anywhere else it breaks off.
   */
  endStream(): void {
    this.#isEnding = true;
    this.#upstream.close();
  }

  async #writeFirst(headText: string, octets: Uint8Array): Promise<void> {
    if (headText.length + octets.length > JOIN_LIMIT) {
      await this.#client.write(textToOctets(headText));
      await this.#client.write(octets);
      return;
    }
    const joined = new Uint8Array(headText.length + octets.length);
    writeText(headText, joined, 0);
    joined.set(octets, headText.length);
    await this.#client.write(joined);
  }

  async #atEnd(): Promise<RelayEnd> {
    if (
      this.#isEnding && this.#body instanceof ChunkedBody &&
      this.#body.isBetweenLines
    ) {
      try {
        await this.#client.write(textToOctets("0\r\n\r\n"));
        return "ended";
      } catch {
        return "client-gone";
      }
    }
    // Only an end that TLS vouches for completes a body that ends with its connection.
    const isOrderly = this.#upstream.reader.failure === undefined;
    return isOrderly && this.#body.mayEnd() ? "complete" : "upstream-failed";
  }
}

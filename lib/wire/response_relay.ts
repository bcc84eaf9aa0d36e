/**
 * Passing one response on to the client as it comes.
 *
 * @module
 */

import { type Body, bodyOf } from "./body.ts";
import { ChunkedBody } from "./chunked_body.ts";
import type { Framing } from "./message.ts";
import { textToOctets } from "./octets.ts";
import type { Peer } from "./peer.ts";
import type { RecordBoundary } from "./record_boundary.ts";

/** Up to here, head and body go out as one write. Octets. */
const JOIN_LIMIT = 16 * 1024;

const LAST_CHUNK = "0\r\n\r\n";

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

/** What a {@link ResponseRelay} passes on. */
export interface RelayedResponse {
  /** How the upstream frames the body. */
  readonly framing: Framing;
  /**
   * Whether the client gets a body that ends with its connection as chunks.
   * Only then does a body that was cut off look so to every client: not all
   * tell the end of a connection from its orderly end.
   */
  readonly chunks: boolean;
  /** Where the response may be ended early; undefined: nowhere. */
  readonly boundary: RecordBoundary | undefined;
}

/** Passes a response on. */
export class ResponseRelay {
  readonly #client: Peer;
  readonly #upstream: Peer;
  readonly #body: Body;
  readonly #chunks: boolean;
  readonly #boundary: RecordBoundary | undefined;
  #octets = 0;
  #hasBegun = false;
  #isEnding = false;
  #isWaiting = false;

  constructor(client: Peer, upstream: Peer, response: RelayedResponse) {
    const { framing, chunks, boundary } = response;
    this.#client = client;
    this.#upstream = upstream;
    this.#chunks = chunks && framing.kind === "close";
    this.#boundary = boundary;
    this.#body = bodyOf(
      framing,
      undefined,
      boundary === undefined
        ? undefined
        : (bytes, start, end) => boundary.follow(bytes, start, end),
    );
  }

  /** Octets of body passed on, the chunked coding's own included. */
  get octets(): number {
    return this.#octets;
  }

  /** Whether anything has been written to the client. */
  get hasBegun(): boolean {
    return this.#hasBegun;
  }

  /**
   * Passes head and body on; each piece goes out as it came in. Never rejects.
   *
   * @param headText The head for the client.
   */
  async run(headText: string): Promise<RelayEnd> {
    let head = headText;
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
        await this.#write(head, buffered.subarray(0, taken));
      } catch {
        return "client-gone";
      }
      head = "";
      this.#octets += taken;
      reader.consume(taken);
      if (this.#body.isComplete) return "complete";
      if (this.#mayEndHere()) return await this.#endHere();
      if (reader.length > 0) continue;
      this.#isWaiting = true;
      const isMore = await reader.fill();
      this.#isWaiting = false;
      if (isMore) continue;
      return this.#mayEndHere() ? await this.#endHere() : await this.#atEnd();
    }
  }

  /**
   * Ends a stream of records, such as a watch, as if the upstream had: with a
   * last chunk behind the record that is under way. Where records cannot be
   * told apart it goes on.
   */
  endStream(): void {
    this.#isEnding = true;
    // While a read is waited for, only its end lets the relay go on.
    if (this.#isWaiting && this.#mayEndHere()) this.#upstream.close();
  }

  #mayEndHere(): boolean {
    return this.#isEnding && this.#boundary?.isReached === true &&
      this.#body instanceof ChunkedBody && this.#body.isBetweenChunks;
  }

  /** Rejects where the client takes no more. */
  #write(head: string, octets: Uint8Array): Promise<void> {
    const isChunk = this.#chunks && octets.length > 0;
    const before = isChunk ? `${head}${octets.length.toString(16)}\r\n` : head;
    const after = isChunk ? "\r\n" : "";
    this.#hasBegun = true;
    if (octets.length > JOIN_LIMIT) {
      return this.#writeInPieces(before, octets, after);
    }
    if (before !== "") return this.#client.writeJoined(before, octets, after);
    return octets.length > 0 ? this.#client.write(octets) : Promise.resolve();
  }

  async #writeInPieces(
    before: string,
    octets: Uint8Array,
    after: string,
  ): Promise<void> {
    if (before !== "") await this.#client.write(textToOctets(before));
    await this.#client.write(octets);
    if (after !== "") await this.#client.write(textToOctets(after));
  }

  async #endHere(): Promise<RelayEnd> {
    this.#upstream.close();
    return await this.#writeLastChunk("ended");
  }

  async #atEnd(): Promise<RelayEnd> {
    // Only an end that TLS vouches for completes a body that ends with its connection.
    const isOrderly = this.#upstream.isOpen &&
      this.#upstream.reader.failure === undefined;
    if (!isOrderly || !this.#body.mayEnd()) return "upstream-failed";
    return this.#chunks ? await this.#writeLastChunk("complete") : "complete";
  }

  async #writeLastChunk(end: RelayEnd): Promise<RelayEnd> {
    try {
      await this.#client.write(textToOctets(LAST_CHUNK));
      return end;
    } catch {
      return "client-gone";
    }
  }
}

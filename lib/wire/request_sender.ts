/**
 * Sending one request upstream: the head at once, the body as it comes.
 *
 * @module
 */

import type { Body } from "./body.ts";
import { bodyOf, type TrailerFilter } from "./body.ts";
import type { Framing } from "./message.ts";
import type { Peer } from "./peer.ts";
import { ProtocolError } from "./protocol_error.ts";

/** Sends a request's body from the client to whichever upstream it is given. */
export class RequestSender {
  readonly #client: Peer;
  readonly #body: Body;
  readonly #firstBodyOctets: Uint8Array;
  #octets: number;
  #isForwarding = false;
  #isSent = false;
  #isStopped = false;
  #clientFault: ProtocolError | undefined;

  /**
   * Takes what has come of the body already.
   *
   * @throws {ProtocolError} 400 where that is broken.
   */
  constructor(client: Peer, framing: Framing, refusesTrailer: TrailerFilter) {
    this.#client = client;
    this.#body = bodyOf(framing, refusesTrailer);
    const { buffered } = client.reader;
    const taken = this.#body.isComplete ? 0 : this.#body.take(buffered);
    // A copy: it may have to be sent a second time.
    this.#firstBodyOctets = buffered.slice(0, taken);
    this.#octets = taken;
    client.reader.consume(taken);
  }

  /**
   * Whether the whole request came from the client, and none of it is in the
   * client's buffer any more: there it would be taken for the next request.
   */
  get isComplete(): boolean {
    return this.#body.isComplete && !this.#isForwarding;
  }

  /** Whether the whole request went upstream. */
  get isSent(): boolean {
    return this.#isSent;
  }

  /** Whether nothing but the first octets has been taken, so that all can be sent again. */
  get isRepeatable(): boolean {
    return this.#body.isComplete &&
      this.#octets === this.#firstBodyOctets.length;
  }

  /** Octets of body taken from the client. */
  get octets(): number {
    return this.#octets;
  }

  /** How the client broke its body's framing; undefined as long as it has not. */
  get clientFault(): ProtocolError | undefined {
    return this.#clientFault;
  }

  /**
   * Sends the head with what there is of the body at once, and then the rest.
   * Returns whether all of it was sent; never rejects. Where the client breaks
   * the framing, the upstream is closed.
   */
  async send(upstream: Peer, headText: string): Promise<boolean> {
    this.#isSent = false;
    try {
      await upstream.writeJoined(headText, this.#firstBodyOctets);
      this.#isSent = this.#body.isComplete || await this.#sendRest(upstream);
      return this.#isSent;
    } catch {
      // The answer may have come before: whoever reads it finds out.
      return false;
    }
  }

  /** Rejects where the upstream takes no more. */
  async #sendRest(upstream: Peer): Promise<boolean> {
    const { reader } = this.#client;
    while (!this.#body.isComplete) {
      if (reader.length === 0 && !await reader.fill()) return false;
      if (this.#isStopped) return false;
      const { buffered } = reader;
      let taken: number;
      try {
        taken = this.#body.take(buffered);
      } catch (error) {
        this.#clientFault = error instanceof ProtocolError ? error : undefined;
        upstream.close();
        return false;
      }
      this.#octets += taken;
      this.#isForwarding = true;
      try {
        await upstream.write(buffered.subarray(0, taken));
      } finally {
        reader.consume(taken);
        this.#isForwarding = false;
      }
    }
    return true;
  }

  /** Takes no more from the client: the response is complete without the rest. */
  stop(): void {
    this.#isStopped = true;
  }
}

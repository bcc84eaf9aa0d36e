/**
 * Following a body to its end without changing it (RFC 9112, sections 6 and 7).
 *
 * @module
 */

import { ChunkedBody, type DataObserver } from "./chunked_body.ts";
import type { Framing } from "./message.ts";

/** Reads along a body that passes through, and knows where it ends. */
export interface Body {
  /** Whether the body's last octet has been taken. */
  readonly isComplete: boolean;
  /**
   * Takes octets from the front of `bytes` and returns how many belong to the
   * body. Everything taken has been checked. At least one octet is taken of a
   * non-empty buffer unless the body is complete.
   *
   * @throws {ProtocolError} 400 where the framing is broken.
   */
  take(bytes: Uint8Array): number;
  /** Whether the connection may end here without the body being cut off. */
  mayEnd(): boolean;
}

class LengthBody implements Body {
  #left: number;

  constructor(length: number) {
    this.#left = length;
  }

  get isComplete(): boolean {
    return this.#left === 0;
  }

  take(bytes: Uint8Array): number {
    const taken = Math.min(bytes.length, this.#left);
    this.#left -= taken;
    return taken;
  }

  mayEnd(): boolean {
    return this.#left === 0;
  }
}

class UntilCloseBody implements Body {
  readonly isComplete = false;

  take(bytes: Uint8Array): number {
    return bytes.length;
  }

  mayEnd(): boolean {
    return true;
  }
}

/** What a message says of its trailer fields. */
export type TrailerFilter = (lowerName: string) => boolean;

/**
 * The body of a message with that framing.
 *
 * @param refusesTrailer Tells the trailer fields that may not pass; they break the body.
 * @param onData Told of a chunked body's data, without the coding.
 */
export function bodyOf(
  framing: Framing,
  refusesTrailer: TrailerFilter = () => false,
  onData?: DataObserver,
): Body {
  switch (framing.kind) {
    case "none":
      return new LengthBody(0);
    case "length":
      return new LengthBody(framing.length);
    case "chunked":
      return new ChunkedBody(refusesTrailer, onData);
    case "close":
      return new UntilCloseBody();
  }
}

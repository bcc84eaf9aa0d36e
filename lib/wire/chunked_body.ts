/**
 * The chunked transfer coding, followed octet by octet and passed on as it came
 * (RFC 9112, section 7.1).
 *
 * @module
 */

import type { Body, TrailerFilter } from "./body.ts";
import { FIELD_VALUE, HEX, hexValue, isIn, TOKEN } from "./octets.ts";
import { ProtocolError } from "./protocol_error.ts";

/** Hexadecimal digits of a chunk size: up to 2^52 - 1, exact in a double. */
const SIZE_DIGITS = 13;
/** Octets of extensions on one chunk, as much as anyone has a use for. */
const EXTENSION_LIMIT = 256;
/** Octets of extensions that a body may have beyond one for each octet of its data. */
const EXTENSION_ALLOWANCE = 16 * 1024;
/** Octets of the whole trailer section. */
const TRAILER_LIMIT = 16 * 1024;

/** Told of each span of the body's data; see {@link ChunkedBody}. */
export type DataObserver = (
  bytes: Uint8Array,
  start: number,
  end: number,
) => void;

const CR = 0x0d;
const LF = 0x0a;
const COLON = 0x3a;
const SEMICOLON = 0x3b;
const SP = 0x20;
const HTAB = 0x09;

type State =
  | "size"
  | "extension"
  | "size-lf"
  | "data"
  | "data-cr"
  | "data-lf"
  | "trailer-start"
  | "trailer-name"
  | "trailer-value"
  | "trailer-lf"
  | "end-lf"
  | "complete";

/** A body in the chunked transfer coding. */
export class ChunkedBody implements Body {
  readonly #refusesTrailer: TrailerFilter;
  #state: State = "size";
  #size = 0;
  #digits = 0;
  #extension = 0;
  #overhead = 0;
  #trailer = 0;
  #name = "";
  readonly #onData: DataObserver | undefined;

  /** @param onData Told of the data without the coding, as it is taken. */
  constructor(refusesTrailer: TrailerFilter, onData?: DataObserver) {
    this.#refusesTrailer = refusesTrailer;
    this.#onData = onData;
  }

  get isComplete(): boolean {
    return this.#state === "complete";
  }

  mayEnd(): boolean {
    return this.isComplete;
  }

  /** Whether the next chunk has not begun, so that a last chunk may stand here. */
  get isBetweenChunks(): boolean {
    return this.#state === "size" && this.#digits === 0;
  }

  take(bytes: Uint8Array): number {
    let index = 0;
    while (index < bytes.length && this.#state !== "complete") {
      if (this.#state === "data") {
        const taken = Math.min(this.#size, bytes.length - index);
        this.#onData?.(bytes, index, index + taken);
        index += taken;
        this.#size -= taken;
        if (this.#size === 0) this.#state = "data-cr";
      } else {
        this.#step(bytes[index] ?? 0);
        index++;
      }
    }
    return index;
  }

  #step(octet: number): void {
    switch (this.#state) {
      case "size":
        return this.#sizeOctet(octet);
      case "extension":
        return this.#extensionOctet(octet);
      case "size-lf":
        expect(octet, LF, "A chunk size line does not end with CR LF");
        return this.#beginChunk();
      case "data-cr":
        expect(octet, CR, "A chunk is longer than its size says");
        this.#state = "data-lf";
        return;
      case "data-lf":
        expect(octet, LF, "A chunk's data does not end with CR LF");
        this.#state = "size";
        return;
      case "trailer-start":
      case "trailer-name":
      case "trailer-value":
      case "trailer-lf":
        return this.#trailerOctet(octet);
      case "end-lf":
        expect(octet, LF, "The body does not end with CR LF");
        this.#state = "complete";
        return;
    }
  }

  #sizeOctet(octet: number): void {
    if (isIn(octet, HEX)) {
      if (++this.#digits > SIZE_DIGITS) {
        throw new ProtocolError("A chunk size has too many digits");
      }
      this.#size = this.#size * 16 + hexValue(octet);
      return;
    }
    if (this.#digits === 0) {
      throw new ProtocolError("A chunk does not begin with its size");
    }
    if (octet === CR) this.#state = "size-lf";
    else if (octet === SEMICOLON) this.#beginExtension();
    else throw new ProtocolError("A chunk size is not a hexadecimal number");
  }

  #beginExtension(): void {
    this.#extension = 0;
    this.#state = "extension";
  }

  #extensionOctet(octet: number): void {
    if (octet === CR) {
      this.#state = "size-lf";
      return;
    }
    if (!isIn(octet, FIELD_VALUE)) {
      throw new ProtocolError("A chunk extension holds control characters");
    }
    if (
      ++this.#extension > EXTENSION_LIMIT ||
      ++this.#overhead > EXTENSION_ALLOWANCE
    ) {
      throw new ProtocolError("The chunk extensions are too long");
    }
  }

  #beginChunk(): void {
    // Data pays for extensions, so that long streams with small ones go on.
    this.#overhead = Math.max(0, this.#overhead - this.#size);
    this.#digits = 0;
    this.#state = this.#size === 0 ? "trailer-start" : "data";
  }

  #trailerOctet(octet: number): void {
    if (++this.#trailer > TRAILER_LIMIT) {
      throw new ProtocolError("The trailers are too long");
    }
    switch (this.#state) {
      case "trailer-start":
        if (octet === CR) {
          this.#state = "end-lf";
          return;
        }
        this.#name = "";
        this.#state = "trailer-name";
        return this.#trailerName(octet);
      case "trailer-name":
        return this.#trailerName(octet);
      case "trailer-value":
        if (octet === CR) this.#state = "trailer-lf";
        else if (!isIn(octet, FIELD_VALUE) && octet !== SP && octet !== HTAB) {
          throw new ProtocolError(
            "A trailer field's value holds control characters",
          );
        }
        return;
      default:
        expect(octet, LF, "A trailer field does not end with CR LF");
        this.#state = "trailer-start";
    }
  }

  #trailerName(octet: number): void {
    if (octet !== COLON) {
      if (!isIn(octet, TOKEN)) {
        throw new ProtocolError("A trailer field's name is not a token");
      }
      this.#name += String.fromCharCode(octet);
      return;
    }
    const lowerName = this.#name.toLowerCase();
    if (lowerName === "" || this.#refusesTrailer(lowerName)) {
      throw new ProtocolError("A trailer field is not allowed behind a body");
    }
    this.#state = "trailer-value";
  }
}

function expect(octet: number, wanted: number, message: string): void {
  if (octet !== wanted) throw new ProtocolError(message);
}

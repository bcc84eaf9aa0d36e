/**
 * Finds the end of a JSON value in text that arrives in pieces, and gives up
 * early on what cannot be JSON.
 *
 * @module
 */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const HYPHEN = 0x2d;

/** Every character that JSON (RFC 8259) allows outside strings, but `"`. */
const STRUCTURAL = new Set(
  Array.from(" \t\r\n{}[],:+-.0123456789eEtrufalsn", (c) => c.charCodeAt(0)),
);

/**
 * The extent of one JSON object or list.
 *
 * The value's own line end belongs to it, when nothing else stands on that
 * line but a next JSON value. A text that passes may still not be JSON: the
 * caller parses it.
 *
 * @example
 * ```ts
 * import { JsonExtent } from "./json_extent.ts";
 *
 * const extent = new JsonExtent();
 * console.log(extent.feed('{"a": 1}\n{}', 0), extent.isFinished); // 9 true
 * ```
 */
export class JsonExtent {
  #depth = 0;
  #inString = false;
  #escaped = false;
  #complete = false;
  #finished = false;
  #failed = false;
  #last = 0;

  /** The brackets are closed. */
  get isComplete(): boolean {
    return this.#complete;
  }

  /** The value and its line are at an end. */
  get isFinished(): boolean {
    return this.#finished;
  }

  /** The text is not JSON. */
  get isFailed(): boolean {
    return this.#failed;
  }

  /** Declares that the text is not JSON after all. */
  fail(): void {
    this.#failed = true;
  }

  /** Reads on from an offset; gives the offset up to which the text belongs to the value. */
  feed(text: string, from: number): number {
    let at = from;
    while (at < text.length && !this.#complete && !this.#failed) {
      this.#step(text.charCodeAt(at++));
    }
    while (at < text.length && this.#complete && !this.#finished) {
      const unit = text.charCodeAt(at);
      if (unit === NEWLINE) {
        this.#finished = true;
        at++;
      } else if (unit === 0x20 || unit === 0x09 || unit === 0x0d) {
        at++;
      } else if (unit === 0x7b || unit === 0x5b) {
        this.#finished = true;
      } else {
        this.#failed = true;
        break;
      }
    }
    return at;
  }

  #step(unit: number): void {
    if (this.#inString) {
      if (this.#escaped) this.#escaped = false;
      else if (unit === BACKSLASH) this.#escaped = true;
      else if (unit === QUOTE) this.#inString = false;
      else if (unit < 0x20) this.#failed = true;
      return;
    }
    if (unit === QUOTE) {
      this.#inString = true;
    } else if (unit === 0x7b || unit === 0x5b) {
      this.#depth++;
    } else if (unit === 0x7d || unit === 0x5d) {
      this.#depth--;
      this.#complete = this.#depth === 0;
    } else if (
      !STRUCTURAL.has(unit) || (unit === HYPHEN && this.#last === HYPHEN)
    ) {
      // Two hyphens may start the line that ends a YAML document.
      this.#failed = true;
    }
    this.#last = unit;
  }
}

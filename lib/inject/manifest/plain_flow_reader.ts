/**
 * Flow lists and maps on one line, as the fast reader takes them.
 *
 * @module
 */

import { MAX_DEPTH } from "./limits.ts";
import { plainScalar, readQuoted, UNSUPPORTED } from "./plain_scalar.ts";
import { resolveKey } from "./scalar_resolution.ts";
import type {
  SourceEntry,
  SourceItem,
  SourceNode,
  SourceScalar,
} from "./source_tree.ts";

const PLAIN =
  /-?[A-Za-z0-9_./$(=~+][A-Za-z0-9_./$()=~+@%-]*(?: +[A-Za-z0-9_./$()=~+@%-]+)*/y;

/** Reads one flow list or map. */
export class PlainFlowReader {
  readonly #text: string;
  #at: number;

  /** @param start where the opening bracket stands */
  constructor(text: string, start: number) {
    this.#text = text;
    this.#at = start;
  }

  /** The list or map; its `end` is where reading goes on. */
  read(depth: number): SourceNode {
    if (depth > MAX_DEPTH) throw UNSUPPORTED;
    const start = this.#at;
    const extent = { flow: true, start, bodyStart: start };
    return this.#text.charAt(start) === "["
      ? {
        type: "sequence",
        ...extent,
        items: this.#readItems(depth),
        end: this.#at,
      }
      : {
        type: "mapping",
        ...extent,
        entries: this.#readEntries(depth),
        end: this.#at,
      };
  }

  #readItems(depth: number): SourceItem[] {
    const items: SourceItem[] = [];
    this.#readElements("]", () => {
      const value = this.#readValue(depth);
      items.push({ start: value.start, value });
    });
    return items;
  }

  #readEntries(depth: number): SourceEntry[] {
    const entries: SourceEntry[] = [];
    const keys = new Set<string>();
    this.#readElements("}", () => {
      const { start, ...resolved } = this.#readScalar();
      const key = resolveKey(resolved);
      if (key === undefined || keys.has(key)) throw UNSUPPORTED;
      keys.add(key);
      if (!this.#text.startsWith(": ", this.#at)) throw UNSUPPORTED;
      const colonEnd = this.#at + 1;
      this.#at = colonEnd;
      this.#skipSpaces();
      const value = this.#readValue(depth);
      entries.push({ start, key, colonEnd, value, merge: false });
    });
    return entries;
  }

  /** Elements with commas between them, up to the closing bracket. */
  #readElements(close: string, readElement: () => void): void {
    this.#at++;
    this.#skipSpaces();
    if (this.#take(close)) return;
    for (;;) {
      readElement();
      this.#skipSpaces();
      if (this.#take(close)) return;
      if (!this.#take(",")) throw UNSUPPORTED;
      this.#skipSpaces();
    }
  }

  #readValue(depth: number): SourceNode {
    const first = this.#text.charAt(this.#at);
    return first === "[" || first === "{"
      ? this.read(depth + 1)
      : this.#readScalar();
  }

  #readScalar(): SourceScalar {
    const first = this.#text.charAt(this.#at);
    const scalar = first === '"' || first === "'"
      ? readQuoted(this.#text, this.#at)
      : this.#readPlain();
    this.#at = scalar.end;
    return scalar;
  }

  #readPlain(): SourceScalar {
    PLAIN.lastIndex = this.#at;
    const source = PLAIN.exec(this.#text)?.[0];
    if (source === undefined) throw UNSUPPORTED;
    return plainScalar(source, this.#at);
  }

  #skipSpaces(): void {
    while (this.#text.charAt(this.#at) === " ") this.#at++;
  }

  #take(character: string): boolean {
    if (this.#text.charAt(this.#at) !== character) return false;
    this.#at++;
    return true;
  }
}

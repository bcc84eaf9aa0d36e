/**
 * Reads a JSON document into its source tree.
 *
 * @module
 */

import { MAX_DEPTH } from "./limits.ts";
import { readingError } from "./reading_error.ts";
import type { ResolvedScalar } from "./scalar_resolution.ts";
import type { SourceDocument } from "./source_document.ts";
import type {
  SourceEntry,
  SourceItem,
  SourceNode,
  SourceScalar,
} from "./source_tree.ts";

/** What may stand before a JSON value: a `---` line, blank lines, a byte order mark. */
const PROLOGUE =
  /^\uFEFF?(?:(?:[ \t]*\r?\n)*---[ \t]*\r?\n)?[ \t\r\n]*(?=[[{])/;

/**
 * The offset at which a document's JSON value starts; undefined where the
 * document is not JSON.
 */
export function jsonStart(text: string): number | undefined {
  const prologue = PROLOGUE.exec(text);
  if (prologue === null) return undefined;
  const start = prologue[0].length;
  try {
    JSON.parse(text.slice(start));
    return start;
  } catch {
    return undefined;
  }
}

/**
 * The tree of a JSON document (RFC 8259).
 *
 * @param start where the value starts, from {@link jsonStart}
 * @throws {McaError} `manifest`: a key stands twice in an object, the nesting
 *   is too deep, or a number is beyond what a double can hold
 */
export function readJson(source: SourceDocument, start: number): SourceNode {
  return new JsonReader(source, start).readValue(0);
}

const SPACE = /[ \t\r\n]*/y;
const LITERAL = /[^\s,\]}]+/y;

const LITERALS: ReadonlyMap<string, ResolvedScalar> = new Map([
  ["true", { kind: "boolean", value: true }],
  ["false", { kind: "boolean", value: false }],
  ["null", { kind: "null", value: null }],
]);

/** A reader of text that is known to be JSON. */
class JsonReader {
  readonly #source: SourceDocument;
  readonly #text: string;
  #at: number;

  constructor(source: SourceDocument, start: number) {
    this.#source = source;
    this.#text = source.text;
    this.#at = start;
  }

  readValue(depth: number): SourceNode {
    if (depth > MAX_DEPTH) {
      throw readingError(
        this.#source,
        this.#at,
        `The nesting is deeper than ${MAX_DEPTH} levels`,
        "Check for brackets that are never closed.",
      );
    }
    const open = this.#text.charAt(this.#at);
    if (open === "{") return this.#readObject(depth);
    if (open === "[") return this.#readList(depth);
    return this.#readScalar();
  }

  #readObject(depth: number): SourceNode {
    const start = this.#at;
    const entries: SourceEntry[] = [];
    const keys = new Set<string>();
    this.#skip("{");
    while (this.#text.charAt(this.#at) !== "}") {
      const entry = this.#readEntry(depth);
      if (keys.has(entry.key)) {
        throw readingError(
          this.#source,
          entry.start,
          `The key ${JSON.stringify(entry.key)} stands twice in one object`,
          "Remove one of the two.",
        );
      }
      keys.add(entry.key);
      entries.push(entry);
      this.#skip(",");
    }
    this.#at++;
    return {
      type: "mapping",
      flow: true,
      entries,
      start,
      bodyStart: start,
      end: this.#at,
    };
  }

  #readEntry(depth: number): SourceEntry {
    const start = this.#at;
    const key: unknown = JSON.parse(this.#readString());
    this.#skip("");
    this.#at++;
    const colonEnd = this.#at;
    this.#skip("");
    const value = this.readValue(depth + 1);
    return { start, key: String(key), colonEnd, value, merge: false };
  }

  #readList(depth: number): SourceNode {
    const start = this.#at;
    const items: SourceItem[] = [];
    this.#skip("[");
    while (this.#text.charAt(this.#at) !== "]") {
      const itemStart = this.#at;
      items.push({ start: itemStart, value: this.readValue(depth + 1) });
      this.#skip(",");
    }
    this.#at++;
    return {
      type: "sequence",
      flow: true,
      items,
      start,
      bodyStart: start,
      end: this.#at,
    };
  }

  #readScalar(): SourceScalar {
    const start = this.#at;
    const isString = this.#text.charAt(start) === '"';
    const text = isString ? this.#readString() : this.#match(LITERAL);
    const resolved = isString
      ? { kind: "string" as const, value: String(JSON.parse(text)) }
      : LITERALS.get(text) ?? this.#resolveNumber(text, start);
    return {
      type: "scalar",
      style: isString ? "double" : "plain",
      start,
      bodyStart: start,
      end: this.#at,
      tagged: false,
      ...resolved,
    };
  }

  #resolveNumber(text: string, start: number): ResolvedScalar {
    const value = Number(text);
    if (!Number.isFinite(value)) {
      throw readingError(
        this.#source,
        start,
        "The number is too large",
        "Write a number that a 64-bit float can hold.",
      );
    }
    const isInteger = /^-?\d+$/.test(text);
    return {
      kind: isInteger ? "integer" : "float",
      value,
      ...(isInteger && !Number.isSafeInteger(value) ? { digits: text } : {}),
    };
  }

  /** A string with its quotes; by hand, for a pattern would need memory per character. */
  #readString(): string {
    const start = this.#at;
    let end = start;
    let escapes: number;
    do {
      end = this.#text.indexOf('"', end + 1);
      escapes = 0;
      while (this.#text.charAt(end - 1 - escapes) === "\\") escapes++;
    } while (escapes % 2 === 1);
    this.#at = end + 1;
    return this.#text.slice(start, this.#at);
  }

  /** White space, then one character where it is the given one, then white space. */
  #skip(character: string): void {
    this.#match(SPACE);
    if (character !== "" && this.#text.charAt(this.#at) === character) {
      this.#at++;
      this.#match(SPACE);
    }
  }

  #match(pattern: RegExp): string {
    pattern.lastIndex = this.#at;
    const found = pattern.exec(this.#text)?.[0] ?? "";
    this.#at += found.length;
    return found;
  }
}

/**
 * A fast reader for the YAML that most manifests are written in: block maps and
 * lists, scalars on one line, literal blocks, short flow lists and maps.
 *
 * It reads a subset in which YAML leaves no doubt, gives the tree that the full
 * reader gives, and leaves all else to that one: anchors, tags, multi-line
 * scalars, tabs, directives, and everything that is an error. It takes about a
 * tenth of the time.
 *
 * @module
 */

import { MAX_DEPTH } from "./limits.ts";
import { PlainFlowReader } from "./plain_flow_reader.ts";
import { readBlockScalar } from "./plain_block_scalar.ts";
import { resolveKey, resolvePlainScalar } from "./scalar_resolution.ts";
import type {
  SourceEntry,
  SourceItem,
  SourceNode,
  SourceScalar,
} from "./source_tree.ts";
import {
  continuePlain,
  plainScalar,
  readQuoted,
  UNSUPPORTED,
} from "./plain_scalar.ts";
import { lineEnd } from "./splice.ts";

/**
 * The tree of a document in the subset.
 *
 * @returns `unsupported` where the full reader has to decide; a root that is
 *   undefined for a text that holds nothing but comments
 */
export function readPlainYaml(
  text: string,
): { readonly root: SourceNode | undefined } | "unsupported" {
  if (UNUSUAL.test(text) || text.indexOf("\uFEFF", 1) !== -1) {
    return "unsupported";
  }
  try {
    return { root: new PlainYamlReader(text).readDocument() };
  } catch (error) {
    if (error === UNSUPPORTED) return "unsupported";
    throw error;
  }
}

/** Tabs, and what is a line end to some and not to others. */
const UNUSUAL =
  // deno-lint-ignore no-control-regex -- that is what is looked for
  /[\0-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028\u2029\uFFFE\uFFFF]|\r(?!\n)/;

const KEY = /(?:[A-Za-z0-9_][\w./-]*|"[^"\\\n]*"|'[^'\n]*'):(?= |\r?\n|$)/y;
const DOCUMENT_START = /(?:---)(?: +#[^\n]*| *)(?=\r?\n|$)/y;

/** What a plain scalar may not start with. */
const INDICATORS = new Set("-?:,[]{}#&*!|>'\"%@`");

type Role = "entry" | "item";

class PlainYamlReader {
  readonly #text: string;
  /** Where the line after the current one starts. */
  #next = 0;
  /** The current line, one that is neither blank nor a comment: its start, end and first character. */
  #lineStart = 0;
  #lineEnd = 0;
  #start = 0;
  /** The current line's column; -1 at the end of the text. */
  #indent = -1;

  constructor(text: string) {
    this.#text = text;
    if (text.startsWith("\uFEFF")) this.#next = 1;
  }

  readDocument(): SourceNode | undefined {
    this.#advance();
    DOCUMENT_START.lastIndex = this.#start;
    if (this.#indent === 0 && DOCUMENT_START.test(this.#text)) this.#advance();
    if (this.#isAtEnd) return undefined;
    if (this.#indent !== 0) throw UNSUPPORTED;
    const root = this.#readBlock(0);
    if (!this.#isAtEnd) throw UNSUPPORTED;
    return root;
  }

  get #isAtEnd(): boolean {
    return this.#indent === -1;
  }

  /** Moves to the next line that says something. */
  #advance(): void {
    const text = this.#text;
    while (this.#next < text.length) {
      const lineStart = this.#next;
      const newline = text.indexOf("\n", lineStart);
      const next = newline === -1 ? text.length : newline + 1;
      this.#next = next;
      let start = lineStart;
      while (text.charCodeAt(start) === SPACE) start++;
      const first = text.charCodeAt(start);
      const isEmpty = start >= next || first === LINE_FEED ||
        first === CARRIAGE_RETURN;
      if (isEmpty || first === HASH) continue;
      const end = newline === -1 ? text.length : newline;
      this.#lineStart = lineStart;
      this.#lineEnd = text.charCodeAt(end - 1) === CARRIAGE_RETURN
        ? end - 1
        : end;
      this.#start = start;
      this.#indent = start - lineStart;
      return;
    }
    this.#indent = -1;
  }

  #readBlock(depth: number): SourceNode {
    if (depth > MAX_DEPTH) throw UNSUPPORTED;
    return this.#isDash(this.#start)
      ? this.#readSequence(depth)
      : this.#readMapping(depth);
  }

  /** A `-` that starts an item. */
  #isDash(at: number): boolean {
    return this.#text.charCodeAt(at) === HYPHEN &&
      (at + 1 === this.#lineEnd || this.#text.charCodeAt(at + 1) === SPACE);
  }

  #readSequence(depth: number): SourceNode {
    const indent = this.#indent;
    const start = this.#start;
    const items: SourceItem[] = [];
    let end = start;
    while (this.#indent === indent && this.#isDash(this.#start)) {
      const dash = this.#start;
      const value = this.#readValue(dash + 1, indent, "item", depth);
      items.push({ start: dash, value });
      end = value.end;
    }
    if (this.#indent > indent) throw UNSUPPORTED;
    return {
      type: "sequence",
      flow: false,
      items,
      start,
      bodyStart: start,
      end,
    };
  }

  #readMapping(depth: number): SourceNode {
    const indent = this.#indent;
    const start = this.#start;
    const entries: SourceEntry[] = [];
    const keys = new Set<string>();
    let end = start;
    do {
      const entryStart = this.#start;
      KEY.lastIndex = entryStart;
      if (!KEY.test(this.#text)) throw UNSUPPORTED;
      const colonEnd = KEY.lastIndex;
      const key = keyText(this.#text.slice(entryStart, colonEnd - 1));
      if (key === undefined || keys.has(key)) throw UNSUPPORTED;
      keys.add(key);
      const value = this.#readValue(colonEnd, indent, "entry", depth);
      entries.push({ start: entryStart, key, colonEnd, value, merge: false });
      end = value.end;
    } while (this.#indent === indent);
    if (this.#indent > indent) throw UNSUPPORTED;
    return {
      type: "mapping",
      flow: false,
      entries,
      start,
      bodyStart: start,
      end,
    };
  }

  /** What follows a colon or dash, on its line or on those below. */
  #readValue(
    headEnd: number,
    indent: number,
    role: Role,
    depth: number,
  ): SourceNode {
    let at = headEnd;
    while (this.#text.charCodeAt(at) === SPACE) at++;
    if (at >= this.#lineEnd || this.#text.charCodeAt(at) === HASH) {
      this.#advance();
      const isNested = this.#indent > indent ||
        (role === "entry" && this.#indent === indent &&
          this.#isDash(this.#start));
      return isNested ? this.#readBlock(depth + 1) : plainScalar("", headEnd);
    }
    if (role === "item" && this.#startsBlock(at)) {
      this.#start = at;
      this.#indent = at - this.#lineStart;
      return this.#readBlock(depth + 1);
    }
    const first = this.#text.charAt(at);
    if (first === "|" || first === ">") {
      return this.#readBlockScalar(at, indent);
    }
    if (first === '"' || first === "'") {
      const quoted = readQuoted(this.#text, at, indent);
      this.#finishLine(quoted.end);
      return quoted;
    }
    if (first === "[" || first === "{") {
      const flow = new PlainFlowReader(this.#text, at).read(depth + 1);
      this.#finishLine(flow.end);
      return flow;
    }
    return this.#readPlain(at, indent);
  }

  /** Whether a list or map starts on the line of the dash that it is an item of. */
  #startsBlock(at: number): boolean {
    if (this.#isDash(at)) return true;
    KEY.lastIndex = at;
    return KEY.test(this.#text);
  }

  #readPlain(start: number, indent: number): SourceScalar {
    const line = this.#text.slice(start, this.#lineEnd);
    const comment = line.indexOf(" #");
    const source = (comment === -1 ? line : line.slice(0, comment)).replace(
      / +$/,
      "",
    );
    const first = source.charAt(0);
    const second = source.charAt(1);
    const isIndicator = INDICATORS.has(first) &&
      !(first === "-" && second !== "" && second !== " ");
    if (isIndicator || source.includes(": ") || source.endsWith(":")) {
      throw UNSUPPORTED;
    }
    const lines = this.#next;
    this.#advance();
    const scalar = plainScalar(source, start);
    if (this.#indent <= indent) return scalar;
    // A comment would end the scalar.
    if (comment !== -1) throw UNSUPPORTED;
    const whole = continuePlain(this.#text, scalar, lines, indent);
    this.#next = whole.next;
    this.#advance();
    return whole.scalar;
  }

  /** Nothing but a comment may follow on the line. */
  #finishLine(from: number): void {
    if (from > this.#lineEnd) this.#moveTo(from);
    let at = from;
    while (this.#text.charCodeAt(at) === SPACE) at++;
    const isComment = at > from && this.#text.charCodeAt(at) === HASH;
    if (at < this.#lineEnd && !isComment) throw UNSUPPORTED;
    this.#advance();
  }

  /** Takes the line of an offset for the current one. */
  #moveTo(offset: number): void {
    const newline = this.#text.indexOf("\n", offset);
    this.#next = newline === -1 ? this.#text.length : newline + 1;
    this.#lineEnd = lineEnd(this.#text, offset);
  }

  #readBlockScalar(offset: number, indent: number): SourceScalar {
    const line = this.#text.slice(offset, this.#lineEnd);
    const { scalar, next } = readBlockScalar(
      this.#text,
      { offset, line, bodyOffset: this.#next },
      indent,
    );
    this.#next = next;
    this.#advance();
    return scalar;
  }
}

const SPACE = 0x20;
const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const HASH = 0x23;
const HYPHEN = 0x2d;

/** The key that is written so, plain or in quotes. */
function keyText(written: string): string | undefined {
  const first = written.charAt(0);
  return first === '"' || first === "'"
    ? written.slice(1, -1)
    : resolveKey(resolvePlainScalar(written));
}

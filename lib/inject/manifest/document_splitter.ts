/**
 * The state machine behind splitting: finds where documents end in text that
 * arrives in pieces.
 *
 * @module
 */

import { McaError, type McaErrorPlace } from "../../errors.ts";
import { type DocumentMarker, markerAt } from "./document_marker.ts";
import { JsonExtent } from "./json_extent.ts";
import { MAX_DOCUMENT_LENGTH } from "./limits.ts";
import { placeAt, type SourceDocument } from "./source_document.ts";

/**
 * What the document at hand has shown so far:
 * - `prefix`: blank lines, comments and directives; a `---` still belongs to it
 * - `opened`: a `---`, then blank lines and comments
 * - `yaml`: content, and no JSON
 * - `json`: what may become a JSON value
 */
type State = "prefix" | "opened" | "yaml" | "json";

/**
 * Splits text into documents; see `splitDocuments` for the rules.
 *
 * @example
 * ```ts
 * import { DocumentSplitter } from "./document_splitter.ts";
 *
 * const splitter = new DocumentSplitter("pods.yaml");
 * console.log(splitter.push("a: 1\n--").length); // 0
 * console.log(splitter.push("-\nb: 2\n").length); // 1
 * console.log(splitter.end().length); // 1
 * ```
 */
export class DocumentSplitter {
  readonly #file: string | undefined;
  #state: State = "prefix";
  /** The text of the document at hand, in pieces. */
  #parts: string[] = [];
  #length = 0;
  /** Text whose role depends on what comes next: the start of a line. */
  #carry = "";
  #atLineStart = true;
  #index = 1;
  #line = 1;
  #json = new JsonExtent();
  /** How many parts stand before the JSON value. */
  #jsonFrom = 0;
  #ready: SourceDocument[] = [];

  constructor(file: string | undefined) {
    this.#file = file;
  }

  /** Takes the next piece of text; gives the documents that ended in it. */
  push(text: string): SourceDocument[] {
    this.#feed(this.#carry + text, false);
    return this.#take();
  }

  /** Takes the end of the text; gives the documents that it ends. */
  end(): SourceDocument[] {
    this.#feed(this.#carry, true);
    if (this.#state === "json" && !this.#json.isComplete) {
      this.#feed(this.#takeJson(), true);
    }
    if (this.#length > 0) this.#finish();
    return this.#take();
  }

  /** Where the text taken so far ends. */
  place(): McaErrorPlace {
    const source = this.#document(this.#parts.join("") + this.#carry);
    return placeAt(source, source.text.length);
  }

  #take(): SourceDocument[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  #feed(piece: string, final: boolean): void {
    this.#carry = "";
    let text = piece;
    let at = 0;
    while (at < text.length) {
      if (this.#state === "json") {
        at = this.#feedJson(text, at);
        if (this.#json.isFailed) {
          text = this.#takeJson() + text.slice(at);
          at = 0;
        }
        continue;
      }
      if (this.#atLineStart) {
        if (this.#state === "prefix" && text.charCodeAt(at) === BOM) {
          this.#append(text.charAt(at++));
          continue;
        }
        const marker = markerAt(text, at, final);
        if (marker === "unknown") {
          this.#carry = text.slice(at);
          return;
        }
        if (marker !== undefined) {
          at = this.#onMarker(marker, text, at);
          continue;
        }
      }
      at = this.#inLine
        ? this.#feedLine(text, at)
        : this.#state === "yaml"
        ? this.#feedYaml(text, at)
        : this.#feedUnopened(text, at);
    }
  }

  /** A `---` or `...`: ends the document, or belongs to its prefix. */
  #onMarker(marker: DocumentMarker, text: string, at: number): number {
    if (marker === "---") {
      if (this.#state !== "prefix") this.#finish();
      this.#state = "opened";
      this.#append(marker);
      this.#atLineStart = false;
      return at + marker.length;
    }
    this.#state = "yaml";
    this.#append(marker);
    this.#atLineStart = false;
    this.#endsAtNewline = true;
    return this.#feedLine(text, at + marker.length);
  }

  /** Whether the line at hand is a comment, directive or `...`, to its end. */
  #inLine = false;

  /** Whether the line at hand, a `...` line, is the document's last. */
  #endsAtNewline = false;

  /** The rest of a line of which nothing more need be known. */
  #feedLine(text: string, at: number): number {
    const newline = text.indexOf("\n", at);
    const end = newline === -1 ? text.length : newline + 1;
    this.#append(text.slice(at, end));
    this.#inLine = newline === -1;
    this.#atLineStart = newline !== -1;
    if (this.#endsAtNewline && newline !== -1) this.#finish();
    return end;
  }

  /** Lines of content, up to one that may be a marker. */
  #feedYaml(text: string, at: number): number {
    let end = at;
    let newline: number;
    do {
      newline = text.indexOf("\n", end);
      end = newline === -1 ? text.length : newline + 1;
    } while (end < text.length && !MARKER_STARTS.has(text.charCodeAt(end)));
    this.#append(text.slice(at, end));
    this.#atLineStart = newline !== -1;
    return end;
  }

  /** White space, comments and directives, up to the first content. */
  #feedUnopened(text: string, at: number): number {
    let end = at;
    while (end < text.length && isBlank(text.charCodeAt(end))) end++;
    const unit = text.charCodeAt(end);
    if (end === text.length) {
      if (end > at) this.#atLineStart = false;
      this.#append(text.slice(at, end));
      return end;
    }
    if (unit === NEWLINE) {
      this.#append(text.slice(at, end + 1));
      this.#atLineStart = true;
      return end + 1;
    }
    const isLineStart = this.#atLineStart && end === at;
    const isDirective = unit === PERCENT && isLineStart &&
      this.#state === "prefix";
    if (unit === HASH || isDirective) return this.#feedLine(text, at);
    if (unit === OPEN_BRACE || unit === OPEN_BRACKET) {
      this.#append(text.slice(at, end));
      this.#state = "json";
      this.#json = new JsonExtent();
      this.#jsonFrom = this.#parts.length;
      return end;
    }
    this.#state = "yaml";
    return this.#feedYaml(text, at);
  }

  #feedJson(text: string, at: number): number {
    const end = this.#json.feed(text, at);
    this.#append(text.slice(at, end));
    if (this.#json.isFinished) {
      if (isJson(this.#parts.slice(this.#jsonFrom).join(""))) this.#finish();
      else this.#json.fail();
    }
    return end;
  }

  /** Takes back what looked like JSON and is not, to be read line by line. */
  #takeJson(): string {
    const text = this.#parts.splice(this.#jsonFrom).join("");
    this.#length -= text.length;
    this.#state = "yaml";
    this.#atLineStart = false;
    return text;
  }

  #append(text: string): void {
    if (text === "") return;
    this.#parts.push(text);
    this.#length += text.length;
    if (this.#length > MAX_DOCUMENT_LENGTH) {
      throw new McaError(
        "manifest",
        `The document is larger than ${
          MAX_DOCUMENT_LENGTH >> 20
        } Mi characters`,
        {
          hint: "Split it into smaller documents with --- between them.",
          place: {
            ...(this.#file === undefined ? {} : { file: this.#file }),
            document: this.#index,
            line: this.#line,
          },
        },
      );
    }
  }

  #document(text: string): SourceDocument {
    return {
      text,
      index: this.#index,
      startLine: this.#line,
      ...(this.#file === undefined ? {} : { file: this.#file }),
    };
  }

  #finish(): void {
    const text = this.#parts.join("");
    this.#ready.push(this.#document(text));
    this.#index++;
    this.#line += countNewlines(text);
    this.#parts = [];
    this.#length = 0;
    this.#state = "prefix";
    this.#atLineStart = text.endsWith("\n");
    this.#endsAtNewline = false;
    this.#inLine = false;
  }
}

const BOM = 0xfeff;
/** `-` and `.`, with which `---` and `...` start. */
const MARKER_STARTS = new Set([0x2d, 0x2e]);
const NEWLINE = 0x0a;
const PERCENT = 0x25;
const HASH = 0x23;
const OPEN_BRACE = 0x7b;
const OPEN_BRACKET = 0x5b;

function isBlank(unit: number): boolean {
  return unit === 0x20 || unit === 0x09 || unit === 0x0d;
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function countNewlines(text: string): number {
  let count = 0;
  for (
    let at = text.indexOf("\n");
    at !== -1;
    at = text.indexOf("\n", at + 1)
  ) {
    count++;
  }
  return count;
}

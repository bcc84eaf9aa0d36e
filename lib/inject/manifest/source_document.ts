/**
 * One document of a manifest stream as it was written, and where in its file it
 * stands.
 *
 * @module
 */

import type { McaErrorPlace } from "../../errors.ts";

/**
 * A document of a stream, character for character.
 *
 * The texts of all documents of a stream, joined, are the stream: each text
 * holds its own `---` line, directives, comments and trailing blank lines.
 */
export interface SourceDocument {
  /** The exact text; encoded as UTF-8 it is the input's bytes. */
  readonly text: string;
  /** The document's number in its stream, counted from 1. */
  readonly index: number;
  /** The line of the file on which the text starts, counted from 1. */
  readonly startLine: number;
  /** The file as the user named it; `-` is standard input. */
  readonly file?: string;
}

/** A position in a file, both parts counted from 1; columns count characters, not bytes. */
export interface SourcePosition {
  readonly line: number;
  readonly column: number;
}

/**
 * The position in the file of an offset in a document's text.
 *
 * @example
 * ```ts
 * import { positionAt } from "./source_document.ts";
 *
 * const source = { text: "a: 1\nb: 2\n", index: 1, startLine: 10 };
 * console.log(positionAt(source, 5)); // { line: 11, column: 1 }
 * ```
 */
export function positionAt(
  source: SourceDocument,
  offset: number,
): SourcePosition {
  const { text, startLine } = source;
  const end = Math.min(offset, text.length);
  let line = startLine;
  let lineStart = 0;
  for (;;) {
    const newline = text.indexOf("\n", lineStart);
    if (newline === -1 || newline >= end) break;
    line++;
    lineStart = newline + 1;
  }
  return { line, column: countCharacters(text, lineStart, end) + 1 };
}

/** The offset in a document's text as a place for an error. */
export function placeAt(source: SourceDocument, offset: number): McaErrorPlace {
  return { ...documentPlace(source), ...positionAt(source, offset) };
}

/** The document as a place for an error, when no position in it is known. */
export function documentPlace(source: SourceDocument): McaErrorPlace {
  return {
    ...(source.file === undefined ? {} : { file: source.file }),
    document: source.index,
  };
}

/** Characters (code points) between two offsets; a byte order mark counts as none. */
function countCharacters(text: string, start: number, end: number): number {
  let count = 0;
  for (let at = start; at < end; at++) {
    const unit = text.charCodeAt(at);
    const isLowSurrogate = unit >= 0xdc00 && unit <= 0xdfff;
    if (!isLowSurrogate && unit !== 0xfeff) count++;
  }
  return count;
}

/**
 * Literal block scalars, as the fast reader takes them.
 *
 * @module
 */

import { blockScalarExtent, isUnterminated } from "./block_scalar.ts";
import { UNSUPPORTED } from "./plain_scalar.ts";
import type { SourceScalar } from "./source_tree.ts";

const HEADER = /^(\|[-+]?) *(?: #.*)?$/;

/** Where a literal starts. */
export interface LiteralStart {
  /** The `|`. */
  readonly offset: number;
  /** The rest of its line, from the `|` on. */
  readonly line: string;
  /** The start of the next line. */
  readonly bodyOffset: number;
}

/**
 * Reads a literal; folded blocks and indentation indicators are left to the
 * full reader.
 *
 * @param indent the column of the map or list that it is in
 * @returns the scalar, and where the line after it starts
 */
export function readLiteral(
  text: string,
  { offset, line, bodyOffset }: LiteralStart,
  indent: number,
): { readonly scalar: SourceScalar; readonly next: number } {
  const header = HEADER.exec(line)?.[1];
  if (header === undefined) throw UNSUPPORTED;
  const { lines, next } = readLines(text, bodyOffset, indent);
  const body = text.slice(bodyOffset, next);
  const scalar: SourceScalar = {
    type: "scalar",
    style: "block",
    start: offset,
    ...blockScalarExtent({ offset, header, bodyOffset, body }),
    tagged: false,
    kind: "string",
    value: chomp(lines, header, body),
  };
  return { scalar, next };
}

/** The lines deeper than a column, without their indentation, and where they end. */
function readLines(
  text: string,
  from: number,
  indent: number,
): { readonly lines: readonly string[]; readonly next: number } {
  const lines: string[] = [];
  let column = 0;
  let next = from;
  while (next < text.length) {
    const newline = text.indexOf("\n", next);
    const lineEnd = newline === -1 ? text.length : newline;
    const end = text.charAt(lineEnd - 1) === "\r" ? lineEnd - 1 : lineEnd;
    let start = next;
    while (text.charAt(start) === " ") start++;
    if (start >= end) {
      if (start > next) throw UNSUPPORTED;
      lines.push("");
    } else {
      const depth = start - next;
      if (depth <= indent) break;
      if (column === 0) column = depth;
      if (depth < column) throw UNSUPPORTED;
      lines.push(text.slice(next + column, end));
    }
    next = newline === -1 ? text.length : newline + 1;
  }
  return { lines, next };
}

/** The value of a literal block's lines (YAML 1.2, section 8.1.1.2). */
function chomp(
  lines: readonly string[],
  header: string,
  body: string,
): string {
  let count = lines.length;
  while (count > 0 && lines[count - 1] === "") count--;
  const content = lines.slice(0, count).join("\n");
  if (header.endsWith("+")) {
    const kept = isUnterminated(header, body) ? 0 : 1;
    return content + "\n".repeat(lines.length - count + (count > 0 ? kept : 0));
  }
  return header.endsWith("-") || count === 0 || isUnterminated(header, body)
    ? content
    : `${content}\n`;
}

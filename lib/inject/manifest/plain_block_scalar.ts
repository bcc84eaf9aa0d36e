/**
 * Block scalars, as the fast reader takes them.
 *
 * @module
 */

import { CST } from "yaml";
import { blockScalarExtent, isUnterminated } from "./block_scalar.ts";
import { UNSUPPORTED } from "./plain_scalar.ts";
import type { SourceScalar } from "./source_tree.ts";

const HEADER = /^([|>][-+]?) *(?: #.*)?$/;

/** Where a block scalar starts. */
export interface BlockStart {
  /** The `|` or `>`. */
  readonly offset: number;
  /** The rest of its line, from there on. */
  readonly line: string;
  /** The start of the next line. */
  readonly bodyOffset: number;
}

/**
 * Reads a block scalar; indentation indicators are left to the full reader.
 *
 * @param indent the column of the map or list that it is in
 * @returns the scalar, and where the line after it starts
 */
export function readBlockScalar(
  text: string,
  { offset, line, bodyOffset }: BlockStart,
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
    value: header.startsWith(">")
      ? fold(offset, header, body)
      : chomp(lines, header, body),
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

/** The value of a folded block, which is the parser's to make. */
function fold(offset: number, header: string, body: string): string {
  const indent = 0;
  const { value } = CST.resolveAsScalar(
    {
      type: "block-scalar",
      offset,
      indent,
      props: [{ type: "block-scalar-header", offset, indent, source: header }],
      source: body,
    },
    true,
    () => {},
  );
  // The parser adds the line end that is missing; kubectl's does not.
  return isUnterminated(header, body) ? value.replace(/\n$/, "") : value;
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

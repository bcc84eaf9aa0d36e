/**
 * Where a block scalar's content ends.
 *
 * @module
 */

import type { SourceScalar } from "./source_tree.ts";

/** A block scalar's text, taken apart. */
export interface BlockScalarText {
  /** Where the `|` or `>` stands. */
  readonly offset: number;
  /** `|` or `>` with the indicators. */
  readonly header: string;
  /** Where the line after the header starts. */
  readonly bodyOffset: number;
  /** The lines of the body, trailing blank lines and their line ends included. */
  readonly body: string;
}

/** The extent of a block scalar, and whether its last line lacks its line end. */
export function blockScalarExtent(
  { offset, header, bodyOffset, body }: BlockScalarText,
): Pick<SourceScalar, "bodyStart" | "end" | "unterminated"> {
  const content = header.includes("+")
    ? body.replace(/\r?\n$/, "")
    : body.replace(/(?:\r?\n)+$/, "");
  const end = content === ""
    ? offset + header.length
    : bodyOffset + content.length;
  return isUnterminated(header, body)
    ? { bodyStart: offset, end, unterminated: true }
    : { bodyStart: offset, end };
}

/** Whether the text ends within the scalar's last line, and that shows in its value. */
export function isUnterminated(header: string, body: string): boolean {
  return body !== "" && !body.endsWith("\n") && !header.includes("-");
}

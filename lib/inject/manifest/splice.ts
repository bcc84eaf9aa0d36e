/**
 * Replacing stretches of a text, and finding where its lines start and end.
 *
 * @module
 */

/** A stretch of a text and what comes in its place. */
export interface Splice {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

/**
 * The text with all splices made. Offsets are those of the text given. At the
 * same offset insertions come first, in the order given.
 *
 * @throws {RangeError} two splices overlap
 */
export function applySplices(
  text: string,
  splices: readonly Splice[],
): string {
  const ordered = [...splices].sort((a, b) =>
    a.start - b.start || takes(a) - takes(b)
  );
  let result = "";
  let at = 0;
  for (const splice of ordered) {
    if (splice.start < at) throw new RangeError("Two edits overlap");
    result += text.slice(at, splice.start) + splice.text;
    at = splice.end;
  }
  return result + text.slice(at);
}

/** Whether a splice takes characters: 0 for an insertion, else 1. */
function takes({ start, end }: Splice): number {
  return Math.sign(end - start);
}

/** The start of the line that an offset is on; a byte order mark is not part of it. */
export function lineStart(text: string, offset: number): number {
  if (offset === 0) return 0;
  const start = text.lastIndexOf("\n", offset - 1) + 1;
  return start < offset && text.charCodeAt(start) === 0xfeff
    ? start + 1
    : start;
}

/** The end of the line that an offset is on: where its line break starts. */
export function lineEnd(text: string, offset: number): number {
  const newline = text.indexOf("\n", offset);
  if (newline === -1) return text.length;
  return newline > offset && text.charCodeAt(newline - 1) === 0x0d
    ? newline - 1
    : newline;
}

/** The end of the line before the one that an offset is on; undefined for the first. */
export function previousLineEnd(
  text: string,
  offset: number,
): number | undefined {
  const newline = offset === 0 ? -1 : text.lastIndexOf("\n", offset - 1);
  if (newline === -1) return undefined;
  return text.charCodeAt(newline - 1) === 0x0d ? newline - 1 : newline;
}

/** Whether nothing but white space stands before an offset on its line. */
export function isFirstOnLine(text: string, offset: number): boolean {
  for (let at = offset - 1; at >= 0; at--) {
    const unit = text.charCodeAt(at);
    if (unit === 0x0a) return true;
    const isBlank = unit === 0x20 || unit === 0x09 || unit === 0xfeff;
    if (!isBlank) return false;
  }
  return true;
}

/** Whether a line ends between two offsets. */
export function hasLineBreak(text: string, from: number, to: number): boolean {
  return text.slice(from, to).includes("\n");
}

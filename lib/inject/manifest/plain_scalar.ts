/**
 * Scalars on one line, as the fast reader takes them.
 *
 * @module
 */

import { resolvePlainScalar } from "./scalar_resolution.ts";
import type { SourceScalar } from "./source_tree.ts";

/** Thrown, and caught by `readPlainYaml`, where the full reader has to decide. */
export const UNSUPPORTED = new Error("Outside the subset of the fast reader");

const DOUBLE_QUOTED = /"(?:[^"\\\n]|\\["\\nt])*"/y;
const SINGLE_QUOTED = /'(?:[^'\n]|'')*'/y;

/** The quoted scalar at an offset; more than its end is the caller's to look at. */
export function readQuoted(text: string, start: number): SourceScalar {
  const isDouble = text.charAt(start) === '"';
  const pattern = isDouble ? DOUBLE_QUOTED : SINGLE_QUOTED;
  pattern.lastIndex = start;
  const source = pattern.exec(text)?.[0];
  if (source === undefined) throw UNSUPPORTED;
  return {
    type: "scalar",
    style: isDouble ? "double" : "single",
    start,
    bodyStart: start,
    end: start + source.length,
    tagged: false,
    kind: "string",
    value: unquote(source, isDouble),
  };
}

function unquote(source: string, isDouble: boolean): string {
  if (!isDouble) return source.slice(1, -1).replaceAll("''", "'");
  if (!source.includes("\\")) return source.slice(1, -1);
  // The escapes that the pattern lets through mean the same in JSON.
  return String(JSON.parse(source));
}

/** The plain scalar that a stretch of text is. */
export function plainScalar(
  source: string,
  start: number,
): SourceScalar {
  return {
    type: "scalar",
    style: "plain",
    start,
    bodyStart: start,
    end: start + source.length,
    tagged: false,
    ...resolvePlainScalar(source),
  };
}

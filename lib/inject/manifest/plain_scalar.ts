/**
 * Scalars on one line, as the fast reader takes them.
 *
 * @module
 */

import { resolvePlainScalar } from "./scalar_resolution.ts";
import type { SourceScalar } from "./source_tree.ts";

/** Thrown, and caught by `readPlainYaml`, where the full reader has to decide. */
export const UNSUPPORTED = new Error("Outside the subset of the fast reader");

/** The quoted scalar at an offset; what follows it is the caller's to look at. */
export function readQuoted(text: string, start: number): SourceScalar {
  const isDouble = text.charAt(start) === '"';
  const end = isDouble
    ? doubleQuotedEnd(text, start)
    : singleQuotedEnd(text, start);
  const source = text.slice(start, end);
  if (source.includes("\n")) throw UNSUPPORTED;
  return {
    type: "scalar",
    style: isDouble ? "double" : "single",
    start,
    bodyStart: start,
    end,
    tagged: false,
    kind: "string",
    value: unquote(source, isDouble),
  };
}

function singleQuotedEnd(text: string, start: number): number {
  let at = start + 1;
  for (;;) {
    const quote = text.indexOf("'", at);
    if (quote === -1) throw UNSUPPORTED;
    if (text.charAt(quote + 1) !== "'") return quote + 1;
    at = quote + 2;
  }
}

/** The escapes that are taken here; they mean the same in JSON. */
const ESCAPES = new Set('"\\nt');

/** By hand, for a pattern would need memory for each character. */
function doubleQuotedEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit === QUOTE) return at + 1;
    if (unit !== BACKSLASH) continue;
    at++;
    if (!ESCAPES.has(text.charAt(at))) throw UNSUPPORTED;
  }
  throw UNSUPPORTED;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

function unquote(source: string, isDouble: boolean): string {
  if (!isDouble) return source.slice(1, -1).replaceAll("''", "'");
  if (!source.includes("\\")) return source.slice(1, -1);
  return String(JSON.parse(source));
}

/** The plain scalar that a stretch of text is. */
export function plainScalar(
  source: string,
  start: number,
): SourceScalar {
  const resolved = resolvePlainScalar(source);
  // Infinity and NaN are errors, which the full reader words.
  if (typeof resolved.value === "number" && !Number.isFinite(resolved.value)) {
    throw UNSUPPORTED;
  }
  return {
    type: "scalar",
    style: "plain",
    start,
    bodyStart: start,
    end: start + source.length,
    tagged: false,
    ...resolved,
  };
}

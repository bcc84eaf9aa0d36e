/**
 * Scalars on one line, as the fast reader takes them.
 *
 * @module
 */

import { CST } from "yaml";
import { resolvePlainScalar } from "./scalar_resolution.ts";
import type { SourceScalar } from "./source_tree.ts";

/** Thrown, and caught by `readPlainYaml`, where the full reader has to decide. */
export const UNSUPPORTED = new Error("Outside the subset of the fast reader");

/**
 * The quoted scalar at an offset; what follows it is the caller's to look at.
 *
 * @param indent the column that lines after the first have to be deeper than;
 *   undefined where there may be none
 */
export function readQuoted(
  text: string,
  start: number,
  indent?: number,
): SourceScalar {
  const isDouble = text.charAt(start) === '"';
  const end = isDouble
    ? doubleQuotedEnd(text, start)
    : singleQuotedEnd(text, start);
  const source = text.slice(start, end);
  const hasLines = source.includes("\n");
  if (hasLines) checkLines(source, indent);
  return {
    type: "scalar",
    style: isDouble ? "double" : "single",
    start,
    bodyStart: start,
    end,
    tagged: false,
    kind: "string",
    value: hasLines
      ? foldScalar(
        isDouble ? "double-quoted-scalar" : "single-quoted-scalar",
        source,
      )
      : unquote(source, isDouble),
  };
}

/** The value of a scalar on several lines, which is the parser's to make. */
function foldScalar(type: CST.FlowScalar["type"], source: string): string {
  const token = { type, offset: 0, indent: 0, source };
  const scalar = CST.resolveAsScalar(token, true, () => {});
  return scalar?.value ?? "";
}

/** Whether the lines after the first are blank or deeper than a column. */
function checkLines(source: string, indent: number | undefined): void {
  if (indent === undefined) throw UNSUPPORTED;
  for (const line of source.split("\n").slice(1)) {
    const depth = /^ */.exec(line)?.[0].length ?? 0;
    const isBlank = depth === line.length || line.slice(depth) === "\r";
    if (!isBlank && depth <= indent) throw UNSUPPORTED;
  }
}

/**
 * A plain scalar that goes on, on the lines after its first.
 *
 * @param first what is on its first line
 * @param next where the line after that starts
 * @param indent the column that further lines are deeper than
 * @returns the scalar, and where the line after it starts
 */
export function continuePlain(
  text: string,
  first: SourceScalar,
  next: number,
  indent: number,
): { readonly scalar: SourceScalar; readonly next: number } {
  const pattern = new RegExp(
    `((?:[ ]*\\r?\\n)*) {${indent + 1},}([^ \\r\\n#?-][^\\r\\n]*)\\r?(?:\\n|$)`,
    "y",
  );
  let end = first.end;
  let after = next;
  for (;;) {
    pattern.lastIndex = after;
    const line = pattern.exec(text);
    const [whole = "", , content = ""] = line ?? [];
    if (line === null) break;
    const trimmed = content.replace(/ +$/, "");
    if (/: | #|:$/.test(trimmed)) throw UNSUPPORTED;
    const lineEnd = whole.length - (/\r?\n?$/.exec(whole)?.[0].length ?? 0);
    end = after + lineEnd - (content.length - trimmed.length);
    after += whole.length;
  }
  const { start } = first;
  const value = foldScalar("scalar", text.slice(start, end));
  return { scalar: { ...plainScalar(value, start), end }, next: after };
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
  const { kind, value, digits } = resolvePlainScalar(source);
  // Infinity and NaN are errors, which the full reader words.
  if (typeof value === "number" && !Number.isFinite(value)) throw UNSUPPORTED;
  return {
    type: "scalar",
    style: "plain",
    start,
    bodyStart: start,
    end: start + source.length,
    tagged: false,
    kind,
    value,
    ...(digits === undefined ? {} : { digits }),
  };
}

/**
 * Prints new values as YAML: block style, strings quoted where any YAML would
 * read them as something else.
 *
 * @module
 */

import { type Content, draftContent } from "./content.ts";
import type { Draft } from "./draft.ts";
import { isPlainString } from "./scalar_resolution.ts";
import type { ScalarStyle } from "./source_tree.ts";

/** How a document indents. */
export interface BlockFormat {
  /** Columns from a map to the map in it. */
  readonly step: number;
  /** Columns from a map to the `-` of a list in it. */
  readonly sequenceOffset: number;
}

/** Whether the value takes lines of its own: a list or map that is not empty. */
export function isBlockValue(draft: Draft): boolean {
  return isBlock(draftContent(draft));
}

/**
 * The lines of a list or map that is not empty.
 *
 * @param indent the column of its keys or dashes
 */
export function blockLines(
  draft: Draft,
  indent: number,
  format: BlockFormat,
): string[] {
  return contentLines(draftContent(draft), indent, format);
}

function contentLines(
  content: Content,
  indent: number,
  format: BlockFormat,
): string[] {
  const lines: string[] = [];
  if (content.type === "sequence") {
    for (const item of content.items) {
      lines.push(...itemLines(item, indent, format));
    }
  } else if (content.type === "mapping") {
    for (const [key, value] of content.entries) {
      lines.push(...entryLines(key, value, indent, format));
    }
  }
  return lines;
}

/** The lines of one entry of a block map. */
export function entryLines(
  key: string,
  value: Draft,
  indent: number,
  format: BlockFormat,
): string[] {
  const head = `${" ".repeat(indent)}${printString(key, false)}:`;
  const content = draftContent(value);
  if (!isBlock(content)) return [`${head} ${printContent(content, false)}`];
  const offset = content.type === "sequence"
    ? format.sequenceOffset
    : format.step;
  return [head, ...contentLines(content, indent + offset, format)];
}

/** The lines of one item of a block list. */
export function itemLines(
  item: Draft,
  indent: number,
  format: BlockFormat,
): string[] {
  const dash = `${" ".repeat(indent)}- `;
  const content = draftContent(item);
  if (!isBlock(content)) return [dash + printContent(content, false)];
  const lines = contentLines(content, indent + 2, format);
  lines[0] = dash + (lines[0] ?? "").slice(indent + 2);
  return lines;
}

/**
 * A value on one line.
 *
 * @param inFlow whether it stands within `[]` or `{}`
 */
export function printInline(draft: Draft, inFlow: boolean): string {
  return printContent(draftContent(draft), inFlow);
}

function printContent(content: Content, inFlow: boolean): string {
  if (content.type === "scalar") return printScalar(content, inFlow);
  if (content.type === "sequence") {
    return `[${
      content.items.map((item) => printInline(item, true)).join(", ")
    }]`;
  }
  const entries = [...content.entries].map(([key, value]) =>
    `${printString(key, true)}: ${printInline(value, true)}`
  );
  return `{${entries.join(", ")}}`;
}

/** A scalar on one line, in the given style where the value allows it. */
export function printScalar(
  content: Content & { readonly type: "scalar" },
  inFlow: boolean,
  style?: ScalarStyle,
): string {
  const { value } = content;
  return typeof value === "string"
    ? printString(value, inFlow, style)
    : content.digits ?? JSON.stringify(value);
}

function isBlock(content: Content): boolean {
  if (content.type === "scalar") return false;
  return content.type === "sequence"
    ? content.items.length > 0
    : content.entries.size > 0;
}

/** A string on one line: plain where that is safe, unless a style is given. */
export function printString(
  value: string,
  inFlow: boolean,
  style: ScalarStyle = "plain",
): string {
  const isPrintable = !UNPRINTABLE.test(value);
  if (style === "plain" && isPlainSafe(value, inFlow)) return value;
  const prefersSingle = style === "single" ||
    (style !== "double" && /["\\]/.test(value));
  if (prefersSingle && isPrintable) return `'${value.replaceAll("'", "''")}'`;
  return JSON.stringify(value).replaceAll(
    BREAKS,
    (found) => `\\u${found.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

// deno-lint-ignore no-control-regex -- what a quoted scalar must escape
const UNPRINTABLE = /[\0-\x1f\x7f-\x9f\u2028\u2029\uFEFF\uFFFE\uFFFF]/;

/** What JSON leaves as it is and YAML 1.1 takes for a line break, or refuses. */
const BREAKS = /[\x7f-\x9f\u2028\u2029\uFEFF\uFFFE\uFFFF]/g;

/** YAML 1.2, section 7.3.3, stricter in that no indicator may come first. */
const PLAIN = /^[^\s\-?:,[\]{}#&*!|>'"%@`=~<]|^[-:?][^\s,[\]{}]/;

/** Words and shapes that some YAML 1.1 reads as something other than a string. */
const RESERVED =
  /^(?:<<|=|~|[-+]?[0-9][0-9_]*(?::[0-5]?[0-9])+(?:\.[0-9_]*)?|\d{4}-\d\d?-\d\d?(?:[Tt ].*)?|---.*|\.\.\..*)$/;

/** What most strings are: a name, a path, a version behind a letter. */
const COMMON = /^[A-Za-z/][\w./-]*$/;

function isPlainSafe(value: string, inFlow: boolean): boolean {
  if (COMMON.test(value)) return isPlainString(value);
  return PLAIN.test(value) && !RESERVED.test(value) && isPlainString(value) &&
    !/: |\s#|:$|\s$/.test(value) && !UNPRINTABLE.test(value) &&
    !(inFlow && /[,[\]{}?]|:["']/.test(value));
}

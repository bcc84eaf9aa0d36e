/**
 * Prints new values as JSON in the manner of the document around them.
 *
 * @module
 */

import { draftContent } from "./content.ts";
import type { Draft } from "./draft.ts";

/** How a JSON document is laid out. */
export interface JsonFormat {
  /** One level of indentation; undefined for a document on one line. */
  readonly indent: string | undefined;
  /** `:` and what follows it. */
  readonly colon: string;
  /** `,` and what follows it within a line. */
  readonly comma: string;
  /** The line end. */
  readonly newline: string;
}

/**
 * A value as JSON.
 *
 * @param pad the indentation of the line on which it starts
 */
export function printJson(
  draft: Draft,
  format: JsonFormat,
  pad: string,
): string {
  const content = draftContent(draft);
  if (content.type === "scalar") {
    return content.digits ?? JSON.stringify(content.value);
  }
  const inner = pad + (format.indent ?? "");
  const parts = content.type === "sequence"
    ? content.items.map((item) => printJson(item, format, inner))
    : [...content.entries].map(([key, value]) =>
      printJsonEntry(key, value, format, inner)
    );
  const [open, close] = content.type === "sequence" ? "[]" : "{}";
  if (parts.length === 0) return `${open}${close}`;
  if (format.indent === undefined) {
    return `${open}${parts.join(format.comma)}${close}`;
  }
  const { newline } = format;
  const body = parts.join(`,${newline}${inner}`);
  return `${open}${newline}${inner}${body}${newline}${pad}${close}`;
}

/** A member of an object. */
export function printJsonEntry(
  key: string,
  value: Draft,
  format: JsonFormat,
  pad: string,
): string {
  return `${JSON.stringify(key)}${format.colon}${
    printJson(value, format, pad)
  }`;
}

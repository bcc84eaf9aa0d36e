/**
 * What stands in front of a YAML node.
 *
 * @module
 */

import type { CST } from "yaml";

/** What stands before a node: indicator, properties, white space. */
export interface Lead {
  readonly anchor: string | undefined;
  readonly tag: string | undefined;
  /** The first property; undefined where there is none. */
  readonly start: number | undefined;
  /** The end of the last property or indicator: an empty node stands there. */
  readonly end: number;
}

/** The properties after the last indicator among the tokens. */
export function readLead(
  tokens: readonly CST.SourceToken[],
  offset: number,
): Lead {
  let anchor: string | undefined;
  let tag: string | undefined;
  let start: number | undefined;
  let end = offset;
  for (const token of tokens) {
    if (BLANK_TOKENS.has(token.type)) continue;
    end = token.offset + token.source.length;
    if (token.type === "anchor") anchor = token.source.slice(1);
    else if (token.type === "tag") tag = token.source;
    else continue;
    start ??= token.offset;
  }
  return { anchor, tag, start, end };
}

const BLANK_TOKENS: ReadonlySet<string> = new Set([
  "space",
  "comment",
  "newline",
  "byte-order-mark",
  "doc-mode",
]);

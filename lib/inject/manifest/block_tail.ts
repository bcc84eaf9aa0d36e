/**
 * Block scalars at the end of a text or of a block: the line ends and lines
 * after them can become part of their value.
 *
 * @module
 */

import type { Draft } from "./draft.ts";
import type { SourceNode, SourceScalar } from "./source_tree.ts";
import { lineEnd } from "./splice.ts";

/** The scalar that ends a node's text and stays, if one does. */
export function tailOf(
  node: SourceNode,
  draft: Draft | undefined,
): SourceScalar | undefined {
  if (draft === undefined || draft.type === "value") return undefined;
  if (draft.node !== node || node.type === "alias") return undefined;
  if (node.type === "scalar") return node;
  if (node.flow) return undefined;
  const last = node.type === "mapping"
    ? node.entries.at(-1)
    : node.items.at(-1);
  return last === undefined
    ? undefined
    : tailOf(last.value, partOf(draft, last));
}

/** What becomes of an entry's or item's value. */
function partOf(
  draft: Draft,
  { value, key }: { readonly value: SourceNode; readonly key?: string },
): Draft | undefined {
  if (draft.type === "mapping") return draft.entries.get(key ?? "");
  return draft.type === "sequence"
    ? draft.items.find((item) => item.type !== "value" && item.node === value)
    : { type: "source", node: value };
}

/**
 * The end of the lines after a line that a block scalar in front of it would
 * take for its own: comments as deep as its text and, if it keeps them, blank
 * lines.
 */
export function absorbableEnd(
  text: string,
  end: number,
  scalar: SourceScalar,
  column: number,
): number {
  const body = text.slice(lineEnd(text, scalar.bodyStart), scalar.end);
  const depth = /\n( +)\S/.exec(body)?.[1]?.length ?? column + 1;
  const blank = headerOf(text, scalar).includes("+")
    ? "[ \\t]*(?=\\r?\\n)|"
    : "";
  const line = new RegExp(`\\r?\\n(?:${blank} {${depth},}#[^\\r\\n]*)`, "y");
  let last = end;
  for (;;) {
    line.lastIndex = last;
    const found = line.exec(text);
    if (found === null) return last;
    last += found[0].length;
  }
}

/** A block scalar's `|` or `>` with its indicators. */
export function headerOf(text: string, scalar: SourceScalar): string {
  return /^[|>][-+\d]*/.exec(text.slice(scalar.bodyStart))?.[0] ?? "";
}

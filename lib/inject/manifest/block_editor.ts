/**
 * Edits of block maps and block lists: whole lines come and go.
 *
 * @module
 */

import type { EditPlan, NewElement } from "./edit_plan.ts";
import type { Slot } from "./slot.ts";
import type { SourceNode, SourceScalar } from "./source_tree.ts";
import {
  isFirstOnLine,
  lineEnd,
  lineStart,
  previousLineEnd,
} from "./splice.ts";
import type { TextEditor } from "./text_editor.ts";
import { columnOf } from "./text_format.ts";
import { type BlockFormat, entryLines, itemLines } from "./yaml_printer.ts";

/** An entry or item as it is written. */
export interface BlockElement {
  /** Its first character: key, `?` or `-`. */
  readonly start: number;
  readonly slot: Slot;
}

/** A block map or list. */
export interface Block {
  readonly elements: readonly BlockElement[];
  /** The slot that it fills. */
  readonly slot: Slot;
  readonly format: BlockFormat;
  /** Whether the order of the elements matters. */
  readonly ordered: boolean;
}

/** The column of a block's keys or dashes. */
export function blockIndent(text: string, starts: readonly number[]): number {
  const start = starts.find((each) => isFirstOnLine(text, each)) ?? starts[0];
  return start === undefined ? 0 : columnOf(text, start);
}

/** Carries out a plan. At least one element must be kept. */
export function editBlock(
  editor: TextEditor,
  block: Block,
  plan: EditPlan,
): void {
  for (let at = 0; at <= block.elements.length; at++) {
    const added = plan.inserted[at] ?? [];
    if (added.length > 0) insertLines(editor, block, at, added);
    const element = block.elements[at];
    if (element === undefined) break;
    const kept = plan.kept[at];
    if (kept !== undefined) editor.edit(element.slot, kept);
    else removeElement(editor, block, plan, at);
  }
}

/** Writes new elements in front of the one at an index; comments in front of that one stay with it. */
function insertLines(
  editor: TextEditor,
  block: Block,
  at: number,
  added: readonly NewElement[],
): void {
  const { text, format: { newline } } = editor;
  const { elements, slot, ordered } = block;
  const previous = elements[at - 1];
  const tail = previous === undefined ? undefined : tailOf(previous.slot.value);
  if (tail?.unterminated === true && !ordered) {
    return insertLines(editor, block, at - 1, added);
  }
  const indent = blockIndent(text, elements.map(({ start }) => start));
  const lines = added.flatMap(({ key, value }) =>
    key === undefined
      ? itemLines(value, indent, block.format)
      : entryLines(key, value, indent, block.format)
  ).join(newline);
  if (previous !== undefined) {
    if (tail?.unterminated === true) stripLineEnd(editor, tail);
    const after = lineEnd(text, previous.slot.value.end);
    return editor.insert(after, newline + lines);
  }
  const first = elements[0]?.start ?? slot.value.end;
  if (!isFirstOnLine(text, first)) {
    const rest = lines.slice(indent);
    return editor.insert(first, rest + newline + " ".repeat(indent));
  }
  if (slot.role === "root") {
    return editor.insert(lineStart(text, first), lines + newline);
  }
  const { start, bodyStart } = slot.value;
  const head = start < bodyStart ? start : slot.headEnd;
  editor.insert(lineEnd(text, head), newline + lines);
}

/** Takes an element's lines, with the comment on its last line and no other. */
function removeElement(
  editor: TextEditor,
  block: Block,
  plan: EditPlan,
  at: number,
): void {
  const { text } = editor;
  const { elements } = block;
  const element = elements[at];
  if (element === undefined) return;
  const end = lineEnd(text, element.slot.value.end);
  if (isFirstOnLine(text, element.start)) {
    const before = previousLineEnd(text, element.start);
    if (before !== undefined) return editor.remove(before, end);
    return editor.remove(
      lineStart(text, element.start),
      Math.min(end + editor.format.newline.length, text.length),
    );
  }
  // The first element shares its line with what the block stands in.
  const next = plan.kept.findIndex((kept, index) =>
    index > at && kept !== undefined
  );
  const follower = elements[next]?.start;
  const joins = next === at + 1 && follower !== undefined &&
    text.slice(end, follower).trim() === "";
  if (joins) return editor.remove(element.start, follower);
  const head = text.slice(0, element.start).trimEnd().length;
  editor.remove(head, end);
}

/** The scalar that ends a node's text, if one does. */
function tailOf(node: SourceNode): SourceScalar | undefined {
  if (node.type === "scalar") return node;
  if (node.type === "alias" || node.flow) return undefined;
  const last = node.type === "mapping"
    ? node.entries.at(-1)
    : node.items.at(-1);
  return last === undefined ? undefined : tailOf(last.value);
}

/** Marks a block scalar that the text's end cut off as one without a line end, which lines after it would give it. */
function stripLineEnd(editor: TextEditor, scalar: SourceScalar): void {
  const header = /^[|>]([-+\d]*)/.exec(editor.text.slice(scalar.bodyStart));
  const [whole = "", indicators = ""] = header ?? [];
  const stripped = `${indicators.replace("+", "")}-`;
  const from = scalar.bodyStart + 1;
  editor.replace(from, from + whole.length - 1, stripped);
}

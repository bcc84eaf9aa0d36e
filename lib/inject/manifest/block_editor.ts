/**
 * Edits of block maps and block lists: whole lines come and go.
 *
 * @module
 */

import { absorbableEnd, headerOf, tailOf } from "./block_tail.ts";
import {
  type EditPlan,
  keptAfter,
  keptBefore,
  type NewElement,
} from "./edit_plan.ts";
import type { Slot } from "./slot.ts";
import type { SourceScalar } from "./source_tree.ts";
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
  /** The column of its keys or dashes. */
  readonly indent: number;
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
  let top = 0;
  for (let at = 0; at <= block.elements.length; at++) {
    const added = plan.inserted[at] ?? [];
    if (added.length > 0) insertLines(editor, block, plan, at, added);
    const element = block.elements[at];
    if (element === undefined) break;
    const kept = plan.kept[at];
    if (kept !== undefined) editor.edit(element.slot, kept);
    else top = removeElement(editor, block, plan, at, top);
  }
}

/** Writes new elements in front of the one at an index; comments in front of that one stay with it. */
function insertLines(
  editor: TextEditor,
  block: Block,
  plan: EditPlan,
  at: number,
  added: readonly NewElement[],
): void {
  const { text, format: { newline } } = editor;
  const { elements, slot, ordered, indent } = block;
  const previousAt = keptBefore(plan, at);
  const previous = elements[previousAt];
  const tail = previous === undefined
    ? undefined
    : tailOf(previous.slot.value, plan.kept[previousAt]);
  if (tail?.unterminated === true && !ordered) {
    return insertLines(editor, block, plan, previousAt, added);
  }
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
    const before = previousLineEnd(text, first);
    return before === undefined
      ? editor.insert(lineStart(text, first), lines + newline)
      : editor.insert(before, newline + lines);
  }
  const { start, bodyStart } = slot.value;
  const head = start < bodyStart ? start : slot.headEnd;
  editor.insert(lineEnd(text, head), newline + lines);
}

/**
 * Takes an element's lines, with the comment on its last line and no other.
 *
 * @param top up to where the text's first lines are taken already
 * @returns the same after this
 */
function removeElement(
  editor: TextEditor,
  block: Block,
  plan: EditPlan,
  at: number,
  top: number,
): number {
  const { text, format: { newline } } = editor;
  const { elements } = block;
  const element = elements[at];
  if (element === undefined) return top;
  const end = lineEnd(text, element.slot.value.end);
  if (isFirstOnLine(text, element.start)) {
    const start = lineStart(text, element.start);
    const before = previousLineEnd(text, element.start);
    // A line goes with the line end before it; the text's first ones have none.
    if (before === undefined || start === top) {
      const next = Math.min(end + newline.length, text.length);
      editor.remove(start, next);
      return next;
    }
    const scalar = blockScalarBefore(block, plan, at);
    const last = scalar === undefined
      ? end
      : absorbableEnd(text, end, scalar, element.start - start);
    editor.remove(before, last);
    const isStripped = scalar === undefined ||
      headerOf(text, scalar).includes("-");
    if (!isStripped && last === text.length) editor.endText();
    return top;
  }
  // The first element shares its line with what the block stands in.
  const next = keptAfter(plan, at);
  const follower = elements[next]?.start;
  const joins = next === at + 1 && follower !== undefined &&
    text.slice(end, follower).trim() === "";
  const head = text.slice(0, element.start).trimEnd().length;
  if (joins) editor.remove(element.start, follower);
  else editor.remove(head, end);
  return top;
}

/** The block scalar in which the text in front of an element ends, if it does. */
function blockScalarBefore(
  block: Block,
  plan: EditPlan,
  at: number,
): SourceScalar | undefined {
  const previousAt = keptBefore(plan, at);
  const previous = block.elements[previousAt];
  const tail = previous === undefined
    ? undefined
    : tailOf(previous.slot.value, plan.kept[previousAt]);
  return tail?.style === "block" ? tail : undefined;
}

/** Marks a block scalar that the text's end cut off as one without a line end, which lines after it would give it. */
function stripLineEnd(editor: TextEditor, scalar: SourceScalar): void {
  if (!editor.claim(scalar)) return;
  const header = headerOf(editor.text, scalar);
  const stripped = `${header.replace("+", "")}-`;
  editor.replace(
    scalar.bodyStart,
    scalar.bodyStart + header.length,
    stripped,
  );
}

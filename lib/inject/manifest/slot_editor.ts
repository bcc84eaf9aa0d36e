/**
 * Puts a new value in the place of one that is written.
 *
 * @module
 */

import { draftContent } from "./content.ts";
import type { Draft } from "./draft.ts";
import { printJson } from "./json_printer.ts";
import type { Slot } from "./slot.ts";
import type { SourceNode } from "./source_tree.ts";
import { isFirstOnLine, lineEnd, previousLineEnd } from "./splice.ts";
import type { TextEditor } from "./text_editor.ts";
import { lineIndent } from "./text_format.ts";
import {
  type BlockFormat,
  blockLines,
  isBlockValue,
  printInline,
  printScalar,
} from "./yaml_printer.ts";

/** Replaces the value in a slot. What else is on its lines stays. */
export function replaceSlot(
  editor: TextEditor,
  slot: Slot,
  draft: Draft,
  format: BlockFormat = editor.format.block,
): void {
  const lacksColon = slot.role === "entry" &&
    editor.text.charAt(slot.headEnd - 1) !== ":";
  if (slot.inFlow || editor.format.notation === "json") {
    replaceInFlow(editor, slot, draft, lacksColon);
  } else if (lacksColon) {
    const { newline } = editor.format;
    const line = `${" ".repeat(slot.indent)}: ${printInline(draft, false)}`;
    editor.insert(lineEnd(editor.text, slot.headEnd), newline + line);
  } else if (isBlockValue(draft)) {
    replaceByBlock(editor, slot, draft, format);
  } else {
    replaceByInline(editor, slot, draft);
  }
}

/**
 * Whether an empty `{}` or `[]` in a slot may grow into a block, so that
 * emptying the block gives the same characters back.
 */
export function isExpandable(
  text: string,
  { value, headEnd, inFlow, role }: Slot,
): boolean {
  return !inFlow && role !== "root" && value.type !== "scalar" &&
    /^ (?:\{\}|\[\])$/.test(text.slice(headEnd, value.end));
}

function replaceInFlow(
  editor: TextEditor,
  { value, headEnd }: Slot,
  draft: Draft,
  lacksColon: boolean,
): void {
  const { text, format } = editor;
  const printed = format.notation === "json"
    ? printJson(draft, format.json, lineIndent(text, value.start))
    : inlineText(draft, value, true);
  if (value.start < value.end) {
    editor.replace(value.start, value.end, printed);
  } else {
    editor.insert(headEnd, `${lacksColon ? ":" : ""} ${printed}`);
  }
}

/** A value on one line, a scalar in the style of the one it replaces. */
function inlineText(draft: Draft, old: SourceNode, inFlow: boolean): string {
  const content = draftContent(draft);
  if (content.type !== "scalar" || old.type !== "scalar") {
    return printInline(draft, inFlow);
  }
  return old.style === "single" || old.style === "double"
    ? printScalar(content, inFlow, old.style)
    : printScalar(content, inFlow);
}

/** Whether a value is a block whose lines are all its own. */
function hasOwnLines(text: string, node: SourceNode): boolean {
  return (node.type === "mapping" || node.type === "sequence") && !node.flow &&
    isFirstOnLine(text, node.start);
}

function replaceByInline(
  editor: TextEditor,
  { value, role, headEnd }: Slot,
  draft: Draft,
): void {
  const { text } = editor;
  const before = previousLineEnd(text, value.start);
  const isNull = draftContent(draft).type === "scalar" &&
    printInline(draft, false) === "null";
  const printed = inlineText(draft, value, false);
  if (role !== "root" && hasOwnLines(text, value) && before !== undefined) {
    // What grew from nothing goes back to nothing.
    if (!isNull) editor.insert(headEnd, ` ${printed}`);
    editor.remove(before, lineEnd(text, value.end));
  } else if (value.start < value.end) {
    editor.replace(value.start, value.end, printed);
  } else {
    editor.insert(value.end, ` ${printed}`);
  }
}

function replaceByBlock(
  editor: TextEditor,
  slot: Slot,
  draft: Draft,
  format: BlockFormat,
): void {
  const { text, format: { newline } } = editor;
  const { value, role, headEnd } = slot;
  const indent = blockColumn(slot, draft, format);
  const lines = blockLines(draft, indent, format).join(newline);
  const before = previousLineEnd(text, value.start);
  if (role !== "root" && hasOwnLines(text, value) && before !== undefined) {
    editor.replace(before, lineEnd(text, value.end), newline + lines);
  } else if (role === "entry") {
    if (value.start < value.end) editor.remove(headEnd, value.end);
    editor.insert(lineEnd(text, value.end), newline + lines);
  } else {
    const startsLine = role === "item" || isFirstOnLine(text, value.start);
    const body = startsLine ? lines.slice(indent) : newline + lines;
    if (value.start < value.end) editor.replace(value.start, value.end, body);
    else editor.insert(value.end, ` ${body}`);
  }
}

function blockColumn(slot: Slot, draft: Draft, format: BlockFormat): number {
  if (slot.role === "root") return 0;
  if (slot.role === "item") return slot.indent + 2;
  return slot.indent +
    (draftContent(draft).type === "sequence"
      ? format.sequenceOffset
      : format.step);
}

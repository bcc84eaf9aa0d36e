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

/**
 * Replaces the value in a slot. What else is on its lines stays.
 *
 * @param anchor the anchor that the new value gets; the old value's, if it has one
 */
export function replaceSlot(
  editor: TextEditor,
  slot: Slot,
  draft: Draft,
  anchor: string | undefined = slot.value.anchor,
): void {
  const properties = anchor === undefined ? "" : `&${anchor}`;
  const lacksColon = slot.role === "entry" &&
    editor.text.charAt(slot.headEnd - 1) !== ":";
  if (slot.inFlow || editor.format.notation === "json") {
    replaceInFlow(editor, slot, draft, properties);
  } else if (lacksColon) {
    const { newline } = editor.format;
    const line = `${" ".repeat(slot.indent)}: ${printInline(draft, false)}`;
    editor.insert(lineEnd(editor.text, slot.headEnd), newline + line);
  } else if (isBlockValue(draft)) {
    replaceByBlock(editor, slot, draft, properties);
  } else {
    replaceByInline(editor, slot, draft, properties);
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
  { value, headEnd, role }: Slot,
  draft: Draft,
  properties: string,
): void {
  const { text, format } = editor;
  const printed = format.notation === "json"
    ? printJson(
      draft,
      format.json,
      format.json.indent === undefined ? "" : lineIndent(text, value.start),
    )
    : joinWords(properties, inlineText(draft, value, true));
  const lacksColon = role === "entry" && text.charAt(headEnd - 1) !== ":";
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
  properties: string,
): void {
  const { text } = editor;
  const before = previousLineEnd(text, value.start);
  const isNull = draftContent(draft).type === "scalar" &&
    printInline(draft, false) === "null";
  const printed = joinWords(properties, inlineText(draft, value, false));
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
  properties: string,
): void {
  const { text, format: { newline, block } } = editor;
  const { value, role, headEnd } = slot;
  const indent = blockColumn(slot, draft, block);
  const lines = blockLines(draft, indent, block).join(newline);
  const before = previousLineEnd(text, value.start);
  const isEmpty = value.start === value.end;
  if (role !== "root" && hasOwnLines(text, value) && before !== undefined) {
    editor.replace(before, lineEnd(text, value.end), newline + lines);
  } else if (role === "entry") {
    const rest = properties === "" ? "" : ` ${properties}`;
    if (!isEmpty) editor.replace(headEnd, value.end, rest);
    editor.insert(lineEnd(text, value.end), newline + lines);
  } else {
    const startsLine = properties === "" &&
      (role === "item" || isFirstOnLine(text, value.start));
    const body = startsLine
      ? lines.slice(indent)
      : `${properties}${newline}${lines}`;
    if (isEmpty) editor.insert(value.end, ` ${body}`);
    else editor.replace(value.start, value.end, body);
  }
}

function joinWords(first: string, second: string): string {
  return first === "" ? second : `${first} ${second}`;
}

function blockColumn(slot: Slot, draft: Draft, format: BlockFormat): number {
  if (slot.role === "root") return 0;
  if (slot.role === "item") return slot.indent + 2;
  return slot.indent +
    (draftContent(draft).type === "sequence"
      ? format.sequenceOffset
      : format.step);
}

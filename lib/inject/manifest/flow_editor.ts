/**
 * Edits within brackets and braces: flow style YAML, and all of JSON.
 *
 * @module
 */

import { type EditPlan, keptAfter, type NewElement } from "./edit_plan.ts";
import { type JsonFormat, printJson, printJsonEntry } from "./json_printer.ts";
import type { Slot } from "./slot.ts";
import type { SourceMapping, SourceSequence } from "./source_tree.ts";
import {
  hasLineBreak,
  isFirstOnLine,
  lineEnd,
  previousLineEnd,
} from "./splice.ts";
import type { TextEditor } from "./text_editor.ts";
import { lineIndent } from "./text_format.ts";
import { printInline, printString } from "./yaml_printer.ts";

/** An entry or item as it is written. */
interface FlowElement {
  readonly start: number;
  readonly end: number;
  readonly slot: Slot;
}

/** A list or map in brackets. */
interface Flow {
  /** One past the opening bracket. */
  readonly open: number;
  /** The closing bracket. */
  readonly close: number;
  readonly elements: readonly FlowElement[];
  /** Whether it is written as JSON is, if it is YAML. */
  readonly likeJson: boolean;
}

/** Carries out a plan for a flow list or map. */
export function editFlow(
  editor: TextEditor,
  node: SourceMapping | SourceSequence,
  plan: EditPlan,
): void {
  const flow = flowOf(editor, node);
  const { elements } = flow;
  const isEmptied = elements.length > 0 &&
    plan.kept.every((kept) => kept === undefined) &&
    plan.inserted.every((added) => added.length === 0);
  if (isEmptied) return collapse(editor, flow);
  for (let at = 0; at <= elements.length; at++) {
    const added = plan.inserted[at] ?? [];
    if (added.length > 0) insertElements(editor, flow, at, added);
    const kept = plan.kept[at];
    const element = elements[at];
    if (element === undefined) break;
    if (kept !== undefined) editor.edit(element.slot, kept);
    else if (at === 0 || plan.kept[at - 1] !== undefined) {
      removeRun(editor, flow, at, keptAfter(plan, at));
    }
  }
}

function flowOf(
  editor: TextEditor,
  node: SourceMapping | SourceSequence,
): Flow {
  const elements = node.type === "mapping"
    ? node.entries.map(({ start, colonEnd, value }): FlowElement => ({
      start,
      end: Math.max(value.end, colonEnd),
      slot: {
        value,
        role: "entry",
        headEnd: colonEnd,
        indent: 0,
        inFlow: true,
      },
    }))
    : node.items.map(({ start, value }): FlowElement => ({
      start,
      end: value.end,
      slot: { value, role: "item", headEnd: start, indent: 0, inFlow: true },
    }));
  const first = elements[0];
  return {
    open: node.bodyStart + 1,
    close: node.end - 1,
    elements,
    likeJson: editor.format.notation === "json" ||
      (first !== undefined && node.type === "mapping" &&
        editor.text.charAt(first.start) === '"'),
  };
}

/** Where lists and maps are on one line in YAML, whatever is in them. */
const ONE_LINE: JsonFormat = {
  indent: undefined,
  colon: ": ",
  comma: ", ",
  newline: "\n",
};

function printElement(
  editor: TextEditor,
  flow: Flow,
  { key, value }: NewElement,
  pad: string,
): string {
  const { notation, json } = editor.format;
  if (flow.likeJson) {
    const format = notation === "json" ? json : ONE_LINE;
    return key === undefined
      ? printJson(value, format, pad)
      : printJsonEntry(key, value, format, pad);
  }
  const inline = printInline(value, true);
  return key === undefined ? inline : `${printString(key, true)}: ${inline}`;
}

function insertElements(
  editor: TextEditor,
  flow: Flow,
  at: number,
  added: readonly NewElement[],
): void {
  const { text, format } = editor;
  const { elements } = flow;
  if (elements.length === 0) return fill(editor, flow, added);
  const previous = elements[at - 1];
  const next = elements[at];
  const comma = format.notation === "json" ? format.json.comma : ", ";
  const print = (pad: string): string[] =>
    added.map((element) => printElement(editor, flow, element, pad));
  const model = previous ?? next;
  const pad = model === undefined ? "" : padAt(editor, model.start);
  const ownLine = format.newline + pad;
  if (previous === undefined) {
    const first = next?.start ?? flow.open;
    if (!isFirstOnLine(text, first)) {
      return editor.insert(
        first,
        print(pad).map((each) => each + comma).join(""),
      );
    }
    const lines = print(pad).map((each) => `${ownLine}${each},`);
    return editor.insert(lineEnd(text, flow.open), lines.join(""));
  }
  const commaAt = commaAfter(text, previous.end);
  const hasOwnLine = isFirstOnLine(text, previous.start) &&
    (next === undefined
      ? hasLineBreak(text, previous.end, flow.close)
      : isFirstOnLine(text, next.start));
  if (!hasOwnLine) {
    return editor.insert(
      previous.end,
      print(pad).map((each) => comma + each).join(""),
    );
  }
  if (commaAt === undefined) {
    editor.insert(previous.end, ",");
    const lines = print(pad).map((each) => ownLine + each);
    return editor.insert(lineEnd(text, previous.end), lines.join(","));
  }
  const lines = print(pad).map((each) => `${ownLine}${each},`);
  editor.insert(lineEnd(text, commaAt), lines.join(""));
}

/** The indentation of an offset's line; not looked for where all JSON is on one. */
function padAt({ text, format }: TextEditor, offset: number): string {
  const isOneLine = format.notation === "json" &&
    format.json.indent === undefined;
  return isOneLine ? "" : lineIndent(text, offset);
}

/** Writes the first elements of an empty list or map. */
function fill(
  editor: TextEditor,
  flow: Flow,
  added: readonly NewElement[],
): void {
  const { format: { notation, json, newline } } = editor;
  const outer = padAt(editor, flow.open);
  const isPretty = notation === "json" && json.indent !== undefined &&
    flow.open === flow.close;
  if (!isPretty) {
    const comma = notation === "json" ? json.comma : ", ";
    const parts = added.map((each) => printElement(editor, flow, each, outer));
    return editor.insert(flow.open, parts.join(comma));
  }
  const pad = outer + (json.indent ?? "");
  const parts = added.map((each) => printElement(editor, flow, each, pad));
  editor.insert(
    flow.open,
    `${newline}${pad}${parts.join(`,${newline}${pad}`)}${newline}${outer}`,
  );
}

/** Takes all elements. */
function collapse(editor: TextEditor, flow: Flow): void {
  const { text } = editor;
  const first = flow.elements[0];
  const last = flow.elements.at(-1);
  if (first === undefined || last === undefined) return;
  if (isFirstOnLine(text, first.start)) {
    return editor.remove(flow.open, flow.close);
  }
  const comma = commaAfter(text, last.end);
  editor.remove(first.start, comma === undefined ? last.end : comma + 1);
}

/** Takes the elements from one index up to another; some element stays. */
function removeRun(
  editor: TextEditor,
  { elements, close }: Flow,
  from: number,
  to: number,
): void {
  const { text } = editor;
  const first = elements[from];
  const last = elements[to - 1];
  if (first === undefined || last === undefined) return;
  const previous = elements[from - 1];
  const next = elements[to];
  const hasOwnLines = isFirstOnLine(text, first.start) &&
    (next === undefined
      ? hasLineBreak(text, last.end, close)
      : isFirstOnLine(text, next.start));
  const before = hasOwnLines ? previousLineEnd(text, first.start) : undefined;
  if (before !== undefined) {
    const comma = commaAfter(text, last.end);
    editor.remove(before, lineEnd(text, comma ?? last.end));
    const orphan = comma === undefined && previous !== undefined
      ? commaAfter(text, previous.end)
      : undefined;
    if (orphan !== undefined) editor.remove(orphan, orphan + 1);
  } else if (previous !== undefined) {
    editor.remove(previous.end, last.end);
  } else if (next !== undefined) {
    editor.remove(first.start, next.start);
  }
}

/** The comma after an element; undefined where a bracket comes first. */
function commaAfter(text: string, from: number): number | undefined {
  let at = from;
  for (;;) {
    const character = text.charAt(at);
    if (character === ",") return at;
    if (character === "#") at = lineEnd(text, at);
    else if (/\s/.test(character)) at++;
    else return undefined;
  }
}

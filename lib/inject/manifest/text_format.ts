/**
 * How a document is laid out, so that what is added looks like what is there.
 *
 * @module
 */

import type { JsonFormat } from "./json_printer.ts";
import type { SourceMapping, SourceNode } from "./source_tree.ts";
import { isFirstOnLine, lineStart } from "./splice.ts";
import type { BlockFormat } from "./yaml_printer.ts";

/** The layout of a document. */
export interface TextFormat {
  readonly notation: "yaml" | "json";
  /** The line end. */
  readonly newline: string;
  readonly block: BlockFormat;
  readonly json: JsonFormat;
}

/** The layout of a document's text, as far as it shows; else what is customary. */
export function detectFormat(
  text: string,
  root: SourceNode,
  notation: "yaml" | "json",
): TextFormat {
  const newline = /\r?\n/.exec(text)?.[0] ?? "\n";
  return {
    notation,
    newline,
    block: {
      step: findStep(text, root) ?? 2,
      sequenceOffset: findSequenceOffset(text, root) ?? 2,
    },
    json: detectJsonFormat(text, root, newline),
  };
}

/** The layout next to a map: how its own lists are indented, if it has any. */
export function localFormat(
  text: string,
  mapping: SourceMapping,
  format: BlockFormat,
): BlockFormat {
  return {
    step: stepOf(text, mapping) ?? format.step,
    sequenceOffset: sequenceOffsetOf(text, mapping) ?? format.sequenceOffset,
  };
}

/** The column, from 0, of an offset. */
export function columnOf(text: string, offset: number): number {
  return offset - lineStart(text, offset);
}

function stepOf(text: string, mapping: SourceMapping): number | undefined {
  return offsetOf(text, mapping, "mapping", 1);
}

function sequenceOffsetOf(
  text: string,
  mapping: SourceMapping,
): number | undefined {
  return offsetOf(text, mapping, "sequence", 0);
}

/** How far the first block value of a type is indented from the map it is in. */
function offsetOf(
  text: string,
  mapping: SourceMapping,
  type: "mapping" | "sequence",
  least: number,
): number | undefined {
  if (mapping.flow) return undefined;
  const column = columnOf(text, mapping.bodyStart);
  for (const { value } of mapping.entries) {
    if (value.type !== type || value.flow) continue;
    if (!isFirstOnLine(text, value.bodyStart)) continue;
    const offset = columnOf(text, value.bodyStart) - column;
    if (offset >= least) return offset;
  }
  return undefined;
}

function findStep(text: string, node: SourceNode): number | undefined {
  return findFirst(node, (mapping) => stepOf(text, mapping));
}

function findSequenceOffset(
  text: string,
  node: SourceNode,
): number | undefined {
  return findFirst(node, (mapping) => sequenceOffsetOf(text, mapping));
}

/** The first answer that a map of the tree gives, from the top down. */
function findFirst(
  node: SourceNode,
  ask: (mapping: SourceMapping) => number | undefined,
): number | undefined {
  if (node.type === "scalar" || node.type === "alias") return undefined;
  if (node.type === "mapping") {
    const answer = ask(node);
    if (answer !== undefined) return answer;
  }
  const children = node.type === "mapping" ? node.entries : node.items;
  for (const { value } of children) {
    const answer = findFirst(value, ask);
    if (answer !== undefined) return answer;
  }
  return undefined;
}

function detectJsonFormat(
  text: string,
  root: SourceNode,
  newline: string,
): JsonFormat {
  const colon = /"\s*:(\s?)/.exec(text.slice(root.start))?.[1] ?? " ";
  const comma = /,( ?)(?=\S)/.exec(text.slice(root.start))?.[1] ?? " ";
  return {
    indent: jsonIndent(text, root),
    colon: `:${colon}`,
    comma: `,${comma}`,
    newline,
  };
}

function jsonIndent(text: string, root: SourceNode): string | undefined {
  if (root.type === "scalar" || root.type === "alias") return undefined;
  const [first] = root.type === "mapping" ? root.entries : root.items;
  if (first === undefined || !isFirstOnLine(text, first.start)) {
    return undefined;
  }
  const outer = lineIndent(text, root.start);
  const inner = lineIndent(text, first.start);
  return inner.startsWith(outer) ? inner.slice(outer.length) : inner;
}

/** The white space with which the line of an offset starts. */
export function lineIndent(text: string, offset: number): string {
  const start = lineStart(text, offset);
  return /^[ \t]*/.exec(text.slice(start, offset))?.[0] ?? "";
}

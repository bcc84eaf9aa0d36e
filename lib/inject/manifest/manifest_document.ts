/**
 * A manifest document that has been read: its value as kubectl reads it, and
 * what is needed to find and edit each part of its text.
 *
 * @module
 */

import type { JsonValue } from "../../kube/json.ts";
import { parsePointer } from "../../kube/json_pointer.ts";
import { jsonStart, readJson } from "./json_reader.ts";
import { readPlainYaml } from "./plain_yaml_reader.ts";
import {
  positionAt,
  type SourceDocument,
  type SourcePosition,
} from "./source_document.ts";
import type { SourceNode } from "./source_tree.ts";
import { documentValue, effectiveEntries } from "./source_value.ts";
import { readYaml } from "./yaml_reader.ts";

/** A document that has been read. */
export interface ManifestDocument {
  /** The text it was read from. */
  readonly source: SourceDocument;
  /** The notation it is written in; edits stay in it. */
  readonly kind: "yaml" | "json";
  /**
   * The value, with aliases and merge keys resolved into copies of their own;
   * undefined for a document that holds nothing but comments, or null.
   */
  readonly value: JsonValue | undefined;
  /** The root of the text's structure; undefined where nothing is written. */
  readonly root: SourceNode | undefined;
  /**
   * Where the value at a JSON Pointer (RFC 6901) is written in the file: a
   * member at its key, a list's item at its first character. For a pointer
   * that leads nowhere, the nearest value above it.
   */
  locate(pointer: string): SourcePosition;
}

/**
 * Reads a document as kubectl does: a text that is JSON as JSON, all else as
 * YAML with kubectl's view of plain scalars (`on` is true, `0777` is 511).
 * Stricter than kubectl in one point: a key that stands twice is an error.
 *
 * @throws {McaError} `manifest`, with file, document, line and column: the text
 *   is neither, or holds what no Kubernetes object can hold
 *
 * @example
 * ```ts
 * import { parseDocument } from "./manifest_document.ts";
 *
 * const text = "kind: Pod\nspec:\n  hostNetwork: off\n";
 * const document = parseDocument({ text, index: 1, startLine: 1 });
 * console.log(document.value); // { kind: "Pod", spec: { hostNetwork: false } }
 * console.log(document.locate("/spec/hostNetwork")); // { line: 3, column: 3 }
 * ```
 */
export function parseDocument(source: SourceDocument): ManifestDocument {
  const start = jsonStart(source.text);
  const root = start === undefined
    ? readAnyYaml(source)
    : readJson(source, start);
  const value = root === undefined ? null : documentValue(source, root);
  return {
    source,
    kind: start === undefined ? "yaml" : "json",
    value: value === null ? undefined : value,
    root,
    locate: (pointer) => positionAt(source, offsetOf(root, pointer)),
  };
}

/** Most manifests are plain enough for the fast reader; the full one decides on the others. */
function readAnyYaml(source: SourceDocument): SourceNode | undefined {
  const plain = readPlainYaml(source.text);
  return plain === "unsupported" ? readYaml(source) : plain.root;
}

function offsetOf(root: SourceNode | undefined, pointer: string): number {
  let offset = root?.start ?? 0;
  let node = root;
  for (const token of parsePointer(pointer)) {
    const target: SourceNode | undefined = node?.type === "alias"
      ? node.target
      : node;
    if (target?.type === "sequence") {
      const item = /^\d+$/.test(token)
        ? target.items[Number(token)]
        : undefined;
      if (item === undefined) return offset;
      offset = item.value.start;
      node = item.value;
    } else if (target?.type === "mapping") {
      const entry = effectiveEntries(target).get(token);
      if (entry === undefined) return offset;
      offset = entry.keyStart;
      node = entry.value;
    } else {
      return offset;
    }
  }
  return offset;
}

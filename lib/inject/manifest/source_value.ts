/**
 * The JSON value that a source tree stands for.
 *
 * @module
 */

import type { JsonObject, JsonValue } from "../../kube/json.ts";
import { MAX_ALIASED_NODES } from "./limits.ts";
import { readingError } from "./reading_error.ts";
import type { SourceDocument } from "./source_document.ts";
import type { SourceMapping, SourceNode } from "./source_tree.ts";

/** Called for each node that an alias or a merge key repeats. */
type OnRepeated = (node: SourceNode) => void;

/**
 * The value of a document's tree, with aliases and merge keys resolved into
 * copies, so that no two places of the value share an object.
 *
 * @throws {McaError} `manifest`: aliases stand for more than
 *   {@link MAX_ALIASED_NODES} nodes
 */
export function documentValue(
  source: SourceDocument,
  root: SourceNode,
): JsonValue {
  let repeated = 0;
  return valueOf(root, (node) => {
    if (++repeated <= MAX_ALIASED_NODES) return;
    throw readingError(
      source,
      node.start,
      `The aliases stand for more than ${MAX_ALIASED_NODES} values`,
      "Write the values out, or remove the aliases of aliases.",
    );
  });
}

/** The value of a node. */
export function valueOf(
  node: SourceNode,
  onRepeated: OnRepeated = () => {},
): JsonValue {
  return evaluate(node, onRepeated, false);
}

/** What a map holds under a key. */
export interface EffectiveEntry {
  readonly value: SourceNode;
  /** Where its key is written. */
  readonly keyStart: number;
  /** Whether a merge key brings it. */
  readonly merged: boolean;
}

/**
 * The entries that count in a map, merge keys resolved. As in kubectl's parser
 * a later entry replaces an earlier one, whether it is merged or not, and in a
 * list of merged maps the first wins.
 */
export function effectiveEntries(
  mapping: SourceMapping,
  onRepeated: OnRepeated = () => {},
): Map<string, EffectiveEntry> {
  const entries = new Map<string, EffectiveEntry>();
  collect(mapping, false, entries, onRepeated);
  return entries;
}

/** Whether a map has a merge key, so that its entries are not all that counts. */
export function hasMerge({ entries }: SourceMapping): boolean {
  return entries.some(({ merge }) => merge);
}

/** The maps that a merge key's value names, in the order in which they apply. */
export function mergedMappings(value: SourceNode): SourceMapping[] {
  const target = value.type === "alias" ? value.target : value;
  if (target.type === "mapping") return [target];
  if (target.type !== "sequence") return [];
  return target.items.flatMap((item) => mergedMappings(item.value)).reverse();
}

/** Sets a member, also one named `__proto__`. */
export function setMember(
  object: JsonObject,
  key: string,
  value: JsonValue,
): void {
  if (key !== "__proto__") {
    object[key] = value;
    return;
  }
  Object.defineProperty(object, key, {
    value,
    enumerable: true,
    configurable: true,
    writable: true,
  });
}

function collect(
  mapping: SourceMapping,
  merged: boolean,
  into: Map<string, EffectiveEntry>,
  onRepeated: OnRepeated,
): void {
  for (const { start: keyStart, key, value, merge } of mapping.entries) {
    if (merged) onRepeated(value);
    if (!merge) {
      into.set(key, { value, keyStart, merged });
      continue;
    }
    for (const each of mergedMappings(value)) {
      collect(each, true, into, onRepeated);
    }
  }
}

function evaluate(
  node: SourceNode,
  onRepeated: OnRepeated,
  repeated: boolean,
): JsonValue {
  if (repeated) onRepeated(node);
  switch (node.type) {
    case "scalar":
      return node.value;
    case "alias":
      return evaluate(node.target, onRepeated, true);
    case "sequence":
      return node.items.map((item) =>
        evaluate(item.value, onRepeated, repeated)
      );
    case "mapping": {
      const object: JsonObject = {};
      if (!hasMerge(node)) {
        for (const { key, value } of node.entries) {
          setMember(object, key, evaluate(value, onRepeated, repeated));
        }
        return object;
      }
      for (const [key, entry] of effectiveEntries(node, onRepeated)) {
        const value = evaluate(
          entry.value,
          onRepeated,
          repeated || entry.merged,
        );
        setMember(object, key, value);
      }
      return object;
    }
  }
}

/**
 * Whether drafts and source nodes stand for the same value, without making
 * that value: integers beyond 2^53 are compared by their digits.
 *
 * @module
 */

import { isJsonObject, type JsonValue } from "../../kube/json.ts";
import type { Draft } from "./draft.ts";
import { hasMerge } from "./source_value.ts";
import type { SourceNode } from "./source_tree.ts";
import { type Content, draftContent, nodeContent } from "./content.ts";

/** Whether two drafts stand for the same value; the order of entries does not count. */
export function isSameDraft(a: Draft, b: Draft): boolean {
  if (a.type === "source" && b.type === "source") {
    return isSameNode(a.node, b.node);
  }
  return isSameContent(draftContent(a), draftContent(b));
}

/** Whether a draft stands for the value of a node. */
export function isSameAsNode(draft: Draft, node: SourceNode): boolean {
  if (draft.type === "source") return isSameNode(draft.node, node);
  if (draft.type === "value") return isValueOf(draft.value, node);
  return isSameContent(draftContent(draft), nodeContent(node));
}

/** Whether a node, aliases and merge keys resolved, has a value. */
function isValueOf(value: JsonValue, node: SourceNode): boolean {
  if (node.type === "alias") return isValueOf(value, node.target);
  if (node.type === "scalar") return value === node.value;
  if (node.type === "sequence") {
    return Array.isArray(value) && value.length === node.items.length &&
      node.items.every((item, index) => {
        const part = value[index];
        return part !== undefined && isValueOf(part, item.value);
      });
  }
  if (!isJsonObject(value)) return false;
  const entries = hasMerge(node) ? undefined : node.entries;
  if (entries === undefined) {
    return isSameContent(
      draftContent({ type: "value", value }),
      nodeContent(node),
    );
  }
  return Object.keys(value).length === entries.length &&
    entries.every((entry) => {
      const part = Object.hasOwn(value, entry.key)
        ? value[entry.key]
        : undefined;
      return part !== undefined && isValueOf(part, entry.value);
    });
}

/** Nodes of the same shape are compared as they are; most are when a text was edited. */
function isSameNode(a: SourceNode, b: SourceNode): boolean {
  if (a === b) return true;
  if (a.type === "sequence" && b.type === "sequence") {
    return a.items.length === b.items.length &&
      a.items.every(({ value }, index) => {
        const other = b.items[index];
        return other !== undefined && isSameNode(value, other.value);
      });
  }
  if (a.type === "mapping" && b.type === "mapping") {
    const isAlike = a.entries.length === b.entries.length &&
      a.entries.every(({ key, merge }, index) =>
        !merge && key === b.entries[index]?.key && !b.entries[index]?.merge
      );
    if (isAlike) {
      return a.entries.every(({ value }, index) => {
        const other = b.entries[index];
        return other !== undefined && isSameNode(value, other.value);
      });
    }
  }
  return isSameContent(nodeContent(a), nodeContent(b));
}

function isSameContent(a: Content, b: Content): boolean {
  if (a.type === "scalar") {
    return b.type === "scalar" && a.value === b.value &&
      (a.digits === b.digits || a.digits === undefined ||
        b.digits === undefined);
  }
  if (a.type === "sequence") {
    return b.type === "sequence" && a.items.length === b.items.length &&
      a.items.every((item, index) => {
        const other = b.items[index];
        return other !== undefined && isSameDraft(item, other);
      });
  }
  if (b.type !== "mapping" || a.entries.size !== b.entries.size) return false;
  for (const [key, entry] of a.entries) {
    const other = b.entries.get(key);
    if (other === undefined || !isSameDraft(entry, other)) return false;
  }
  return true;
}

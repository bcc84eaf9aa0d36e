/**
 * Whether drafts and source nodes stand for the same value, without making
 * that value: integers beyond 2^53 are compared by their digits.
 *
 * @module
 */

import type { Draft } from "./draft.ts";
import type { SourceNode } from "./source_tree.ts";
import { type Content, draftContent, nodeContent } from "./content.ts";

/** Whether two drafts stand for the same value; the order of entries does not count. */
export function isSameDraft(a: Draft, b: Draft): boolean {
  if (a.type === "source" && b.type === "source" && a.node === b.node) {
    return true;
  }
  return isSameContent(draftContent(a), draftContent(b));
}

/** Whether a draft stands for the value of a node. */
export function isSameAsNode(draft: Draft, node: SourceNode): boolean {
  if (draft.type === "source" && draft.node === node) return true;
  return isSameContent(draftContent(draft), nodeContent(node));
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

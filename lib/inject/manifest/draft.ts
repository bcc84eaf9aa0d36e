/**
 * A document's value while a patch is applied to it: what stays as it is
 * written, and what is new.
 *
 * @module
 */

import { McaError } from "../../errors.ts";
import type { JsonValue } from "../../kube/json.ts";
import type { JsonPatch, JsonPatchOperation } from "../../kube/json_patch.ts";
import { parsePointer } from "../../kube/json_pointer.ts";
import { draftContent } from "./content.ts";
import { isSameAsNode, isSameDraft } from "./draft_equality.ts";
import type { SourceNode } from "./source_tree.ts";

/** A value as it will be. */
export type Draft =
  | { readonly type: "source"; readonly node: SourceNode }
  | { readonly type: "value"; readonly value: JsonValue }
  | DraftMapping
  | DraftSequence;

/** A map in which something changes. */
export interface DraftMapping {
  readonly type: "mapping";
  /** The map or alias it is made of; undefined for a new map. */
  readonly node: SourceNode | undefined;
  readonly entries: Map<string, Draft>;
}

/** A list in which something changes. */
export interface DraftSequence {
  readonly type: "sequence";
  /** The list or alias it is made of; undefined for a new list. */
  readonly node: SourceNode | undefined;
  readonly items: Draft[];
}

/**
 * The tree with a patch applied (RFC 6902). The tree itself is not changed.
 *
 * @throws {McaError} `manifest` where an operation does not fit the document
 */
export function applyToTree(root: SourceNode, patch: JsonPatch): Draft {
  let draft: Draft = { type: "source", node: root };
  for (const operation of patch) {
    draft = applyAt(draft, parsePointer(operation.path), operation);
  }
  return draft;
}

function applyAt(
  draft: Draft,
  path: readonly string[],
  operation: JsonPatchOperation,
): Draft {
  const [token, ...rest] = path;
  if (token === undefined) return applyHere(draft, operation);
  const opened = openDraft(draft);
  if (opened?.type === "mapping") {
    applyToMapping(opened, token, rest, operation);
  } else if (opened?.type === "sequence") {
    applyToSequence(opened, token, rest, operation);
  } else {
    throw misfit(operation, "has no such place");
  }
  return opened;
}

function applyHere(draft: Draft, operation: JsonPatchOperation): Draft {
  if (operation.op === "remove") throw misfit(operation, "leaves nothing");
  const value: Draft = { type: "value", value: operation.value };
  if (operation.op === "test") {
    if (isSameDraft(draft, value)) return draft;
    throw misfit(operation, "found another value");
  }
  return draft.type === "source" ? reconcile(value, draft.node) : value;
}

/**
 * A value that is to stand where a node is written, made of as much of the node
 * as has the same value, so that this much need not be written anew.
 */
export function reconcile(draft: Draft, node: SourceNode): Draft {
  if (draft.type !== "value") return draft;
  if (isSameAsNode(draft, node)) return { type: "source", node };
  const content = draftContent(draft);
  const opened = openDraft({ type: "source", node });
  if (content.type === "mapping" && opened?.type === "mapping") {
    const entries = new Map<string, Draft>();
    for (const [key, value] of content.entries) {
      const old = opened.entries.get(key);
      entries.set(
        key,
        old?.type === "source" ? reconcile(value, old.node) : value,
      );
    }
    return { type: "mapping", node, entries };
  }
  if (content.type === "sequence" && opened?.type === "sequence") {
    const items = reconcileItems(content.items, opened.items);
    return { type: "sequence", node, items };
  }
  return draft;
}

/** Equal items at both ends stay; those between are taken in pairs. */
function reconcileItems(
  items: readonly Draft[],
  old: readonly Draft[],
): Draft[] {
  const most = Math.min(items.length, old.length);
  const isKept = (at: number, oldAt: number): boolean => {
    const [item, before] = [items[at], old[oldAt]];
    return item !== undefined && before !== undefined &&
      isSameDraft(item, before);
  };
  let head = 0;
  while (head < most && isKept(head, head)) head++;
  let tail = 0;
  while (
    tail < most - head &&
    isKept(items.length - 1 - tail, old.length - 1 - tail)
  ) tail++;
  return items.map((item, at) => {
    const fromEnd = items.length - at;
    const isBetween = at >= head && fromEnd > tail;
    const oldAt = fromEnd <= tail ? old.length - fromEnd : at;
    const before = isBetween && at >= old.length - tail
      ? undefined
      : old[oldAt];
    return before?.type === "source" ? reconcile(item, before.node) : item;
  });
}

function applyToMapping(
  mapping: DraftMapping,
  key: string,
  rest: readonly string[],
  operation: JsonPatchOperation,
): void {
  const { entries } = mapping;
  const child = entries.get(key);
  if (child === undefined) {
    if (operation.op !== "add" || rest.length > 0) {
      throw misfit(operation, "has no such place");
    }
    entries.set(key, { type: "value", value: operation.value });
  } else if (operation.op === "remove" && rest.length === 0) {
    entries.delete(key);
  } else {
    entries.set(key, applyAt(child, rest, operation));
  }
}

function applyToSequence(
  sequence: DraftSequence,
  token: string,
  rest: readonly string[],
  operation: JsonPatchOperation,
): void {
  const { items } = sequence;
  const inserts = operation.op === "add" && rest.length === 0;
  const last = inserts ? items.length : items.length - 1;
  // RFC 6901, section 4: "-", or digits without leading zeros.
  const index = token === "-" && inserts
    ? items.length
    : /^(0|[1-9][0-9]*)$/.test(token)
    ? Number(token)
    : Infinity;
  if (index > last) throw misfit(operation, "has no such place");
  const child = items[index];
  if (inserts) {
    items.splice(index, 0, { type: "value", value: operation.value });
  } else if (operation.op === "remove" && rest.length === 0) {
    items.splice(index, 1);
  } else if (child !== undefined) {
    items[index] = applyAt(child, rest, operation);
  }
}

/** The draft as one whose parts can change; undefined for a scalar. */
export function openDraft(
  draft: Draft,
): DraftMapping | DraftSequence | undefined {
  if (draft.type === "mapping" || draft.type === "sequence") return draft;
  const content = draftContent(draft);
  const node = draft.type === "source" ? draft.node : undefined;
  if (content.type === "sequence") {
    return { type: "sequence", node, items: [...content.items] };
  }
  return content.type === "mapping"
    ? { type: "mapping", node, entries: new Map(content.entries) }
    : undefined;
}

function misfit(operation: JsonPatchOperation, why: string): McaError {
  return new McaError(
    "manifest",
    `Patch operation ${operation.op} at ${operation.path || "the root"} ${why}`,
    { hint: "The patch was made for another object; make it anew." },
  );
}

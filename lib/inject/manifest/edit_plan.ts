/**
 * What an edit does to the entries of a map or the items of a list.
 *
 * @module
 */

import { isSameAsNode } from "./draft_equality.ts";
import type { Draft, DraftMapping, DraftSequence } from "./draft.ts";
import type { SourceMapping, SourceSequence } from "./source_tree.ts";
import { effectiveEntries } from "./source_value.ts";

/** A new entry or item; the key is undefined in a list. */
export interface NewElement {
  readonly key: string | undefined;
  readonly value: Draft;
}

/** What becomes of each element, and what comes between them. */
export interface EditPlan {
  /** For each element as written: its value, or undefined where it goes. */
  readonly kept: readonly (Draft | undefined)[];
  /** What comes in front of each element, and last behind them all. */
  readonly inserted: readonly (readonly NewElement[])[];
}

/**
 * The plan for a map; undefined where entries alone cannot express it: a merged
 * key is to go, or the value that counts is not the one written under the key.
 */
export function planMapping(
  node: SourceMapping,
  draft: DraftMapping,
): EditPlan | undefined {
  const effective = effectiveEntries(node);
  const written = new Set<string>();
  const kept: (Draft | undefined)[] = [];
  for (const { key, value, merge } of node.entries) {
    const now = draft.entries.get(key);
    const isShadowed = !merge && effective.get(key)?.value !== value;
    if (merge || (isShadowed && isUntouched(now, effective.get(key)?.value))) {
      kept.push({ type: "source", node: value });
    } else if (isShadowed) {
      return undefined;
    } else {
      kept.push(now);
    }
    if (!merge) written.add(key);
  }
  const added: NewElement[] = [];
  for (const [key, value] of draft.entries) {
    const merged = effective.get(key)?.value;
    if (written.has(key) || isUntouched(value, merged)) continue;
    added.push({ key, value });
  }
  for (const key of effective.keys()) {
    if (!written.has(key) && !draft.entries.has(key)) return undefined;
  }
  return { kept, inserted: [...node.entries.map(() => []), added] };
}

function isUntouched(
  draft: Draft | undefined,
  node: SourceMapping["entries"][number]["value"] | undefined,
): boolean {
  return draft !== undefined && node !== undefined && isSameAsNode(draft, node);
}

/** The plan for a list. An item that goes where another comes is replaced by it. */
export function planSequence(
  node: SourceSequence,
  draft: DraftSequence,
): EditPlan {
  const kept: (Draft | undefined)[] = node.items.map(() => undefined);
  const inserted: NewElement[][] = [...node.items, undefined].map(() => []);
  const indexes = new Map(node.items.map(({ value }, at) => [value, at]));
  let next = 0;
  let pending: Draft[] = [];
  const settle = (end: number): void => {
    for (let at = next; at < end && pending.length > 0; at++) {
      kept[at] = pending.shift();
    }
    for (const value of pending) {
      inserted[end]?.push({ key: undefined, value });
    }
    pending = [];
  };
  for (const item of draft.items) {
    const origin = item.type === "value" ? undefined : item.node;
    const at = origin === undefined ? undefined : indexes.get(origin);
    if (at === undefined || at < next) {
      pending.push(item);
      continue;
    }
    settle(at);
    kept[at] = item;
    next = at + 1;
  }
  settle(node.items.length);
  return { kept, inserted };
}

/**
 * What an edit does to the entries of a map or the items of a list.
 *
 * @module
 */

import { draftContent, nodeContent } from "./content.ts";
import { isSameDraft } from "./draft_equality.ts";
import {
  type Draft,
  type DraftMapping,
  type DraftSequence,
  reconcile,
} from "./draft.ts";
import type {
  SourceAlias,
  SourceEntry,
  SourceMapping,
  SourceNode,
  SourceSequence,
} from "./source_tree.ts";

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

/** The index of the last element that stays in front of one; -1 for none. */
export function keptBefore({ kept }: EditPlan, at: number): number {
  let index = at - 1;
  while (index >= 0 && kept[index] === undefined) index--;
  return index;
}

/** The index of the first element that stays behind one; the length for none. */
export function keptAfter({ kept }: EditPlan, at: number): number {
  let index = at + 1;
  while (index < kept.length && kept[index] === undefined) index++;
  return index;
}

/** What an alias stands for at its place in the edited text; undefined for nothing. */
export type AliasReading = (alias: SourceAlias) => Draft | undefined;

/**
 * The plan for a map; undefined where entries alone cannot express it: a merged
 * key is to go, or the value that counts is not the one written under the key.
 *
 * @param read what the aliases in merge keys are taken for; they will be made
 *   to stand for that
 */
export function planMapping(
  node: SourceMapping,
  draft: DraftMapping,
  read: AliasReading,
): EditPlan | undefined {
  const merges = node.entries.map(({ merge, value }) =>
    merge ? readMerge(value, read) : undefined
  );
  const effective = effectiveDrafts(node, merges);
  if (effective === undefined) return undefined;
  const written = new Set(
    node.entries.flatMap(({ key, merge }) => merge ? [] : [key]),
  );
  for (const key of effective.keys()) {
    if (!draft.entries.has(key) && !written.has(key)) return undefined;
  }
  const kept: (Draft | undefined)[] = [];
  for (const [at, { key, value, merge }] of node.entries.entries()) {
    const now = merge ? merges[at] : draft.entries.get(key);
    const counts = effective.get(key);
    const isShadowed = !merge && counts?.entry !== node.entries[at];
    if (isShadowed && !(now && counts && isSameDraft(now, counts.value))) {
      return undefined;
    }
    kept.push(isShadowed ? { type: "source", node: value } : now);
  }
  const added: NewElement[] = [];
  for (const [key, value] of draft.entries) {
    if (written.has(key)) continue;
    const merged = effective.get(key)?.value;
    if (merged === undefined || !isSameDraft(value, merged)) {
      added.push({ key, value });
    }
  }
  return { kept, inserted: [...node.entries.map(() => []), added] };
}

/** A merge key's value with its aliases read. */
function readMerge(value: SourceNode, read: AliasReading): Draft | undefined {
  if (value.type === "alias") return read(value);
  if (value.type !== "sequence") return { type: "source", node: value };
  const items: Draft[] = [];
  for (const item of value.items) {
    const draft = readMerge(item.value, read);
    if (draft === undefined) return undefined;
    items.push(draft);
  }
  return { type: "sequence", node: value, items };
}

/** What counts under a key, and the entry it is written in unless it is merged. */
interface EffectiveDraft {
  readonly value: Draft;
  readonly entry: SourceEntry | undefined;
}

/** As `effectiveEntries`, with the merges as read. */
function effectiveDrafts(
  node: SourceMapping,
  merges: readonly (Draft | undefined)[],
): Map<string, EffectiveDraft> | undefined {
  const effective = new Map<string, EffectiveDraft>();
  for (const [at, entry] of node.entries.entries()) {
    if (!entry.merge) {
      const value: Draft = { type: "source", node: entry.value };
      effective.set(entry.key, { value, entry });
      continue;
    }
    const merge = merges[at];
    const content = merge === undefined ? undefined : draftContent(merge);
    if (content === undefined) return undefined;
    const isList = content.type === "sequence" &&
      entry.value.type === "sequence";
    const sources = isList
      ? [...content.items].reverse().map(draftContent)
      : [content];
    for (const source of sources) {
      if (source.type !== "mapping") return undefined;
      for (const [key, value] of source.entries) {
        effective.set(key, { value, entry: undefined });
      }
    }
  }
  return effective;
}

/** What tells the objects of a list apart in Kubernetes (list-map keys). */
const IDENTITIES = ["name", "mountPath"] as const;

/** Whether a value is about another thing than the node it comes in the place of. */
function isAnother(value: Draft, node: SourceNode): boolean {
  const [now, old] = [draftContent(value), nodeContent(node)];
  if (now.type !== "mapping" || old.type !== "mapping") return false;
  return IDENTITIES.some((key) => {
    const [a, b] = [now.entries.get(key), old.entries.get(key)];
    return a !== undefined && b !== undefined && !isSameDraft(a, b);
  });
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
      const value = pending.shift();
      const old = node.items[at]?.value;
      kept[at] = value === undefined || old === undefined ||
          isAnother(value, old)
        ? value
        : reconcile(value, old);
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

/**
 * Which items of a list stayed when it became another list.
 *
 * @module
 */

import { isJsonObject, type JsonValue } from "./json.ts";
import { isEqual } from "./json_equality.ts";

/** What tells an item of a list from the others. */
function identify(item: JsonValue): string {
  if (isJsonObject(item)) {
    const { mountPath, name } = item;
    if (typeof mountPath === "string") return `mountPath ${mountPath}`;
    if (typeof name === "string") return `name ${name}`;
  }
  return `value ${JSON.stringify(item)}`;
}

/** A pair of indices: an item's place before and after. */
export type IndexPair = readonly [before: number, after: number];

/** The items that stayed: pairs of equal identity, in an order that both lists keep. */
export function alignLists(
  before: readonly JsonValue[],
  after: readonly JsonValue[],
): IndexPair[] {
  const from = before.map(identify);
  const to = after.map(identify);
  const pairs: IndexPair[] = [];
  let head = 0;
  while (
    head < from.length && head < to.length &&
    isSame(from, to, before, after, head, head)
  ) pairs.push([head, head++]);
  const tail: IndexPair[] = [];
  let [lastFrom, lastTo] = [from.length - 1, to.length - 1];
  while (
    lastFrom >= head && lastTo >= head &&
    isSame(from, to, before, after, lastFrom, lastTo)
  ) tail.push([lastFrom--, lastTo--]);
  const middle = pairByIdentity(from, to, head, lastFrom + 1, lastTo + 1);
  // No number of changed items outweighs one that is unchanged.
  const unchanged = middle.length + 1;
  const weigh = ([a, b]: IndexPair) =>
    isEqual(before[a], after[b]) ? unchanged : 1;
  return [...pairs, ...heaviestChain(middle, weigh), ...tail.reverse()];
}

function isSame(
  from: readonly string[],
  to: readonly string[],
  before: readonly JsonValue[],
  after: readonly JsonValue[],
  a: number,
  b: number,
): boolean {
  return from[a] === to[b] && isEqual(before[a], after[b]);
}

/** Pairs of equal identity between the ends, the n-th of a kind with the n-th, in the order of `to`. */
function pairByIdentity(
  from: readonly string[],
  to: readonly string[],
  start: number,
  fromEnd: number,
  toEnd: number,
): IndexPair[] {
  const places = new Map<string, number[]>();
  for (let index = fromEnd - 1; index >= start; index--) {
    const identity = from[index] ?? "";
    const indices = places.get(identity);
    if (indices === undefined) places.set(identity, [index]);
    else indices.push(index);
  }
  const pairs: IndexPair[] = [];
  for (let index = start; index < toEnd; index++) {
    const place = places.get(to[index] ?? "")?.pop();
    if (place !== undefined) pairs.push([place, index]);
  }
  return pairs;
}

/**
 * Of pairs in the order of their second index, those of the most weight whose
 * first indices rise too: an unchanged item is kept rather than a changed one.
 * A Fenwick tree over the first index holds the best chain up to there, so that
 * long lists take n log n steps.
 */
function heaviestChain(
  pairs: readonly IndexPair[],
  weigh: (pair: IndexPair) => number,
): IndexPair[] {
  interface Link {
    readonly pair: IndexPair;
    readonly weight: number;
    readonly previous: Link | undefined;
  }
  const size = pairs.reduce((most, [a]) => Math.max(most, a + 1), 0);
  const tree: (Link | undefined)[] = new Array(size + 1).fill(undefined);
  for (const pair of pairs) {
    let previous: Link | undefined;
    for (let index = pair[0]; index > 0; index -= index & -index) {
      const link = tree[index];
      if ((link?.weight ?? 0) > (previous?.weight ?? 0)) previous = link;
    }
    const link = {
      pair,
      weight: (previous?.weight ?? 0) + weigh(pair),
      previous,
    };
    for (let index = pair[0] + 1; index <= size; index += index & -index) {
      if ((tree[index]?.weight ?? 0) < link.weight) tree[index] = link;
    }
  }
  const chain: IndexPair[] = [];
  let best: Link | undefined;
  for (let index = size; index > 0; index -= index & -index) {
    const link = tree[index];
    if ((link?.weight ?? 0) > (best?.weight ?? 0)) best = link;
  }
  for (let link = best; link !== undefined; link = link.previous) {
    chain.push(link.pair);
  }
  return chain.reverse();
}

/**
 * The difference of two texts, line by line.
 *
 * @see Eugene W. Myers, "An O(ND) Difference Algorithm and Its Variations", Algorithmica 1 (1986)
 *
 * @module
 */

/** Lines that were replaced by others; either side may be empty. */
export interface Hunk {
  /** The index of the first line of `before` that goes. */
  readonly beforeStart: number;
  readonly beforeCount: number;
  /** The index of the first line of `after` that comes. */
  readonly afterStart: number;
  readonly afterCount: number;
}

/** The lines of a text, each with its line end; joined they are the text. */
export function splitLines(text: string): string[] {
  return text === "" ? [] : text.split(/(?<=\n)/);
}

/** Beyond so many edits the rest counts as one change: the search takes time and memory with their square. */
const MAX_EDITS = 2000;

/**
 * The hunks that make `after` of `before`, in order; the fewest lines changed,
 * within reason.
 *
 * @example
 * ```ts
 * import { diffLines } from "./line_diff.ts";
 *
 * console.log(diffLines(["a\n", "c\n"], ["a\n", "b\n", "c\n"]));
 * // [{ beforeStart: 1, beforeCount: 0, afterStart: 1, afterCount: 1 }]
 * ```
 */
export function diffLines(
  before: readonly string[],
  after: readonly string[],
): Hunk[] {
  const least = Math.min(before.length, after.length);
  let head = 0;
  while (head < least && before[head] === after[head]) head++;
  let tail = 0;
  while (
    tail < least - head &&
    before[before.length - 1 - tail] === after[after.length - 1 - tail]
  ) tail++;
  const beforeEnd = before.length - tail;
  const afterEnd = after.length - tail;
  const kept = keptLines(
    before.slice(head, beforeEnd),
    after.slice(head, afterEnd),
  );
  const hunks: Hunk[] = [];
  let [b, a] = [head, head];
  const ends: readonly (readonly [number, number])[] = [
    ...kept.map(([x, y]) => [x + head, y + head] as const),
    [beforeEnd, afterEnd],
  ];
  for (const [x, y] of ends) {
    if (x > b || y > a) {
      hunks.push({
        beforeStart: b,
        beforeCount: x - b,
        afterStart: a,
        afterCount: y - a,
      });
    }
    [b, a] = [x + 1, y + 1];
  }
  return hunks;
}

/** The pairs of lines that both texts keep. */
function keptLines(
  before: readonly string[],
  after: readonly string[],
): [number, number][] {
  if (before.length === 0 || after.length === 0) return [];
  const most = Math.min(before.length + after.length, MAX_EDITS);
  const furthest = new Map<number, number>([[1, 0]]);
  const trace: Map<number, number>[] = [];
  for (let edits = 0; edits <= most; edits++) {
    trace.push(new Map(furthest));
    for (let diagonal = -edits; diagonal <= edits; diagonal += 2) {
      let x = startOf(furthest, diagonal, edits);
      while (
        x < before.length && x - diagonal < after.length &&
        before[x] === after[x - diagonal]
      ) x++;
      furthest.set(diagonal, x);
      if (x >= before.length && x - diagonal >= after.length) {
        return walkBack(trace, before.length, after.length);
      }
    }
  }
  return [];
}

/** Where on the diagonal the next edit leads to: down from the one above, or right from the one below. */
function startOf(
  furthest: ReadonlyMap<number, number>,
  diagonal: number,
  edits: number,
): number {
  const below = furthest.get(diagonal - 1) ?? -1;
  const above = furthest.get(diagonal + 1) ?? -1;
  return diagonal === -edits || (diagonal !== edits && below < above)
    ? above
    : below + 1;
}

function walkBack(
  trace: readonly ReadonlyMap<number, number>[],
  x: number,
  y: number,
): [number, number][] {
  const pairs: [number, number][] = [];
  for (let edits = trace.length - 1; edits >= 0; edits--) {
    const furthest = trace[edits] ?? new Map<number, number>();
    const diagonal = x - y;
    const start = startOf(furthest, diagonal, edits);
    while (x > start && y > start - diagonal) pairs.push([--x, --y]);
    if (edits === 0) break;
    const above = (furthest.get(diagonal + 1) ?? -1) === start &&
      (diagonal === -edits || start !== (furthest.get(diagonal - 1) ?? -2) + 1);
    if (above) y--;
    else x--;
  }
  return pairs.reverse();
}

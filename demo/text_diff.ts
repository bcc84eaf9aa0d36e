/**
 * The difference of two texts in unified format.
 *
 * @module
 */

import { diffLines, type Hunk, splitLines } from "../lib/inject/line_diff.ts";

/** One line of a diff. */
export interface DiffLine {
  readonly kind: "header" | "kept" | "added" | "removed";
  readonly text: string;
}

const CONTEXT = 3;

/** Hunks that are so close that their context touches. */
function grouped(hunks: readonly Hunk[]): Hunk[][] {
  const groups: Hunk[][] = [];
  for (const hunk of hunks) {
    const last = groups.at(-1)?.at(-1);
    const gap = last === undefined
      ? Infinity
      : hunk.beforeStart - (last.beforeStart + last.beforeCount);
    if (gap <= 2 * CONTEXT) groups.at(-1)?.push(hunk);
    else groups.push([hunk]);
  }
  return groups;
}

function lines(
  kind: DiffLine["kind"],
  sign: string,
  texts: readonly string[],
): DiffLine[] {
  return texts.map((text) => ({ kind, text: sign + text.replace(/\n$/, "") }));
}

/** Lines as a hunk's head names them: one alone without its count, none by the line before. */
function range(start: number, end: number): string {
  const count = end - start;
  if (count === 1) return `${start + 1}`;
  return count === 0 ? `${start},0` : `${start + 1},${count}`;
}

/**
 * What to change in `before` to get `after`, with three lines of context.
 *
 * @example
 * ```ts
 * import { textDiff } from "./text_diff.ts";
 *
 * textDiff("a\n", "a\nb\n").map(({ text }) => text); // ["@@ -1 +1,2 @@", " a", "+b"]
 * ```
 */
export function textDiff(before: string, after: string): DiffLine[] {
  const old = splitLines(before);
  const now = splitLines(after);
  return grouped(diffLines(old, now)).flatMap((group) => {
    const [first] = group;
    const last = group.at(-1);
    if (first === undefined || last === undefined) return [];
    const lead = Math.min(CONTEXT, first.beforeStart);
    const end = last.beforeStart + last.beforeCount;
    const tail = Math.min(CONTEXT, old.length - end);
    const start = first.beforeStart - lead;
    const newStart = first.afterStart - lead;
    const newEnd = last.afterStart + last.afterCount + tail;
    const ranges = `-${range(start, end + tail)} +${range(newStart, newEnd)}`;
    const result: DiffLine[] = [{ kind: "header", text: `@@ ${ranges} @@` }];
    let at = start;
    for (const hunk of group) {
      const removedEnd = hunk.beforeStart + hunk.beforeCount;
      const addedEnd = hunk.afterStart + hunk.afterCount;
      result.push(
        ...lines("kept", " ", old.slice(at, hunk.beforeStart)),
        ...lines("removed", "-", old.slice(hunk.beforeStart, removedEnd)),
        ...lines("added", "+", now.slice(hunk.afterStart, addedEnd)),
      );
      at = removedEnd;
    }
    return [...result, ...lines("kept", " ", old.slice(at, end + tail))];
  });
}

/**
 * What bytes of a manifest cannot be told from its values alone, and so are
 * remembered: comments, quotes and aliases of what injection took away.
 *
 * @module
 */

import { isJsonObject, type JsonObject, type JsonValue } from "../kube/json.ts";
import { diffLines, type Hunk, splitLines } from "./line_diff.ts";
import { digestText } from "./status.ts";

/**
 * Lines to replace. They are found by their content, not by their number, so
 * that an edit elsewhere in the manifest does not matter.
 */
interface Correction {
  /** How many lines to look for. */
  readonly count: number;
  /** The digest of those lines. */
  readonly digest: string;
  /** Which of the places with such lines, from 0. */
  readonly nth: number;
  /** What stood there. */
  readonly text: string;
}

/** The start of each place where the lines with that count and digest stand. */
function findPlaces(
  lines: readonly string[],
  count: number,
  digest: string,
): number[] {
  const places: number[] = [];
  for (let start = 0; start + count <= lines.length; start++) {
    if (digestText(lines.slice(start, start + count).join("")) === digest) {
      places.push(start);
    }
  }
  return places;
}

/**
 * What makes the original text of one that has the same values; undefined where
 * they are the same text.
 */
export function recordText(
  undone: string,
  original: string,
): JsonValue | undefined {
  if (undone === original) return undefined;
  const before = splitLines(undone);
  const after = splitLines(original);
  return anchorHunks(diffLines(before, after), before.length).map(
    ({ beforeStart, beforeCount, afterStart, afterCount }): JsonObject => {
      const digest = digestText(
        before.slice(beforeStart, beforeStart + beforeCount).join(""),
      );
      return {
        count: beforeCount,
        digest,
        nth: findPlaces(before, beforeCount, digest).indexOf(beforeStart),
        text: after.slice(afterStart, afterStart + afterCount).join(""),
      };
    },
  );
}

/** Hunks that only add lines take in the line in front of them, or behind, to be found by. */
function anchorHunks(hunks: readonly Hunk[], lineCount: number): Hunk[] {
  const anchored: Hunk[] = [];
  for (const hunk of hunks) {
    const bare = hunk.beforeCount === 0;
    const front = bare && hunk.beforeStart > 0 ? 1 : 0;
    const behind = bare && front === 0 && lineCount > 0 ? 1 : 0;
    const last = anchored.at(-1);
    const overlaps = last !== undefined &&
      hunk.beforeStart - front < last.beforeStart + last.beforeCount;
    const from = overlaps ? last : {
      beforeStart: hunk.beforeStart - front,
      afterStart: hunk.afterStart - front,
    };
    if (overlaps) anchored.pop();
    const beforeEnd = hunk.beforeStart + hunk.beforeCount + behind;
    const afterEnd = hunk.afterStart + hunk.afterCount + behind;
    anchored.push({
      beforeStart: from.beforeStart,
      beforeCount: beforeEnd - from.beforeStart,
      afterStart: from.afterStart,
      afterCount: afterEnd - from.afterStart,
    });
  }
  return anchored;
}

function readCorrection(value: JsonValue): Correction | undefined {
  if (!isJsonObject(value)) return undefined;
  const { count, digest, nth, text } = value;
  return typeof count === "number" && typeof digest === "string" &&
      typeof nth === "number" && typeof text === "string"
    ? { count, digest, nth, text }
    : undefined;
}

/** The text with the record's corrections made; those whose place is not found are left out. */
export function restoreText(undone: string, record: JsonValue): string {
  const lines = splitLines(undone);
  const corrections = (Array.isArray(record) ? record : []).flatMap((value) => {
    const correction = readCorrection(value);
    if (correction === undefined) return [];
    const { count, digest, nth, text } = correction;
    const start = findPlaces(lines, count, digest)[nth];
    return start === undefined ? [] : [{ start, count, text }];
  }).sort((a, b) => b.start - a.start);
  for (const { start, count, text } of corrections) {
    lines.splice(start, count, text);
  }
  return lines.join("");
}

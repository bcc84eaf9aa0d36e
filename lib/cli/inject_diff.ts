/**
 * The difference that injection makes, in unified format.
 *
 * @see https://www.gnu.org/software/diffutils/manual/html_node/Detailed-Unified.html
 *
 * @module
 */

import { diffLines, type Hunk, splitLines } from "../inject/line_diff.ts";

/** Unchanged lines around each change. */
const CONTEXT = 3;

const COLORS: Readonly<Record<string, string>> = {
  "-": "\x1b[31m",
  "+": "\x1b[32m",
  "@": "\x1b[36m",
};

/** The lines in their colours, for a terminal. */
function paint(line: string): string {
  const color = COLORS[line[0] ?? ""];
  if (color === undefined) return line;
  const end = line.endsWith("\n") ? "\n" : "";
  return `${color}${line.slice(0, line.length - end.length)}\x1b[0m${end}`;
}

/** Hunks whose contexts touch, as one group. */
function groupHunks(hunks: readonly Hunk[]): Hunk[][] {
  const groups: Hunk[][] = [];
  for (const hunk of hunks) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    const end = last === undefined ? 0 : last.beforeStart + last.beforeCount;
    if (group !== undefined && hunk.beforeStart - end <= 2 * CONTEXT) {
      group.push(hunk);
    } else groups.push([hunk]);
  }
  return groups;
}

function range(start: number, count: number): string {
  // An empty range is named by the line in front of it.
  const first = count === 0 ? start - 1 : start;
  return count === 1 ? `${first}` : `${first},${count}`;
}

function marked(mark: string, lines: readonly string[]): string[] {
  return lines.flatMap((line) =>
    line.endsWith("\n")
      ? [`${mark}${line}`]
      : [`${mark}${line}\n`, "\\ No newline at end of file\n"]
  );
}

function formatGroup(
  group: readonly Hunk[],
  before: readonly string[],
  after: readonly string[],
  lines: { readonly before: number; readonly after: number },
): string[] {
  const first = group[0];
  const last = group.at(-1);
  if (first === undefined || last === undefined) return [];
  const start = Math.max(0, first.beforeStart - CONTEXT);
  const afterStart = first.afterStart - (first.beforeStart - start);
  const beforeEnd = last.beforeStart + last.beforeCount;
  const end = Math.min(before.length, beforeEnd + CONTEXT);
  const afterEnd = last.afterStart + last.afterCount + (end - beforeEnd);
  const old = range(lines.before + start, end - start);
  const made = range(lines.after + afterStart, afterEnd - afterStart);
  const body: string[] = [`@@ -${old} +${made} @@\n`];
  let at = start;
  for (const { beforeStart, beforeCount, afterStart, afterCount } of group) {
    body.push(...marked(" ", before.slice(at, beforeStart)));
    at = beforeStart + beforeCount;
    body.push(...marked("-", before.slice(beforeStart, at)));
    body.push(...marked("+", after.slice(afterStart, afterStart + afterCount)));
  }
  return [...body, ...marked(" ", before.slice(at, end))];
}

/** Two versions of a document, and the lines of their files on which they start. */
export interface DiffSides {
  readonly before: string;
  readonly after: string;
  readonly beforeLine: number;
  readonly afterLine: number;
}

/** The difference of two versions of a document; empty where there is none. */
export function formatDiff(sides: DiffSides, isColored: boolean): string {
  const before = splitLines(sides.before);
  const after = splitLines(sides.after);
  const lines = { before: sides.beforeLine, after: sides.afterLine };
  return groupHunks(diffLines(before, after))
    .flatMap((group) => formatGroup(group, before, after, lines))
    .map((line) => isColored ? paint(line) : line).join("");
}

/** The two lines in front of a file's first difference. */
export function formatDiffHead(file: string, isColored: boolean): string {
  const bold = (text: string) => isColored ? `\x1b[1m${text}\x1b[0m` : text;
  return `${bold(`--- ${file}`)}\n${bold(`+++ ${file}`)}\n`;
}

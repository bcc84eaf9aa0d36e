/**
 * The comparison as tables, for terminals and for Markdown.
 *
 * @module
 */

import type { Row } from "../measure/series.ts";
import { numberText, ratioText } from "./number_text.ts";
import type { Verdict } from "./targets.ts";

/** A table: its head, and rows of as many cells. */
export interface Table {
  readonly head: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

/** One line per figure: each peer's median, and MCA's ratio to each other peer. */
export function figureTable(
  rows: readonly Row[],
  peers: readonly string[],
): Table {
  const isProxyThere = peers.includes("MCA");
  const others = isProxyThere ? peers.filter((peer) => peer !== "MCA") : [];
  let cell = "";
  return {
    head: ["", "", ...peers, ...others.map((peer) => `MCA ÷ ${peer}`)],
    rows: rows.map((row) => {
      const name = row.cell === cell ? "" : row.cell;
      cell = row.cell;
      const { median } = row;
      return [
        name,
        `${row.figure}${row.figure.endsWith("/s") ? "" : `, ${row.unit}`}`,
        ...peers.map((peer) => numberText(median[peer] ?? NaN)),
        ...others.map((peer) => ratioText(median["MCA"], median[peer])),
      ];
    }),
  };
}

/** One line per target. */
export function verdictTable(verdicts: readonly Verdict[]): Table {
  return {
    head: ["", "", "target", "measured", ""],
    rows: verdicts.map(({ cell, figure, target, value, isMet }) => [
      cell,
      figure,
      target,
      numberText(value),
      isMet ? "met" : "missed",
    ]),
  };
}

/** The table in columns; the first two to the left, figures to the right. */
export function plainText({ head, rows }: Table): string {
  const widths = head.map((name, at) =>
    Math.max(name.length, ...rows.map((row) => row[at]?.length ?? 0))
  );
  return [head, ...rows].map((row) =>
    row.map((text, at) =>
      at < 2 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0)
    ).join("  ").trimEnd()
  ).join("\n") + "\n";
}

/** The table in Markdown, in columns too, as the formatter has it. */
export function markdown({ head, rows }: Table): string {
  const widths = head.map((name, at) =>
    Math.max(3, name.length, ...rows.map((row) => row[at]?.length ?? 0))
  );
  const line = (row: readonly string[]) =>
    `| ${
      row.map((text, at) =>
        at < 2 ? text.padEnd(widths[at] ?? 0) : text.padStart(widths[at] ?? 0)
      ).join(" | ")
    } |`;
  const rule = `| ${
    widths.map((width, at) =>
      at < 2 ? "-".repeat(width) : `${"-".repeat(width - 1)}:`
    ).join(" | ")
  } |`;
  return [line(head), rule, ...rows.map(line)].join("\n") + "\n";
}

/**
 * The comparison as a picture: an SVG made by hand.
 *
 * @module
 */

import type { Row } from "../measure/series.ts";
import { numberText } from "./number_text.ts";

/** Colours that differ in brightness too, and stand on white and on black. */
const COLOURS: Readonly<Record<string, string>> = {
  direct: "#9aa5b1",
  MCA: "#2f6fde",
  ReverseProxy: "#e08a1e",
  nginx: "#4f9d5d",
};

const WIDTH = 760;
const LABEL = 250;
const BAR = 14;
const GAP = 14;
const TITLE = 34;
const NUMBERS = 70;
const TEXT = "#6b7683";

/** What one part of the picture shows. */
interface Panel {
  readonly title: string;
  readonly rows: readonly Row[];
}

/** Bars for requests a second, for the slowest of a hundred requests, and for watch events. */
export function plot(rows: readonly Row[], peers: readonly string[]): string {
  const panels: Panel[] = [
    {
      title: "Requests per second (longer is better)",
      rows: rows.filter(({ figure }) => figure === "requests/s"),
    },
    {
      title: "Latency, 99th percentile, µs (shorter is better)",
      rows: rows.filter(({ cell, figure }) =>
        cell.startsWith("GET") && figure === "p99"
      ),
    },
    {
      title: "Watch event, 99th percentile, µs (shorter is better)",
      rows: rows.filter(({ cell, figure }) =>
        cell.startsWith("watch") && figure === "p99"
      ),
    },
  ];
  const parts: string[] = [legend(peers)];
  let top = TITLE;
  for (const panel of panels) {
    parts.push(
      `<text x="0" y="${top + 20}" class="title">${panel.title}</text>`,
    );
    top += TITLE;
    for (const row of panel.rows) {
      parts.push(bars(row, peers, top));
      top += peers.length * BAR + GAP;
    }
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${WIDTH} ${top}" width="${WIDTH}" height="${top}" role="img" aria-label="MCA beside other proxies">
<style>text { font: 12px system-ui, sans-serif; fill: ${TEXT} } .title { font-weight: 600; font-size: 14px }</style>
${parts.join("\n")}
</svg>
`;
}

function legend(peers: readonly string[]): string {
  return peers.map((peer, at) => {
    const x = at * 130;
    return `<rect x="${x}" y="6" width="12" height="12" fill="${
      colourOf(peer)
    }"/><text x="${x + 18}" y="16">${peer}</text>`;
  }).join("\n");
}

/** One row's bars, as long as the largest of them lets the others be. */
function bars(row: Row, peers: readonly string[], top: number): string {
  const values = peers.map((peer) => row.median[peer] ?? 0);
  const room = WIDTH - LABEL - NUMBERS;
  const scale = room / Math.max(...values, 1e-9);
  const middle = top + peers.length * BAR / 2 + 4;
  const label = `<text x="0" y="${middle}">${row.cell}</text>`;
  return [
    label,
    ...peers.map((peer, at) => {
      const value = values[at] ?? 0;
      const width = (value * scale).toFixed(1);
      const y = top + at * BAR;
      return `<rect x="${LABEL}" y="${y}" width="${width}" height="${
        BAR - 2
      }" fill="${colourOf(peer)}"/><text x="${
        (LABEL + value * scale + 6).toFixed(1)
      }" y="${y + BAR - 4}">${numberText(value)}</text>`;
    }),
  ].join("\n");
}

function colourOf(peer: string): string {
  return COLOURS[peer] ?? "#888888";
}

import assert from "node:assert/strict";
import { FULL } from "../../bench/measure/cells.ts";
import type { Row } from "../../bench/measure/series.ts";
import { performanceDocument, quietness } from "../../bench/report/document.ts";
import { othersShare } from "../../bench/measure/process_usage.ts";
import { numberText } from "../../bench/report/number_text.ts";
import { plot } from "../../bench/report/plot.ts";
import {
  figureTable,
  markdown,
  plainText,
  verdictTable,
} from "../../bench/report/table.ts";
import { verdicts } from "../../bench/report/targets.ts";

const PEERS = ["direct", "MCA", "ReverseProxy"];

function row(
  cell: string,
  figure: string,
  values: Readonly<Record<string, number>>,
): Row {
  const better = figure.endsWith("/s") ? "more" : "less";
  const rounds = Object.fromEntries(
    Object.entries(values).map(([peer, value]) => [peer, [value]]),
  );
  return { cell, figure, unit: "µs", better, rounds, median: values };
}

const ROWS = [
  row("GET 1.2 KB, 8 connections", "requests/s", {
    direct: 12_345,
    MCA: 9_000,
    ReverseProxy: 6_000,
  }),
  row("GET 1.2 KB, 8 connections", "p99", {
    direct: 500,
    MCA: 1_500,
    ReverseProxy: 1_000,
  }),
  row("watch event, 1 watch", "p99", { direct: 300, MCA: 799 }),
  row("memory", "RSS after load", { MCA: 64.01 }),
  row("memory", "RSS with 500 watches", { MCA: 95 }),
];

Deno.test("numberText() shows three digits that count", () => {
  assert.deepEqual(
    [0.014, 1.5, 12.34, 123.4, 1_234, 1_234_567, NaN].map(numberText),
    ["0.01", "1.50", "12.3", "123", "1 230", "1 230 000", "–"],
  );
});

Deno.test("figureTable() shows each peer's median, and MCA's ratio to the others", () => {
  const { head, rows } = figureTable(ROWS, PEERS);
  assert.deepEqual(head.slice(2), [
    ...PEERS,
    "MCA ÷ direct",
    "MCA ÷ ReverseProxy",
  ]);
  assert.deepEqual(rows[0]?.slice(2), [
    "12 300",
    "9 000",
    "6 000",
    "0.73",
    "1.50",
  ]);
  assert.equal(rows[1]?.[0], "", "a cell's name stands once");
  assert.deepEqual(rows[3]?.slice(2), ["–", "64.0", "–", "–", "–"]);
});

Deno.test("figureTable() has no ratios where MCA is not there", () => {
  const { head } = figureTable(ROWS, ["direct", "nginx"]);
  assert.deepEqual(head, ["", "", "direct", "nginx"]);
});

Deno.test("verdicts() tells met from missed at the limit", () => {
  assert.deepEqual(
    verdicts(ROWS).map(({ cell, figure, isMet }) => [cell, figure, isMet]),
    [
      ["GET 1.2 KB, 8 connections", "requests/s", true],
      ["GET 1.2 KB, 8 connections", "p99", false],
      ["watch event, 1 watch", "p99", true],
      ["memory", "RSS after load", false],
      ["memory", "RSS with 500 watches", true],
    ],
  );
});

Deno.test("verdicts() judges the webhook at 200 reviews a second, not at its limit", () => {
  const webhook = (p99: number, memory: number) => [
    row("200 reviews/s of 5 KB pods", "p99", { "MCA webhook": p99 }),
    row("review of a 5 KB pod, 32 connections", "p99", { "MCA webhook": 2e4 }),
    row("memory of the webhook", "RSS idle", { "MCA webhook": memory }),
    row("memory of the webhook", "RSS after load", { "MCA webhook": 200 }),
  ];
  const judged = (rows: readonly Row[]) =>
    verdicts(rows).map(({ figure, value, isMet }) => [figure, value, isMet]);
  assert.deepEqual(judged(webhook(9_900, 99)), [
    ["p99", 9.9, true],
    ["RSS idle", 99, true],
  ]);
  assert.deepEqual(judged(webhook(10_100, 101)), [
    ["p99", 10.1, false],
    ["RSS idle", 101, false],
  ]);
});

Deno.test("verdicts() says nothing of what was not measured", () => {
  const withoutReference = ROWS.map((each) => ({
    ...each,
    median: { MCA: each.median["MCA"] ?? 0 },
  }));
  assert.deepEqual(
    verdicts(withoutReference).map(({ figure }) => figure),
    ["RSS after load", "RSS with 500 watches"],
  );
});

Deno.test("plainText() and markdown() keep the columns under each other", () => {
  const table = verdictTable(verdicts(ROWS));
  const lines = markdown(table).trimEnd().split("\n");
  assert.equal(new Set(lines.map((line) => line.length)).size, 1);
  assert.equal(lines.length, 7);
  const [head = "", first = ""] = plainText(table).split("\n");
  for (
    const [name, text] of [["target", "ReverseProxy"], ["measured", "1.50"]]
  ) {
    assert.ok(name !== undefined && text !== undefined);
    assert.equal(
      head.indexOf(name) + name.length,
      first.lastIndexOf(text) + text.length,
    );
  }
});

/** The bars: their length by their colour, row by row. */
function bars(svg: string): [fill: string, width: number][] {
  return [...svg.matchAll(
    /<rect x="250" y="[\d.]+" width="([\d.]+)" height="12" fill="(#\w+)"/g,
  )].map(([, width, fill = ""]) => [fill, Number(width)]);
}

Deno.test("plot() draws bars as long as the figures, the longest of each row filling it", () => {
  const svg = plot(ROWS, PEERS);
  const [direct, mca, reverseProxy] = bars(svg);
  assert.equal(direct?.[1], 440);
  assert.equal(mca?.[1], Math.round(9_000 / 12_345 * 4400) / 10);
  assert.equal(reverseProxy?.[1], Math.round(6_000 / 12_345 * 4400) / 10);
  for (let at = 0; at < 9; at += 3) {
    const widths = bars(svg).slice(at, at + 3).map(([, width]) => width);
    assert.equal(Math.max(...widths), 440);
  }
  assert.equal(bars(svg).length, 9, "three rows have a place in the picture");
  assert.equal(new Set(bars(svg).map(([fill]) => fill)).size, 3);
});

Deno.test("plot() is well-formed XML", () => {
  const open: string[] = [];
  for (
    const [, end, name = "", isEmpty] of plot(ROWS, PEERS)
      .matchAll(/<(\/?)(\w+)[^<>]*?(\/?)>/g)
  ) {
    if (end === "/") assert.equal(open.pop(), name);
    else if (isEmpty !== "/") open.push(name);
  }
  assert.deepEqual(open, []);
});

Deno.test("quietness() warns where others took more than a little of the machine", () => {
  const use = (total: number, busy: number, own: number) => ({
    total,
    busy,
    own,
  });
  const share = othersShare(use(0, 0, 0), use(1000, 800, 500));
  assert.equal(share, 0.3);
  assert.equal(othersShare(use(5, 5, 5), use(5, 5, 5)), 0);
  const report = {
    machine: { processors: "", memory: "", system: "", versions: {} },
    effort: FULL,
    peers: PEERS,
    absent: [],
    rows: ROWS,
  };
  assert.match(
    quietness({ ...report, othersShare: share }).join(),
    /^Other processes took 30 % of the machine/,
  );
  assert.deepEqual(quietness({ ...report, othersShare: 0.01 }), []);
});

Deno.test("performanceDocument() says what was measured, on what, and what was not", () => {
  const text = performanceDocument({
    machine: {
      processors: "2 × Example CPU",
      memory: "4 GB",
      system: "linux 6.1 x86_64",
      versions: { Deno: "2.9.6" },
    },
    effort: FULL,
    peers: PEERS,
    absent: [{ name: "nginx", reason: "there is no nginx: install it" }],
    rows: ROWS,
    parts: [{
      title: "The webhook",
      introduction: "Reviews of pods.",
      peers: ["MCA webhook"],
      rows: [row("200 reviews/s", "p99", { "MCA webhook": 4_200 })],
    }],
    othersShare: 0.02,
  }, "performance.svg");
  assert.match(
    text,
    /^## The webhook\n\nReviews of pods\.\n\n\|.*MCA webhook/m,
  );
  assert.match(text, /200 reviews\/s +\| p99 +\| +less than 10 ms \| +4\.20/);
  assert.match(text, /2 × Example CPU, 4 GB, linux 6\.1 x86_64, Deno 2\.9\.6/);
  assert.match(text, /^- nginx: not measured$/m);
  assert.match(text, /\| 9 000 \|/);
  assert.match(text, /\]\(performance\.svg\)/);
});

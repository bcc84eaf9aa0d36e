/**
 * `deno task bench`: measures, prints, and writes what it was asked to.
 *
 * @module
 */

import { join } from "node:path";
import type { BenchOptions } from "./bench_options.ts";
import { type Effort, FULL, QUICK } from "./measure/cells.ts";
import { compare } from "./measure/compare.ts";
import { Laboratory } from "./measure/laboratory.ts";
import { runProgram } from "./peers/program.ts";
import { PEERS } from "./peers/peers.ts";
import {
  performanceDocument,
  quietness,
  type RunReport,
  verdictsOf,
} from "./report/document.ts";
import { machineText, thisMachine } from "./report/machine.ts";
import { measureParts } from "./report/parts.ts";
import { plot } from "./report/plot.ts";
import { figureTable, plainText, verdictTable } from "./report/table.ts";

const DOCS = join(import.meta.dirname ?? "", "../docs");
const PLOT_FILE = "performance.svg";

/** Runs the comparison; the exit code does not judge the figures. */
export async function runComparison(
  options: BenchOptions,
  tell: (line: string) => void,
  stop: AbortSignal,
): Promise<number> {
  const effort = options.isQuick ? QUICK : FULL;
  const kinds = PEERS.filter(({ name }) => options.peers.includes(name));
  const comparison = await compareIn(
    await Laboratory.open(kinds, tell, stop),
    effort,
    tell,
  );
  const isWhole = kinds.length === PEERS.length;
  const report: RunReport = {
    machine: await thisMachine(),
    effort,
    ...comparison,
    parts: isWhole ? await measureParts(effort, tell, stop) : [],
  };
  console.log(textReport(report));
  if (options.jsonFile !== undefined) {
    const data = { ...report, verdicts: verdictsOf(report) };
    await Deno.writeTextFile(
      options.jsonFile,
      JSON.stringify(data, null, 2) + "\n",
    );
  }
  if (options.writesDocs) {
    await Deno.writeTextFile(
      join(DOCS, PLOT_FILE),
      plot(report.rows, report.peers),
    );
    await Deno.writeTextFile(
      join(DOCS, "performance.md"),
      performanceDocument(report, PLOT_FILE),
    );
    await runProgram(Deno.execPath(), ["fmt", "--quiet", DOCS]);
    tell("Wrote docs/performance.md and its plot");
  }
  return 0;
}

/** Compares, and ends what that took, so that what is measured next is alone. */
async function compareIn(
  laboratory: Laboratory,
  effort: Effort,
  tell: (line: string) => void,
): Promise<Omit<RunReport, "machine" | "effort" | "parts">> {
  await using _ = laboratory;
  return {
    ...await compare(laboratory, effort, tell),
    peers: laboratory.present.map(({ name }) => name),
    absent: laboratory.absent,
  };
}

function textReport(report: RunReport): string {
  const { machine, effort, peers, absent, rows, parts } = report;
  return [
    `Medians of ${effort.rounds} interleaved rounds on ${machineText(machine)}`,
    ...quietness(report),
    ...absent.map(({ name, reason }) => `Without ${name}: ${reason}`),
    "",
    plainText(figureTable(rows, peers)),
    ...parts.map((part) => plainText(figureTable(part.rows, part.peers))),
    plainText(verdictTable(verdictsOf(report))).trimEnd(),
  ].join("\n");
}

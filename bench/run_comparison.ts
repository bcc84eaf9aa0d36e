/**
 * `deno task bench`: measures, prints, and writes what it was asked to.
 *
 * @module
 */

import { join } from "node:path";
import type { BenchOptions } from "./bench_options.ts";
import { FULL, QUICK } from "./measure/cells.ts";
import { compare } from "./measure/compare.ts";
import { Laboratory } from "./measure/laboratory.ts";
import { runProgram } from "./peers/program.ts";
import { PEERS } from "./peers/peers.ts";
import {
  performanceDocument,
  quietness,
  type RunReport,
} from "./report/document.ts";
import { machineText, thisMachine } from "./report/machine.ts";
import { plot } from "./report/plot.ts";
import { figureTable, plainText, verdictTable } from "./report/table.ts";
import { verdicts } from "./report/targets.ts";

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
  await using laboratory = await Laboratory.open(kinds, tell, stop);
  const machine = await thisMachine();
  const { rows, othersShare } = await compare(laboratory, effort, tell);
  const report: RunReport = {
    machine,
    effort,
    peers: laboratory.present.map(({ name }) => name),
    absent: laboratory.absent,
    rows,
    othersShare,
  };
  console.log(textReport(report));
  if (options.jsonFile !== undefined) {
    const data = { ...report, verdicts: verdicts(rows) };
    await Deno.writeTextFile(
      options.jsonFile,
      JSON.stringify(data, null, 2) + "\n",
    );
  }
  if (options.writesDocs) {
    await Deno.writeTextFile(
      join(DOCS, PLOT_FILE),
      plot(rows, report.peers),
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

function textReport(report: RunReport): string {
  const { machine, effort, peers, absent, rows } = report;
  return [
    `Medians of ${effort.rounds} interleaved rounds on ${machineText(machine)}`,
    ...quietness(report),
    ...absent.map(({ name, reason }) => `Without ${name}: ${reason}`),
    "",
    plainText(figureTable(rows, peers)),
    plainText(verdictTable(verdicts(rows))).trimEnd(),
  ].join("\n");
}

/**
 * `deno task bench webhook`.
 *
 * @module
 */

import type { BenchOptions } from "./bench_options.ts";
import { FULL, QUICK } from "./measure/cells.ts";
import { machineUse, othersShare } from "./measure/process_usage.ts";
import { quietness } from "./report/document.ts";
import { machineText, thisMachine } from "./report/machine.ts";
import { figureTable, plainText, verdictTable } from "./report/table.ts";
import { verdicts } from "./report/targets.ts";
import { measureWebhook, WEBHOOK } from "./webhook/measure_webhook.ts";

/** Measures the webhook alone; the exit code does not judge the figures. */
export async function runWebhook(
  { isQuick, jsonFile }: BenchOptions,
  tell: (line: string) => void,
  stop: AbortSignal,
): Promise<number> {
  const effort = isQuick ? QUICK : FULL;
  const machine = await thisMachine();
  const before = await machineUse();
  const rows = await measureWebhook(effort, tell, stop);
  const share = othersShare(before, await machineUse());
  console.log([
    `Medians of ${effort.rounds} rounds on ${machineText(machine)}`,
    ...quietness({ othersShare: share }),
    "",
    plainText(figureTable(rows, [WEBHOOK])),
    plainText(verdictTable(verdicts(rows))).trimEnd(),
  ].join("\n"));
  if (jsonFile !== undefined) {
    const report = {
      machine,
      effort,
      rows,
      othersShare: share,
      verdicts: verdicts(rows),
    };
    await Deno.writeTextFile(jsonFile, JSON.stringify(report, null, 2) + "\n");
  }
  return 0;
}

/**
 * `deno task bench --soak`.
 *
 * @module
 */

import { McaError } from "../lib/errors.ts";
import type { BenchOptions } from "./bench_options.ts";
import { Laboratory } from "./measure/laboratory.ts";
import { GROWTH_LIMIT, soak } from "./measure/soak.ts";
import { mca } from "./peers/mca.ts";
import { numberText } from "./report/number_text.ts";

/** Runs the soak; 1 where memory grew. */
export async function runSoak(
  { soakSeconds, jsonFile }: BenchOptions,
  tell: (line: string) => void,
  stop: AbortSignal,
): Promise<number> {
  await using laboratory = await Laboratory.open([mca], tell, stop);
  const [absent] = laboratory.absent;
  if (absent !== undefined) {
    throw new McaError("usage", `The proxy cannot run here: ${absent.reason}`);
  }
  await using peer = await mca.prepare(laboratory.surroundings);
  const report = await soak(laboratory, peer, soakSeconds, tell);
  if (jsonFile !== undefined) {
    await Deno.writeTextFile(jsonFile, JSON.stringify(report, null, 2) + "\n");
  }
  const growth = report.late / report.early;
  const isFlat = growth <= GROWTH_LIMIT;
  console.log(
    `${report.count} operations in ${report.seconds} s; RSS ${
      numberText(report.early)
    } MB around minute one, ${numberText(report.late)} MB at the end: ${
      numberText(growth)
    } times, ${isFlat ? "within" : "above"} the limit of ${GROWTH_LIMIT}`,
  );
  return isFlat ? 0 : 1;
}

import type { StepRun } from "./run_steps.ts";
import type { Step } from "./step.ts";
import { addTallies, formatTally, type Tally } from "./tally.ts";

/** One line when a step begins: `run    test         unit and socket tests`. */
export function formatStepStart({ name, summary }: Step): string {
  return `run    ${name.padEnd(12)} ${summary}\n`;
}

/** One line when a step ends: `ok    lint     3.1 s`. */
export function formatStepEnd({ step, result, duration }: StepRun): string {
  const { failed, skipped, passed } = result.tally;
  const counts = passed + failed + skipped > 1
    ? `  ${formatTally(result.tally)}`
    : "";
  return `${failed > 0 ? "FAILED" : "ok    "} ${step.name.padEnd(12)} ${
    (duration / 1000).toFixed(1).padStart(6)
  } s${counts}`;
}

/** What a run comes to. */
export interface RunReport {
  /** What the failed steps printed, the skipped tests, and last the tally. */
  readonly text: string;
  readonly tally: Tally;
  readonly success: boolean;
}

/**
 * The end of a run. In CI a skipped test fails the run: everything that tests
 * need is there, so a skip means that something is broken.
 */
export function reportRuns(runs: readonly StepRun[], ci: boolean): RunReport {
  const tally = addTallies(runs.map(({ result }) => result.tally));
  const lines: string[] = [];
  for (const { step, result } of runs) {
    if (result.tally.failed === 0) continue;
    lines.push("", `--- ${step.name}: ${step.summary} ---`);
    lines.push(result.output.trimEnd());
  }
  const skipped = runs.flatMap(({ result }) => result.skippedTests);
  if (skipped.length > 0) {
    lines.push("", "Skipped:", ...skipped.map((name) => `  ${name}`));
    if (ci) lines.push("In CI a skipped test is a failure.");
  }
  const failed = runs.filter(({ result }) => result.tally.failed > 0)
    .map(({ step }) => step.name);
  if (failed.length > 0) lines.push("", `Failed: ${failed.join(", ")}`);
  lines.push("", formatTally(tally));
  return {
    text: lines.join("\n"),
    tally,
    success: tally.failed === 0 && runs.length > 0 &&
      !(ci && tally.skipped > 0),
  };
}

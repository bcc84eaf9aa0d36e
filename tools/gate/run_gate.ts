import { formatStepEnd, formatStepStart, reportRuns } from "./report.ts";
import { runSteps } from "./run_steps.ts";
import type { Step } from "./step.ts";

/** What a run of the gate needs of the outside. */
export interface GateOptions {
  /** The steps that there are. */
  readonly steps: readonly Step[];
  /** The names of the steps to run; empty runs all. */
  readonly names: readonly string[];
  /** The repository's root. */
  readonly root: URL;
  readonly ci: boolean;
  readonly concurrency: number;
  readonly signal: AbortSignal;
  /** Prints a line. */
  readonly print: (line: string) => void;
  /** Shows what a long step prints as it comes. */
  readonly progress: (bytes: Uint8Array) => void;
}

/**
 * Runs the steps, prints how each ended and what the failed ones printed, and
 * last the tally. Returns the exit code: 0, 1 where something failed, 2 where
 * a name is unknown, 130 where it was interrupted.
 */
export async function runGate(options: GateOptions): Promise<number> {
  const { steps, names, ci, signal, print, progress } = options;
  const encoder = new TextEncoder();
  const unknown = names.find((name) =>
    !steps.some((step) => step.name === name)
  );
  if (unknown !== undefined) {
    print(`There is no step ${unknown}. The steps are:`);
    for (const step of steps) print(`  ${step.name.padEnd(12)}${step.summary}`);
    return 2;
  }
  const chosen = names.length === 0
    ? steps
    : steps.filter((step) => names.includes(step.name));
  const runs = await runSteps(chosen, {
    root: options.root.pathname,
    ci,
    signal,
    progress,
  }, {
    concurrency: options.concurrency,
    monotonic: () => performance.now(),
    // The long ones: the others have ended before anybody asks.
    onStart: (step) => {
      if (step.exclusive) progress(encoder.encode(formatStepStart(step)));
    },
    onEnd: (run) => print(formatStepEnd(run)),
  });
  const report = reportRuns(runs, ci);
  print(report.text);
  if (signal.aborted) return 130;
  return report.success ? 0 : 1;
}

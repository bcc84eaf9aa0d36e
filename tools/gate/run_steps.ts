import type { Step, StepContext, StepResult } from "./step.ts";

/** A step that ran, and for how long. */
export interface StepRun {
  readonly step: Step;
  readonly result: StepResult;
  /** Milliseconds. */
  readonly duration: number;
}

/** What runs steps besides the context of each. */
export interface RunStepsOptions {
  /** How many steps that are not exclusive run at once. */
  readonly concurrency: number;
  /** Milliseconds since an arbitrary start. */
  readonly monotonic: () => number;
  /** Called as each step begins. */
  readonly onStart: (step: Step) => void;
  /** Called as each step ends. */
  readonly onEnd: (run: StepRun) => void;
}

/**
 * Runs all steps, whether others failed or not: first the ones that may share
 * the machine, then each exclusive one alone, in their order. The result is in
 * the steps' order. An aborted signal lets the rest out.
 */
export async function runSteps(
  steps: readonly Step[],
  context: StepContext,
  options: RunStepsOptions,
): Promise<StepRun[]> {
  const runs: StepRun[] = [];
  const runOne = async (step: Step) => {
    options.onStart(step);
    const start = options.monotonic();
    const result = await runSafely(step, context);
    const run = { step, result, duration: options.monotonic() - start };
    runs.push(run);
    options.onEnd(run);
  };
  const drain = async (queue: Iterator<Step>) => {
    for (
      let next = queue.next();
      !next.done && !context.signal.aborted;
      next = queue.next()
    ) await runOne(next.value);
  };
  const shared = steps.filter((step) => !step.exclusive).values();
  await Promise.all(
    Array.from({ length: options.concurrency }, () => drain(shared)),
  );
  await drain(steps.filter((step) => step.exclusive).values());
  return runs.sort((a, b) => steps.indexOf(a.step) - steps.indexOf(b.step));
}

/** A step that throws has failed like any other, and the rest goes on. */
async function runSafely(
  step: Step,
  context: StepContext,
): Promise<StepResult> {
  try {
    return await step.run(context);
  } catch (error) {
    return {
      tally: { passed: 0, failed: 1, skipped: 0 },
      output: `${error instanceof Error ? error.stack : error}\n`,
      skippedTests: [],
    };
  }
}

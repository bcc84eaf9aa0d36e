import type { Tally } from "./tally.ts";

/** What a step may know and use. */
export interface StepContext {
  /** The repository's root, an absolute path with a final slash. */
  readonly root: string;
  /** In CI: the lock file is frozen and a skipped test is a failure. */
  readonly ci: boolean;
  /** Ends the step early; its children are stopped. */
  readonly signal: AbortSignal;
  /** Shows progress at once; for steps that take minutes. */
  readonly progress: (text: Uint8Array) => void;
}

/** How a step ended. */
export interface StepResult {
  readonly tally: Tally;
  /** All that the step printed; shown when it failed. */
  readonly output: string;
  /** The names of the tests that were skipped, reasons included. */
  readonly skippedTests: readonly string[];
}

/** One part of the gate. */
export interface Step {
  /** As it is typed after `deno task ok`. */
  readonly name: string;
  /** What it holds, in one line. */
  readonly summary: string;
  /** Alone on the machine: others would disturb it. */
  readonly exclusive?: boolean;
  run(context: StepContext): Promise<StepResult>;
}

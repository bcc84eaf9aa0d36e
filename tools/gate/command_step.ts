import { runDeno } from "./deno_command.ts";
import type { Step, StepContext, StepResult } from "./step.ts";

/** A step that is one or more runs of Deno, good when each exits with 0. */
export interface CommandStep extends Pick<Step, "name" | "summary"> {
  /** The arguments of each run; `ci` where the lock file is frozen. */
  commands(context: StepContext): readonly (readonly string[])[];
}

/** Makes the step; it counts as one test. */
export function commandStep(step: CommandStep): Step {
  return {
    name: step.name,
    summary: step.summary,
    async run(context): Promise<StepResult> {
      let output = "";
      let success = true;
      for (const args of step.commands(context)) {
        const result = await runDeno(args, context);
        success &&= result.success;
        output += result.output;
      }
      return {
        tally: {
          passed: success ? 1 : 0,
          failed: success ? 0 : 1,
          skipped: 0,
        },
        output,
        skippedTests: [],
      };
    },
  };
}

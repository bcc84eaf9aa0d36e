import { runDeno } from "./deno_command.ts";
import { parseJunit, tallyCases, type TestCase } from "./junit.ts";
import type { Step, StepContext, StepResult } from "./step.ts";

/** A step that is a run of `deno test`. */
export interface TestStep extends Pick<Step, "name" | "summary" | "exclusive"> {
  /** Files, folders and options of `deno test`. */
  readonly args: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the tests' output is shown as it comes. */
  readonly live?: boolean;
}

/** Makes the step; each test counts, and each step of a test. */
export function testStep(step: TestStep): Step {
  return { ...step, run: (context) => runTests(step, context) };
}

/** Runs the tests and counts them by the report that Deno writes. */
export async function runTests(
  step: TestStep,
  context: StepContext,
): Promise<StepResult> {
  const report = await Deno.makeTempFile({ prefix: "mca-tests-" });
  try {
    const { success, output } = await runDeno(
      [
        "test",
        ...(context.ci ? ["--frozen"] : []),
        `--junit-path=${report}`,
        ...step.args,
      ],
      context,
      {
        ...(step.env === undefined ? {} : { env: step.env }),
        ...(step.live === undefined ? {} : { live: step.live }),
      },
    );
    return testResult(success, output, await Deno.readTextFile(report));
  } finally {
    await Deno.remove(report);
  }
}

/** What `deno test` prints of modules and of tests that passed. */
const goodNews = /^(Check |running \d+ tests? from |.* \.\.\. ok \(\d)/;

/** The output, shorter: the report counts what passed. */
function withoutGoodNews(output: string): string {
  return output.split("\n").filter((line) => !goodNews.test(line)).join("\n");
}

/**
 * What the run comes to. The report knows nothing of a module that did not
 * compile or that threw outside of a test: a run that failed without a failed
 * test counts one failure.
 */
export function testResult(
  success: boolean,
  output: string,
  report: string,
): StepResult {
  let cases: TestCase[] = [];
  let fault = "";
  try {
    cases = report === "" ? [] : parseJunit(report);
  } catch (error) {
    fault = `${error instanceof Error ? error.message : error}\n`;
  }
  if (success && cases.length === 0) fault ||= "No test was found\n";
  const tally = tallyCases(cases);
  const unseen = (!success && tally.failed === 0) || fault !== "" ? 1 : 0;
  return {
    tally: { ...tally, failed: tally.failed + unseen },
    output: withoutGoodNews(output) + fault,
    skippedTests: cases
      .filter((testCase) => testCase.outcome === "skipped")
      .map((testCase) => `${testCase.file}: ${testCase.name}`),
  };
}

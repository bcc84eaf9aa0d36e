import { stateVariable } from "../../tests/cluster/cluster_state.ts";
import { startControlPlane } from "../../tests/cluster/control_plane.ts";
import { testClusterOptions } from "../../tests/cluster/test_cluster.ts";
import type { Step, StepContext, StepResult } from "./step.ts";
import { runTests, type TestStep } from "./test_step.ts";

const tests: TestStep = {
  name: "cluster",
  summary: "real clients and a real API server (tests/cluster)",
  args: ["-A", "--no-check", "tests/cluster"],
  live: true,
};

/**
 * The cluster tier: one control plane for all tests, stopped whatever happens.
 * A developer who has one running already (`deno task cluster up`) names its
 * state file in the environment, and it is used and left alone.
 */
export const clusterStep: Step = {
  name: tests.name,
  summary: tests.summary,
  exclusive: true,
  async run(context): Promise<StepResult> {
    const running = Deno.env.get(stateVariable);
    if (running !== undefined && running !== "") {
      return await runWith(running, context);
    }
    await using cluster = await startControlPlane({
      ...testClusterOptions,
      signal: context.signal,
    });
    return await runWith(cluster.stateFile, context);
  },
};

function runWith(state: string, context: StepContext): Promise<StepResult> {
  return runTests({ ...tests, env: { [stateVariable]: state } }, context);
}

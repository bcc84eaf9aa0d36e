/**
 * `deno task test [STEP…]`: all tests. The gate, and after it the tests against
 * a real API server.
 *
 * @module
 */

import { clusterStep } from "./gate/cluster_step.ts";
import { gateOptions } from "./gate/gate_options.ts";
import { runGate } from "./gate/run_gate.ts";
import { steps } from "./gate/steps.ts";

if (import.meta.main) {
  Deno.exit(
    await runGate({
      ...gateOptions(),
      steps: [...steps, clusterStep],
      names: Deno.args,
    }),
  );
}

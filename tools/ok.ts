/**
 * `deno task ok [STEP…]`: the gate. Everything that has to hold before a
 * change is committed, without a cluster.
 *
 * @module
 */

import { gateOptions } from "./gate/gate_options.ts";
import { runGate } from "./gate/run_gate.ts";
import { steps } from "./gate/steps.ts";

if (import.meta.main) {
  Deno.exit(await runGate({ ...gateOptions(), steps, names: Deno.args }));
}

/**
 * The executable `mca-webhook`: the admission webhook alone.
 *
 * @module
 */

import { platform } from "#flavor";
import { runProgram } from "./lib/cli/program.ts";
import { processSignals } from "./flavors/deno_signals.ts";

Deno.exit(
  await runProgram(
    {
      name: "mca-webhook",
      description: "Puts MCA's sidecar into pods when they are created.",
      commands: [{
        name: "webhook",
        summary: "Serve; this is what runs where no command is named",
        load: async () =>
          (await import("./lib/cli/webhook_command.ts")).webhookCommand,
      }],
      defaultCommand: "webhook",
      runtime: { target: Deno.build.target, deno: Deno.version.deno },
    },
    Deno.args,
    platform,
    processSignals,
  ),
);

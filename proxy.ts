/**
 * The executable `mca-proxy`: the sidecar alone.
 *
 * @module
 */

import { platform } from "#flavor";
import { runProgram } from "./lib/cli/program.ts";
import { processSignals } from "./flavors/deno_signals.ts";

Deno.exit(
  await runProgram(
    {
      name: "mca-proxy",
      description: "Serves the Kubernetes API to a pod's other containers.",
      commands: [{
        name: "proxy",
        summary: "Serve; this is what runs where no command is named",
        load: async () =>
          (await import("./lib/cli/proxy_command.ts")).proxyCommand,
      }],
      defaultCommand: "proxy",
      runtime: { target: Deno.build.target, deno: Deno.version.deno },
    },
    Deno.args,
    platform,
    processSignals,
  ),
);

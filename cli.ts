/**
 * The executable `mca`: everything.
 *
 * @module
 */

import { platform } from "#flavor";
import {
  describeCommands,
  type Program,
  runProgram,
} from "./lib/cli/program.ts";
import { processSignals } from "./flavors/deno_signals.ts";

const program: Program = {
  name: "mca",
  description:
    "Puts a sidecar between a pod's containers and the Kubernetes API.",
  commands: [
    {
      name: "inject",
      summary: "Put the sidecar into the pods of a manifest",
      load: async () =>
        (await import("./lib/cli/inject_command.ts")).injectCommand,
    },
    {
      name: "uninject",
      summary: "Take the sidecar out again",
      load: async () =>
        (await import("./lib/cli/uninject_command.ts")).uninjectCommand,
    },
    {
      name: "proxy",
      summary: "Serve the Kubernetes API to the pod's other containers",
      load: async () =>
        (await import("./lib/cli/proxy_command.ts")).proxyCommand,
    },
    {
      name: "webhook",
      summary: "Put the sidecar into pods when they are created",
      load: async () =>
        (await import("./lib/cli/webhook_command.ts")).webhookCommand,
    },
    {
      name: "status",
      summary: "Tell how MCA does in a cluster",
      load: async () => {
        const { statusCommand } = await import("./lib/cli/status_command.ts");
        const { readKubeconfigFiles } = await import(
          "./flavors/kubeconfig_files.ts"
        );
        return statusCommand(readKubeconfigFiles);
      },
    },
    {
      name: "completion",
      summary: "Write completions for bash, zsh or fish",
      load: async () =>
        (await import("./lib/cli/completion_command.ts"))
          .completionCommand("mca", () => describeCommands(program)),
    },
  ],
  runtime: { target: Deno.build.target, deno: Deno.version.deno },
};

Deno.exit(await runProgram(program, Deno.args, platform, processSignals));

/** The entry point of `deno task cluster`: arguments, signals, exit codes. */

import { systemErrorCode } from "../../lib/errors.ts";
import { ClusterError } from "./cluster_error.ts";
import { help, parseCommandLine, UsageError } from "./command_line.ts";
import {
  build,
  type CommandContext,
  down,
  env,
  status,
  up,
} from "./commands.ts";

function print(line: string): void {
  Deno.stdout.writeSync(new TextEncoder().encode(`${line}\n`));
}

function tell(line: string): void {
  Deno.stderr.writeSync(new TextEncoder().encode(`${line}\n`));
}

async function run(
  args: readonly string[],
  context: CommandContext,
): Promise<void> {
  const request = parseCommandLine(args);
  switch (request.command) {
    case "help":
      return print(help.trimEnd());
    case "up":
      return await up(request, context);
    case "down":
      return await down(request, context);
    case "status":
      return await status(request, context);
    case "env":
      return await env(request, context);
    case "build":
      return await build(context);
  }
}

function explain(error: unknown, signal: AbortSignal): 1 | 2 {
  if (error instanceof UsageError) {
    tell(`cluster: ${error.message}`);
    tell("hint: deno task cluster --help");
    return 2;
  }
  if (error === signal.reason && signal.aborted) {
    tell("cluster: interrupted, nothing is left running");
    return 1;
  }
  if (error instanceof Error && systemErrorCode(error) !== undefined) {
    tell(`cluster: ${error.message}`);
    tell(
      "hint: MCA_CLUSTER_DIR names the folder for clusters, MCA_CLUSTER_CACHE the one for programs.",
    );
    return 1;
  }
  if (!(error instanceof ClusterError)) throw error;
  tell(`cluster: ${error.message}`);
  if (error.hint !== undefined) tell(`hint: ${error.hint}`);
  return 1;
}

const interrupt = new AbortController();
for (const name of ["SIGINT", "SIGTERM"] as const) {
  Deno.addSignalListener(name, () => interrupt.abort());
}
const { signal } = interrupt;
let code: 0 | 1 | 2 = 0;
try {
  await run(Deno.args, { print, tell, signal });
} catch (error) {
  code = explain(error, signal);
}
Deno.exit(code);

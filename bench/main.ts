/**
 * `deno task bench`.
 *
 * @module
 */

import { processSignals } from "../flavors/deno_signals.ts";
import { formatError, McaError } from "../lib/errors.ts";
import { HELP, readOptions } from "./bench_options.ts";
import { runComparison } from "./run_comparison.ts";
import { runInject } from "./run_inject.ts";
import { runSoak } from "./run_soak.ts";
import { runWebhook } from "./run_webhook.ts";

/** Progress is no data. */
const tell = (line: string): void => console.error(line);

async function main(
  args: readonly string[],
  stop: AbortSignal,
): Promise<number> {
  const options = readOptions(args);
  switch (options.kind) {
    case "help":
      console.log(HELP.trimEnd());
      return 0;
    case "inject":
      return await runInject();
    case "webhook":
      return await runWebhook(options, tell, stop);
    case "soak":
      return await runSoak(options, tell, stop);
    case "compare":
      return await runComparison(options, tell, stop);
  }
}

const stop = new AbortController();
const onSignal = () => {
  // Twice: somebody cannot wait.
  if (stop.signal.aborted) Deno.exit(130);
  stop.abort(new DOMException("The benchmark was stopped", "AbortError"));
};
processSignals.on("SIGINT", onSignal);
processSignals.on("SIGTERM", onSignal);
try {
  Deno.exit(await main(Deno.args, stop.signal));
} catch (error) {
  if (stop.signal.aborted) {
    console.error("Stopped. Nothing is left behind.");
    Deno.exit(130);
  }
  if (!(error instanceof McaError)) throw error;
  console.error(formatError("bench", error));
  Deno.exit(error.exitCode);
}

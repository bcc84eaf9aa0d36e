/**
 * `deno task demo`.
 *
 * @module
 */

import { formatError, McaError, systemErrorCode } from "../lib/errors.ts";
import { processSignals } from "../flavors/deno_signals.ts";
import { denoTerminal } from "../flavors/deno_terminal.ts";
import { HELP, readOptions } from "./demo_options.ts";
import { Narrator } from "./narrator.ts";
import { runDemo } from "./run_demo.ts";

const encoder = new TextEncoder();

const stop = new AbortController();

/** At once, so that the order holds. Whoever reads may go away: then there is nobody to show things to. */
function write(text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let written = 0; written < bytes.length;) {
      written += Deno.stdout.writeSync(bytes.subarray(written));
    }
  } catch (cause) {
    if (systemErrorCode(cause) === "EPIPE") return stop.abort(cause);
    throw new McaError("file", "Standard output cannot be written", {
      hint: "Look at where it goes: the disk may be full.",
      cause,
    });
  }
}

async function main(args: readonly string[]): Promise<number> {
  const options = readOptions(args);
  if (options.isHelp) {
    write(HELP);
    return 0;
  }
  const narrator = new Narrator({
    write,
    isColored: denoTerminal.isTerminal.stdout && !Deno.env.get("NO_COLOR"),
  });
  // A terminal and `deno task` may each pass the same signal on, so more than
  // one is no more urgent than one.
  const onSignal = () =>
    stop.abort(new DOMException("The demo was stopped", "AbortError"));
  for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    processSignals.on(name, onSignal);
  }
  try {
    await runDemo(options, narrator, stop.signal);
  } catch (error) {
    if (!stop.signal.aborted) throw error;
  }
  narrator.line("Stopped. Nothing is left behind.");
  return 0;
}

try {
  Deno.exit(await main(Deno.args));
} catch (error) {
  if (!(error instanceof McaError)) throw error;
  denoTerminal.writeError(`${formatError("demo", error)}\n`);
  Deno.exit(error.exitCode);
}

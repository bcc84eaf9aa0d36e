import type { GateOptions } from "./run_gate.ts";

/** What this process gives a run of the gate: its environment, signals and output. */
export function gateOptions(): Omit<GateOptions, "steps" | "names"> {
  const interrupted = new AbortController();
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    Deno.addSignalListener(signal, () => interrupted.abort());
  }
  const ci = Deno.env.get("CI");
  return {
    root: new URL("../../", import.meta.url),
    ci: ci !== undefined && ci !== "" && ci !== "false",
    concurrency: Math.max(1, Math.min(navigator.hardwareConcurrency, 4)),
    signal: interrupted.signal,
    print: (line) => console.log(line),
    progress: (bytes) => {
      for (let rest = bytes; rest.length > 0;) {
        rest = rest.subarray(Deno.stderr.writeSync(rest));
      }
    },
  };
}

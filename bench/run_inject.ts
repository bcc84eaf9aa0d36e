/**
 * `deno task bench inject`.
 *
 * @module
 */

/** Injection alone, then `mca inject` as a process. */
const COMMANDS: readonly (readonly string[])[] = [
  ["bench", "-A", "bench/inject_bench.ts"],
  ["run", "-A", "bench/inject_stream.ts"],
];

/** Runs the measurements of injection one after another; the first exit code that is not 0. */
export async function runInject(): Promise<number> {
  for (const [subcommand = "", ...args] of COMMANDS) {
    const { code } = await new Deno.Command(Deno.execPath(), {
      args: [subcommand, "--import-map=flavors/release.json", ...args],
      cwd: new URL("../", import.meta.url),
    }).spawn().status;
    if (code !== 0) return code;
  }
  return 0;
}

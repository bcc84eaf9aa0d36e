/**
 * Running Deno's own commands.
 *
 * @module
 */

/**
 * Runs `deno ARGS…` and returns what it printed on standard output.
 *
 * @throws {DenoFailure} Where it fails.
 */
export async function runDeno(
  args: readonly string[],
  cwd: URL,
): Promise<string> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd,
    env: { NO_COLOR: "1", DENO_NO_UPDATE_CHECK: "1" },
  }).output();
  const text = new TextDecoder();
  if (!success) throw new DenoFailure(args[0] ?? "", text.decode(stderr));
  return text.decode(stdout);
}

/** A command of Deno failed. */
export class DenoFailure extends Error {
  override readonly name = "DenoFailure";
  /** What it printed on standard error. */
  readonly output: string;

  constructor(command: string, output: string) {
    super(`deno ${command} failed: ${output.trim()}`);
    this.output = output;
  }
}

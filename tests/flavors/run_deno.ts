/**
 * Programs in a process of their own.
 *
 * @module
 */

/** What a program left. */
export interface ProgramRun {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How a program runs. */
export interface RunOptions {
  /** `-A` unless given. */
  readonly flags?: readonly string[];
  readonly args?: readonly string[];
  readonly env?: Readonly<Record<string, string>>;
}

/** Runs a program's text to its end, with this repository's configuration. */
export async function runDeno(
  program: string,
  { flags = ["-A"], args = [], env = {} }: RunOptions = {},
): Promise<ProgramRun> {
  const directory = await Deno.makeTempDir();
  try {
    await Deno.writeTextFile(`${directory}/program.ts`, program);
    const config = new URL("../../deno.json", import.meta.url);
    const output = await new Deno.Command(Deno.execPath(), {
      args: [
        ...["run", "--config", config.pathname, "--no-check", "--no-prompt"],
        ...flags,
        `${directory}/program.ts`,
        ...args,
      ],
      env,
      stdin: "null",
    }).output();
    const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
    return {
      code: output.code,
      stdout: text(output.stdout),
      stderr: text(output.stderr),
    };
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

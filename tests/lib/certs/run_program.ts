/**
 * Programs that check certificates besides MCA: openssl and curl.
 *
 * @module
 */

/** What a program said. */
export interface ProgramResult {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a program to its end. A missing one is an error, not a reason to skip. */
export async function runProgram(
  program: "openssl" | "curl",
  args: readonly string[],
): Promise<ProgramResult> {
  const command = new Deno.Command(program, {
    args: [...args],
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  });
  const output = await command.output().catch((cause) => {
    throw new Error(`Cannot run ${program}; install it to run these tests`, {
      cause,
    });
  });
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return {
    code: output.code,
    stdout: text(output.stdout),
    stderr: text(output.stderr),
  };
}

/** A directory with the given files, gone after `use`. */
export async function withFiles<T>(
  contents: Readonly<Record<string, string>>,
  use: (path: (name: string) => string) => Promise<T>,
): Promise<T> {
  const directory = await Deno.makeTempDir();
  try {
    for (const [name, content] of Object.entries(contents)) {
      await Deno.writeTextFile(`${directory}/${name}`, content);
    }
    return await use((name) => `${directory}/${name}`);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

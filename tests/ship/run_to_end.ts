/** A program that runs to its end. */

/** What it left. */
export interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** How it runs. */
export interface RunToEndOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the variables of this process are kept from it. */
  readonly clearEnv?: boolean;
  readonly cwd?: string;
  readonly stdin?: string;
}

/** Runs a command. */
export async function runToEnd(
  [program, ...args]: readonly [string, ...string[]],
  { stdin = "", env = {}, ...options }: RunToEndOptions = {},
): Promise<Ended> {
  const child = new Deno.Command(program, {
    ...options,
    args,
    env: { ...env },
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const written = writer.write(new TextEncoder().encode(stdin))
    .then(() => writer.close())
    // It may end without reading.
    .catch(() => {});
  const { code, stdout, stderr } = await child.output();
  await written;
  const text = new TextDecoder();
  return { code, stdout: text.decode(stdout), stderr: text.decode(stderr) };
}

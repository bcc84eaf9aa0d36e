import type { StepContext } from "./step.ts";

/** What a command printed and whether it succeeded. */
export interface CommandResult {
  readonly success: boolean;
  /** stdout and stderr as they came. */
  readonly output: string;
}

/** What may differ from one command to another. */
export interface DenoCommandOptions {
  /** Added to the environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Whether the output is shown at once, and not only in the result. */
  readonly live?: boolean;
}

/**
 * Runs this very Deno with the arguments, in the repository's root. An aborted
 * signal interrupts it (SIGINT, then what it started can clean up) and waits.
 */
export async function runDeno(
  args: readonly string[],
  context: StepContext,
  options: DenoCommandOptions = {},
): Promise<CommandResult> {
  const child = new Deno.Command(Deno.execPath(), {
    args: [...args],
    cwd: context.root,
    env: { NO_COLOR: "1", ...options.env },
    stdin: "null",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const interrupt = () => {
    try {
      child.kill("SIGINT");
    } catch {
      // It has ended by itself.
    }
  };
  context.signal.addEventListener("abort", interrupt, { once: true });
  if (context.signal.aborted) interrupt();
  try {
    const chunks: Uint8Array[] = [];
    const collect = async (stream: ReadableStream<Uint8Array>) => {
      for await (const chunk of stream) {
        chunks.push(chunk);
        if (options.live) context.progress(chunk);
      }
    };
    const [status] = await Promise.all([
      child.status,
      collect(child.stdout),
      collect(child.stderr),
    ]);
    const bytes = new Uint8Array(
      chunks.reduce((size, chunk) => size + chunk.length, 0),
    );
    let offset = 0;
    for (const chunk of chunks) {
      bytes.set(chunk, offset);
      offset += chunk.length;
    }
    return { success: status.success, output: new TextDecoder().decode(bytes) };
  } finally {
    context.signal.removeEventListener("abort", interrupt);
  }
}

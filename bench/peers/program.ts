/**
 * Programs that peers are, or are built by.
 *
 * @module
 */

import { freePort } from "../../tests/cluster/free_port.ts";
import type { Material } from "../pki.ts";
import type { PreparedPeer } from "./peer.ts";

/** The first line that the program prints when asked for its version; undefined where there is no such program. */
export async function versionOf(
  program: string,
  args: readonly string[],
): Promise<string | undefined> {
  try {
    const { stdout, stderr } = await new Deno.Command(program, {
      args: [...args],
      stdin: "null",
    }).output();
    const text = new TextDecoder().decode(stdout) +
      new TextDecoder().decode(stderr);
    return text.split("\n", 1)[0]?.trim();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return undefined;
    throw error;
  }
}

/** Runs a program to its end; rejects where it fails. */
export async function runProgram(
  program: string,
  args: readonly string[],
  options: { readonly cwd?: string; readonly env?: Record<string, string> } =
    {},
): Promise<void> {
  const { success, stderr } = await new Deno.Command(program, {
    args: [...args],
    ...options,
    stdin: "null",
    stdout: "null",
    stderr: "piped",
  }).output();
  if (success) return;
  const reason = new TextDecoder().decode(stderr).trim();
  throw new Error(`${program} ${args.join(" ")} failed: ${reason}`);
}

/** A proxy that listens with the benchmark's own certificate, and logs to a file by itself or by its standard error. */
export async function preparedProgram(
  material: Material,
  command: (port: number, directory: string) => Promise<[string, ...string[]]>,
): Promise<PreparedPeer> {
  const directory = await Deno.makeTempDir({ prefix: "mca-bench-peer-" });
  const port = freePort();
  const [program, ...args] = await command(port, directory);
  const logFile = `${directory}/log`;
  await Deno.writeTextFile(logFile, "");
  let child: Deno.ChildProcess | undefined;
  return {
    start: () => {
      child = new Deno.Command("sh", {
        // Becomes the program: the log goes to a file without passing through here.
        args: ["-c", 'exec "$@" 2>>"$0"', logFile, program, ...args],
        stdin: "null",
        stdout: "null",
        stderr: "null",
      }).spawn();
      return Promise.resolve();
    },
    target: () =>
      Promise.resolve({
        port,
        caCertificate: material.caCertificate,
        token: "app",
      }),
    get pid() {
      return child?.pid;
    },
    log: () => Deno.readTextFile(logFile),
    [Symbol.asyncDispose]: async () => {
      try {
        child?.kill("SIGTERM");
      } catch {
        // It has ended by itself.
      }
      await child?.status;
      await Deno.remove(directory, { recursive: true });
    },
  };
}

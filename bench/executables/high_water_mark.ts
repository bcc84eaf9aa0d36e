/**
 * The most memory that a short process takes.
 *
 * @module
 */

import { versionOf } from "../peers/program.ts";

/**
 * Linux tells a parent how much its children took at most, when they have ended
 * (getrusage(2), RUSAGE_CHILDREN), and Python passes that on. Reading the mark of
 * a process that runs would miss its last moments. Prints kB.
 */
const PARENT = `
import resource, subprocess, sys
null = subprocess.DEVNULL
done = subprocess.run(sys.argv[1:], stdin=null, stdout=null, stderr=null)
print(resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)
sys.exit(done.returncode)
`;

/** Why the mark cannot be told here; undefined where it can. */
export async function highWaterMarkObstacle(): Promise<string | undefined> {
  if (Deno.build.os !== "linux") return "only Linux tells it in kB";
  return await versionOf("python3", ["--version"]) === undefined
    ? "there is no python3"
    : undefined;
}

/**
 * Runs a command to its end and tells the most that was resident of it at a
 * time, in MB of 2^20 octets. What is below Python's own 10 MB shows as that.
 *
 * @throws {Error} Where the command fails.
 */
export async function highWaterMark(
  command: readonly [string, ...string[]],
): Promise<number> {
  const { code, stdout } = await new Deno.Command("python3", {
    args: ["-c", PARENT, ...command],
    stdin: "null",
    stderr: "null",
  }).output();
  if (code !== 0) throw new Error(`${command[0]} ended with exit code ${code}`);
  return Number(new TextDecoder().decode(stdout)) / 1024;
}

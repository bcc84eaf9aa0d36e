/**
 * The most memory that a short process takes.
 *
 * @module
 */

/**
 * Runs a command to its end and tells the most that was resident of it at a
 * time, in MB of 2^20 octets. Linux keeps the mark; it is read as often as this
 * process can until the other ends, and a mark only rises.
 *
 * @throws {Error} Where the command fails.
 */
export async function highWaterMark(
  [program, ...args]: readonly [string, ...string[]],
): Promise<number> {
  const child = new Deno.Command(program, {
    args,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  let highest = 0;
  for (;;) {
    const now = markOf(child.pid);
    // A process that has ended has no memory, until it is waited for.
    if (now === undefined) break;
    highest = Math.max(highest, now);
  }
  const { code } = await child.status;
  if (code !== 0) throw new Error(`${program} ended with exit code ${code}`);
  return highest / 1024;
}

/** The mark in kB, undefined where the process has ended. */
function markOf(pid: number): number | undefined {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  const mark = /^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1];
  return mark === undefined ? undefined : Number(mark);
}

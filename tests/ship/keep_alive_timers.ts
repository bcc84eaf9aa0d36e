/** What the kernel tells of a process's connections. */

import { waitUntil } from "../cluster/wait_until.ts";

/** The state and the timer's kind in /proc/net/tcp (proc(5)). */
const ESTABLISHED = "01";
const KEEP_ALIVE = "02";
/** Of the timers there, in a second. */
const TICKS = 100;

/** The sockets that a process has open, by inode. */
function socketsOf(pid: number): Set<string> {
  const inodes = new Set<string>();
  for (const { name } of Deno.readDirSync(`/proc/${pid}/fd`)) {
    const target = targetOf(`/proc/${pid}/fd/${name}`);
    const inode = /^socket:\[(\d+)\]$/.exec(target)?.[1];
    if (inode !== undefined) inodes.add(inode);
  }
  return inodes;
}

/** What a descriptor is; empty where it was closed meanwhile. */
function targetOf(path: string): string {
  try {
    return Deno.readLinkSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/**
 * Seconds until the next probe of each connection that a process has to a port,
 * once it has one on which nothing is under way.
 */
export async function keepAliveTimers(
  pid: number,
  port: number,
): Promise<number[]> {
  const suffix = `:${port.toString(16).toUpperCase().padStart(4, "0")}`;
  let timers: number[] = [];
  await waitUntil("an idle connection", async () => {
    const own = socketsOf(pid);
    const table = await Deno.readTextFile("/proc/net/tcp");
    timers = table.split("\n").slice(1).flatMap((line) => {
      const [, , remote, state, , timer = "", , , , inode = ""] = line.trim()
        .split(/\s+/);
      if (!own.has(inode) || state !== ESTABLISHED) return [];
      if (!remote?.endsWith(suffix)) return [];
      const [kind, ticks = ""] = timer.split(":");
      return kind === KEEP_ALIVE ? [parseInt(ticks, 16) / TICKS] : [];
    });
    return timers.length > 0;
  });
  return timers;
}

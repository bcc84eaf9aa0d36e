/**
 * Telling a process apart from a later one that got the same pid: a process is
 * known by its pid together with the moment it started.
 */

import { waitUntil } from "./wait_until.ts";

/** A process that this cluster started. */
export interface ProcessRecord {
  readonly name: string;
  readonly pid: number;
  /** When it started, in the words of the operating system; only to be compared. */
  readonly startedAt: string;
}

function bootId(): string {
  return Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim();
}

function startOnLinux(pid: number): string | undefined {
  let stat: string;
  try {
    stat = Deno.readTextFileSync(`/proc/${pid}/stat`);
  } catch {
    return undefined;
  }
  // the name, in parentheses, may hold spaces; what follows it does not (proc(5))
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const isZombie = fields[0] === "Z" || fields[0] === "X";
  return isZombie ? undefined : `${bootId()} ${fields[19]}`;
}

function startElsewhere(pid: number): string | undefined {
  const output = new Deno.Command("ps", {
    args: ["-o", "state=,lstart=", "-p", String(pid)],
    stderr: "null",
  }).outputSync();
  const line = new TextDecoder().decode(output.stdout).trim();
  if (line === "" || line.startsWith("Z")) return undefined;
  return line.replace(/^\S+\s+/, "");
}

/** When the process started, or undefined when there is none (or only its remains). */
export function processStart(pid: number): string | undefined {
  return Deno.build.os === "linux" ? startOnLinux(pid) : startElsewhere(pid);
}

/** Whether this very process still runs. */
export function isRunning(record: ProcessRecord): boolean {
  return processStart(record.pid) === record.startedAt;
}

/** Kills the process, if it still is the one that was recorded, and waits until it is gone. */
export async function killRecorded(record: ProcessRecord): Promise<void> {
  if (!isRunning(record)) return;
  try {
    Deno.kill(record.pid, "SIGKILL");
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  await waitUntil(`the end of ${record.name}`, () => !isRunning(record), {
    pollMilliseconds: 10,
  });
}

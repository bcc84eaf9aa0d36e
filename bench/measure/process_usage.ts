/**
 * What a process takes, as Linux tells it.
 *
 * @module
 */

/** Memory of a process and its children. MB of 2^20 octets. */
export interface Memory {
  /** All that is resident, the program's own shared pages included. */
  readonly resident: number;
  /** The part that is the process's alone, and no file's. */
  readonly anonymous: number;
}

/** A clock tick of /proc/PID/stat: USER_HZ is 100 on every Linux that Deno runs on. Milliseconds. */
const TICK = 10;

/** The memory of a process and its children. */
export async function memoryOf(pid: number): Promise<Memory> {
  let resident = 0;
  let anonymous = 0;
  for (const member of await family(pid)) {
    const status = await textOf(`/proc/${member}/status`);
    resident += kilobytes(status, "VmRSS");
    anonymous += kilobytes(status, "RssAnon");
  }
  return { resident: resident / 1024, anonymous: anonymous / 1024 };
}

/** The processor time that a process and its children have taken. Milliseconds. */
export async function processorTimeOf(pid: number): Promise<number> {
  let ticks = 0;
  for (const member of await family(pid)) {
    const stat = await textOf(`/proc/${member}/stat`);
    // The name in parentheses may hold spaces; user and system time come 12th and 13th behind it.
    const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
    ticks += Number(fields[11] ?? 0) + Number(fields[12] ?? 0);
  }
  return ticks * TICK;
}

/** Processor time of the machine and of this process's family. Milliseconds. */
export interface MachineUse {
  /** Of all processors, idle or not. */
  readonly total: number;
  readonly busy: number;
  /** This process, its children, and theirs; without those that have ended. */
  readonly own: number;
}

/** What the machine has done so far; all 0 where it does not tell. */
export async function machineUse(): Promise<MachineUse> {
  const [line = ""] = (await textOf("/proc/stat")).split("\n", 1);
  const times = line.split(/\s+/).slice(1, 9).map((text) =>
    Number(text) * TICK
  );
  const [user, nice, system, , , , , stolen] = times;
  // Interrupts work for this process as for others, and count for neither.
  const busy = sum([user, nice, system, stolen]);
  return {
    total: sum(times),
    busy,
    own: await processorTimeOf(Deno.pid),
  };
}

/** The share of the machine that others took from one moment to another. */
export function othersShare(from: MachineUse, to: MachineUse): number {
  const total = to.total - from.total;
  const others = to.busy - from.busy - (to.own - from.own);
  return total <= 0 ? 0 : Math.max(others, 0) / total;
}

function sum(values: readonly (number | undefined)[]): number {
  return values.reduce<number>((all, value) => all + (value ?? 0), 0);
}

async function family(pid: number): Promise<number[]> {
  const children = (await textOf(`/proc/${pid}/task/${pid}/children`)).trim();
  const members = [pid];
  if (children === "") return members;
  for (const child of children.split(" ")) {
    members.push(...await family(Number(child)));
  }
  return members;
}

function kilobytes(status: string, field: string): number {
  const match = new RegExp(`^${field}:\\s+(\\d+) kB`, "m").exec(status);
  return Number(match?.[1] ?? 0);
}

async function textOf(file: string): Promise<string> {
  try {
    return await Deno.readTextFile(file);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return "";
    throw error;
  }
}

/** Takes the highest memory of a process while something runs. */
export async function highestMemory(
  pid: number,
  running: Promise<unknown>,
  interval = 50,
): Promise<Memory> {
  let highest: Memory = { resident: 0, anonymous: 0 };
  let isRunning = true;
  const stop = () => isRunning = false;
  running.then(stop, stop);
  do {
    const now = await memoryOf(pid);
    if (now.resident > highest.resident) highest = now;
    await new Promise((resolve) => setTimeout(resolve, interval));
  } while (isRunning);
  return highest;
}

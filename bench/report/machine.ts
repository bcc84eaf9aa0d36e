/**
 * What a run was made on.
 *
 * @module
 */

import { cpus, totalmem } from "node:os";
import { versionOf } from "../peers/program.ts";

/** A machine and the programs on it. */
export interface Machine {
  readonly processors: string;
  readonly memory: string;
  readonly system: string;
  /** Versions by name; programs that are not there are left out. */
  readonly versions: Readonly<Record<string, string>>;
}

/** This machine. */
export async function thisMachine(): Promise<Machine> {
  const [first] = cpus();
  const [majorMinor = ""] = /^\d+\.\d+/.exec(Deno.osRelease()) ?? [];
  const versions: Record<string, string> = { Deno: Deno.version.deno };
  const go = await versionOf("go", ["version"]);
  const nginx = await versionOf("nginx", ["-v"]);
  if (go !== undefined) versions["Go"] = /go([\d.]+)/.exec(go)?.[1] ?? go;
  if (nginx !== undefined) {
    versions["nginx"] = nginx.replace(/^.*nginx\//, "");
  }
  return {
    processors: `${cpus().length} × ${first?.model.trim() ?? "unknown"}`,
    memory: `${Math.round(totalmem() / 2 ** 30)} GB`,
    system: `${Deno.build.os} ${majorMinor} ${Deno.build.arch}`,
    versions,
  };
}

/** The machine in one line. */
export function machineText(machine: Machine): string {
  const { processors, memory, system, versions } = machine;
  const programs = Object.entries(versions).map(([name, version]) =>
    `${name} ${version}`
  );
  return [processors, memory, system, ...programs].join(", ");
}

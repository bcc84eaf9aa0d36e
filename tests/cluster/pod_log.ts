/** The log files that the kubelets' stand-in serves as those of containers. */

import { dirname, join } from "node:path";
import { podsFolder } from "./kubelet.ts";

/** A container, by the names of all it is in. */
export interface ContainerName {
  readonly namespace: string;
  readonly pod: string;
  readonly container: string;
}

/** The log file of a container, in the format of the container runtimes (CRI). */
export function podLogFile(directory: string, name: ContainerName): string {
  const { namespace, pod, container } = name;
  return join(podsFolder(directory), namespace, pod, `${container}.log`);
}

/** Appends lines to the log of a container, which need not be there yet. */
export async function appendToPodLog(
  directory: string,
  name: ContainerName,
  lines: readonly string[],
): Promise<void> {
  const file = podLogFile(directory, name);
  const now = new Date().toISOString();
  await Deno.mkdir(dirname(file), { recursive: true });
  await Deno.writeTextFile(
    file,
    lines.map((line) => `${now} stdout F ${line}\n`).join(""),
    { append: true },
  );
}

/** The clusters of the command line: each has a name, and a folder of that name. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClusterError } from "./cluster_error.ts";
import { type ClusterState, readState, stateFile } from "./cluster_state.ts";
import { isRunning, killRecorded } from "./process_identity.ts";

/** The folder that holds a folder for each cluster. */
export function clustersFolder(): string {
  return Deno.env.get("MCA_CLUSTER_DIR") ||
    fileURLToPath(new URL("../../tmp/cluster", import.meta.url));
}

/** The folder of the cluster. */
export function clusterFolder(name: string): string {
  return join(clustersFolder(), name);
}

/** Whether the words may name a cluster: they name a folder too. */
export function isClusterName(name: string): boolean {
  return /^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/.test(name);
}

/** How much of a cluster runs. */
export type Completeness = "up" | "incomplete" | "stopped";

/** A cluster as its state file tells of it. */
export interface NamedCluster {
  readonly name: string;
  readonly state: ClusterState;
  readonly completeness: Completeness;
}

function completeness(state: ClusterState): Completeness {
  const running = state.processes.filter(isRunning).length;
  if (running === 0) return "stopped";
  return running === state.processes.length ? "up" : "incomplete";
}

/** The cluster of that name, if there is one. */
export async function findCluster(
  name: string,
): Promise<NamedCluster | undefined> {
  const file = stateFile(clusterFolder(name));
  const exists = await Deno.stat(file).then(() => true, () => false);
  if (!exists) return undefined;
  const state = await readState(file);
  return { name, state, completeness: completeness(state) };
}

/** All clusters, by name. */
export async function listClusters(): Promise<readonly NamedCluster[]> {
  const names: string[] = [];
  try {
    for await (const entry of Deno.readDir(clustersFolder())) {
      if (entry.isDirectory) names.push(entry.name);
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  const clusters = await Promise.all(names.toSorted().map(findCluster));
  return clusters.filter((cluster) => cluster !== undefined);
}

/** Stops what runs of the cluster and removes its folder. */
export async function removeCluster(cluster: NamedCluster): Promise<void> {
  for (const process of cluster.state.processes) await killRecorded(process);
  await Deno.remove(clusterFolder(cluster.name), { recursive: true });
}

/**
 * Keeps other commands away from the cluster until it is disposed of.
 *
 * @throws {ClusterError} When another command is at work on it.
 */
export async function lockCluster(name: string): Promise<Disposable> {
  await Deno.mkdir(clustersFolder(), { recursive: true });
  const file = await Deno.open(join(clustersFolder(), `.${name}.lock`), {
    create: true,
    write: true,
  });
  if (await file.tryLock(true)) return file;
  file.close();
  throw new ClusterError(`Another command is at work on cluster ${name}`, {
    hint:
      "Wait until it is done (up --foreground ends with Ctrl-C), or choose another --name.",
  });
}

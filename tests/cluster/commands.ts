/** The commands of `deno task cluster`. Data goes to `print`, all else to `tell`. */

import { join } from "node:path";
import { ClusterError } from "./cluster_error.ts";
import { startControlPlane } from "./control_plane.ts";
import type { Request } from "./command_line.ts";
import { findProgram, locateProgram } from "./find_program.ts";
import {
  clusterFolder,
  findCluster,
  listClusters,
  lockCluster,
  type NamedCluster,
  removeCluster,
} from "./named_clusters.ts";
import { isRunning } from "./process_identity.ts";
import { programNames } from "./program_table.ts";

/** What a command may use. */
export interface CommandContext {
  /** Standard output, a line. */
  readonly print: (line: string) => void;
  /** Standard error, a line. */
  readonly tell: (line: string) => void;
  /** Aborts when the user interrupts. */
  readonly signal: AbortSignal;
}

type RequestOf<Command extends Request["command"]> = Extract<
  Request,
  { readonly command: Command }
>;

function aborted(signal: AbortSignal): Promise<void> {
  if (signal.aborted) return Promise.resolve();
  const { promise, resolve } = Promise.withResolvers<void>();
  signal.addEventListener("abort", () => resolve(), { once: true });
  return promise;
}

/** Starts the cluster, unless it is up. */
export async function up(
  request: RequestOf<"up">,
  { print, tell, signal }: CommandContext,
): Promise<void> {
  const { name } = request;
  using _lock = await lockCluster(name);
  const present = await findCluster(name);
  if (present?.completeness === "up") {
    tell(`Cluster ${name} is up already`);
    print(present.state.kubeconfig);
    return;
  }
  if (present !== undefined) {
    tell(`Cluster ${name} is ${present.completeness}: removing its remains`);
    await removeCluster(present);
  }
  const begin = performance.now();
  tell(`Starting cluster ${name}`);
  const plane = await startControlPlane({
    directory: clusterFolder(name),
    nodes: Array.from({ length: request.nodes }, (_, index) => `node-${index}`),
    audit: request.audit,
    signal,
  });
  const seconds = ((performance.now() - begin) / 1000).toFixed(1);
  tell(`Cluster ${name} is ready at ${plane.server} after ${seconds} s`);
  print(plane.kubeconfig);
  if (!request.foreground) return await plane.detach();
  tell("Press Ctrl-C to stop it");
  await aborted(signal);
  await plane.stop();
  tell(`Cluster ${name} is stopped`);
}

/** Stops the cluster, if there is one. */
export async function down(
  request: RequestOf<"down">,
  { tell }: CommandContext,
): Promise<void> {
  const { name } = request;
  using _lock = await lockCluster(name);
  const cluster = await findCluster(name);
  if (cluster === undefined) {
    tell(`There is no cluster ${name}`);
    return;
  }
  await removeCluster(cluster);
  tell(`Cluster ${name} is stopped`);
}

function describe({ name, state, completeness }: NamedCluster) {
  return {
    name,
    status: completeness,
    server: `https://${state.host}:${state.port}`,
    nodes: state.nodes,
    startedAt: state.startedAt,
    kubeconfig: state.kubeconfig,
    logs: join(state.directory, "logs"),
    processes: state.processes.map((process) => ({
      name: process.name,
      pid: process.pid,
      running: isRunning(process),
    })),
  };
}

function table(rows: readonly (readonly string[])[]): readonly string[] {
  const widths = (rows[0] ?? []).map((_, column) =>
    Math.max(...rows.map((row) => row[column]?.length ?? 0))
  );
  return rows.map((row) =>
    row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join("   ")
      .trimEnd()
  );
}

/** Shows the clusters. */
export async function status(
  request: RequestOf<"status">,
  { print, tell }: CommandContext,
): Promise<void> {
  const clusters = (await listClusters())
    .filter(({ name }) => request.name === undefined || request.name === name)
    .map(describe);
  if (request.json) {
    print(JSON.stringify(clusters, null, 2));
  } else if (clusters.length === 0) {
    tell("There is no cluster");
  } else {
    const rows = clusters.map(({ name, status, server, nodes, kubeconfig }) => [
      name,
      status,
      server,
      String(nodes.length),
      kubeconfig,
    ]);
    table([["NAME", "STATUS", "SERVER", "NODES", "KUBECONFIG"], ...rows])
      .forEach((line) => print(line));
  }
}

/** The word as a POSIX shell reads it back. */
function quoted(word: string): string {
  return `'${word.replaceAll("'", `'\\''`)}'`;
}

/** Prints what points a shell at the cluster. */
export async function env(
  request: RequestOf<"env">,
  { print }: CommandContext,
): Promise<void> {
  const cluster = await findCluster(request.name);
  if (cluster?.completeness !== "up") {
    throw new ClusterError(`Cluster ${request.name} is not up`, {
      hint: `Start it with: deno task cluster up --name ${request.name}`,
    });
  }
  const folder = join(cluster.state.directory, "bin");
  await Deno.mkdir(folder, { recursive: true });
  for (const name of ["kubectl", "helm"] as const) {
    const program = await locateProgram(name);
    const link = join(folder, name);
    if (program === undefined) continue;
    await Deno.remove(link).catch(() => {});
    await Deno.symlink(program, link);
  }
  print(`export KUBECONFIG=${quoted(cluster.state.kubeconfig)}`);
  print(`export PATH=${quoted(folder)}:"$PATH"`);
}

/** Builds every program that is not there yet, and prints where each one is. */
export async function build({ print, signal }: CommandContext): Promise<void> {
  for (const name of programNames) print(await findProgram(name, { signal }));
}

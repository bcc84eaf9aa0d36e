/** Finds the programs of a control plane, and builds those that are missing. */

import { join } from "node:path";
import { buildProgram } from "./build_program.ts";
import { ClusterError } from "./cluster_error.ts";
import { pinnedProgram } from "./program_cache.ts";
import type { ProgramName } from "./program_table.ts";

/** What a folder named by KUBEBUILDER_ASSETS holds by convention. */
const assetNames: readonly ProgramName[] = [
  "kube-apiserver",
  "etcd",
  "kubectl",
];

/** How to find or build programs. */
export interface FindOptions {
  /** Ends a build that is under way. */
  readonly signal?: AbortSignal | undefined;
}

/** Whether there is an ordinary file at the path. */
async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

/** The path of the program in the folder that KUBEBUILDER_ASSETS names, if it is set. */
async function findAsset(name: ProgramName): Promise<string | undefined> {
  const assets = Deno.env.get("KUBEBUILDER_ASSETS");
  if (!assets) return undefined;
  const path = join(assets, name);
  if (await isFile(path)) return path;
  if (!assetNames.includes(name)) return undefined;
  throw new ClusterError(
    `KUBEBUILDER_ASSETS is ${assets}, where there is no ${name}`,
    {
      hint: `Point it at a folder with ${
        assetNames.join(", ")
      }, or unset it to have them built.`,
    },
  );
}

/** The path of the program, if it is there without being built. */
export async function locateProgram(
  name: ProgramName,
): Promise<string | undefined> {
  const asset = await findAsset(name);
  if (asset !== undefined) return asset;
  const { path } = await pinnedProgram(name);
  return await isFile(path) ? path : undefined;
}

/**
 * The path of the program: from the folder that KUBEBUILDER_ASSETS names, else
 * from the cache, else built into the cache.
 *
 * @throws {ClusterError} When it has to be built and cannot be.
 */
export async function findProgram(
  name: ProgramName,
  options: FindOptions = {},
): Promise<string> {
  const located = await locateProgram(name);
  if (located !== undefined) return located;
  const program = await pinnedProgram(name);
  await buildProgram(program, options);
  return program.path;
}

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
export async function isFile(path: string): Promise<boolean> {
  try {
    return (await Deno.stat(path)).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
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
  const assets = Deno.env.get("KUBEBUILDER_ASSETS");
  if (assets) {
    const path = join(assets, name);
    if (await isFile(path)) return path;
    if (assetNames.includes(name)) {
      throw new ClusterError(
        `KUBEBUILDER_ASSETS is ${assets}, where there is no ${name}`,
        {
          hint:
            "Point it at a folder with kube-apiserver, etcd and kubectl, or unset it to have them built.",
        },
      );
    }
  }
  const program = await pinnedProgram(name);
  if (!await isFile(program.path)) await buildProgram(program, options);
  return program.path;
}

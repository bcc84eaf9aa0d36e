/** Where built programs are kept, and which build of a program is the right one. */

import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { ClusterError } from "./cluster_error.ts";
import {
  pinnedModules,
  type ProgramName,
  programTable,
} from "./program_table.ts";

/** A program at its pinned version, and its place in the cache. */
export interface PinnedProgram {
  readonly name: ProgramName;
  readonly version: string;
  /** The folder of the Go module that pins it. */
  readonly moduleFolder: string;
  readonly ldflags: string;
  /** Where the executable is, once it is built. */
  readonly path: string;
}

/** The folder that outlives checkouts, so that a build happens once per version. */
export function cacheFolder(): string {
  const own = Deno.env.get("MCA_CLUSTER_CACHE");
  if (own) return own;
  const xdg = Deno.env.get("XDG_CACHE_HOME");
  if (xdg) return join(xdg, "mca-cluster");
  const home = Deno.env.get("HOME");
  if (home) return join(home, ".cache", "mca-cluster");
  throw new ClusterError("There is no folder to keep the built programs in", {
    hint: "Set HOME, or MCA_CLUSTER_CACHE to a folder.",
  });
}

function pinnedVersion(goMod: string, module: string): string {
  for (const line of goMod.split("\n")) {
    const words = line.replace(/^\s*(require\s)?\s*/, "").split(/\s+/);
    if (words[0] === module && words[1] !== undefined) return words[1];
  }
  throw new ClusterError(`No version of ${module} is pinned in its go.mod`, {
    hint: "Run tests/cluster/programs/pin.ts.",
  });
}

/** The module's files: go.mod and go.sum, which pin all upstream code, and code of our own. */
async function sources(folder: string): Promise<readonly string[]> {
  const names = Array.from(Deno.readDirSync(folder), (entry) => entry.name);
  return await Promise.all(
    names.toSorted().map((name) => Deno.readTextFile(join(folder, name))),
  );
}

async function shortHash(texts: readonly string[]): Promise<string> {
  const digest = await crypto.subtle.digest(
    "SHA-256",
    new TextEncoder().encode(texts.join("\0")),
  );
  return new Uint8Array(digest).toHex().slice(0, 16);
}

/** The program as go.mod pins it. Its path changes with anything that would change the build. */
export async function pinnedProgram(name: ProgramName): Promise<PinnedProgram> {
  const source = programTable[name];
  const moduleFolder = fileURLToPath(
    new URL(`./programs/${source.folder}/`, import.meta.url),
  );
  const goMod = await Deno.readTextFile(join(moduleFolder, "go.mod"));
  const version = pinnedVersion(goMod, pinnedModules[source.folder]);
  const ldflags = source.ldflags(version);
  const key = await shortHash([...await sources(moduleFolder), ldflags]);
  return {
    name,
    version,
    moduleFolder,
    ldflags,
    path: join(cacheFolder(), `${name}-${version}-${key}`, name),
  };
}

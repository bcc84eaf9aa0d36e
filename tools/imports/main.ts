/**
 * `deno run tools/imports/main.ts`: checks the import graph of every module and
 * of every executable in each flavor.
 *
 * @module
 */

import { type Graph, mergeGraphs, parseInfo } from "./graph.ts";
import { type FlavorName, forbiddenPaths, reachRules } from "./reach.ts";
import { rooms, wrongImports } from "./rooms.ts";

const flavors: readonly FlavorName[] = ["release", "develop", "testing"];

/** Where modules stand; other folders hold none. */
const folders = ["lib", "flavors", "demo", "tests", "tools", "bench"];
const entryPoints = ["cli.ts", "proxy.ts", "webhook.ts", "mod.ts"];

/** All modules' paths from the root, sorted. */
async function listModules(root: URL): Promise<string[]> {
  const found: string[] = [];
  const walk = async (folder: string) => {
    for await (const entry of Deno.readDir(new URL(folder, root))) {
      const path = `${folder}${entry.name}`;
      if (entry.isDirectory) await walk(`${path}/`);
      else if (/\.ts$/.test(entry.name)) found.push(path);
    }
  };
  for (const folder of folders) {
    if (await exists(new URL(folder, root))) await walk(`${folder}/`);
  }
  for (const path of entryPoints) {
    if (await exists(new URL(path, root))) found.push(path);
  }
  return found.filter((path) => !path.startsWith("tests/testdata/")).sort();
}

async function exists(url: URL): Promise<boolean> {
  try {
    await Deno.stat(url);
    return true;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}

async function readGraph(
  root: URL,
  module: string,
  flavor: FlavorName,
): Promise<Graph> {
  const { success, stdout, stderr } = await new Deno.Command(Deno.execPath(), {
    args: ["info", "--json", `--import-map=flavors/${flavor}.json`, module],
    cwd: root,
  }).output();
  if (!success) {
    throw new Error(
      `deno info ${module} failed:\n${new TextDecoder().decode(stderr)}`,
    );
  }
  return parseInfo(new TextDecoder().decode(stdout), root.href);
}

/** The faults of the import graph under `root`, and how many modules it has. */
export async function checkImports(
  root: URL,
): Promise<{ readonly faults: readonly string[]; readonly modules: number }> {
  const paths = await listModules(root);
  const faults = new Set<string>();
  let modules = 0;
  for (const flavor of flavors) {
    let graph: Graph = { modules: [], edges: [], broken: [] };
    // A module imports the same in each flavor; what an entry point reaches differs.
    const starts = flavor === "testing"
      ? paths
      : paths.filter((path) => entryPoints.includes(path));
    for (const path of starts) {
      if (graph.modules.includes(path)) continue;
      graph = mergeGraphs(graph, await readGraph(root, path, flavor));
    }
    modules = Math.max(modules, graph.modules.length);
    for (const fault of graph.broken) faults.add(fault);
    for (const fault of wrongImports(graph, rooms)) faults.add(fault);
    for (const fault of forbiddenPaths(graph, flavor, reachRules)) {
      faults.add(fault);
    }
  }
  return { faults: [...faults], modules };
}

if (import.meta.main) {
  const root = new URL("../../", import.meta.url);
  const { faults, modules } = await checkImports(root);
  for (const fault of faults) console.error(fault);
  console.error(`${modules} modules, ${faults.length} wrong imports`);
  Deno.exit(faults.length === 0 ? 0 : 1);
}

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

const entryPoints = ["cli.ts", "proxy.ts", "webhook.ts", "mod.ts"];

/** What is not looked into: nothing there is part of the house. */
const passedOver =
  /^(\.|(tmp|dist|coverage|node_modules|tests\/testdata)(\/|$))/;

/** All modules' paths from the root, sorted. */
async function listModules(root: URL): Promise<string[]> {
  const found: string[] = [];
  const walk = async (folder: string) => {
    for await (const entry of Deno.readDir(new URL(folder, root))) {
      const path = `${folder}${entry.name}`;
      if (passedOver.test(path)) continue;
      if (entry.isDirectory) await walk(`${path}/`);
      else if (/\.[cm]?[jt]sx?$/.test(entry.name)) found.push(path);
    }
  };
  await walk("");
  return found.sort();
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

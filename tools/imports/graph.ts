/**
 * The import graph, as `deno info --json` gives it.
 *
 * @module
 */

/** One import. */
export interface Edge {
  /** The importing module, named as {@link moduleName} does. */
  readonly from: string;
  readonly to: string;
  /** Loaded when the code runs there (`import()`), not when the program starts. */
  readonly dynamic: boolean;
  /** Only for the type checker; gone when the program runs. */
  readonly typeOnly: boolean;
}

/** The imports of all modules that were reached from some roots. */
export interface Graph {
  readonly modules: readonly string[];
  readonly edges: readonly Edge[];
  /** What could not be found or read, as sentences. */
  readonly broken: readonly string[];
}

/** The parts of `deno info --json` that are read here. */
interface InfoJson {
  readonly modules: readonly {
    readonly specifier: string;
    readonly error?: string;
    readonly dependencies?: readonly {
      readonly specifier: string;
      readonly code?: { readonly specifier?: string; readonly error?: string };
      readonly type?: { readonly specifier?: string; readonly error?: string };
      readonly isDynamic?: boolean;
    }[];
  }[];
  readonly redirects?: Readonly<Record<string, string>>;
}

/**
 * The short name of a module: a path from the root for a file of the
 * repository, `npm:yaml` for a package without its version, else the specifier.
 */
export function moduleName(specifier: string, root: string): string {
  if (specifier.startsWith(root)) return specifier.slice(root.length);
  const npm = /^npm:\/?((@[^/@]+\/)?[^/@]+)/.exec(specifier);
  return npm?.[1] === undefined ? specifier : `npm:${npm[1]}`;
}

/**
 * Reads the output of `deno info --json`.
 *
 * @param root The repository's root as a file URL with a final slash.
 */
export function parseInfo(json: string, root: string): Graph {
  const info: InfoJson = JSON.parse(json);
  const modules: string[] = [];
  const edges: Edge[] = [];
  const broken: string[] = [];
  for (const module of info.modules) {
    const from = moduleName(module.specifier, root);
    if (module.error !== undefined) {
      broken.push(`${from}: ${module.error}`);
      continue;
    }
    modules.push(from);
    for (const dependency of module.dependencies ?? []) {
      const target = dependency.code ?? dependency.type;
      if (target?.specifier === undefined) {
        broken.push(
          `${from} imports ${dependency.specifier}: ${
            target?.error ?? "not found"
          }`,
        );
        continue;
      }
      edges.push({
        from,
        to: moduleName(target.specifier, root),
        dynamic: dependency.isDynamic ?? false,
        typeOnly: dependency.code === undefined,
      });
    }
  }
  return { modules, edges, broken };
}

/** Both graphs in one, each module once. */
export function mergeGraphs(a: Graph, b: Graph): Graph {
  const known = new Set(a.modules);
  const added = b.modules.filter((module) => !known.has(module));
  return {
    modules: [...a.modules, ...added],
    edges: [...a.edges, ...b.edges.filter(({ from }) => !known.has(from))],
    broken: [...a.broken, ...b.broken],
  };
}

/**
 * The shortest chain of imports from `start` to a module for which `goal` holds,
 * both ends included; null where there is none. Only edges that `follow` lets
 * through count.
 */
export function findPath(
  graph: Graph,
  start: string,
  goal: (module: string) => boolean,
  follow: (edge: Edge) => boolean,
): string[] | null {
  const next = Map.groupBy(graph.edges, ({ from }) => from);
  const cameFrom = new Map<string, string | null>([[start, null]]);
  // A Map iterates over what is added meanwhile: it is the queue, too.
  for (const module of cameFrom.keys()) {
    if (module !== start && goal(module)) {
      const path = [module];
      for (
        let step = cameFrom.get(module);
        step !== undefined && step !== null;
        step = cameFrom.get(step)
      ) path.unshift(step);
      return path;
    }
    for (const edge of next.get(module) ?? []) {
      if (follow(edge) && !cameFrom.has(edge.to)) {
        cameFrom.set(edge.to, module);
      }
    }
  }
  return null;
}

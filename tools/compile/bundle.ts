/**
 * The first step of an executable: all its modules as one minified file.
 *
 * @module
 */

import type { FlavorName } from "../../lib/platform.ts";
import {
  foreignModules,
  parseSourceMap,
  sourceName,
} from "./bundle_contents.ts";
import type { Executable } from "./executables.ts";
import { runDeno } from "./run_deno.ts";

/** A bundle that was made. */
export interface Bundle {
  readonly executable: Executable;
  readonly file: URL;
  readonly sourceMap: URL;
  /** Bytes. */
  readonly size: number;
  /** The modules in it. */
  readonly sources: readonly string[];
}

/** What a bundle is made from, and where it goes. */
export interface BundleOptions {
  readonly executable: Executable;
  readonly flavor: FlavorName;
  /** The repository's root, a file URL with a final slash. */
  readonly root: URL;
  /** The directory for the bundle, a file URL with a final slash. */
  readonly output: URL;
  /** The commit to tell in `mca version`; null where it is not known. */
  readonly commit: string | null;
}

/**
 * Which of a package's variants are taken. The release flavor needs none of
 * Node's: `yaml` has one that reads two environment variables and loads three
 * of Node's modules, and one that does not.
 */
const PLATFORM = { release: "browser", develop: "deno", testing: "deno" };

/** The module that the bundle's own commit stands in for. */
const COMMIT_MODULE = "lib/cli/version_commit.ts";

/**
 * Makes the bundle and, beside it, its source map.
 *
 * @throws {Error} Where it cannot be made, or holds another executable's code.
 */
export async function makeBundle(options: BundleOptions): Promise<Bundle> {
  const { executable, flavor, root, output } = options;
  const file = new URL(`${executable.name}.js`, output);
  const sourceMap = new URL(`${executable.name}.js.map`, output);
  await Deno.mkdir(output, { recursive: true });
  const folder = await Deno.makeTempDir({ prefix: "mca-bundle-" });
  try {
    await runDeno([
      "bundle",
      "--quiet",
      `--import-map=${await writeImportMap(folder, options)}`,
      `--platform=${PLATFORM[flavor]}`,
      "--minify",
      "--sourcemap=external",
      `--output=${file.pathname}`,
      executable.entryPoint,
    ], root);
  } finally {
    await Deno.remove(folder, { recursive: true });
  }
  const sources = await tidySourceMap(sourceMap, root);
  // The other flavors read kubeconfigs, and so YAML, in each executable.
  const foreign = flavor === "release"
    ? foreignModules(sources, executable.foreign)
    : [];
  if (foreign.length > 0) {
    throw new Error(
      `${executable.name} holds what is not its own: ${foreign.join(", ")}`,
    );
  }
  const { size } = await Deno.stat(file);
  return { executable, file, sourceMap, size, sources };
}

/** The flavor's import map, with the commit put in place of none. */
async function writeImportMap(
  folder: string,
  { flavor, root, commit }: BundleOptions,
): Promise<string> {
  const flavorMap = new URL(`flavors/${flavor}.json`, root);
  const { imports }: { imports: Record<string, string> } = JSON.parse(
    await Deno.readTextFile(flavorMap),
  );
  const absolute = Object.entries(imports).map(([name, target]) => [
    name,
    target.startsWith(".") ? new URL(target, flavorMap).href : target,
  ]);
  const commitModule = `${folder}/commit.ts`;
  await Deno.writeTextFile(
    commitModule,
    `export const COMMIT: string | null = ${JSON.stringify(commit)};\n`,
  );
  const map = `${folder}/import_map.json`;
  await Deno.writeTextFile(
    map,
    JSON.stringify({
      imports: {
        ...Object.fromEntries(absolute),
        [new URL(COMMIT_MODULE, root).href]: `file://${commitModule}`,
      },
    }),
  );
  return map;
}

/** Gives the modules names that do not tell where the bundle was made. */
async function tidySourceMap(file: URL, root: URL): Promise<string[]> {
  const map = parseSourceMap(await Deno.readTextFile(file));
  const sources = map.sources.map((source) => sourceName(source, file, root));
  await Deno.writeTextFile(file, JSON.stringify({ ...map, sources }));
  return sources;
}

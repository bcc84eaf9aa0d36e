/**
 * `deno task compile`: the executables.
 *
 * @module
 */

import { parseArgs } from "node:util";
import type { FlavorName } from "../../lib/platform.ts";
import { type Bundle, makeBundle } from "./bundle.ts";
import { currentCommit } from "./commit.ts";
import { compileExecutable, RuntimeMissing } from "./compile.ts";
import { executableOf, EXECUTABLES } from "./executables.ts";
import { targetOf, TARGETS } from "./targets.ts";

const HELP = `Usage: deno task compile [OPTIONS] [EXECUTABLE...]

Makes the executables mca, mca-proxy and mca-webhook, or those named, in
dist/FLAVOR. First each becomes one minified file with its source map apart;
then that file, Deno's runtime and the least permissions become an executable.
The runtime is downloaded by Deno; where that fails the bundles stay.

Options:
  --flavor NAME    release (default), develop or testing.
  --target TRIPLE  ${Deno.build.target} (this machine's, the
                   default), another, or all. May be given several times.
  --bundle         Make the bundles alone.
  --output FOLDER  Instead of dist/FLAVOR.
  --commit ID      The commit to tell in \`mca version\`; git is asked unless
                   it is given.
  --help           Show this text.

Targets:
${TARGETS.map(({ triple }) => `  ${triple}`).join("\n")}

Exit codes: 0 done, 1 something could not be made, 2 wrong usage.

Examples:
  deno task compile
  deno task compile --bundle mca-proxy
  deno task compile --target all
`;

const FLAVORS: readonly FlavorName[] = ["release", "develop", "testing"];
const ROOT = new URL("../../", import.meta.url);

function flavorOf(name: string): FlavorName {
  const flavor = FLAVORS.find((candidate) => candidate === name);
  if (flavor !== undefined) return flavor;
  throw new RangeError(
    `There is no flavor ${name}; there are ${FLAVORS.join(", ")}`,
  );
}

function readOptions(args: readonly string[]) {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: {
      flavor: { type: "string", default: "release" },
      target: { type: "string", multiple: true },
      bundle: { type: "boolean", default: false },
      output: { type: "string" },
      commit: { type: "string" },
      help: { type: "boolean", default: false },
    },
  });
  const flavor = flavorOf(values.flavor);
  const targets = values.target ?? [Deno.build.target];
  return {
    help: values.help,
    bundleOnly: values.bundle,
    commit: values.commit,
    flavor,
    targets: targets.includes("all") ? TARGETS : targets.map(targetOf),
    executables: positionals.length === 0
      ? EXECUTABLES
      : positionals.map(executableOf),
    output: new URL(
      `${values.output ?? `dist/${flavor}`}/`,
      values.output === undefined ? ROOT : `file://${Deno.cwd()}/`,
    ),
  };
}

function megabytes(bytes: number): string {
  return `${(bytes / 1e6).toFixed(2)} MB`;
}

async function run(
  options: ReturnType<typeof readOptions>,
): Promise<number> {
  const { flavor, output } = options;
  const commit = options.commit === undefined
    ? await currentCommit(ROOT)
    : options.commit || null;
  const bundles: Bundle[] = [];
  for (const executable of options.executables) {
    console.error(`Bundling ${executable.name}`);
    const bundle = await makeBundle({
      executable,
      flavor,
      root: ROOT,
      output,
      commit,
    });
    console.log(`${bundle.file.pathname}  ${megabytes(bundle.size)}`);
    bundles.push(bundle);
  }
  if (options.bundleOnly) return 0;
  for (const target of options.targets) {
    for (const bundle of bundles) {
      if (!target.executables.includes(bundle.executable.name)) continue;
      console.error(`Compiling ${bundle.executable.name} for ${target.triple}`);
      const file = await compileExecutable({
        bundle,
        flavor,
        target,
        output: new URL(`${target.triple}/`, output),
      });
      const { size } = await Deno.stat(file);
      console.log(`${file.pathname}  ${megabytes(size)}`);
    }
  }
  return 0;
}

async function main(args: readonly string[]): Promise<number> {
  let options: ReturnType<typeof readOptions>;
  try {
    options = readOptions(args);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error("hint: see deno task compile --help");
    return 2;
  }
  if (options.help) {
    console.log(HELP.trimEnd());
    return 0;
  }
  try {
    return await run(options);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    if (error instanceof RuntimeMissing) {
      console.error(
        "hint: the bundles are there and run with `deno run`; for executables, let Deno reach dl.deno.land or name the runtime in DENORT_BIN",
      );
    }
    return 1;
  }
}

if (import.meta.main) Deno.exit(await main(Deno.args));

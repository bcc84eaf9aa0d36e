/**
 * Pins one of the program modules beside this file to a version of its
 * upstream, and lets `go mod tidy` fill in go.mod and go.sum. Run it to move to
 * a newer release, and commit what it wrote:
 *
 *   deno run -A tests/cluster/programs/pin.ts kubernetes v1.37.2
 *
 * Kubernetes' own go.mod points its staging modules at folders of its
 * repository, which a dependent cannot follow; each becomes the published
 * module of the same release (v1.37.2 is published as v0.37.2).
 */

import { fileURLToPath } from "node:url";
import { pinnedModules, programTable } from "../program_table.ts";

interface ModulePath {
  readonly Path: string;
  readonly Version?: string;
}

interface GoMod {
  readonly Go?: string;
  readonly Require?: readonly (ModulePath & { readonly Indirect?: boolean })[];
  readonly Replace?:
    | readonly { readonly Old: ModulePath; readonly New: ModulePath }[]
    | null;
}

async function go(args: readonly string[], cwd: string): Promise<string> {
  const output = await new Deno.Command("go", {
    args: [...args],
    cwd,
    env: { GOTOOLCHAIN: "local", GOWORK: "off", GOFLAGS: "-mod=mod" },
    stderr: "inherit",
  }).output();
  if (!output.success) {
    throw new Error(
      `go ${args.join(" ")} failed with exit code ${output.code}`,
    );
  }
  return new TextDecoder().decode(output.stdout);
}

async function readGoMod(file: string, folder: string): Promise<GoMod> {
  return JSON.parse(await go(["mod", "edit", "-json", file], folder));
}

/** One line of a replace block: a folder becomes the module of that release. */
function replaceLine(old: ModulePath, by: ModulePath, release: string): string {
  const from = old.Version ? `${old.Path} ${old.Version}` : old.Path;
  const to = by.Path.startsWith(".")
    ? `${old.Path} ${release.replace(/^v1\./, "v0.")}`
    : `${by.Path} ${by.Version}`;
  return `\t${from} => ${to}`;
}

/** Writes the go.mod of a module that holds nothing but names of upstream programs. */
async function writeGoMod(
  name: keyof typeof pinnedModules,
  version: string,
  folder: string,
): Promise<void> {
  const module = pinnedModules[name];
  const { GoMod: file }: { readonly GoMod: string } = JSON.parse(
    await go(["mod", "download", "-json", `${module}@${version}`], folder),
  );
  const upstream = await readGoMod(file, folder);
  const replaces = (upstream.Replace ?? [])
    // etcd's folders are modules of the very version that it requires anyway
    .filter((line) => name === "kubernetes" || !line.New.Path.startsWith("."))
    .map((line) => replaceLine(line.Old, line.New, version));
  const blocks = [
    `module mca.k8s.io/mca/tests/cluster/programs/${name}`,
    `go ${upstream.Go ?? "1.26"}`,
    `require ${module} ${version}`,
    ...(replaces.length > 0 ? [`replace (\n${replaces.join("\n")}\n)`] : []),
  ];
  await Deno.writeTextFile(`${folder}go.mod`, `${blocks.join("\n\n")}\n`);
}

/** Moves every Kubernetes library that a program of our own requires to the version. */
async function getLibraries(
  name: keyof typeof pinnedModules,
  version: string,
  folder: string,
): Promise<void> {
  const { Require = [] } = await readGoMod("go.mod", folder);
  const pinned = Require.find(({ Path }) => Path === pinnedModules[name]);
  const libraries = Require
    .filter(({ Indirect, Version }) => !Indirect && Version === pinned?.Version)
    .map(({ Path }) => `${Path}@${version}`);
  await go(["get", ...libraries], folder);
}

function isName(name: string): name is keyof typeof pinnedModules {
  return Object.hasOwn(pinnedModules, name);
}

const [name = "", version = ""] = Deno.args;
if (!isName(name) || !/^v\d+\.\d+\.\d+/.test(version)) {
  console.error(
    `usage: pin.ts ${Object.keys(pinnedModules).join("|")} vX.Y.Z`,
  );
  Deno.exit(2);
}
const folder = fileURLToPath(new URL(`./${name}/`, import.meta.url));
const isOurs = Object.values(programTable)
  .some((source) => source.folder === name && source.package === ".");
if (isOurs) await getLibraries(name, version, folder);
else await writeGoMod(name, version, folder);
await go(["mod", "tidy"], folder);

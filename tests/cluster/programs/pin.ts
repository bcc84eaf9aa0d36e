/**
 * Pins one set of the cluster's programs to a version: writes its go.mod, then
 * lets `go mod tidy` fill in go.mod and go.sum. Run it to move to a newer
 * release, and commit what it wrote:
 *
 *   deno run -A tests/cluster/programs/pin.ts kubernetes v1.37.2
 *
 * Kubernetes' own go.mod points its staging modules at folders of its
 * repository, which a dependent cannot follow; each becomes the published
 * module of the same release (v1.37.2 is published as v0.37.2).
 */
const modules: Readonly<Record<string, string>> = {
  kubernetes: "k8s.io/kubernetes",
  etcd: "go.etcd.io/etcd/server/v3",
  helm: "helm.sh/helm/v4",
  kwok: "sigs.k8s.io/kwok",
};

interface ModulePath {
  readonly Path: string;
  readonly Version?: string;
}

interface GoMod {
  readonly Go?: string;
  readonly Replace?:
    | readonly { readonly Old: ModulePath; readonly New: ModulePath }[]
    | null;
}

async function go(args: readonly string[], cwd: string): Promise<string> {
  const output = await new Deno.Command("go", {
    args: [...args],
    cwd,
    env: { GOTOOLCHAIN: "local" },
    stderr: "inherit",
  }).output();
  if (!output.success) {
    throw new Error(
      `go ${args.join(" ")} failed with exit code ${output.code}`,
    );
  }
  return new TextDecoder().decode(output.stdout);
}

function replaceLine(old: ModulePath, by: ModulePath, version: string): string {
  const isFolder = by.Path.startsWith(".");
  const path = isFolder ? old.Path : by.Path;
  const at = isFolder ? version.replace(/^v1\./, "v0.") : by.Version;
  return `\t${old.Path}${
    old.Version ? ` ${old.Version}` : ""
  } => ${path} ${at}`;
}

async function pin(name: string, version: string): Promise<void> {
  const module = modules[name];
  if (module === undefined || !/^v\d+\.\d+\.\d+/.test(version)) {
    console.error(`usage: pin.ts ${Object.keys(modules).join("|")} vX.Y.Z`);
    Deno.exit(2);
  }
  const folder = new URL(`./${name}/`, import.meta.url).pathname;
  const { GoMod: file }: { GoMod: string } = JSON.parse(
    await go(["mod", "download", "-json", `${module}@${version}`], folder),
  );
  const upstream: GoMod = JSON.parse(
    await go(["mod", "edit", "-json", file], folder),
  );
  const replaces = (upstream.Replace ?? [])
    // etcd's folders are modules of the very version that it requires anyway
    .filter((line) => name === "kubernetes" || !line.New.Path.startsWith("."))
    .map((line) => replaceLine(line.Old, line.New, version));
  await Deno.writeTextFile(
    `${folder}go.mod`,
    [
      `module mca.k8s.io/mca/tests/cluster/programs/${name}`,
      `go ${upstream.Go ?? "1.26"}`,
      `require ${module} ${version}`,
      ...(replaces.length > 0 ? ["replace (", ...replaces, ")"] : []),
    ].join("\n\n") + "\n",
  );
  await Deno.remove(`${folder}go.sum`).catch(() => {});
  await go(["mod", "tidy"], folder);
}

const [name, version] = Deno.args;
await pin(name ?? "", version ?? "");

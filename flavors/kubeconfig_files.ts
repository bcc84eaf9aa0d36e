/**
 * Finding and parsing kubeconfig files.
 *
 * @module
 */

import { McaError, systemErrorCode } from "../lib/errors.ts";
import type { KubeconfigFile } from "../lib/kube/kubeconfig.ts";
import type { Environment, FileStore } from "../lib/platform.ts";

/** The separator of KUBECONFIG. */
const PATH_DELIMITER = Deno.build.os === "windows" ? ";" : ":";

/**
 * The files that `KUBECONFIG` lists, or `~/.kube/config`. As in kubectl, files
 * that are not there are passed over.
 *
 * @throws {McaError} `kubeconfig` where there is none at all, one cannot be
 * read, or is not YAML; with its place.
 *
 * @example
 * ```ts
 * import { denoEnvironment } from "./deno_environment.ts";
 * import { denoFiles } from "./deno_files.ts";
 * import { readKubeconfigFiles } from "./kubeconfig_files.ts";
 *
 * const files = await readKubeconfigFiles(denoFiles, denoEnvironment);
 * console.log(files.map(({ path }) => path));
 * ```
 */
export async function readKubeconfigFiles(
  files: Pick<FileStore, "readText">,
  environment: Environment,
): Promise<KubeconfigFile[]> {
  const found: KubeconfigFile[] = [];
  const paths = kubeconfigPaths(environment);
  for (const path of paths) {
    const text = await readOptional(files, path);
    if (text !== undefined) {
      found.push({ path, content: await parse(path, text) });
    }
  }
  if (found.length > 0) return found;
  throw new McaError(
    "kubeconfig",
    paths.length === 0
      ? "There is no kubeconfig: neither KUBECONFIG nor HOME is set"
      : `There is no kubeconfig at ${paths.join(" or ")}`,
    { hint: "Set KUBECONFIG to the path of one." },
  );
}

function kubeconfigPaths(environment: Environment): string[] {
  const listed = (environment.get("KUBECONFIG") ?? "")
    .split(PATH_DELIMITER)
    .filter((path) => path !== "");
  if (listed.length > 0) return [...new Set(listed)];
  const home = environment.get("HOME") ?? environment.get("USERPROFILE") ?? "";
  return home === "" ? [] : [`${home}/.kube/config`];
}

async function readOptional(
  files: Pick<FileStore, "readText">,
  path: string,
): Promise<string | undefined> {
  try {
    return await files.readText(path);
  } catch (cause) {
    const code = systemErrorCode(cause);
    if (code === "ENOENT") return undefined;
    throw new McaError(
      "kubeconfig",
      `The file cannot be read (${code ?? "unknown error"})`,
      {
        place: { file: path },
        hint: "Check the path and its permissions.",
        cause,
      },
    );
  }
}

/** YAML, and so JSON too. The parser is loaded here alone. */
async function parse(path: string, text: string): Promise<unknown> {
  const { parseDocument } = await import("yaml");
  const document = parseDocument(text, { prettyErrors: false });
  const [error] = document.errors;
  if (error === undefined) return document.toJS();
  const before = text.slice(0, error.pos[0]).split("\n");
  throw new McaError("kubeconfig", "The file is not YAML", {
    place: {
      file: path,
      line: before.length,
      column: (before.at(-1)?.length ?? 0) + 1,
    },
    hint: "Look at it with: kubectl config view",
  });
}

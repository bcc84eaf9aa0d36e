/**
 * From what the user names (files, directories, patterns, `-`) to the files
 * that are read.
 *
 * @module
 */

import { McaError, systemErrorCode } from "../errors.ts";
import type { FileStore } from "../platform.ts";

/** Standard input, as it is named on the command line. */
export const STANDARD_INPUT = "-";

/** The endings that make a file in a directory a manifest; kubectl's own. */
const MANIFEST_ENDING = /\.(?:ya?ml|json)$/;

const WILDCARD = /[*?[]/;

/** The error for a file operation that failed, in words. */
export function fileError(path: string, cause: unknown): McaError {
  if (path === "") {
    return new McaError("file", "The name of a file is empty", {
      hint: "Name a file; a variable may not be set.",
      cause,
    });
  }
  const code = systemErrorCode(cause);
  const known: Readonly<Record<string, readonly [string, string]>> = {
    ENOENT: ["No such file or directory", "Check the path."],
    EACCES: ["Permission denied", "Check the file's owner and mode."],
    EISDIR: ["Is a directory", "Name a file, or the directory with -R."],
    ENOTDIR: ["Part of the path is not a directory", "Check the path."],
    EROFS: ["The file system is read-only", "Write somewhere else."],
    ENOSPC: ["No space is left on the device", "Free some space."],
  };
  const [message, hint] = known[code ?? ""] ?? [
    `The file cannot be used${code === undefined ? "" : ` (${code})`}`,
    "Check that it exists and that you may read and write it.",
  ];
  return new McaError("file", message, { place: { file: path }, hint, cause });
}

async function tryFile<T>(path: string, use: () => Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (cause) {
    if (cause instanceof McaError) throw cause;
    throw fileError(path, cause);
  }
}

function join(directory: string, name: string): string {
  if (directory === "") return name;
  return directory.endsWith("/")
    ? `${directory}${name}`
    : `${directory}/${name}`;
}

/**
 * Whether the directory is new here. By its real path: a link to one above it
 * would lead in circles. `rest` is what of a pattern is still to be matched.
 */
async function isFirstVisit(
  files: FileStore,
  directory: string,
  visited: Set<string>,
  rest: readonly string[] = [],
): Promise<boolean> {
  const path = await tryFile(directory, () => files.realPath(directory));
  const { size } = visited;
  return visited.add([path, ...rest].join("/")).size > size;
}

async function listDirectory(
  files: FileStore,
  directory: string,
  recursive: boolean,
  visited = new Set<string>(),
): Promise<string[]> {
  if (!await isFirstVisit(files, directory, visited)) return [];
  const names = await tryFile(directory, () => files.list(directory));
  const found: string[] = [];
  for (const name of names) {
    const path = join(directory, name);
    const info = await tryFile(path, () => files.info(path));
    if (info?.isDirectory === true) {
      if (recursive) {
        found.push(...await listDirectory(files, path, true, visited));
      }
    } else if (MANIFEST_ENDING.test(name)) found.push(path);
  }
  return found;
}

/** One part of a pattern as a regular expression: `*`, `?` and `[a-z]` within a name. */
function partExpression(part: string): RegExp {
  const source = part.replace(
    /\[(?<negated>[!^]?)(?<set>[^\]]+)\]|(?<star>\*)|(?<any>\?)|(?<plain>.)/gsu,
    (...match) => {
      const groups: Record<string, string | undefined> = match.at(-1);
      if (groups["star"] !== undefined) return "[^/]*";
      if (groups["any"] !== undefined) return "[^/]";
      if (groups["set"] !== undefined) {
        const set = groups["set"].replace(/[\\\]^]/g, "\\$&");
        return `[${groups["negated"] === "" ? "" : "^"}${set}]`;
      }
      return (groups["plain"] ?? "").replace(/[\\^$.*+?()[\]{}|]/g, "\\$&");
    },
  );
  return new RegExp(`^${source}$`, "u");
}

async function expandPattern(
  files: FileStore,
  base: string,
  parts: readonly string[],
  visited = new Set<string>(),
): Promise<string[]> {
  const [part, ...rest] = parts;
  if (part === undefined) return [base];
  const info = (path: string) => tryFile(path, () => files.info(path));
  if (!WILDCARD.test(part)) {
    const path = base === "" && part === "" ? "/" : join(base, part);
    if (rest.length > 0) {
      return await expandPattern(files, path, rest, visited);
    }
    return await info(path) === null ? [] : [path];
  }
  const directory = base === "" ? "." : base;
  if ((await info(directory))?.isDirectory !== true) return [];
  const isSeen = part === "**" &&
    !await isFirstVisit(files, directory, visited, parts);
  if (isSeen) return [];
  const found: string[] = part === "**"
    ? await expandPattern(files, base, rest, visited)
    : [];
  const expression = part === "**" ? /^[^.]/ : partExpression(part);
  for (const name of await tryFile(directory, () => files.list(directory))) {
    // As shells do: a leading dot has to be asked for.
    if (!expression.test(name)) continue;
    if (name.startsWith(".") && !part.startsWith(".")) continue;
    const path = join(base, name);
    const next = part === "**" ? parts : rest;
    if (next.length === 0) found.push(path);
    else if ((await info(path))?.isDirectory === true) {
      found.push(...await expandPattern(files, path, next, visited));
    }
  }
  return found;
}

/**
 * The files to read, in the order they were named; those of a directory and
 * those that match a pattern are sorted. A directory's manifests are those that
 * end in .yaml, .yml or .json.
 *
 * @throws {McaError} `file` for what is not there, or holds no manifest.
 */
export async function expandInputs(
  named: readonly string[],
  recursive: boolean,
  files: FileStore,
): Promise<string[]> {
  const found: string[] = [];
  for (const name of named) {
    found.push(
      ...name === STANDARD_INPUT
        ? [name]
        : await expandInput(name, recursive, files),
    );
  }
  return found;
}

async function expandInput(
  name: string,
  recursive: boolean,
  files: FileStore,
): Promise<string[]> {
  if (name === "") throw fileError(name, { code: "ENOENT" });
  const info = await tryFile(name, () => files.info(name));
  if (info !== null && !info.isDirectory) return [name];
  if (info === null && !WILDCARD.test(name)) {
    throw fileError(name, { code: "ENOENT" });
  }
  const found = info !== null
    ? await listDirectory(files, name, recursive)
    : await expandPattern(files, "", name.split("/"));
  const manifests: string[] = [];
  const visited = new Set<string>();
  for (const path of found) {
    const each = info === null
      ? await tryFile(path, () => files.info(path))
      : null;
    if (each?.isDirectory === true) {
      manifests.push(
        ...await listDirectory(files, path, recursive, visited),
      );
    } else manifests.push(path);
  }
  // Two ways of `**` through a pattern may lead to one file.
  if (manifests.length > 0) return [...new Set(manifests)];
  throw new McaError(
    "file",
    info === null
      ? "No file matches the pattern"
      : "The directory holds no manifest",
    {
      place: { file: name },
      hint: recursive || info === null
        ? "Manifests in a directory end in .yaml, .yml or .json."
        : "Manifests end in .yaml, .yml or .json; -R looks into subdirectories too.",
    },
  );
}
